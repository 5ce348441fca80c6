import type { RateMark } from './model';

/** How a count stands against its limit. */
export interface RateReading {
  /** When it may be tried again, epoch milliseconds; undefined: within the limit. */
  readonly blockedUntil?: number;
  /** A new window begins: remember this mark. */
  readonly mark?: RateMark;
}

/**
 * Reads a limit off a counter that only grows. The start of the window is written beside the message, once per window,
 * so that a limit needs no request of its own on a message's path.
 */
export function readRate(count: number, mark: RateMark, now: number, window: number, limit: number): RateReading {
  if (now - mark.at >= window) return { mark: { count: count - 1, at: now } };
  return count - mark.count > limit ? { blockedUntil: mark.at + window } : {};
}
