import type { Conversation } from '../model/records';
import type { QueueItem, QueueOutcome, World } from '../ports';
import { newHolder } from './lease';

/** An item of the queue that asks for a delivery by the messenger: to the operators, or to a visitor there. */
export type PokeKind = Extract<QueueItem['kind'], 'to-host' | 'to-chat'>;

/** Messages that one poke reads at a time. */
export const BATCH = 20;

/** After so long a poke begins no further message, milliseconds: the function has half a minute for a whole batch. */
export const WORK = 8_000;

/** Nothing is left of a poke. */
export const DONE: QueueOutcome = { kind: 'done' };

/** How often a poke waits for the end of the messenger's limit before it begins again; the queue gives up after 100 times. */
const PATIENCE = 50;

/**
 * The rest by a poke of its own: this one would look as if it had failed. No two are alike: the queue takes the same item
 * once, and clocks of two function instances can show the same time.
 */
export async function anotherTurn(
  { queue, random }: Pick<World, 'queue' | 'random'>,
  kind: PokeKind,
  { channel, handle }: Conversation,
): Promise<QueueOutcome> {
  await queue.send({ kind, channel, handle, message: `more#${newHolder(random)}` });
  return DONE;
}

/**
 * A messenger over its limit means later, never no: a poke that has waited often begins again as a new one, so that a
 * group's busy day does not end among the dead letters as if it were a failure.
 */
export async function waitFor(
  world: Pick<World, 'queue' | 'random'>,
  kind: PokeKind,
  conversation: Conversation,
  seconds: number,
  attempt: number,
): Promise<QueueOutcome> {
  if (attempt < PATIENCE) return { kind: 'retry', retryAfter: seconds };
  return anotherTurn(world, kind, conversation);
}

/** How long to wait before attempt `attempt + 1`, seconds: doubled each time, to a quarter of an hour. */
export function backOff(attempt: number): number {
  return Math.min(900, 2 ** Math.min(attempt, 10));
}

/** After a failure. */
export function tryAgain(attempt: number): QueueOutcome {
  return { kind: 'retry', retryAfter: backOff(attempt) };
}
