import { conversationOf, type Conversation, type Lease, type Member, type Message } from '../model/records';
import type { World } from '../ports';
import { chatOf } from '../membership';
import { lastFrameId } from '../protocol/server-frame';
import { letGo, newLease } from './lease';
import { pushAll, type PushWorld } from './push';

/** What deliveries to browsers use. */
export type BrowserWorld = PushWorld & Pick<World, 'queue' | 'random'>;

/** When it stops by itself, so that it never works without the lease, milliseconds. */
const WORK = 6_000;

/** Messages read at a time. */
const BATCH = 25;

/** How often a passing failure is tried again through the queue. */
const ATTEMPTS = 5;

/**
 * `accepted`: it is delivered, or will be; `member`: as they were before. `unknown`: there is no such member. `refused`: it may
 * not be sent.
 */
export type Sent =
  { readonly kind: 'accepted'; readonly member: Member } | { readonly kind: 'unknown' } | { readonly kind: 'refused' };

/**
 * Stores a message to a visitor, once, and pushes it to all their connections, after everything that waits for them. If
 * they are away it waits for their next JOIN. Repeating it finishes what an earlier call began.
 * `allowed`: whether it may be sent; waited for while the lease is asked for.
 */
export async function sendToVisitor(
  world: BrowserWorld,
  message: Message,
  allowed = Promise.resolve(true),
): Promise<Sent> {
  const { conversation } = message;
  const lease = newLease(world);
  // The lease first: another holder could push the message before its ticket is taken, and it would be pushed again.
  const [request, mayBeSent] = await Promise.all([
    world.members.requestDelivery(conversation, lease, world.clock.now()),
    allowed,
  ]);
  if (!request) return { kind: mayBeSent ? 'unknown' : 'refused' };
  const { leased, member } = request;
  if (!mayBeSent) {
    if (leased) await letGo(world, member, lease);
    return { kind: 'refused' };
  }
  let kept: Awaited<ReturnType<typeof store>>;
  try {
    kept = await store(world, message);
  } catch (error) {
    if (leased) await letGo(world, member, lease).catch(() => undefined);
    throw error;
  }
  if (kept.message.due && !leased) return deliverToVisitor(world, conversation);
  if (kept.message.due) await deliver(world, request, lease, kept.stored ? kept.message : undefined);
  else if (leased) await letGo(world, member, lease);
  return { kind: 'accepted', member };
}

/** Stores a message; what changes the original in the messenger finds it by its place there. */
async function store({ messages }: Pick<World, 'messages'>, message: Message) {
  const { conversation, key, places: [place] = [] } = message;
  const [kept] = await Promise.all([
    messages.put(message),
    place && messages.pointReply(place, { ...conversationOf(conversation), message: key }),
  ]);
  return kept;
}

/** Pushes what is due to a visitor, oldest first, one function instance at a time. */
export async function deliverToVisitor(world: BrowserWorld, conversation: Conversation): Promise<Sent> {
  const lease = newLease(world);
  const request = await world.members.requestDelivery(conversation, lease, world.clock.now());
  if (!request) return { kind: 'unknown' };
  await deliver(world, request, lease);
  return { kind: 'accepted', member: request.member };
}

/** `own`: a message stored just now; if nothing else waits it is not read again. A visitor in Telegram is left to the queue. */
async function deliver(
  world: BrowserWorld,
  { leased, member }: { readonly leased: boolean; readonly member: Member },
  lease: Lease,
  own?: Message,
): Promise<void> {
  if (chatOf(member) !== undefined) {
    if (leased) await letGo(world, member, lease);
    await world.queue.send({ kind: 'to-chat', ...conversationOf(member), message: own?.key ?? lease.holder });
  } else if (leased) {
    await drain(world, member, lease, { own });
  } else {
    // The holder sees our ticket before it lets go. Unless it has crashed: then the queue comes by.
    await tryLater(world, conversationOf(member), 0, lease.holder);
  }
}

/** An item of the queue says that something may be due to a visitor. `busy`: another instance is at it; ask again. */
export async function redeliverToVisitor(
  world: BrowserWorld,
  conversation: Conversation,
  attempt: number,
): Promise<'done' | 'busy'> {
  const lease = newLease(world);
  const request = await world.members.requestDelivery(conversation, lease, world.clock.now());
  if (!request) return 'done';
  if (!request.leased) return 'busy';
  if (chatOf(request.member) !== undefined) {
    await letGo(world, request.member, lease);
    await world.queue.send({ kind: 'to-chat', ...conversationOf(conversation), message: lease.holder });
  } else {
    await drain(world, request.member, lease, { attempt });
  }
  return 'done';
}

interface DrainOptions {
  readonly own?: Message | undefined;
  readonly attempt?: number;
}

/** Delivers while there is something, holding `lease`, and lets go of it, also when it throws. */
export async function drain(
  world: Omit<BrowserWorld, 'random'>,
  member: Member,
  lease: Lease,
  options: DrainOptions = {},
): Promise<void> {
  let finished: boolean;
  try {
    finished = await empty(world, member, lease, options.own);
  } catch (error) {
    await letGo(world, member, lease).catch(() => undefined);
    throw error;
  }
  if (!finished) await tryLater(world, conversationOf(member), (options.attempt ?? 0) + 1, lease.holder);
}

/** Delivers what is due and lets go of the lease. False: something is left that can be delivered later. */
async function empty(world: PushWorld, member: Member, lease: Lease, stored: Message | undefined): Promise<boolean> {
  const conversation = conversationOf(member);
  const deadline = world.clock.now() + WORK;
  let current = member;
  let pushed: Member['pushed'];
  for (let own = stored; ; own = undefined) {
    const due = await waiting(world, current, own);
    const { kind: outcome, last } = await pushAll(world, current, due, deadline);
    if (last) pushed = { id: lastFrameId(last), at: new Date(world.clock.now()).toISOString() };
    const late = world.clock.now() >= deadline;
    if (outcome === 'all' && due.length === BATCH && !late) continue;
    const emptied = outcome === 'all' && due.length < BATCH;
    const { tickets } = current.delivery;
    const release = await world.members.releaseDelivery(conversation, lease.holder, tickets, emptied, pushed);
    if (release.kind !== 'again') return emptied || outcome === 'away';
    if (late) {
      await letGo(world, release.member, lease);
      return false;
    }
    current = release.member;
  }
}

/** What waits for the visitor, oldest first. Nothing is read if the tickets tell. */
async function waiting(
  world: Pick<World, 'messages'>,
  { delivery, ...member }: Member,
  own: Message | undefined,
): Promise<Message[]> {
  if (delivery.drained === delivery.tickets) return [];
  if (own && delivery.drained === delivery.tickets - 1) return [own];
  return world.messages.due(conversationOf(member), 'to-visitor', BATCH);
}

/** The queue comes back to it. */
async function tryLater(
  world: Pick<World, 'queue' | 'logger'>,
  conversation: Conversation,
  attempt: number,
  request: string,
): Promise<void> {
  if (attempt > ATTEMPTS) {
    world.logger.warn('A visitor could not be reached; the messages wait for the next JOIN', { ...conversation });
    return;
  }
  await world.queue.send({ kind: 'to-visitor', ...conversationOf(conversation), attempt, request });
}
