import type { ConnectionId } from '../model/identifiers';
import type { RateLimits } from '../model/limits';
import type { Channel, Conversation, Member } from '../model/records';
import type { World } from '../ports';
import { blockedUntil } from '../model/rate';
import { refuse, type Refusal } from '../model/refusal';

/** Pauses between looks at a connection whose JOIN may be under way, milliseconds. */
const PAUSES = [50, 100, 200, 400, 600, 650];

/** A visitor who may send a message now. */
export interface Sender {
  readonly kind: 'admitted';
  readonly conversation: Conversation;
  readonly member: Member;
  readonly channel: Channel;
}

/**
 * Whose connection it is; undefined: nobody's. API Gateway runs the frames of one connection side by side: a frame may be
 * here before its JOIN is done.
 */
export async function joinedConversation(
  { connections, clock }: Pick<World, 'connections' | 'clock'>,
  id: ConnectionId,
): Promise<Conversation | undefined> {
  for (const pause of [...PAUSES, undefined]) {
    const connection = await connections.find(id);
    if (!connection || connection.conversation) return connection?.conversation;
    if (pause !== undefined) await clock.sleep(pause);
  }
  return undefined;
}

/**
 * Counts a message and finds out whether it may be sent: one round trip, whatever the size of the channel. 404: there is no
 * such channel any more; 401: no such visitor.
 */
export async function admit(
  { members, channels, clock }: Pick<World, 'members' | 'channels' | 'clock'>,
  conversation: Conversation,
  limits: RateLimits,
): Promise<Sender | Refusal> {
  const now = clock.now();
  const [member, channel] = await Promise.all([
    members.countSent(conversation, now, limits.window),
    channels.use(conversation.channel, now, limits.window),
  ]);
  if (!channel || channel.state === 'dropping') return unknownChannel(conversation.channel);
  if (!member) return refuse(401, 'This conversation is gone; join again');
  if (member.banned) return banned();
  const until = blockedUntil(member.rate, limits.messagesPerVisitor);
  if (until !== undefined) return tooFast(until, now);
  const crowd = checkCrowd(channel, limits, now);
  if (crowd) return crowd;
  if (channel.state === 'suspended') {
    return refuse(502, 'Nobody is there: the operators of this channel have left. Please try again later');
  }
  return { kind: 'admitted', conversation, member, channel };
}

/** The limit of all visitors together. `now`: epoch milliseconds. */
export function checkCrowd({ rate }: Channel, { messagesPerChannel }: RateLimits, now: number): Refusal | undefined {
  const until = blockedUntil(rate, messagesPerChannel);
  return until === undefined ? undefined : tooFast(until, now);
}

export function banned(): Refusal {
  return refuse(403, 'You cannot write to this channel any more');
}

export function unknownChannel(name: string): Refusal {
  return refuse(404, `There is no channel ${name}`);
}

/** Says when to try again (both in epoch milliseconds). */
function tooFast(until: number, now: number): Refusal {
  const seconds = Math.max(1, Math.ceil((until - now) / 1000));
  const time = new Date(until).toISOString();
  return refuse(429, `Slow down: try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, at ${time}`);
}
