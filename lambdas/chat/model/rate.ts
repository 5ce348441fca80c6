import type { RateWindow } from './records';

/** The end of the window that a time is in (epoch milliseconds). Windows are the same for everybody. */
export function windowEnd(now: number, window: number): number {
  return (Math.floor(now / window) + 1) * window;
}

/** One more in the window that `now` is in. */
export function countIn(rate: RateWindow | undefined, now: number, window: number): RateWindow {
  const until = windowEnd(now, window);
  return { count: rate?.until === until ? rate.count + 1 : 1, until };
}

/** When it may be tried again, epoch milliseconds; undefined: within the limit. */
export function blockedUntil(rate: RateWindow | undefined, limit: number): number | undefined {
  return rate && rate.count > limit ? rate.until : undefined;
}
