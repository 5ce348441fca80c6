import type { ChatId, ConnectionId } from '../model/identifiers';
import { textOf } from '../model/message';
import type { Content, Conversation, Member, Message } from '../model/records';
import type { QueueOutcome, Receipt, World } from '../ports';
import { correctedKey, hostMessageFrames } from '../protocol/server-frame';
import { deliverToVisitor } from './to-browser';
import { ShownTexts } from './shown-texts';
import { leaveChannel } from '../operator/commands/leave';
import { logUndelivered } from '../messenger/failure';
import { CAPTION_LENGTH, type Messenger, MessengerFailure, TEXT_LENGTH } from '../messenger/port';
import { plain } from '../messenger/rich-text';
import { splitText } from '../messenger/split-text';
import { fileLink } from '../operator/answers';
import { traceOf } from '../trace';
import { receiveMigration } from '../operator/presence';
import { anotherTurn, waitFor } from './another-turn';
import { backOff } from './back-off';
import { oneFileAtATime } from './one-file';
import { BATCH, DONE, WORK } from './batch';
import type { Part } from './parts';
import { postOnce } from './post-once';

/**
 * Delivers what is due to a visitor who is in Telegram, oldest first, each message once. A browser of theirs that is open
 * as well gets it, too.
 */
export async function deliverToChat(
  world: World,
  messenger: Messenger,
  conversation: Conversation,
  attempt: number,
): Promise<QueueOutcome> {
  const deadline = world.clock.now() + WORK;
  const shown = new ShownTexts();
  for (;;) {
    const [member, due] = await Promise.all([
      world.members.find(conversation),
      world.messages.due(conversation, 'to-visitor', BATCH),
    ]);
    if (!member || due.length === 0) return DONE;
    const chat = chatOf(member);
    if (chat === undefined) {
      // They have left Telegram: what waits is for their browser.
      await deliverToVisitor(world, conversation);
      return DONE;
    }
    for (const message of due) {
      if (shown.tells(message)) {
        await world.messages.delivered(conversation, message.key);
        continue;
      }
      let receipt: Receipt | 'rewritten' | 'late' | undefined;
      try {
        receipt = await oneFileAtATime(world, message, async () => {
          if (world.clock.now() >= deadline) return 'late';
          // A file may have waited for others, and the visitor have left.
          const known = message.content.kind === 'file' ? await world.members.find(conversation) : member;
          return known && chatOf(known) === chat ? deliverOne(world, messenger, chat, message) : undefined;
        });
      } catch (error) {
        if (!(error instanceof MessengerFailure)) throw error;
        const outcome = await cure(world, conversation, { chat, message, failure: error, attempt });
        if (outcome) return outcome;
        break;
      }
      if (receipt === 'late') return anotherTurn(world, 'to-chat', conversation);
      // Delivered or edited meanwhile, or the visitor has left.
      if (!receipt) break;
      // Otherwise an earlier part may say what the message said before it was edited.
      if (!message.copy) shown.add(message);
      await pushAsWell(world, member, message);
      await world.messages.delivered(conversation, message.key, receipt === 'rewritten' ? undefined : receipt);
      const telegramIds = receipt === 'rewritten' ? undefined : receipt.telegramIds;
      const what = { ...traceOf(message), kind: message.content.kind, ...(telegramIds && { telegramIds }) };
      world.logger.info('A message was delivered to Telegram', what);
    }
  }
}

/** The member's chat; a group that has moved may stand there twice for a moment. */
function chatOf({ connections }: Member): ChatId | undefined {
  return connections.findLast((id) => id.startsWith('tg:'))?.slice(3) as ChatId | undefined;
}

/** Undefined: nothing was posted; the message is to be read again. */
async function deliverOne(
  world: World,
  messenger: Messenger,
  chat: ChatId,
  message: Message,
): Promise<Receipt | 'rewritten' | undefined> {
  const { content } = message;
  if (content.kind === 'correction' && (await rewritten(world, messenger, chat, message, content))) return 'rewritten';
  const deliver = async (parts: readonly Part[]) =>
    (await postOnce(world, messenger, { chat, place: {}, copy: true }, message, parts))?.receipt;
  try {
    return await deliver(partsFor(world, message));
  } catch (error) {
    const untaken = error instanceof MessengerFailure && (error.kind === 'refused' || error.kind === 'forbidden');
    if (!untaken || content.kind !== 'file') throw error;
    const link = fileLink(world.settings.apiUrl, content.file.key, content.file.name);
    return deliver(textParts(content.caption ? `${link}\n${content.caption}` : link));
  }
}

/** Changes the copy in its place, if it is one message that can still be changed. */
async function rewritten(
  world: World,
  messenger: Messenger,
  chat: ChatId,
  { conversation }: Message,
  { of, text }: Extract<Content, { kind: 'correction' }>,
): Promise<boolean> {
  const original = await world.messages.find(conversation, correctedKey(of));
  // An edit that came while the original was being delivered has not been written down there yet.
  if (original && textOf(original.content) !== text) await world.messages.correct(conversation, original.key, text);
  const { copy, content } = original ?? {};
  const [number, ...others] = copy?.telegramIds ?? [];
  const limit = content?.kind === 'file' ? CAPTION_LENGTH : TEXT_LENGTH;
  if (copy?.chat !== chat || number === undefined || others.length > 0 || text.length > limit) return false;
  try {
    await messenger.rewrite(chat, number, { kind: content?.kind === 'file' ? 'file' : 'text', text: plain(text) });
    return true;
  } catch (error) {
    if (error instanceof MessengerFailure && (error.kind === 'refused' || error.kind === 'forbidden')) return false;
    throw error;
  }
}

function partsFor(world: World, { content }: Message): Part[] {
  switch (content.kind) {
    case 'text':
      return textParts(content.text);
    case 'correction':
      return textParts(`✏️ ${content.text}`);
    case 'notice':
      return [];
    case 'file': {
      const { key, name, type } = content.file;
      const [words = '', ...rest] = splitText(content.caption ?? '', CAPTION_LENGTH);
      const load: Part['load'] = async () => {
        if (!(await world.files.inspect(key)))
          return { kind: 'text', text: plain(`📎 ${name} (the file is not there any more)`) };
        return { kind: 'file', body: () => world.files.read(key), name, type, text: plain(words) };
      };
      return [{ kind: 'file', words, load }, ...rest.flatMap(textParts)];
    }
  }
}

function textParts(text: string): Part[] {
  return splitText(text, TEXT_LENGTH).map((words) => ({
    kind: 'text',
    words,
    load: async () => ({ kind: 'text', text: plain(words) }),
  }));
}

/** Best effort: a browser that misses it has the history at the next JOIN. */
async function pushAsWell(world: World, member: Member, message: Message): Promise<void> {
  const sockets = member.connections.filter((id): id is ConnectionId => id.startsWith('ws:'));
  for (const socket of sockets) {
    try {
      for (const frame of hostMessageFrames(message, world.settings.apiUrl)) {
        if ((await world.push.push(socket, frame)) === 'sent') continue;
        await world.members.detach(message.conversation, socket);
        break;
      }
    } catch (error) {
      world.logger.warn('A push failed', { ...traceOf(message), reason: String(error) });
    }
  }
}

/** Undefined: read afresh and go on at once. */
async function cure(
  world: World,
  conversation: Conversation,
  { chat, message, failure, attempt }: { chat: ChatId; message: Message; failure: MessengerFailure; attempt: number },
): Promise<QueueOutcome | undefined> {
  const { kind, details } = failure;
  logUndelivered(world, { message, failure, attempt });
  switch (kind) {
    case 'busy':
      return waitFor(world, 'to-chat', conversation, details.retryAfter ?? 5, attempt);
    case 'migrated':
      if (!details.migratedTo) return { kind: 'retry', retryAfter: backOff(attempt) };
      await receiveMigration(world, chat, details.migratedTo);
      return undefined;
    case 'gone':
      await leaveChannel(world, chat, conversation);
      return undefined;
    case 'refused':
      world.logger.error('Telegram does not take a message; it is skipped', {
        ...traceOf(message),
        reason: failure.message,
      });
      await world.messages.delivered(conversation, message.key);
      return undefined;
    default:
      return { kind: 'retry', retryAfter: backOff(attempt) };
  }
}
