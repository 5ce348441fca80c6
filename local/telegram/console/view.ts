import type { Message, User } from 'grammy/types';
import type { World } from '../world';

/** A chat as the console shows it. */
export interface ChatView {
  readonly key: string;
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup';
  readonly title: string;
  readonly forum: boolean;
  readonly migratedTo?: number;
  readonly members: readonly { id: number; status: string }[];
  readonly topics: readonly { id: number; name: string; color: number; closed: boolean }[];
  readonly messages: readonly Message[];
  readonly pinned: readonly number[];
}

/** A bot as the console shows it: no token. */
export interface BotView {
  readonly id: number;
  readonly username: string;
  readonly commands: readonly { command: string; description: string }[];
  readonly webhook?: string;
  readonly waiting: number;
  readonly lastError?: string;
}

/** Everything the console shows. */
export interface ConsoleView {
  readonly users: readonly User[];
  readonly bots: readonly BotView[];
  readonly chats: readonly ChatView[];
}

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
