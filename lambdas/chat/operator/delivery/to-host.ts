import type { Conversation, HostChat, Message } from '../../model';
import type { QueueOutcome, World } from '../../ports';
import { type Host, HostFailure, type PostPlace } from '../host';
import { openConversation } from '../open-conversations';
import { anotherTurn, waitFor } from './another-turn';
import { backOff } from './back-off';
import { traceOf } from '../../trace';
import { pinFirst } from './pin';
import { BATCH, DONE, WORK } from './portion';
import { type Part, partsFor } from './post-of';
import { postOnce } from './post-once';
import { remedyFor } from './remedy';
import { rewritten } from './rewrite';
import { activeSides, readSides, type Sides, type Target } from './sides';
import { topicFor } from './topic';
import { turnOf } from './turn';

/**
 * How old a message must be before it is delivered, milliseconds. API Gateway runs the frames of one connection side by
 * side: one that was sent earlier may be stored a moment later, by an instance that had to start first (D12).
 */
const SETTLE = 300;

/** Turns within one message: a topic made again, a group that has moved. */
const TURNS = 4;

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
    const turn = await turnOf(world, chat, sides.member);
    if (turn.kind === 'later') return waitFor(world, 'to-host', conversation, turn.seconds, attempt);
    for (const [index, message] of (turn.kind === 'one' ? [oldest] : due).entries()) {
      if (world.clock.now() >= deadline) return anotherTurn(world, 'to-host', conversation);
      // The first message may have made the topic and the pin of those after it.
      const known = index === 0 ? sides : await activeSides(world, conversation);
      const outcome = await deliverOne(world, host, { known, chat, message }, attempt);
      if (outcome) return outcome;
    }
  }
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
      const remedy = await remedyFor(world, host, { ...sides, place, message, failure: error, attempt });
      if ('kind' in remedy) return remedy;
      parts = remedy.parts ?? parts;
      sides = await activeSides(world, message.conversation);
      current = (await world.messages.find(message.conversation, message.key)) ?? message;
    }
  }
  return { kind: 'retry', retryAfter: backOff(attempt) };
}

interface Consignment extends Target {
  readonly chat: HostChat | undefined;
  readonly parts: readonly Part[];
}

async function deliverTo(world: World, host: Host, consignment: Consignment): Promise<void> {
  const { channel, member, chat, place, message, parts } = consignment;
  const { conversation, key, content } = message;
  if (content.kind === 'correction' && (await rewritten(world, host, consignment, content))) {
    await world.messages.delivered(conversation, key);
    world.logger.info('A message was delivered to Telegram', { ...traceOf(message), kind: content.kind });
    return;
  }
  const toBeAnswered = content.kind === 'text' || content.kind === 'file';
  // Before the operators see it: what they write then must not go to the one who was alone until now. The chat is the one
  // that is posted to: the group may have moved since `chat` was read.
  if (content.kind !== 'notice' && chat) {
    const seenAt = new Date(world.clock.now()).toISOString();
    await openConversation(world, { ...chat, chat: channel.host }, member.handle, seenAt);
  }
  const silent = content.kind === 'notice';
  const outcome = await postOnce(world, host, { chat: channel.host, place: { ...place, silent } }, message, parts);
  if (!outcome) return;
  if (toBeAnswered) await pinFirst(world, host, channel, member, outcome);
  await world.messages.delivered(conversation, key, outcome.receipt);
  const { telegramIds } = outcome.receipt;
  world.logger.info('A message was delivered to Telegram', { ...traceOf(message), kind: content.kind, telegramIds });
  if (outcome.forum !== undefined && outcome.forum !== channel.forum) {
    await world.channels.change(channel.name, { forum: outcome.forum });
  }
}
