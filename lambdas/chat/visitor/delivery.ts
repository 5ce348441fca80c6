import { conversationKey, type Conversation, type Lease, type Member, type Message } from '../model';
import { hostMessageFrames } from '../protocol/server-frame';
import type { World } from '../ports';
import type { ChatId, ConnectionId } from '../identifiers';

/** How long one function instance may hold the right to deliver to a member, milliseconds. */
const LEASE = 10_000;

/** When it stops by itself, so that it never works without the lease, milliseconds. */
const WORK = 6_000;

/** Messages read at a time. */
const BATCH = 25;

/** How often a passing failure is tried again through the queue. */
const ATTEMPTS = 5;

/** Sends a message to a member's Telegram chat. `failed`: later, by the queue. */
export type SendToChat = (chat: ChatId, message: Message) => Promise<'sent' | 'gone' | 'failed'>;

/** A right to deliver that nobody else has. */
export function newLease(world: Pick<World, 'clock' | 'random'>): Lease {
  return { holder: Buffer.from(world.random.bytes(9)).toString('base64url'), until: world.clock.now() + LEASE };
}

/**
 * Stores a message to a visitor, once, and pushes it to all their connections, after everything that waits for them. If
 * they are away it waits for their next JOIN. Repeating it finishes what an earlier call began (D18, D20, D22).
 * `unknown`: there is no such member.
 */
export async function sendToVisitor(world: World, message: Message): Promise<'accepted' | 'unknown'> {
  const { stored, message: kept } = await world.messages.put(message);
  if (!stored && !kept.due) return 'accepted';
  return deliverToVisitor(world, message.conversation, stored ? kept : undefined);
}

/**
 * Pushes what is due to a visitor, oldest first, one function instance at a time. `own`: a message stored just now;
 * if nothing else waits it is not read again. `toChat`: how to reach a member in Telegram; without it such a member is
 * left to the queue.
 */
export async function deliverToVisitor(
  world: World,
  conversation: Conversation,
  own?: Message,
  toChat?: SendToChat,
): Promise<'accepted' | 'unknown'> {
  const lease = newLease(world);
  const request = await world.members.requestDelivery(conversation, lease, world.clock.now());
  if (!request) return 'unknown';
  const { leased, member } = request;
  if (isInTelegram(member) && !toChat) {
    if (leased) await letGo(world, member, lease);
    await world.queue.send({ kind: 'to-chat', ...pick(conversation), message: own?.key ?? lease.holder });
  } else if (leased) {
    await drain(world, member, lease, { own, toChat });
  } else {
    // The holder sees our ticket before it lets go. Unless it has crashed: then the queue comes by.
    await tryLater(world, conversation, 0, lease.holder);
  }
  return 'accepted';
}

/** An item of the queue says that something may be due to a visitor. `busy`: another instance is at it; ask again. */
export async function redeliverToVisitor(
  world: World,
  conversation: Conversation,
  attempt: number,
): Promise<'done' | 'busy'> {
  const lease = newLease(world);
  const request = await world.members.requestDelivery(conversation, lease, world.clock.now());
  if (!request) return 'done';
  if (!request.leased) return 'busy';
  await drain(world, request.member, lease, { attempt });
  return 'done';
}

/** Whether this member reads in Telegram. */
export function isInTelegram(member: Member): boolean {
  return member.connections.some((id) => id.startsWith('tg:'));
}

interface DrainOptions {
  readonly own?: Message | undefined;
  readonly toChat?: SendToChat | undefined;
  readonly attempt?: number;
}

/** Delivers while there is something, holding `lease`, and lets go of it. */
export async function drain(world: World, member: Member, lease: Lease, options: DrainOptions = {}): Promise<void> {
  const conversation = pick(member);
  const deadline = world.clock.now() + WORK;
  let { own } = options;
  for (let current = member; ;) {
    const { tickets, drained } = current.delivery;
    const due =
      own && drained === tickets - 1
        ? [own]
        : drained === tickets
          ? []
          : await world.messages.due(conversation, 'to-visitor', BATCH);
    own = undefined;
    const outcome = await pushAll(world, current, due, deadline, options.toChat);
    if (outcome === 'all' && due.length === BATCH && world.clock.now() < deadline) continue;
    const emptied = outcome === 'all' && due.length < BATCH;
    const release = await world.members.releaseDelivery(conversation, lease.holder, tickets, emptied);
    if (release.kind === 'again' && world.clock.now() < deadline) {
      current = release.member;
      continue;
    }
    if (release.kind === 'again' || outcome === 'failed' || (outcome === 'all' && !emptied)) {
      await tryLater(world, conversation, (options.attempt ?? 0) + 1, lease.holder);
    }
    return;
  }
}

/** Lets go of a lease without having delivered anything. */
export async function letGo(world: World, member: Member, { holder }: Lease): Promise<void> {
  for (let { tickets } = member.delivery; ;) {
    const release = await world.members.releaseDelivery(pick(member), holder, tickets, false);
    if (release.kind !== 'again') return;
    ({ tickets } = release.member.delivery);
  }
}

/** The queue comes back to it. */
async function tryLater(world: World, conversation: Conversation, attempt: number, request: string): Promise<void> {
  if (attempt > ATTEMPTS) {
    world.logger.warn('A visitor could not be reached; the messages wait for the next JOIN', { ...conversation });
    return;
  }
  await world.queue.send({ kind: 'to-visitor', ...pick(conversation), attempt, request });
}

/** `all`: everything arrived. `away`: nobody is there. `failed`: it may succeed later. */
type PushOutcome = 'all' | 'away' | 'failed';

async function pushAll(
  world: World,
  member: Member,
  messages: readonly Message[],
  deadline: number,
  toChat?: SendToChat,
): Promise<PushOutcome> {
  const gone = new Set<ConnectionId>();
  const marks: Promise<void>[] = [];
  let outcome: PushOutcome = 'all';
  for (const message of messages) {
    if (world.clock.now() >= deadline) {
      outcome = 'failed';
      break;
    }
    const connections = member.connections.filter((id) => !gone.has(id));
    const results = await Promise.all(connections.map((id) => pushOne(world, id, message, toChat)));
    results.forEach((result, i) => {
      const id = connections[i];
      if (id && result === 'gone') gone.add(id);
    });
    if (!results.includes('sent')) {
      outcome = results.includes('failed') ? 'failed' : 'away';
      break;
    }
    marks.push(world.messages.delivered(message.conversation, message.key));
  }
  await Promise.all([...marks, ...[...gone].map((id) => forget(world, member, id))]);
  return outcome;
}

async function pushOne(
  world: World,
  connection: ConnectionId,
  message: Message,
  toChat?: SendToChat,
): Promise<'sent' | 'gone' | 'failed'> {
  try {
    if (connection.startsWith('tg:')) return toChat ? await toChat(connection.slice(3) as ChatId, message) : 'failed';
    let outcome: 'sent' | 'gone' = 'sent';
    for (const frame of hostMessageFrames(message, world.settings.apiUrl)) {
      outcome = await world.push.push(connection, frame);
      if (outcome === 'gone') break;
    }
    return outcome;
  } catch (error) {
    world.logger.warn('A push failed', { conversation: conversationKey(message.conversation), reason: String(error) });
    return 'failed';
  }
}

/** A connection that answered 410 (D8). */
async function forget(world: World, member: Member, id: ConnectionId): Promise<void> {
  await world.members.detach(pick(member), id);
  if (id.startsWith('ws:')) await world.connections.close(id);
}

function pick({ channel, handle }: Conversation): Conversation {
  return { channel, handle };
}
