import type { ChatId } from '../model/identifiers';
import type { Conversation, Direction, Member, Message } from '../model/records';
import type { QueueOutcome, World } from '../ports';
import { logUndelivered } from '../messenger/failure';
import { type Messenger, MessengerFailure, type PostPlace } from '../messenger/port';
import { traceOf } from '../trace';
import { oneFileAtATime } from './one-file';
import { linkParts, type Part, partsFor } from './parts';
import { anotherTurn, BATCH, DONE, type PokeKind, tryAgain, waitFor, WORK } from './poke';
import { type Outcome, postOnce } from './post-once';
import { rewritten } from './rewrite';

/** Tries within one message: a topic made again, a group that has moved. */
const TURNS = 4;

/** A poke of the queue that is being worked at. `attempt` counts from 1; `deadline`: epoch milliseconds. */
export interface Poke {
  readonly conversation: Conversation;
  readonly attempt: number;
  readonly deadline: number;
}

/** What may be delivered now of what is due. */
export interface Batch<To> {
  readonly kind: 'batch';
  readonly to: To;
  readonly messages: readonly Message[];
}

/** What a failure calls for: an answer to the queue, or another try at once, possibly with other parts. */
export type Remedy = QueueOutcome | { readonly parts?: readonly Part[] | undefined };

/** What differs between a delivery to the operators and one to a visitor who is in the messenger. */
export interface Side<To extends Recipient, Found> {
  readonly kind: PokeKind;
  readonly direction: Direction;
  /** Who the messages are for; undefined: nobody. */
  find(conversation: Conversation): Promise<Found | undefined>;
  /** Chooses from what is due, oldest first, at least one. `read again`: look afresh what is due. */
  choose(found: Found, due: readonly Message[], poke: Poke): Promise<Batch<To> | QueueOutcome | 'read again'>;
  /** The same recipient as it is now; undefined: not there any more. */
  findAgain(to: To): Promise<To | undefined>;
  /** Whether they must be looked for again before this message of a batch. */
  isStale(message: Message, first: boolean): boolean;
  /** Whether they know already what the message says. */
  knows?(message: Message): boolean;
  /** What the message tells about its author, if that is not decided yet. */
  presence?(to: To, message: Message): string | undefined;
  /** What comes before the message is posted: where in the chat that is, or an answer to the queue. */
  prepare(to: To, message: Message): Promise<PostPlace | QueueOutcome>;
  /** What follows when the message is there. `outcome`: undefined if an earlier message was rewritten instead. */
  follow(to: To, message: Message, outcome: Outcome | undefined): Promise<void>;
  /** What can wait until the message is marked delivered: a failure here must not post it again. */
  note?(to: To, outcome: Outcome): Promise<void>;
  /** The messenger is over its limit for so many seconds; how many this conversation waits. */
  pause(to: To, message: Message, seconds: number): Promise<number>;
  /** The chat is not there any more. */
  gone(to: To): Promise<void>;
  moved(to: To, chat: ChatId): Promise<void>;
  /** Undefined: a failure of a topic cannot be mended here. */
  mendTopic?(to: To, kind: 'topic gone' | 'topic closed' | 'no forum'): Promise<void>;
  /** The messenger will never take this message: what is posted instead, if anything is. */
  instead(to: To, message: Message, failure: MessengerFailure): Promise<readonly Part[] | undefined>;
}

/** Who gets messages. */
export interface Recipient {
  readonly chat: ChatId;
  /** What is posted are copies of messages that came from another chat. */
  readonly copy?: boolean;
  /** The visitor under whose header messages are shown; undefined: without a header. */
  readonly sender?: Member;
}

/** What deliveries by the messenger use. */
export type DeliveryWorld = Pick<World, 'messages' | 'files' | 'queue' | 'clock' | 'random' | 'logger' | 'settings'>;

/**
 * Delivers what is due, oldest first, each message once. The queue holds one poke per message; whichever comes first
 * delivers everything, so that what was overtaken in the queue is put right.
 */
export async function deliverDue<To extends Recipient, Found>(
  world: DeliveryWorld,
  messenger: Messenger,
  side: Side<To, Found>,
  conversation: Conversation,
  attempt: number,
): Promise<QueueOutcome> {
  const poke = { conversation, attempt, deadline: world.clock.now() + WORK };
  for (;;) {
    const [found, due] = await Promise.all([
      side.find(conversation),
      world.messages.due(conversation, side.direction, BATCH),
    ]);
    if (!found || due.length === 0) return DONE;
    const batch = await side.choose(found, due, poke);
    if (batch === 'read again') continue;
    if (batch.kind !== 'batch') return batch;
    for (const message of batch.messages) {
      if (side.knows?.(message)) {
        await world.messages.delivered(conversation, message.key);
        continue;
      }
      const outcome = await oneFileAtATime(world, message, async () => {
        if (world.clock.now() >= poke.deadline) return anotherTurn(world, side.kind, conversation);
        const stale = side.isStale(message, message === batch.messages[0]);
        const to = stale ? await side.findAgain(batch.to) : batch.to;
        return to ? deliverOne(world, messenger, side, { to, message, attempt }) : 'read again';
      });
      if (outcome === 'read again') break;
      if (outcome !== 'delivered') return outcome;
    }
  }
}

interface Delivery<To> {
  readonly to: To;
  readonly message: Message;
  readonly attempt: number;
}

/** `read again`: the message or the channel has changed meanwhile. */
async function deliverOne<To extends Recipient>(
  world: DeliveryWorld,
  messenger: Messenger,
  side: Side<To, unknown>,
  { to, message: stored, attempt }: Delivery<To>,
): Promise<QueueOutcome | 'delivered' | 'read again'> {
  const presence = stored.presence ?? side.presence?.(to, stored);
  const message = presence === undefined ? stored : { ...stored, presence };
  let recipient: To | undefined = to;
  let current = message;
  let parts: readonly Part[] = partsFor(world, message, to.sender);
  for (let turn = 1; turn <= TURNS; turn++) {
    if (!recipient) return 'read again';
    try {
      return await deliver(world, messenger, side, recipient, current, parts);
    } catch (failure) {
      if (!(failure instanceof MessengerFailure)) throw failure;
      logUndelivered(world, { message, failure, attempt });
      const remedy = await remedyFor(world, side, { to: recipient, message, attempt }, failure, parts);
      if ('kind' in remedy) return remedy;
      parts = remedy.parts ?? parts;
      recipient = await side.findAgain(recipient);
      const fresh = await world.messages.find(message.conversation, message.key);
      // Its parts are made of the message as it was.
      current = { ...(fresh ?? message), content: message.content, ...(presence === undefined ? {} : { presence }) };
    }
  }
  return tryAgain(attempt);
}

async function deliver<To extends Recipient>(
  world: DeliveryWorld,
  messenger: Messenger,
  side: Side<To, unknown>,
  to: To,
  message: Message,
  parts: readonly Part[],
): Promise<QueueOutcome | 'delivered' | 'read again'> {
  const { conversation, key, content } = message;
  let outcome: Outcome | undefined;
  if (content.kind !== 'correction' || !(await rewritten(world, messenger, message, content, to))) {
    const place = await side.prepare(to, message);
    if ('kind' in place) return place;
    outcome = await postOnce(world, messenger, { ...to, place }, message, parts);
    if (!outcome) return 'read again';
  }
  await side.follow(to, message, outcome);
  await world.messages.delivered(conversation, key, outcome?.receipt);
  const messageIds = outcome?.receipt.places.map((place) => place.message);
  const what = { ...traceOf(message), kind: content.kind, ...(messageIds && { messageIds }) };
  world.logger.info('A message was delivered to Telegram', what);
  if (outcome) await side.note?.(to, outcome);
  return 'delivered';
}

async function remedyFor<To extends Recipient>(
  world: DeliveryWorld,
  side: Side<To, unknown>,
  { to, message, attempt }: Delivery<To>,
  failure: MessengerFailure,
  tried: readonly Part[],
): Promise<Remedy> {
  const { kind, details } = failure;
  switch (kind) {
    case 'busy': {
      const seconds = await side.pause(to, message, details.retryAfter ?? 5);
      return waitFor(world, side.kind, message.conversation, seconds, attempt);
    }
    case 'unreachable':
    case 'uncertain':
    case 'unauthorized':
      return tryAgain(attempt);
    case 'gone':
      await side.gone(to);
      return {};
    case 'migrated':
      if (!details.migratedTo) return tryAgain(attempt);
      await side.moved(to, details.migratedTo);
      return {};
    case 'topic gone':
    case 'topic closed':
    case 'no forum':
      if (!side.mendTopic) return tryAgain(attempt);
      await side.mendTopic(to, kind);
      return {};
    case 'forbidden':
    case 'refused': {
      const posted = await postedParts(world, message, to);
      // A file that the messenger does not take becomes a link.
      const link = posted === 0 && tried.some((part) => part.kind === 'file') && linkParts(world, message, to.sender);
      if (link) return { parts: link };
      if (kind === 'forbidden') return tryAgain(attempt);
      const instead = await side.instead(to, message, failure);
      return { parts: instead && [...tried.slice(0, posted), ...instead] };
    }
  }
}

/** How many parts of a message are in the recipient's chat already. */
async function postedParts(
  { messages }: Pick<World, 'messages'>,
  { conversation, key }: Message,
  { chat, copy }: Recipient,
): Promise<number> {
  const stored = await messages.find(conversation, key);
  const places = copy ? stored?.copies : stored?.places;
  return places?.filter((place) => place.chat === chat).length ?? 0;
}
