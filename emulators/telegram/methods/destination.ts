import { Buffer } from 'node:buffer';
import type { InlineKeyboardMarkup } from 'grammy/types';
import { badRequest } from '../bot-api-error';
import type { NewMessage } from '../messages';
import type { Parameters } from '../parameters';
import type { ChatRecord, MessageRecord } from '../state';
import type { Call } from '../world';

/** Id of the General topic, which messages never carry and sendMessage does not know. */
const GENERAL_TOPIC = 1;

/** Where and how a bot wants its message to appear. */
export interface Destination {
  readonly chat: ChatRecord;
  readonly envelope: Omit<NewMessage, 'body'>;
  readonly markup: { reply_markup?: InlineKeyboardMarkup };
}

/** Reads what all sending methods have in common. @throws BotApiError 400 or 403 in Telegram's words */
export function readDestination({ world, bot, parameters }: Call): Destination {
  const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
  const replied = readReply(chat, parameters);
  const topicId = readTopic(chat, parameters) ?? replied?.topicId;
  const topic = topicId === undefined ? undefined : chat.topics.get(topicId);
  if (topic?.closed && !world.chats.may(chat, bot.id, 'can_manage_topics')) throw badRequest('TOPIC_CLOSED');
  return {
    chat,
    envelope: {
      fromId: bot.id,
      topicId,
      ...(replied ? { replyToId: replied.id } : {}),
      ...(parameters.flag('disable_notification') ? { silent: true } : {}),
    },
    markup: readMarkup(parameters),
  };
}

function readTopic(chat: ChatRecord, parameters: Parameters): number | undefined {
  const id = parameters.integer('message_thread_id');
  if (id === undefined || id === 0) return undefined;
  if (!chat.forum || id === GENERAL_TOPIC || !chat.topics.has(id)) throw badRequest('message thread not found');
  return id;
}

function readReply(chat: ChatRecord, parameters: Parameters): MessageRecord | undefined {
  const reply = parameters.object('reply_parameters');
  const id = reply?.integer('message_id') ?? parameters.integer('reply_to_message_id');
  if (id === undefined) return undefined;
  const replied = chat.messages.get(id);
  if (!replied && !(reply ?? parameters).flag('allow_sending_without_reply')) {
    throw badRequest('message to be replied not found');
  }
  return replied;
}

/** The inline keyboard, if there is one; other keyboards are accepted and not shown. */
export function readMarkup(parameters: Parameters): { reply_markup?: InlineKeyboardMarkup } {
  const markup = parameters.object('reply_markup');
  if (!markup?.has('inline_keyboard')) return {};
  const keyboard = markup.list('inline_keyboard') ?? [];
  for (const button of (keyboard as unknown[]).flat()) {
    const { text, callback_data: data } = button as { text?: unknown; callback_data?: unknown };
    if (typeof text !== 'string' || text === '')
      throw badRequest('can\'t parse inline keyboard button: Field "text" must be of type String');
    if (data === undefined) continue;
    const bytes = Buffer.byteLength(String(data));
    if (bytes < 1 || bytes > 64) throw badRequest('BUTTON_DATA_INVALID');
  }
  if (keyboard.length === 0) return {};
  return { reply_markup: { inline_keyboard: keyboard as InlineKeyboardMarkup['inline_keyboard'] } };
}
