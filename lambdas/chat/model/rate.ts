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

/** Counts by key within the running window, in the memory of a function instance, which is free again after the window. */
export class WindowCounts {
  private counts = new Map<string, number>();
  private until = 0;

  constructor(private readonly window: number) {}

  /** One more of `key`; how many there are then. `now`: epoch milliseconds. */
  count(key: string, now: number): number {
    if (now >= this.until) {
      this.counts = new Map();
      this.until = windowEnd(now, this.window);
    }
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count;
  }

  has(key: string): boolean {
    return this.counts.has(key);
  }

  get size(): number {
    return this.counts.size;
  }
}

/** When one more may be tried, epoch milliseconds, if more than `limit` were counted; undefined: within the limit. */
export function blockedUntil(rate: RateWindow | undefined, limit: number): number | undefined {
  return rate && rate.count > limit ? rate.until : undefined;
}
