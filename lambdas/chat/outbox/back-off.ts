/** How long to wait before attempt `attempt + 1`, seconds: doubled each time, to a quarter of an hour. */
export function backOff(attempt: number): number {
  return Math.min(900, 2 ** Math.min(attempt, 10));
}
