import type { Conversation } from '../model/records';
import type { QueueItem, QueueOutcome, World } from '../ports';

/** How often a poke waits for the end of a 429 before it begins again; the queue gives up after 100 times. */
const PATIENCE = 50;

/** The way that a poke asks for: to the host, or to a visitor in Telegram. */
type Way = Extract<QueueItem['kind'], 'to-host' | 'to-chat'>;

/** The rest by a poke of its own: this one would look as if it had failed. */
export async function anotherTurn(world: World, way: Way, { channel, handle }: Conversation): Promise<QueueOutcome> {
  await world.queue.send({ kind: way, channel, handle, message: `more#${world.clock.now()}` });
  return { kind: 'done' };
}

/**
 * 429 means later, never no: a poke that has been waiting often begins again as a new one, so that a busy day of a group
 * does not look like a failure, which would end among the dead letters.
 */
export async function waitFor(
  world: World,
  way: Way,
  conversation: Conversation,
  seconds: number,
  attempt: number,
): Promise<QueueOutcome> {
  if (attempt < PATIENCE) return { kind: 'retry', retryAfter: seconds };
  return anotherTurn(world, way, conversation);
}
