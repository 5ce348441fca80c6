import type { ConnectionId } from '../model/identifiers';
import type { RateLimits } from '../model/limits';
import type { Channel, Connection, Conversation, Member } from '../model/records';
import type { World } from '../ports';
import { blockedUntil } from '../model/rate';
import { refuse, type Refusal } from '../model/refusal';
import { banned, checkCrowd, unknownChannel } from './join';
import { tooFast } from './too-fast';

/** Pauses between looks at a connection whose JOIN may be under way, milliseconds. */
const PAUSES = [50, 100, 200, 400, 600, 650];

/** Somebody who may send a message now. */
export interface Sender {
  readonly kind: 'admitted';
  readonly conversation: Conversation;
  readonly connection: Connection;
  readonly member: Member;
  readonly channel: Channel;
}

/**
 * Finds out whose connection it is and whether they may send; counts the message. Two round trips, whatever the size of
 * the channel: the connection; then, together, the member and the channel.
 */
export async function admit(world: World, id: ConnectionId, limits: RateLimits): Promise<Sender | Refusal> {
  const connection = await joinedConnection(world, id);
  if (!connection) return refuse(401, 'Join a channel first');
  const { conversation } = connection;
  const now = world.clock.now();
  const [member, channel] = await Promise.all([
    world.members.countSent(conversation, now, limits.window),
    world.channels.use(conversation.channel, now, limits.window),
  ]);
  if (!channel || channel.state === 'dropping') return unknownChannel(conversation.channel);
  if (!member) return refuse(401, 'This conversation is gone; join again');
  if (member.banned) return banned();
  const until = blockedUntil(member.rate, limits.messagesPerVisitor);
  if (until !== undefined) return tooFast(until, now);
  const crowd = checkCrowd(world, channel, limits);
  if (crowd) return crowd;
  if (channel.state === 'suspended') {
    return refuse(502, 'Nobody is there: the operators of this channel have left. Please try again later');
  }
  return { kind: 'admitted', conversation, connection, member, channel };
}

/** API Gateway runs the frames of one connection concurrently: a frame may be here before its JOIN is done (D12). */
async function joinedConnection(
  world: World,
  id: ConnectionId,
): Promise<(Connection & { readonly conversation: Conversation }) | undefined> {
  for (const pause of [...PAUSES, undefined]) {
    const connection = await world.connections.find(id);
    if (!connection) return undefined;
    const { conversation } = connection;
    if (conversation) return { ...connection, conversation };
    if (pause !== undefined) await world.clock.sleep(pause);
  }
  return undefined;
}
