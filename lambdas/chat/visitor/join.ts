import { chatOfConnection, deriveHandle, deriveProof, friendlyName, type ConnectionId } from '../model/identifiers';
import { CONNECTIONS_PER_VISITOR, IDENTITIES_PER_CONNECTION, RATE_LIMITS, type RateLimits } from '../model/limits';
import {
  conversationKey,
  type Channel,
  type Connection,
  type Conversation,
  type Lease,
  type Member,
} from '../model/records';
import { type AttachOutcome, type World } from '../ports';
import { OK_FRAME } from '../protocol/server-frame';
import { refuse, type Refusal } from '../model/refusal';
import { type BrowserWorld, drain } from '../outbox/to-browser';
import { letGo, newLease } from '../outbox/lease';
import { replay } from '../outbox/replay';
import { chatOf, noteReturn } from '../membership';
import { countUse } from './send';
import { banned, foreignOrigin, lineOf, mayConnect, mayWait, unknownChannel } from './admission';

/** A JOIN frame, read. */
export interface JoinRequest {
  readonly memberId: string;
  readonly name: string | null;
  readonly channel: Channel['name'];
  /** The id of the last message that the client has. */
  readonly cursor?: string;
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
  { limits = RATE_LIMITS, address }: { readonly limits?: RateLimits; readonly address?: string | undefined } = {},
): Promise<Refusal | { readonly kind: 'joined'; readonly answer?: string }> {
  const [connection, channel] = await Promise.all([
    world.connections.find(connectionId),
    world.channels.look(request.channel, world.clock.now(), limits.window),
  ]);
  if (!connection) return refuse(401, 'This connection is closed; connect again');
  if (!channel || channel.state === 'dropping') return unknownChannel(request.channel);
  if (!mayConnect(channel, connection.origin)) return foreignOrigin();

  const conversation = { channel: channel.name, handle: deriveHandle(channel.handleKey, 'ws', request.memberId) };
  const known = connection.visitors ?? [];
  if (known.length >= IDENTITIES_PER_CONNECTION && !known.includes(conversationKey(conversation))) return tooMany();
  const attached = await attach(world, conversation, channel, connection, request, address);
  if (attached.kind === 'refused') return attached;
  const { member, before, lease } = attached;

  const [isOpen] = await Promise.all([
    world.connections.join(connectionId, conversation, IDENTITIES_PER_CONNECTION),
    countUse(world, channel.name, 0),
  ]);
  if (!isOpen) {
    await world.members.detach(conversation, connectionId);
    await letGo(world, member, lease);
    return refuse(401, 'This connection is closed; connect again');
  }
  world.logger.info('A visitor joined', { ...conversation });
  await Promise.all([leavePrevious(world, connection, conversation), noteReturn(world, before)]);
  await closeOldest(world, member, connectionId);
  const answer = await sayOk(world, connectionId);
  if (chatOf(member) !== undefined) await letGo(world, member, lease);
  else {
    await replay(world, { connection: connectionId, cursor: request.cursor, before }).catch((error: unknown) => {
      world.logger.warn('What was pushed before could not be sent again', { reason: String(error) });
    });
    await drain(world, member, lease);
  }
  return { kind: 'joined', ...(answer === undefined ? {} : { answer }) };
}

function tooMany(): Refusal {
  return refuse(403, `A connection can be ${IDENTITIES_PER_CONNECTION} visitors; connect again to be another one`);
}

type Attached = Extract<AttachOutcome, { kind: 'attached' }> & { readonly lease: Lease };

async function attach(
  world: Pick<World, 'members' | 'connections' | 'clock' | 'random' | 'settings'>,
  conversation: Conversation,
  channel: Channel,
  connection: Connection,
  { memberId, name }: JoinRequest,
  address: string | undefined,
): Promise<Attached | Refusal> {
  const deadline = world.clock.now() + PATIENCE;
  for (let first = true; ; first = false) {
    const lease = newLease(world);
    const outcome = await world.members.attach(conversation, {
      proof: deriveProof(channel.handleKey, 'ws', memberId),
      connector: 'ws',
      line: address === undefined ? undefined : lineOf(channel.handleKey, address),
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
      case 'erasing':
        return refuse(429, 'This conversation is being erased: try again in 60 seconds');
      case 'busy':
        if (world.clock.now() >= deadline) throw new Error('The delivery lease was never free');
        if (first && !(await mayWait(world, address ?? connection.id))) {
          return refuse(429, 'Slow down: this visitor is joining many times at once; try again in 10 seconds');
        }
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

/** A visitor has a limited number of browsers connected: those that are gone are forgotten, then the oldest are closed. */
async function closeOldest(
  world: Pick<World, 'members' | 'connections' | 'push'>,
  member: Member,
  own: ConnectionId,
): Promise<void> {
  const others = member.connections.filter((id) => id !== own && chatOfConnection(id) === undefined);
  if (others.length < CONNECTIONS_PER_VISITOR) return;
  const found = await Promise.all(others.map(async (id) => ({ id, connection: await world.connections.find(id) })));
  const oldestFirst = found
    .map(({ id, connection }) => ({ id, openedAt: connection?.openedAt ?? '' }))
    .sort((one, other) => (one.openedAt < other.openedAt ? -1 : 1));
  const gone = oldestFirst.filter(({ openedAt }) => openedAt === '').length;
  const tooMany = oldestFirst.slice(0, Math.max(gone, others.length - CONNECTIONS_PER_VISITOR + 1));
  await Promise.all(
    tooMany.map(async ({ id }) => {
      await world.members.detach(member, id);
      await world.connections.close(id);
      await world.push.disconnect(id).catch(() => undefined);
    }),
  );
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
