import { chatOfConnection, type ConnectionId } from '../model/identifiers';
import type { Member, Message } from '../model/records';
import type { World } from '../ports';
import { frameIds, lastFrameId } from '../protocol/server-frame';
import { pushOne } from './push';
import { ShownTexts } from './shown-texts';

/** The newest messages of a conversation, of both sides, among which a replay looks. */
const REACH = 100;

/** What was pushed so long before a connection was lost may not have arrived, milliseconds: the gateway accepts it all the same. */
const DOUBTFUL = 10 * 60_000;

/** How far the clocks of two function instances may be apart, milliseconds. */
const SKEW = 2 * 60_000;

/** How long a replay may take, milliseconds: a JOIN holds the delivery lease meanwhile. */
const WORK = 2_000;

/** A connection that has joined. */
export interface Arrival {
  readonly connection: ConnectionId;
  /** The id of the last message that its client has, if it says so. */
  readonly cursor?: string | undefined;
  /** The member as it was before. */
  readonly before: Member | undefined;
}

/**
 * Pushes to a connection what its client may not have although it was pushed: what came after the message that the client
 * names, or else what was pushed shortly before a connection of this visitor was lost. Oldest first, with the same ids.
 * Nothing is read where nothing can be missing.
 */
export async function replay(
  world: Pick<World, 'messages' | 'push' | 'clock' | 'logger' | 'settings'>,
  { connection, cursor, before }: Arrival,
): Promise<void> {
  if (!before || before.delivery.tickets === 0) return;
  const { lostAt, pushed, delivery } = before;
  const now = world.clock.now();
  // Otherwise an instance may have pushed something and died before it could say so.
  const isSettled = delivery.drained === delivery.tickets;
  const doubtfulSince = (lostAt === undefined ? now : Math.min(now, Date.parse(lostAt))) - DOUBTFUL;
  if (cursor === undefined) {
    const isLost = lostAt !== undefined || isElsewhere(before, connection);
    const isLongAgo = !pushed || Date.parse(pushed.at) < doubtfulSince - SKEW;
    if (!isLost || (isSettled && isLongAgo)) return;
  } else if (cursor === pushed?.id && isSettled) return;

  const latest = await world.messages.latest(before, REACH);
  const known = cursor === undefined ? undefined : latest.find((message) => frameIds(message).includes(cursor));
  const since = known ? deliveryOf(known) - SKEW : doubtfulSince;
  const missed = latest.filter(
    (message) =>
      message.direction === 'to-visitor' &&
      !message.due &&
      deliveryOf(message) >= since &&
      lastFrameId(message) !== cursor,
  );
  const shown = new ShownTexts(missed);
  for (const message of missed) {
    if (shown.tells(message)) continue;
    if (world.clock.now() >= now + WORK || (await pushOne(world, connection, message)) !== 'sent') return;
    shown.add(message);
  }
}

/** Whether another browser of the visitor is connected, or seems to be: that of a phone without a network, for example. */
function isElsewhere({ connections }: Member, connection: ConnectionId): boolean {
  return connections.some((id) => id !== connection && chatOfConnection(id) === undefined);
}

/** Epoch milliseconds. What a former version delivered does not say when. */
function deliveryOf({ deliveredAt, at }: Message): number {
  return Date.parse(deliveredAt ?? at);
}
