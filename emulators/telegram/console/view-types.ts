import type { Message, User } from 'grammy/types';

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
