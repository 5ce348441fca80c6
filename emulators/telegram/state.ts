import type { ChatMember, Message, Update, User } from 'grammy/types';

/** The kinds of update a bot can ask for. */
export type UpdateKind = Exclude<keyof Update, 'update_id'>;

/** A membership as it is kept; the Bot API's shape is made from it on request. */
export interface Membership {
  readonly userId: number;
  status: ChatMember['status'];
  /** What an administrator may do; ignored for all others. */
  rights: AdministratorRights;
}

/** The rights that matter to a chat bot. */
export interface AdministratorRights {
  can_pin_messages: boolean;
  can_manage_topics: boolean;
  can_delete_messages: boolean;
}

/** Where a bot's updates go, as set by setWebhook. */
export interface Webhook {
  url: string;
  secretToken?: string;
  maxConnections: number;
  lastErrorDate?: number;
  lastErrorMessage?: string;
}

/** An update waiting for its bot. Updates with one `queue` are delivered in order. */
export interface PendingUpdate {
  readonly update: Update;
  readonly queue: string;
  /** Unix seconds after which Telegram forgets it: 24 hours. */
  readonly expiresAt: number;
}

/** A bot account. */
export interface BotRecord {
  readonly id: number;
  token: string;
  /** With privacy mode on, a bot that is no administrator sees only what is meant for it. */
  privacyMode: boolean;
  webhook?: Webhook;
  /** undefined: everything but the three kinds that must be asked for by name. */
  allowedUpdates?: UpdateKind[];
  nextUpdateId: number;
  pending: PendingUpdate[];
  commands: { command: string; description: string }[];
}

/** A topic of a forum; its id is the message id of the service message that opened it. */
export interface TopicRecord {
  readonly id: number;
  name: string;
  readonly iconColor: number;
  iconCustomEmojiId?: string;
  closed: boolean;
}

/** What a message says, in the Bot API's own fields: text, photo, caption, service fields and so on. */
export type MessageBody = Partial<
  Omit<Message, 'message_id' | 'chat' | 'from' | 'date' | 'edit_date' | 'reply_to_message' | 'message_thread_id'>
>;

/** A message as it is kept. */
export interface MessageRecord {
  readonly id: number;
  readonly chat: string;
  readonly fromId: number;
  /** Unix seconds. */
  readonly date: number;
  editDate?: number;
  /** The forum topic it stands in; undefined in General and outside forums. */
  readonly topicId?: number;
  readonly replyToId?: number;
  readonly silent?: boolean;
  body: MessageBody;
}

/** A chat of any type but channel. */
export interface ChatRecord {
  /** The id as text; `<user>@<bot>` for a private chat, since each bot has its own with the same id. */
  readonly key: string;
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup';
  title: string;
  forum: boolean;
  members: Map<number, Membership>;
  messages: Map<number, MessageRecord>;
  topics: Map<number, TopicRecord>;
  /** Newest last. */
  pinned: number[];
  /** Only supergroups count their own messages. */
  nextMessageId: number;
  migratedTo?: number;
}

/** A file that was sent. Its bytes are kept apart from the rest of the state. */
export interface FileRecord {
  readonly id: string;
  readonly uniqueId: string;
  /** What follows `/file/bot<token>/`. */
  readonly path: string;
  readonly size: number;
  readonly name?: string;
  readonly mimeType: string;
}

/** Everything Telegram knows. */
export interface TelegramState {
  users: Map<number, User>;
  bots: Map<number, BotRecord>;
  chats: Map<string, ChatRecord>;
  files: Map<string, FileRecord>;
  /** Message ids of private chats and basic groups come from one sequence. */
  nextMessageId: number;
  nextUserId: number;
  nextChatNumber: number;
  nextFileNumber: number;
}

/** An empty world. */
export const emptyState = (): TelegramState => ({
  users: new Map(),
  bots: new Map(),
  chats: new Map(),
  files: new Map(),
  nextMessageId: 1,
  nextUserId: 500_000_001,
  nextChatNumber: 1,
  nextFileNumber: 0,
});
