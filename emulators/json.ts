/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is a string, or `''`. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
