import { openConversation } from '../open-conversations';
import { withText } from '../../message';
import type { Channel, Content, Conversation, HostChat, Member, Message } from '../../model';
import type { QueueOutcome, World } from '../../ports';
import { welcome } from '../failure';
import { headerOf } from '../header';
import { type Host, HostFailure, type PostPlace } from '../host';
import { plain } from '../rich-text';
import { backOff } from './back-off';
import { linkParts, type Part, partsFor } from './post-of';
import { type Outcome, postOnce } from './post-once';
import { forgetTopic, topicFor } from './topic';

/** Messages read at a time. */
const BATCH = 20;

/** After so long no further message is begun, milliseconds: the function has half a minute for a whole batch. */
const WORK = 8_000;

/**
 * How old a message must be before it is delivered, milliseconds. API Gateway runs the frames of one connection side by
 * side: one that was sent earlier may be stored a moment later, by an instance that had to start first (D12).
 */
const SETTLE = 300;

/** Turns within one message: a topic made again, a group that has moved. */
const TURNS = 4;

/** How often a poke waits for the end of a 429 before it begins again; the queue gives up after 100 times. */
const PATIENCE = 50;

const DONE: QueueOutcome = { kind: 'done' };

/**
 * Delivers what is due to the host, oldest first, each message once. The queue holds one poke per message; whichever comes
 * first delivers everything, so that what was overtaken in the queue is put right.
 */
export async function deliverToHost(
  world: World,
  host: Host,
  conversation: Conversation,
  attempt: number,
): Promise<QueueOutcome> {
  const deadline = world.clock.now() + WORK;
  for (let settled = false; ; settled = true) {
    const [sides, due] = await Promise.all([
      readSides(world, conversation),
      world.messages.due(conversation, 'to-host', BATCH),
    ]);
    const [oldest] = due;
    if (!sides || !oldest) return DONE;
    const young = Math.max(...due.map(({ at }) => Date.parse(at))) + SETTLE - world.clock.now();
    if (!settled && young > 0) {
      await world.clock.sleep(young);
      continue;
    }
    const chat = await world.channels.host(sides.channel.host);
    if (sides.channel.state === 'suspended') {
      // Whoever opens the channel again goes through the open conversations.
      if (chat) await openConversation(world, chat, conversation.handle, oldest.at);
      return DONE;
    }
    const blockedFor = (chat?.blockedUntil ?? 0) - world.clock.now();
    if (blockedFor > 0) return waitFor(world, conversation, blockedFor / 1000, attempt);
    for (const [index, message] of due.entries()) {
      if (world.clock.now() >= deadline) return anotherTurn(world, conversation);
      // The first message may have made the topic and the pin of those after it.
      const known = index === 0 ? sides : await activeSides(world, conversation);
      const outcome = await deliverOne(world, host, { known, chat, message }, attempt);
      if (outcome) return outcome;
    }
  }
}

/** Who talks to whom. */
interface Sides {
  readonly channel: Channel;
  readonly member: Member;
}

/** Undefined: there is nobody to deliver to, or nothing to deliver any more. */
async function readSides(world: World, conversation: Conversation): Promise<Sides | undefined> {
  const [channel, member] = await Promise.all([
    world.channels.find(conversation.channel),
    world.members.find(conversation),
  ]);
  return channel && channel.state !== 'dropping' && member ? { channel, member } : undefined;
}

/** A channel whose host is away keeps its messages until the host is back. */
async function activeSides(world: World, conversation: Conversation): Promise<Sides | undefined> {
  const sides = await readSides(world, conversation);
  return sides?.channel.state === 'active' ? sides : undefined;
}

/**
 * 429 means later, never no: a poke that has been waiting often begins again as a new one, so that a busy day of a group
 * does not look like a failure, which would end among the dead letters.
 */
async function waitFor(
  world: World,
  conversation: Conversation,
  seconds: number,
  attempt: number,
): Promise<QueueOutcome> {
  if (attempt < PATIENCE) return { kind: 'retry', retryAfter: seconds };
  return anotherTurn(world, conversation);
}

/** The rest by a poke of its own: this one would look as if it had failed. */
async function anotherTurn(world: World, conversation: Conversation): Promise<QueueOutcome> {
  await world.queue.send({ kind: 'to-host', ...conversation, message: `more#${world.clock.now()}` });
  return DONE;
}

interface Delivery {
  readonly known: Sides | undefined;
  readonly chat: HostChat | undefined;
  readonly message: Message;
}

/** Undefined: delivered, go on. */
async function deliverOne(
  world: World,
  host: Host,
  { known, chat, message }: Delivery,
  attempt: number,
): Promise<QueueOutcome | undefined> {
  let sides = known;
  let current = message;
  let parts: readonly Part[] | undefined;
  for (let turn = 1; turn <= TURNS; turn++) {
    if (!sides) return DONE;
    parts ??= partsFor(world, sides.member, message);
    let place: PostPlace = {};
    try {
      const topic = await topicFor(world, host, sides.channel, sides.member);
      if (topic === 'busy') return { kind: 'retry', retryAfter: 2 };
      if (topic !== 'none') place = { thread: topic.thread };
      await deliverTo(world, host, { ...sides, chat, place, message: current, parts });
      return undefined;
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      const remedy = await cure(world, host, { ...sides, place, message, failure: error, attempt });
      if ('kind' in remedy) return remedy;
      parts = remedy.parts ?? parts;
      sides = await activeSides(world, message.conversation);
      current = (await world.messages.find(message.conversation, message.key)) ?? message;
    }
  }
  return { kind: 'retry', retryAfter: backOff(attempt) };
}

interface Target extends Sides {
  readonly place: PostPlace;
  readonly message: Message;
}

interface Consignment extends Target {
  readonly chat: HostChat | undefined;
  readonly parts: readonly Part[];
}

async function deliverTo(world: World, host: Host, consignment: Consignment): Promise<void> {
  const { channel, member, chat, place, message, parts } = consignment;
  const { conversation, key, content } = message;
  if (content.kind === 'correction' && (await rewritten(world, host, consignment, content))) {
    return world.messages.delivered(conversation, key);
  }
  const toBeAnswered = content.kind === 'text' || content.kind === 'file';
  // Before the operators see it: what they write then must not go to the one who was alone until now.
  if (toBeAnswered && chat) await openConversation(world, chat, member.handle, message.at);
  const silent = content.kind === 'notice';
  const outcome = await postOnce(world, host, { chat: channel.host, place: { ...place, silent } }, message, parts);
  if (!outcome) return;
  if (toBeAnswered) await pinFirst(world, host, channel, member, outcome);
  await world.messages.delivered(conversation, key, outcome.receipt);
  if (outcome.forum !== undefined && outcome.forum !== channel.forum) {
    await world.channels.change(channel.name, { forum: outcome.forum });
  }
}

type Correction = Extract<Content, { kind: 'correction' }>;

/** Changes the original in its place, if it is one message that can still be changed. */
async function rewritten(world: World, host: Host, target: Target, { of, text }: Correction): Promise<boolean> {
  const { channel, member, message } = target;
  const original = await world.messages.find(message.conversation, of);
  const [number, ...others] = original?.telegramIds ?? [];
  if (!original || original.due || original.chat !== channel.host || number === undefined || others.length > 0) {
    return false;
  }
  const [part, ...rest] = partsFor(world, member, { ...original, content: withText(original.content, text) });
  if (!part || rest.length > 0) return false;
  try {
    await host.rewrite(channel.host, number, { kind: part.kind, text: plain(part.words) });
    return true;
  } catch (error) {
    if (error instanceof HostFailure && (error.kind === 'refused' || error.kind === 'forbidden')) return false;
    throw error;
  }
}

/** The first message that nobody has answered is pinned; remembered first, so that a burst makes one pin (D23). */
async function pinFirst(world: World, host: Host, channel: Channel, member: Member, outcome: Outcome): Promise<void> {
  const [first] = outcome.receipt.telegramIds;
  if (first === undefined || (member.pinned !== undefined && member.pinned !== first)) return;
  const conversation = { channel: member.channel, handle: member.handle };
  const claimed = member.pinned === first || (await world.members.claimPin(conversation, first));
  if (!claimed || (await welcome(world, 'Pinning', () => host.pin(channel.host, first)))) return;
  // Then the next one that nobody has answered is.
  await world.members.change(conversation, { pinned: null });
}

/** What a failure calls for: another turn at once (possibly with other parts), or an answer to the queue. */
async function cure(
  world: World,
  host: Host,
  {
    channel,
    member,
    place,
    message,
    failure,
    attempt,
  }: Target & { readonly failure: HostFailure; readonly attempt: number },
): Promise<QueueOutcome | { readonly parts?: readonly Part[] }> {
  const { kind, details } = failure;
  world.logger.warn('A message could not be delivered', {
    channel: channel.name,
    handle: member.handle,
    kind,
    reason: failure.message,
    attempt,
  });
  switch (kind) {
    case 'busy': {
      const seconds = details.retryAfter ?? 5;
      await world.channels.blockHost(channel.host, world.clock.now() + seconds * 1000);
      return waitFor(world, message.conversation, seconds, attempt);
    }
    case 'unreachable':
    case 'uncertain':
    case 'unauthorized':
      return { kind: 'retry', retryAfter: backOff(attempt) };
    case 'gone':
      await world.channels.change(channel.name, { state: 'suspended' });
      return DONE;
    case 'migrated':
      if (details.migratedTo) await world.channels.moveHost(channel.host, details.migratedTo);
      return {};
    case 'topic gone':
      if (place.thread !== undefined) await forgetTopic(world, channel, member, place.thread);
      return {};
    case 'topic closed': {
      const { thread } = place;
      if (thread !== undefined) await welcome(world, 'Reopening a topic', () => host.reopenTopic(channel.host, thread));
      return {};
    }
    case 'no forum':
      await world.channels.change(channel.name, { forum: false });
      return {};
    case 'forbidden':
    case 'refused':
      return substitute(world, member, message, failure, attempt);
  }
}

/** A file that the host does not take becomes a link; a text that it does not take is named. Nothing waits for ever. */
function substitute(
  world: World,
  member: Member,
  message: Message,
  failure: HostFailure,
  attempt: number,
): QueueOutcome | { readonly parts: readonly Part[] } {
  const parts = linkParts(world, member, message);
  if (parts) return { parts };
  if (failure.kind === 'forbidden') return { kind: 'retry', retryAfter: backOff(attempt) };
  const words = `${headerOf(member)}\n⚠️ A message of this visitor could not be shown here. /export has it.`;
  return { parts: [{ kind: 'text', words, load: async () => ({ kind: 'text', text: plain(words) }) }] };
}
