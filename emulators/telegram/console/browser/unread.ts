import type { ChatView, ConsoleView } from '../view-types';
import type { Memory } from './memory';
import { chatsOf, messagesIn, serviceText, type Place } from './place';

/** How many messages of others the operator has not read in a place of a chat. */
export function unreadIn(chat: ChatView, place: Place, memory: Memory): number {
  const read = memory.lastRead(place);
  return messagesIn(chat, place.topic).filter(
    (message) => message.message_id > read && message.from?.id !== memory.me && !serviceText(message),
  ).length;
}

/** How many in all their chats and topics. */
export function totalUnread(view: ConsoleView, memory: Memory): number {
  if (memory.me === undefined) return 0;
  return chatsOf(view, memory.me)
    .flatMap((chat) => placesOf(chat).map((place) => unreadIn(chat, place, memory)))
    .reduce((sum, count) => sum + count, 0);
}

function placesOf({ key, forum, topics }: ChatView): Place[] {
  return [{ chat: key }, ...(forum ? topics.map(({ id }) => ({ chat: key, topic: id })) : [])];
}
