import type { Handle } from '../../chat/model/identifiers';
import { readHeader } from '../../chat/messenger/header';
import type { ChatPlace, Incoming, IncomingContent, IncomingMessage } from '../../chat/messenger/incoming';
import { messageContent } from './content';
import { chatId, refOf } from './ids';
import { type Fields, fields, flag, number, text } from './fields';

/**
 * Reads an update of the Bot API (https://core.telegram.org/bots/api#update). Undefined: nothing that concerns Kite, or
 * nothing that can be understood. Never throws.
 */
export function readUpdate(update: unknown, botId: string): Incoming | undefined {
  const root = fields(update);
  const updateId = number(root?.['update_id']);
  if (!root || updateId === undefined) return undefined;
  const id = String(updateId);
  const message = fields(root['message'] ?? root['channel_post']);
  if (message) return readMigration(message, id) ?? readMessage('message', message, id, botId);
  const edit = fields(root['edited_message'] ?? root['edited_channel_post']);
  if (edit) return readMessage('edit', edit, id, botId);
  const press = fields(root['callback_query']);
  if (press) return readPress(press, id);
  const presence = fields(root['my_chat_member']);
  return presence && readPresence(presence, id);
}

function readMessage(
  kind: IncomingMessage['kind'],
  message: Fields,
  update: string,
  botId: string,
): IncomingMessage | undefined {
  const chat = readChat(message);
  const messageId = number(message['message_id']);
  const content = readContent(message, botId);
  if (!chat || messageId === undefined || !content) return undefined;
  const thread = flag(message['is_topic_message']) ? number(message['message_thread_id']) : undefined;
  const answered = fields(message['reply_to_message']);
  const replied = number(answered?.['message_id']);
  // A message in a topic that answers nothing comes as an answer to the message that opened the topic.
  const replyTo = replied === thread ? undefined : replied;
  const replyToHeader = answered && replyTo !== undefined ? headerOfOwn(answered, botId) : undefined;
  const album = text(message['media_group_id']);
  return {
    kind,
    update,
    chat,
    ref: refOf(chat.id, messageId, thread),
    // An edit has the id of its message; updates are numbered one after the other.
    order: kind === 'edit' ? Number(update) : messageId,
    ...(replyTo === undefined ? {} : { replyTo: String(replyTo) }),
    ...(replyToHeader === undefined ? {} : { replyToHeader }),
    ...(album === undefined ? {} : { album }),
    sentAt: (number(message['date']) ?? 0) * 1000,
    editedAt: (number(message['edit_date']) ?? 0) * 1000,
    content,
  };
}

/** The visitor that a message of this bot says it is from. */
function headerOfOwn(answered: Fields, botId: string): Handle | undefined {
  if (String(number(fields(answered['from'])?.['id'])) !== botId) return undefined;
  return readHeader(text(answered['text']) ?? text(answered['caption']) ?? '');
}

/** Leaves out what other bots say and what Telegram itself copies into a group from its channel. */
function readContent(message: Fields, botId: string): IncomingContent | undefined {
  const sender = fields(message['from']);
  const chat = fields(message['chat']);
  const asChat = number(fields(message['sender_chat'])?.['id']);
  const anonymousOperator = asChat !== undefined && asChat === number(chat?.['id']);
  if (flag(sender?.['is_bot']) && !anonymousOperator) return undefined;
  if (String(number(sender?.['id'])) === botId || flag(message['is_automatic_forward'])) return undefined;
  return messageContent(message);
}

function readMigration(message: Fields, update: string): Incoming | undefined {
  const here = number(fields(message['chat'])?.['id']);
  const to = number(message['migrate_to_chat_id']);
  const from = number(message['migrate_from_chat_id']);
  if (here === undefined) return undefined;
  if (to !== undefined) return { kind: 'migration', update, from: chatId(here), to: chatId(to) };
  if (from !== undefined) return { kind: 'migration', update, from: chatId(from), to: chatId(here) };
  return undefined;
}

function readPress(query: Fields, update: string): Incoming | undefined {
  const press = text(query['id']);
  const action = text(query['data']);
  const message = fields(query['message']);
  const messageId = number(message?.['message_id']);
  const chat = message && readChat(message);
  const from = number(fields(query['from'])?.['id']);
  if (press === undefined || action === undefined || !chat || messageId === undefined || from === undefined) {
    return undefined;
  }
  const thread = flag(message['is_topic_message']) ? number(message['message_thread_id']) : undefined;
  return {
    kind: 'press',
    update,
    press,
    chat,
    ref: refOf(chat.id, messageId, thread),
    // Also zero if Telegram has the message no more.
    askedAt: (number(message['date']) ?? 0) * 1000,
    person: chatId(from),
    action,
  };
}

const PRESENT = ['creator', 'administrator', 'member'];

function readPresence(change: Fields, update: string): Incoming | undefined {
  const chat = readChat(change);
  const now = fields(change['new_chat_member']);
  const status = text(now?.['status']);
  if (!chat || status === undefined) return undefined;
  const present = PRESENT.includes(status) || (status === 'restricted' && flag(now?.['is_member']));
  return { kind: 'presence', update, chat, present };
}

function readChat(holder: Fields): ChatPlace | undefined {
  const chat = fields(holder['chat']);
  const id = number(chat?.['id']);
  if (!chat || id === undefined) return undefined;
  const type = text(chat['type']);
  const person = [text(chat['first_name']), text(chat['last_name'])].filter(Boolean).join(' ');
  return {
    id: chatId(id),
    kind: type === 'private' ? 'private' : type === 'channel' ? 'broadcast' : 'group',
    forum: flag(chat['is_forum']) && type !== 'private',
    title: text(chat['title']) ?? (person || (text(chat['username']) ?? '')),
  };
}
