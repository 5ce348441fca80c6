import { createHash } from 'node:crypto';
import { telegramMessageKey } from '../model/identifiers';
import { isSaid } from '../model/message';
import { RATE_LIMITS, type RateLimits } from '../model/limits';
import type { Channel, Conversation, Member, Message } from '../model/records';
import type { World } from '../ports';
import { blockedUntil } from '../model/rate';
import type { Refusal } from '../model/refusal';
import { banned, checkCrowd } from './join';
import { traceOf } from '../trace';
import { tooFast } from './too-fast';
import { adopt } from '../messenger/files';
import { bestEffort } from '../messenger/failure';
import type { Messenger } from '../messenger/port';
import type { IncomingMessage } from '../messenger/incoming';
import { once, type Handled } from '../messenger/once';
import { plain } from '../messenger/rich-text';

/**
 * A visitor who is in Telegram wrote something: it goes to the host of their channel, whatever it says and whomever it
 * names (D4).
 */
export async function receiveFromMember(
  world: World,
  messenger: Messenger,
  message: IncomingMessage,
  conversation: Conversation,
  limits: RateLimits = RATE_LIMITS,
): Promise<Handled> {
  const { chat, messageId } = message;
  const say = sayer(world, messenger, message);
  const sender = await admitMember(world, conversation, limits);
  if (sender === 'nobody') {
    await world.members.unlinkChat(chat.id, conversation);
    return say('The channel is gone, and this conversation with it.');
  }
  if ('code' in sender) return say(sender.reason);
  const content = await adopt(world, messenger, conversation, { chat: chat.id, messageId, content: message.content });
  if (content.kind === 'not delivered') return say(`Not delivered. ${content.reason}`);
  await store(world, {
    conversation,
    key: telegramMessageKey(chat.id, messageId),
    direction: 'to-host',
    content,
    at: new Date(world.clock.now()).toISOString(),
    order: sender.sent,
    due: true,
  });
  return 'handled';
}

/** They changed a message: the host sees the new text in the place of the old one. Bans and limits hold as for messages. */
export async function receiveMemberEdit(
  world: World,
  messenger: Messenger,
  message: IncomingMessage,
  conversation: Conversation,
  limits: RateLimits = RATE_LIMITS,
): Promise<Handled> {
  const { chat, messageId, content, editedAt } = message;
  const of = telegramMessageKey(chat.id, messageId);
  const original = await world.messages.find(conversation, of);
  const text = content.kind === 'text' ? content.text : content.kind === 'file' ? content.caption : '';
  if (!original || text === '' || isSaid(original, text)) return 'handled';
  const sender = await admitMember(world, conversation, limits);
  if (sender === 'nobody') return 'handled';
  if ('code' in sender) return sayer(world, messenger, message)(sender.reason);
  if (await world.messages.correctUnsent(conversation, of, text)) return 'handled';
  const version = createHash('sha256').update(`${editedAt}\n${text}`).digest('hex').slice(0, 16);
  await store(world, {
    conversation,
    key: `${of}#edit#${version}`,
    direction: 'to-host',
    content: { kind: 'correction', of, text },
    at: new Date(world.clock.now()).toISOString(),
    order: sender.sent,
    due: true,
  });
  await world.messages.correct(conversation, of, text);
  return 'handled';
}

/** Answers a message where it stands, once. */
function sayer(world: World, messenger: Messenger, { chat, messageId, thread, update }: IncomingMessage) {
  return (words: string) =>
    once(world, messenger, update, () =>
      bestEffort(world, 'Answering', () =>
        messenger.post(chat.id, { kind: 'text', text: plain(`⛔ ${words}`) }, { thread, replyTo: messageId }),
      ),
    );
}

/** Stored for good before the queue hears of it. */
async function store(world: World, message: Message): Promise<void> {
  const { message: kept } = await world.messages.put(message);
  if (kept.due) await world.queue.send({ kind: 'to-host', ...message.conversation, message: message.key });
  world.logger.info('A message was accepted', { ...traceOf(message), kind: message.content.kind });
}

/** `nobody`: there is no such member, or no such channel, any more. */
async function admitMember(
  world: World,
  conversation: Conversation,
  limits: RateLimits,
): Promise<Member | Refusal | 'nobody'> {
  const now = world.clock.now();
  const [member, channel] = await Promise.all([
    world.members.countSent(conversation, now, limits.window),
    world.channels.use(conversation.channel, now, limits.window),
  ]);
  if (!member || !channel || channel.state === 'dropping') return 'nobody';
  if (member.banned) return banned();
  const until = blockedUntil(member.rate, limits.messagesPerVisitor);
  if (until !== undefined) return tooFast(until, now);
  return checkCrowd(world, channel, limits) ?? away(channel) ?? member;
}

function away({ state }: Channel): Refusal | undefined {
  if (state !== 'suspended') return undefined;
  return { kind: 'refused', code: 502, reason: 'Nobody is there: the operators of this channel have left.' };
}
