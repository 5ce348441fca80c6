import type { RateWindow } from './records';

/** The end of the window that a time is in (epoch milliseconds). Windows are the same for everybody. */
export function windowEnd(now: number, window: number): number {
  return (Math.floor(now / window) + 1) * window;
}

/** One more, or as many as `by`, in the window that `now` is in. */
export function countIn(rate: RateWindow | undefined, now: number, window: number, by = 1): RateWindow {
  const until = windowEnd(now, window);
  return { count: rate?.until === until ? rate.count + by : by, until };
}

/** When one more may be tried, epoch milliseconds, if more than `limit` were counted; undefined: within the limit. */
export function blockedUntil(rate: RateWindow | undefined, limit: number): number | undefined {
  return rate && rate.count > limit ? rate.until : undefined;
}
