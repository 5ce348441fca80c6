import { badRequest } from '../bot-api-error';
import { closeTopic, createTopic, deleteTopic, editTopic } from '../topics';
import type { ChatRecord, TopicRecord } from '../state';
import type { Call, Method } from '../world';

function forum({ world, bot, parameters }: Call): ChatRecord {
  const chat = world.chats.forBot(bot, parameters.integer('chat_id'));
  if (chat.type !== 'supergroup') throw badRequest('method is available for supergroup chats only');
  if (!chat.forum) throw badRequest('the chat is not a forum');
  return chat;
}

function topic(call: Call, chat: ChatRecord): TopicRecord {
  const found = chat.topics.get(call.parameters.integer('message_thread_id') ?? 0);
  if (!found) throw badRequest('TOPIC_ID_INVALID');
  return found;
}

function requireRight({ world, bot }: Call, chat: ChatRecord, action: string): void {
  if (!world.chats.may(chat, bot.id, 'can_manage_topics')) throw badRequest(`not enough rights to ${action}`);
}

const setClosed =
  (closed: boolean): Method =>
  (call) => {
    const chat = forum(call);
    const found = topic(call, chat);
    requireRight(call, chat, closed ? 'close a topic' : 'reopen a topic');
    if (found.closed === closed) throw badRequest('TOPIC_NOT_MODIFIED');
    closeTopic(call.world, chat, found, { fromId: call.bot.id, closed });
    return true;
  };

export const topicMethods: Readonly<Record<string, Method>> = {
  createForumTopic: (call) => {
    const chat = forum(call);
    requireRight(call, chat, 'create a topic');
    const name = call.parameters.text('name')?.trim() ?? '';
    if (name === '') throw badRequest('topic name must be non-empty');
    const color = call.parameters.integer('icon_color');
    const created = createTopic(call.world, chat, {
      name,
      fromId: call.bot.id,
      color,
      emojiId: call.parameters.text('icon_custom_emoji_id'),
    });
    return {
      message_thread_id: created.id,
      name: created.name,
      icon_color: created.iconColor,
      ...(created.iconCustomEmojiId ? { icon_custom_emoji_id: created.iconCustomEmojiId } : {}),
    };
  },

  editForumTopic: (call) => {
    const chat = forum(call);
    const found = topic(call, chat);
    requireRight(call, chat, 'edit a topic');
    const name = call.parameters.text('name')?.trim();
    const emojiId = call.parameters.text('icon_custom_emoji_id');
    const sameName = !name || name === found.name;
    if (sameName && (emojiId ?? '') === (found.iconCustomEmojiId ?? '')) throw badRequest('TOPIC_NOT_MODIFIED');
    editTopic(call.world, chat, found, { fromId: call.bot.id, name, emojiId });
    return true;
  },

  closeForumTopic: setClosed(true),
  reopenForumTopic: setClosed(false),
  deleteForumTopic: (call) => {
    const chat = forum(call);
    const found = topic(call, chat);
    if (!call.world.chats.may(chat, call.bot.id, 'can_delete_messages'))
      throw badRequest('not enough rights to delete a topic');
    deleteTopic(call.world, chat, found);
    return true;
  },
};
