/** Ends what `global-setup.ts` has started. */
export default function globalTeardown(): void {
  (globalThis as { stopDynamoDbLocal?: () => void }).stopDynamoDbLocal?.();
}
