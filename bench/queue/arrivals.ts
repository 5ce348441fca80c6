/** When a visitor writes, milliseconds from the beginning. */
export interface Arrival {
  readonly at: number;
  /** Number of the visitor, from 0. */
  readonly visitor: number;
}

const MINUTE = 60_000;

/** Visitors who write independently of each other: the same ones for the same seed. */
export function arrivals(load: { perMinute: number; minutes: number; visitors: number; seed: number }): Arrival[] {
  const random = mulberry32(load.seed);
  const made: Arrival[] = [];
  for (let at = 0; ;) {
    at += (-Math.log(1 - random()) * MINUTE) / load.perMinute;
    if (at >= load.minutes * MINUTE) return made;
    made.push({ at: Math.round(at), visitor: Math.floor(random() * load.visitors) });
  }
}

/**
 * The delays (milliseconds) of a queue that sends at the first moment the limit allows, in the order of arrival: no
 * sender within the limit is faster on the whole.
 */
export function unavoidableDelays(made: readonly Arrival[], limitPerMinute: number): number[] {
  const sent: number[] = [];
  return made.map(({ at }, i) => {
    const free = i < limitPerMinute ? at : Math.max(at, (sent[i - limitPerMinute] ?? 0) + MINUTE);
    sent.push(free);
    return free - at;
  });
}

/** Tommy Ettinger's Mulberry32: numbers from 0 (included) to 1, the same ones for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
