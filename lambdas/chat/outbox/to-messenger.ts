import type { Conversation, HostChat, Message } from '../model/records';
import type { QueueOutcome, World } from '../ports';
import { type Messenger, MessengerFailure, type PostPlace } from '../messenger/port';
import { openConversation } from '../operator/open-conversations';
import { waitForHost } from './resume';
import { anotherTurn, waitFor } from './another-turn';
import { backOff } from './back-off';
import { traceOf } from '../trace';
import { oneFileAtATime } from './one-file';
import { pinFirst } from './pin';
import { BATCH, DONE, WORK } from './batch';
import { type Part, partsFor } from './parts';
import { postOnce } from './post-once';
import { remedyFor } from './recovery';
import { rewritten } from './rewrite';
import { activeSides, readSides, type Sides, type Target } from './sides';
import { topicFor } from './topic';
import { turnOf } from './turns';

/**
 * How old a message must be before it is delivered, milliseconds. API Gateway runs the frames of one connection side by
 * side, so an earlier message may be stored up to this much later, by an instance that had to start first (D12).
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
  messenger: Messenger,
  conversation: Conversation,
  attempt: number,
): Promise<QueueOutcome> {
  const deadline = world.clock.now() + WORK;
  for (;;) {
    const [sides, due] = await Promise.all([
      readSides(world, conversation),
      world.messages.due(conversation, 'to-host', BATCH),
    ]);
    const [oldest] = due;
    if (!sides || !oldest) return DONE;
    if (sides.channel.state === 'suspended') {
      if (await waitForHost(world, conversation)) return DONE;
      continue;
    }
    const age = ({ at }: Message) => world.clock.now() - Date.parse(at);
    const settled = due.filter((message) => age(message) >= SETTLE);
    const [first] = settled;
    if (!first) {
      if (world.clock.now() >= deadline) return anotherTurn(world, 'to-host', conversation);
      await world.clock.sleep(Math.min(SETTLE, SETTLE - age(due.at(-1) ?? oldest)));
      continue;
    }
    const chat = await world.channels.host(sides.channel.host);
    const turn = await turnOf(world, chat, sides.member);
    if (turn.kind === 'later') return waitFor(world, 'to-host', conversation, turn.seconds, attempt);
    for (const message of turn.kind === 'one' ? [first] : settled) {
      const outcome = await oneFileAtATime(world, message, async () => {
        if (world.clock.now() >= deadline) return anotherTurn(world, 'to-host', conversation);
        // A file may have waited for others; the first message may have made the topic and the pin of those after it.
        const asRead = message === first && message.content.kind !== 'file';
        const known = asRead ? sides : await activeSides(world, conversation);
        return known ? deliverOne(world, messenger, { known, chat, message }, attempt) : 'read again';
      });
      if (outcome === 'read again') break;
      if (outcome !== 'delivered') return outcome;
    }
  }
}

interface Delivery {
  readonly known: Sides;
  readonly chat: HostChat | undefined;
  readonly message: Message;
}

/** `read again`: the message or the channel has changed meanwhile. */
async function deliverOne(
  world: World,
  messenger: Messenger,
  { known, chat, message }: Delivery,
  attempt: number,
): Promise<QueueOutcome | 'delivered' | 'read again'> {
  let sides: Sides | undefined = known;
  let current = message;
  let parts: readonly Part[] | undefined;
  for (let turn = 1; turn <= TURNS; turn++) {
    if (!sides) return 'read again';
    parts ??= partsFor(world, sides.member, message);
    let place: PostPlace = {};
    try {
      const topic = await topicFor(world, messenger, sides.channel, sides.member);
      if (topic === 'busy') return { kind: 'retry', retryAfter: 2 };
      if (topic !== 'none') place = { thread: topic.thread };
      return await deliverTo(world, messenger, { ...sides, chat, place, message: current, parts });
    } catch (error) {
      if (!(error instanceof MessengerFailure)) throw error;
      const remedy = await remedyFor(world, messenger, { ...sides, place, message, failure: error, attempt });
      if ('kind' in remedy) return remedy;
      parts = remedy.parts ?? parts;
      sides = await activeSides(world, message.conversation);
      const fresh = await world.messages.find(message.conversation, message.key);
      // Its parts are made of the text as it was.
      current = { ...(fresh ?? message), content: message.content };
    }
  }
  return { kind: 'retry', retryAfter: backOff(attempt) };
}

interface Consignment extends Target {
  readonly chat: HostChat | undefined;
  readonly parts: readonly Part[];
}

async function deliverTo(
  world: World,
  messenger: Messenger,
  consignment: Consignment,
): Promise<'delivered' | 'read again'> {
  const { channel, member, chat, place, message, parts } = consignment;
  const { conversation, key, content } = message;
  if (content.kind === 'correction' && (await rewritten(world, messenger, consignment, content))) {
    await world.messages.delivered(conversation, key);
    world.logger.info('A message was delivered to Telegram', { ...traceOf(message), kind: content.kind });
    return 'delivered';
  }
  const toBeAnswered = content.kind === 'text' || content.kind === 'file';
  // Before the operators see it: what they write then must not go to the one who was alone until now. The chat is the one
  // that is posted to: the group may have moved since `chat` was read.
  if (content.kind !== 'notice' && chat) {
    const seenAt = new Date(world.clock.now()).toISOString();
    await openConversation(world, { ...chat, chat: channel.host }, member.handle, seenAt);
  }
  const silent = content.kind === 'notice';
  const outcome = await postOnce(world, messenger, { chat: channel.host, place: { ...place, silent } }, message, parts);
  if (!outcome) return 'read again';
  if (toBeAnswered) await pinFirst(world, messenger, channel, member, outcome);
  await world.messages.delivered(conversation, key, outcome.receipt);
  const { telegramIds } = outcome.receipt;
  world.logger.info('A message was delivered to Telegram', { ...traceOf(message), kind: content.kind, telegramIds });
  if (outcome.forum !== undefined && outcome.forum !== channel.forum) {
    await world.channels.change(channel.name, { forum: outcome.forum });
  }
  return 'delivered';
}
