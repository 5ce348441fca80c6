import type { QueueOutcome } from '../ports';

/** Messages that one poke reads at a time. */
export const BATCH = 20;

/** After so long a poke begins no further message, milliseconds: the function has half a minute for a whole batch. */
export const WORK = 8_000;

/** Nothing is left of a poke. */
export const DONE: QueueOutcome = { kind: 'done' };
