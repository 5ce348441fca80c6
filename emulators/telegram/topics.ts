import type { ChatRecord, TopicRecord } from './state';
import type { World } from './world';

/** The colors a topic's icon may have; https://core.telegram.org/bots/api#createforumtopic */
const COLORS = [0x6fb9f0, 0xffd67e, 0xcb86db, 0x8eee98, 0xff93b2, 0xfb6f5f] as const;
/** Characters; https://core.telegram.org/bots/api#createforumtopic */
const MAX_NAME = 128;

const shortened = (name: string): string => [...name].slice(0, MAX_NAME).join('');

/** Opens a topic; the service message that says so gives it its id. */
export function createTopic(
  world: World,
  chat: ChatRecord,
  topic: { name: string; fromId: number; color?: number; emojiId?: string },
): TopicRecord {
  const name = shortened(topic.name);
  const iconColor = topic.color ?? COLORS[chat.topics.size % COLORS.length] ?? COLORS[0];
  const icon = topic.emojiId ? { icon_custom_emoji_id: topic.emojiId } : {};
  const id = chat.nextMessageId;
  const record: TopicRecord = { id, name, iconColor, iconCustomEmojiId: topic.emojiId, closed: false };
  chat.topics.set(id, record);
  world.messages.post(chat, {
    fromId: topic.fromId,
    topicId: id,
    body: { forum_topic_created: { name, icon_color: iconColor, ...icon } },
  });
  return record;
}

/** Renames a topic or gives it another icon. */
export function editTopic(
  world: World,
  chat: ChatRecord,
  topic: TopicRecord,
  change: { fromId: number; name?: string; emojiId?: string },
): void {
  if (change.name) topic.name = shortened(change.name);
  if (change.emojiId !== undefined) topic.iconCustomEmojiId = change.emojiId || undefined;
  const body = {
    forum_topic_edited: {
      ...(change.name ? { name: topic.name } : {}),
      ...(change.emojiId === undefined ? {} : { icon_custom_emoji_id: change.emojiId }),
    },
  };
  world.messages.post(chat, { fromId: change.fromId, topicId: topic.id, body });
}

/** Closes or reopens a topic. */
export function closeTopic(
  world: World,
  chat: ChatRecord,
  topic: TopicRecord,
  change: { fromId: number; closed: boolean },
): void {
  topic.closed = change.closed;
  const body = change.closed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} };
  world.messages.post(chat, { fromId: change.fromId, topicId: topic.id, body });
}

/** Deletes a topic with its messages. Bots are not told: the next message into it fails. */
export function deleteTopic(world: World, chat: ChatRecord, topic: TopicRecord): void {
  chat.topics.delete(topic.id);
  for (const record of [...chat.messages.values()]) {
    if (record.topicId === topic.id) world.messages.remove(chat, record.id);
  }
  world.changed(chat);
}
