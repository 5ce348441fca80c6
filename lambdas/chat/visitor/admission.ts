import { createHash } from 'node:crypto';
import type { ConnectionId } from '../model/identifiers';
import { NEW_PER_ADDRESS, NEW_WINDOW, WAIT_WINDOW, WAITS_PER_ADDRESS, type RateLimits } from '../model/limits';
import type { Channel, Connection, Conversation, Member } from '../model/records';
import type { World } from '../ports';
import { blockedUntil, windowEnd } from '../model/rate';
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

/** A connection that is a visitor's. */
export type JoinedConnection = Connection & Required<Pick<Connection, 'conversation'>>;

/**
 * The connection, if it is a visitor's. API Gateway runs the frames of one connection side by side: a frame may be here
 * before its JOIN is done, and waits for it; but few do at a time, as each keeps a function instance from others.
 */
export async function joinedConnection(
  { connections, clock }: Pick<World, 'connections' | 'clock'>,
  id: ConnectionId,
  mayWait: () => Promise<boolean>,
): Promise<JoinedConnection | undefined> {
  for (const pause of [...PAUSES, undefined]) {
    const connection = await connections.find(id);
    if (!connection) return undefined;
    if (isJoined(connection)) return connection;
    if (pause === undefined || (pause === PAUSES[0] && !(await mayWait()))) return undefined;
    await clock.sleep(pause);
  }
  return undefined;
}

function isJoined(connection: Connection): connection is JoinedConnection {
  return connection.conversation !== undefined;
}

/** Whether one more frame from a source address may wait in a function instance for what another one does. */
export async function mayWait(
  { connections, clock, settings }: Pick<World, 'connections' | 'clock' | 'settings'>,
  address: string,
): Promise<boolean> {
  const what = `wait#${lineOf(settings.websocketUrl, address)}`;
  return (await connections.count(what, clock.now(), WAIT_WINDOW)) <= WAITS_PER_ADDRESS;
}

/** Whether a visitor may write who is new to the operators: such visitors come by tens at most from one address. */
export async function mayBegin(
  { connections, clock }: Pick<World, 'connections' | 'clock'>,
  { channel, member }: Sender,
  address: string | undefined,
): Promise<boolean> {
  if (address === undefined || member.announcedAt !== '') return true;
  const what = `new#${channel.name}#${lineOf(channel.handleKey, address)}`;
  return (await connections.count(what, clock.now(), NEW_WINDOW)) <= NEW_PER_ADDRESS;
}

/**
 * What is stored of a source address: 16 bits of its hash. They tell one stranger from another, but not who it is:
 * 65,000 IPv4 addresses share them.
 */
export function lineOf(key: string, address: string): string {
  return createHash('sha256').update(`${key}\n${address}`).digest('hex').slice(0, 4);
}

/**
 * Finds out whether a visitor may send a message, in one round trip whatever the size of the channel, and counts it for
 * them. What is refused costs the channel nothing. 404: there is no such channel any more; 401: no such visitor.
 */
export async function admit(
  { members, channels, clock }: Pick<World, 'members' | 'channels' | 'clock'>,
  conversation: Conversation,
  limits: RateLimits,
): Promise<Sender | Refusal> {
  const now = clock.now();
  const [member, channel] = await Promise.all([
    members.countSent(conversation, now, limits.window),
    channels.look(conversation.channel, now, limits.window),
  ]);
  if (!channel || channel.state === 'dropping') return unknownChannel(conversation.channel);
  if (!member) return refuse(401, 'This conversation is gone; join again');
  if (member.banned) return banned();
  const until = blockedUntil(member.rate, limits.messagesPerVisitor) ?? crowdedUntil(channel, limits);
  if (until !== undefined) return tooFast(until, now);
  if (channel.state === 'suspended') {
    return refuse(502, 'Nobody is there: the operators of this channel have left. Please try again later');
  }
  return { kind: 'admitted', conversation, member, channel };
}

/** The limit of all visitors together: when it ends, epoch milliseconds. */
function crowdedUntil({ rate }: Channel, { messagesPerChannel }: RateLimits): number | undefined {
  return blockedUntil(rate && { ...rate, count: rate.count + 1 }, messagesPerChannel);
}

export function banned(): Refusal {
  return refuse(403, 'You cannot write to this channel any more');
}

export function unknownChannel(name: string): Refusal {
  return refuse(404, `There is no channel ${name}`);
}

/** Whether a website may use the channel. A client that is no browser sends no origin; it needs one if there is a list. */
export function mayConnect({ origins }: Channel, origin: string | undefined): boolean {
  return origins.length === 0 || (origin !== undefined && origins.includes(origin.toLowerCase()));
}

export function foreignOrigin(): Refusal {
  return refuse(403, 'This website may not use the channel; its operators can allow it with /origins');
}

/** Over a limit that counts in windows. `now`: epoch milliseconds. */
export function overLimit({ window }: Pick<RateLimits, 'window'>, now: number): Refusal {
  return tooFast(windowEnd(now, window), now);
}

/** Says when to try again (both in epoch milliseconds). */
function tooFast(until: number, now: number): Refusal {
  const seconds = Math.max(1, Math.ceil((until - now) / 1000));
  const time = new Date(until).toISOString();
  return refuse(429, `Slow down: try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, at ${time}`);
}
