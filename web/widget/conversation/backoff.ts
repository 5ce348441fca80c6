const FIRST = 1000;
const LONGEST = 30_000;

/**
 * Milliseconds to wait before try number `attempt` (from 0): doubling up to half a minute, between half and all of it
 * at random, so that the visitors of a server that comes back do not all return at once.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling * (0.5 + random() / 2));
}
