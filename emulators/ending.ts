/**
 * Runs `stop` when this process is asked to end, then ends it: without a handler, Node skips the `exit` handlers that end
 * the processes it started.
 */
export function stopWhenAsked(stop: () => Promise<void>): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) return;
      asked = true;
      void stop().finally(() => process.exit(0));
    });
  }
}
