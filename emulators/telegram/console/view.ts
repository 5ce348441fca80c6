import type { World } from '../world';
import type { ConsoleView } from './view-types';

/** Messages of one chat that the console shows at most. */
const SHOWN_MESSAGES = 500;

/** The world as the console shows it. */
export function consoleView({ state, chats, messages, updates }: World): ConsoleView {
  return {
    users: [...state.users.values()],
    bots: [...state.bots.values()].map((bot) => ({
      id: bot.id,
      username: chats.user(bot.id).username ?? '',
      commands: bot.commands,
      webhook: bot.webhook?.url,
      waiting: updates.pending(bot).length,
      lastError: bot.webhook?.lastErrorMessage,
    })),
    chats: [...state.chats.values()].map((chat) => ({
      key: chat.key,
      id: chat.id,
      type: chat.type,
      title: chat.title,
      forum: chat.forum,
      ...(chat.migratedTo === undefined ? {} : { migratedTo: chat.migratedTo }),
      members: [...chat.members.values()].map(({ userId, status }) => ({ id: userId, status })),
      topics: [...chat.topics.values()].map(({ id, name, iconColor, closed }) => ({
        id,
        name,
        color: iconColor,
        closed,
      })),
      messages: [...chat.messages.values()].slice(-SHOWN_MESSAGES).map((message) => messages.render(message)),
      pinned: chat.pinned,
    })),
  };
}
