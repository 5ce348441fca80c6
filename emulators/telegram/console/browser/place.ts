import type { Message, User } from 'grammy/types';
import type { ChatView, ConsoleView } from '../view-types';

/** What is open: a chat, and in a forum one topic of it; no topic is General, with all that stands in none. */
export interface Place {
  readonly chat: string;
  readonly topic?: number;
}

/** Names a place for counting what is unread. */
export const placeKey = ({ chat, topic }: Place): string => `${chat}/${topic ?? ''}`;

/** The messages of a place, oldest first. */
export function messagesIn(chat: ChatView, topic: number | undefined): readonly Message[] {
  if (!chat.forum) return chat.messages;
  return chat.messages.filter(
    (message) => message.message_thread_id === topic || (topic === undefined && !message.is_topic_message),
  );
}

/** First and last name. */
export const fullName = (user: Pick<User, 'first_name' | 'last_name'>): string =>
  [user.first_name, user.last_name].filter(Boolean).join(' ');

/** A chat's title; a private chat is named after its bot. */
export function titleOf(chat: ChatView, view: ConsoleView): string {
  if (chat.type !== 'private') return chat.title;
  const botId = Number(chat.key.split('@')[1]);
  return `@${view.bots.find(({ id }) => id === botId)?.username ?? 'bot'}`;
}

/** The chats a person sees: groups they are in and their private chats, without groups that were upgraded. */
export function chatsOf(view: ConsoleView, userId: number): ChatView[] {
  return view.chats.filter(
    (chat) =>
      chat.migratedTo === undefined &&
      chat.members.some(({ id, status }) => id === userId && status !== 'left' && status !== 'kicked'),
  );
}

/** One line that says what a message holds. */
export function summary(message: Message): string {
  if (message.text) return message.text;
  const kind = message.photo
    ? 'Photo'
    : message.sticker
      ? `Sticker ${message.sticker.emoji ?? ''}`
      : message.video
        ? 'Video'
        : message.voice
          ? 'Voice message'
          : message.audio
            ? 'Audio'
            : message.document
              ? (message.document.file_name ?? 'File')
              : serviceText(message);
  return message.caption ? `${kind}: ${message.caption}` : (kind ?? 'Message');
}

/** What a service message says; undefined for messages that a person wrote. */
export function serviceText(message: Message): string | undefined {
  const who = message.from ? fullName(message.from) : 'Someone';
  if (message.new_chat_members) return `${message.new_chat_members.map(fullName).join(', ')} joined`;
  if (message.left_chat_member) return `${fullName(message.left_chat_member)} left`;
  if (message.new_chat_title) return `${who} renamed the group to ${message.new_chat_title}`;
  if (message.pinned_message) return `${who} pinned a message`;
  if (message.forum_topic_created) return `${who} opened the topic ${message.forum_topic_created.name}`;
  if (message.forum_topic_edited) return `${who} changed the topic ${message.forum_topic_edited.name ?? ''}`.trim();
  if (message.forum_topic_closed) return `${who} closed the topic`;
  if (message.forum_topic_reopened) return `${who} reopened the topic`;
  if (message.migrate_from_chat_id || message.migrate_to_chat_id) return 'The group became a supergroup';
  return undefined;
}

/** A hue that stays with an id. */
export const hueOf = (id: number): number => Math.abs(id * 47) % 360;
