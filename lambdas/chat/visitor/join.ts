import { deriveHandle, deriveProof, friendlyName, type ConnectionId } from '../model/identifiers';
import { RATE_LIMITS, type RateLimits } from '../model/limits';
import { conversationKey, type Channel, type Connection, type Conversation, type Lease } from '../model/records';
import { type AttachOutcome, type World } from '../ports';
import { OK_FRAME } from '../protocol/server-frame';
import { refuse, type Refusal } from '../model/refusal';
import { type BrowserWorld, drain } from '../outbox/to-browser';
import { letGo, newLease } from '../outbox/lease';
import { announce, chatOf } from '../membership';
import { banned, checkCrowd, unknownChannel } from './admission';

/** A JOIN frame, read. */
export interface JoinRequest {
  readonly memberId: string;
  readonly name: string | null;
  readonly channel: Channel['name'];
}

/** How long JOIN waits while another instance delivers to the member, milliseconds: longer than a lease. */
const PATIENCE = 12_000;

/**
 * Makes the connection a member's. The OK is pushed while nobody else may push, so that nothing comes before it; then
 * what the visitor missed. `answer`: the frame to answer with, where a push could not do it.
 */
export async function join(
  world: BrowserWorld & Pick<World, 'channels'>,
  connectionId: ConnectionId,
  request: JoinRequest,
  limits: RateLimits = RATE_LIMITS,
): Promise<Refusal | { readonly kind: 'joined'; readonly answer?: string }> {
  const [connection, channel] = await Promise.all([
    world.connections.find(connectionId),
    world.channels.use(request.channel, world.clock.now(), limits.window),
  ]);
  if (!connection) return refuse(401, 'This connection is closed; connect again');
  if (!channel || channel.state === 'dropping') return unknownChannel(request.channel);
  if (!mayConnect(channel, connection.origin)) return foreignOrigin();
  const crowd = checkCrowd(channel, limits, world.clock.now());
  if (crowd) return crowd;

  const conversation = { channel: channel.name, handle: deriveHandle(channel.handleKey, 'ws', request.memberId) };
  const attached = await attach(world, conversation, channel, connection, request);
  if (attached.kind === 'refused') return attached;
  const { member, before, lease } = attached;

  if (!(await world.connections.join(connectionId, conversation))) {
    await world.members.detach(conversation, connectionId);
    await letGo(world, member, lease);
    return refuse(401, 'This connection is closed; connect again');
  }
  world.logger.info('A visitor joined', { ...conversation });
  await leavePrevious(world, connection, conversation);
  const answer = await sayOk(world, connectionId);
  if (chatOf(member) !== undefined) await letGo(world, member, lease);
  else await drain(world, member, lease);
  await announce(world, channel, member, before);
  return { kind: 'joined', ...(answer === undefined ? {} : { answer }) };
}

/** Whether a website may use the channel. A client that is no browser sends no origin; it needs one if there is a list. */
export function mayConnect(channel: Channel, origin: string | undefined): boolean {
  return channel.origins.length === 0 || (origin !== undefined && channel.origins.includes(origin.toLowerCase()));
}

export function foreignOrigin(): Refusal {
  return refuse(403, 'This website may not use the channel; its operators can allow it with /origins');
}

type Attached = Extract<AttachOutcome, { kind: 'attached' }> & { readonly lease: Lease };

async function attach(
  world: Pick<World, 'members' | 'clock' | 'random'>,
  conversation: Conversation,
  channel: Channel,
  connection: Connection,
  { memberId, name }: JoinRequest,
): Promise<Attached | Refusal> {
  const deadline = world.clock.now() + PATIENCE;
  for (;;) {
    const lease = newLease(world);
    const outcome = await world.members.attach(conversation, {
      proof: deriveProof(channel.handleKey, 'ws', memberId),
      connector: 'ws',
      name: name ?? friendlyName(conversation.handle),
      connection: connection.id,
      now: world.clock.now(),
      lease,
    });
    switch (outcome.kind) {
      case 'attached':
        return { ...outcome, lease };
      case 'taken':
        return refuse(409, 'This member id cannot be used; make up another');
      case 'banned':
        return banned();
      case 'busy':
        if (world.clock.now() >= deadline) throw new Error('The delivery lease was never free');
        await world.clock.sleep(100);
    }
  }
}

/** A connection that joins as another member leaves the first. */
async function leavePrevious(
  world: Pick<World, 'members'>,
  { id, conversation: previous }: Connection,
  now: Conversation,
) {
  if (previous && conversationKey(previous) !== conversationKey(now)) await world.members.detach(previous, id);
}

async function sayOk(world: Pick<World, 'push' | 'logger'>, connection: ConnectionId): Promise<string | undefined> {
  try {
    await world.push.push(connection, OK_FRAME);
    return undefined;
  } catch (error) {
    world.logger.warn('The OK could not be pushed; it is the answer instead', { reason: String(error) });
    return OK_FRAME;
  }
}
