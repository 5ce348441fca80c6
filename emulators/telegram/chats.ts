import type { Chat, ChatMember, User } from 'grammy/types';
import { badRequest, BotApiError, forbidden } from './bot-api-error';
import type { AdministratorRights, BotRecord, ChatRecord, Membership, TelegramState } from './state';

/** A group of either kind: everything that is not a private chat. */
export type GroupType = 'group' | 'supergroup';

export const ALL_RIGHTS: AdministratorRights = {
  can_pin_messages: true,
  can_manage_topics: true,
  can_delete_messages: true,
};

const IN_CHAT: readonly ChatMember['status'][] = ['creator', 'administrator', 'member', 'restricted'];

/** Users, chats and memberships. */
export class Chats {
  constructor(private readonly state: TelegramState) {}

  /** @throws Error if there is no such user */
  user(id: number): User {
    const user = this.state.users.get(id);
    if (!user) throw new Error(`There is no user ${id}.`);
    return user;
  }

  /** @throws Error if there is no such chat */
  chat(key: string | number): ChatRecord {
    const chat = this.state.chats.get(String(key));
    if (!chat) throw new Error(`There is no chat ${key}.`);
    return chat;
  }

  createUser(user: Omit<User, 'id'>, id = this.state.nextUserId++): User {
    const created = { id, ...user };
    this.state.users.set(id, created);
    return created;
  }

  /**
   * A new empty group owned by `ownerId`. Ids are Telegram's: -N for groups, -100N (13 digits) for supergroups;
   * `id` sets one instead.
   */
  createGroup(group: { type: GroupType; title: string; forum: boolean; ownerId: number; id?: number }): ChatRecord {
    const number = this.state.nextChatNumber++;
    const id = group.id ?? (group.type === 'group' ? -(4_000_000_000 + number) : -(1_002_000_000_000 + number));
    const { type, title, forum } = group;
    const chat: ChatRecord = { ...this.blank(String(id), id, type, title), forum };
    chat.members.set(group.ownerId, { userId: group.ownerId, status: 'creator', rights: ALL_RIGHTS });
    this.state.chats.set(chat.key, chat);
    return chat;
  }

  /** The private chat of a user with a bot; its id is the user's. The bot is not in it before the user starts it. */
  privateChat(userId: number, botId: number): ChatRecord {
    const key = `${userId}@${botId}`;
    const known = this.state.chats.get(key);
    if (known) return known;
    const chat = this.blank(key, userId, 'private', this.user(userId).first_name);
    chat.members.set(userId, { userId, status: 'member', rights: ALL_RIGHTS });
    this.state.chats.set(key, chat);
    return chat;
  }

  membership(chat: ChatRecord, userId: number): Membership {
    return chat.members.get(userId) ?? { userId, status: 'left', rights: ALL_RIGHTS };
  }

  isIn(chat: ChatRecord, userId: number): boolean {
    return IN_CHAT.includes(this.membership(chat, userId).status);
  }

  isAdministrator(chat: ChatRecord, userId: number): boolean {
    return ['creator', 'administrator'].includes(this.membership(chat, userId).status);
  }

  /** Whether the member may do it: owners and administrators with the right, anyone in basic and private chats. */
  may(chat: ChatRecord, userId: number, right: keyof AdministratorRights): boolean {
    if (chat.type !== 'supergroup') return this.isIn(chat, userId);
    const membership = this.membership(chat, userId);
    return membership.status === 'creator' || (membership.status === 'administrator' && membership.rights[right]);
  }

  /** The bots that are in a chat now. */
  botsIn(chat: ChatRecord): BotRecord[] {
    return [...this.state.bots.values()].filter((bot) => this.isIn(chat, bot.id));
  }

  /**
   * The chat a bot names in a call.
   * @throws BotApiError as Telegram refuses: unknown chat, upgraded group, not a member, kicked, blocked
   */
  forBot(bot: BotRecord, chatId: number | undefined): ChatRecord {
    if (chatId === undefined) throw badRequest('chat_id is empty');
    const chat = this.state.chats.get(chatId > 0 ? `${chatId}@${bot.id}` : String(chatId));
    if (!chat || !chat.members.has(bot.id)) {
      throw this.state.users.get(chatId)?.is_bot
        ? forbidden("bot can't send messages to bots")
        : badRequest('chat not found');
    }
    const group = chat.type === 'supergroup' ? 'supergroup' : 'group';
    switch (this.membership(chat, bot.id).status) {
      case 'kicked':
        throw chat.type === 'private'
          ? forbidden('bot was blocked by the user')
          : forbidden(`bot was kicked from the ${group} chat`);
      case 'left':
        throw forbidden(`bot is not a member of the ${group} chat`);
      default:
    }
    if (chat.migratedTo !== undefined) {
      throw new BotApiError(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
        migrate_to_chat_id: chat.migratedTo,
      });
    }
    return chat;
  }

  /** The chat as it stands in messages and updates. */
  toChat(chat: ChatRecord): Chat {
    if (chat.type === 'private') {
      const { first_name, last_name, username } = this.user(chat.id);
      return { id: chat.id, type: 'private', first_name, ...present({ last_name, username }) };
    }
    if (chat.type === 'group') return { id: chat.id, type: 'group', title: chat.title };
    return { id: chat.id, type: 'supergroup', title: chat.title, ...(chat.forum ? { is_forum: true as const } : {}) };
  }

  /** A membership in the Bot API's shape. */
  toMember({ userId, status, rights }: Membership, chat: ChatRecord): ChatMember {
    const user = this.user(userId);
    switch (status) {
      case 'creator':
        return { status, user, is_anonymous: false };
      case 'administrator':
        return {
          status,
          user,
          can_be_edited: false,
          is_anonymous: false,
          can_manage_chat: true,
          can_delete_messages: rights.can_delete_messages,
          can_manage_video_chats: true,
          can_restrict_members: true,
          can_promote_members: false,
          can_change_info: true,
          can_invite_users: true,
          can_post_stories: false,
          can_edit_stories: false,
          can_delete_stories: false,
          can_send_welcome_messages: false,
          can_pin_messages: rights.can_pin_messages,
          ...(chat.type === 'supergroup' ? { can_manage_topics: chat.forum && rights.can_manage_topics } : {}),
        };
      case 'kicked':
        return { status, user, until_date: 0 };
      case 'restricted':
      case 'member':
        return { status: 'member', user };
      default:
        return { status: 'left', user };
    }
  }

  private blank(key: string, id: number, type: ChatRecord['type'], title: string): ChatRecord {
    return {
      key,
      id,
      type,
      title,
      forum: false,
      members: new Map(),
      messages: new Map(),
      topics: new Map(),
      pinned: [],
      nextMessageId: 1,
    };
  }
}

/** The same object without the fields that are undefined. */
export function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
