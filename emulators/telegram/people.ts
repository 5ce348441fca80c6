import { randomInt } from 'node:crypto';
import type { Chat, Message, MessageEntity, User } from 'grammy/types';
import type { CallbackAnswer } from './callbacks';
import { ALL_RIGHTS } from './chats';
import { findEntities } from './entities';
import type { FileContent, MediaKind } from './media';
import { membershipChanged } from './memberships';
import type { AdministratorRights, ChatRecord, MessageBody, MessageRecord, TopicRecord } from './state';
import { closeTopic, createTopic, deleteTopic, editTopic } from './topics';
import type { World } from './world';

/** A chat as people name it: the key that `group` and `privateChat` give, or a group's id. */
export type ChatKey = string | number;

/** What a person posts: exactly one of text, a file of one kind, or a sticker's emoji. */
export interface Post {
  readonly chat: ChatKey;
  /** The user's id. */
  readonly from: number;
  readonly text?: string;
  readonly entities?: readonly MessageEntity[];
  readonly photo?: FileContent;
  readonly document?: FileContent;
  readonly video?: FileContent;
  readonly voice?: FileContent;
  readonly audio?: FileContent;
  readonly animation?: FileContent;
  readonly sticker?: { readonly emoji: string; readonly content?: Buffer };
  /** Any other content in the Bot API's fields, e.g. `{ dice: { emoji: '🎲', value: 6 } }`. */
  readonly other?: MessageBody;
  readonly caption?: string;
  readonly captionEntities?: readonly MessageEntity[];
  /** A topic's id; General if left out. */
  readonly topic?: number;
  /** The id of the message that is answered. */
  readonly replyTo?: number;
}

/** One line of an album. */
export interface AlbumItem {
  readonly kind: 'photo' | 'video' | 'document' | 'audio';
  readonly file: FileContent;
  readonly caption?: string;
}

/** A topic as people see it. */
export type TopicView = Pick<TopicRecord, 'id' | 'name' | 'iconColor' | 'closed'>;

const FILE_KINDS: readonly Exclude<MediaKind, 'sticker'>[] = [
  'photo',
  'document',
  'video',
  'voice',
  'audio',
  'animation',
];

/** What people do in Telegram's own apps, for tests and for the console. Everything throws Error if it cannot be. */
export class People {
  constructor(private readonly world: World) {}

  // Users and chats

  /** A new user. */
  user(user: { firstName: string; lastName?: string; username?: string; languageCode?: string; id?: number }): User {
    const created = this.world.chats.createUser(
      {
        is_bot: false,
        first_name: user.firstName,
        ...(user.lastName ? { last_name: user.lastName } : {}),
        ...(user.username ? { username: user.username } : {}),
        ...(user.languageCode ? { language_code: user.languageCode } : {}),
      },
      user.id,
    );
    this.world.changed();
    return created;
  }

  users(): User[] {
    return [...this.world.state.users.values()].filter((user) => !user.is_bot);
  }

  /** A new group. A forum is a supergroup with topics. Gives its id, which is its key too. */
  group(group: {
    title: string;
    owner: number;
    kind: 'group' | 'supergroup' | 'forum';
    members?: readonly number[];
    id?: number;
  }): number {
    const { title, owner: ownerId, kind, id } = group;
    const type = kind === 'group' ? 'group' : 'supergroup';
    const chat = this.world.chats.createGroup({ type, title, forum: kind === 'forum', ownerId, id });
    for (const userId of group.members ?? []) this.join({ chat: chat.id, user: userId });
    this.world.changed(chat);
    return chat.id;
  }

  /** The key of a user's private chat with a bot; the user has not started the bot yet. */
  privateChat(chat: { user: number; bot: string }): ChatKey {
    return this.world.chats.privateChat(chat.user, this.bot(chat.bot).id).key;
  }

  /** Presses Start in a private chat: sends `/start`, or `/start <payload>` as from a deep link. Gives the chat's key. */
  start(chat: { user: number; bot: string; payload?: string }): ChatKey {
    const key = this.privateChat(chat);
    const record = this.world.chats.chat(key);
    const botId = this.bot(chat.bot).id;
    if (!this.world.chats.isIn(record, botId)) {
      record.members.set(botId, { userId: botId, status: 'member', rights: ALL_RIGHTS });
    }
    this.send({ chat: key, from: chat.user, text: chat.payload ? `/start ${chat.payload}` : '/start' });
    return key;
  }

  /** Blocks or unblocks a bot in a private chat. */
  block(change: { user: number; bot: string; blocked: boolean }): void {
    const chat = this.world.chats.chat(this.privateChat(change));
    const status = change.blocked ? 'kicked' : 'member';
    membershipChanged(this.world, chat, { userId: this.bot(change.bot).id, byId: change.user, status });
  }

  chats(): { key: ChatKey; chat: Chat; bots: string[] }[] {
    return [...this.world.state.chats.values()].map((record) => ({
      key: record.key,
      chat: this.world.chats.toChat(record),
      bots: this.world.chats.botsIn(record).map((bot) => this.world.chats.user(bot.id).username ?? ''),
    }));
  }

  /** The id of a group's owner. */
  owner(chat: ChatKey): number {
    const members = [...this.world.chats.chat(chat).members.values()];
    const owner = members.find(({ status }) => status === 'creator');
    if (!owner) throw new Error(`Chat ${chat} has no owner.`);
    return owner.userId;
  }

  // Memberships

  /** A user comes in. */
  join(change: { chat: ChatKey; user: number }): void {
    const chat = this.world.chats.chat(change.chat);
    membershipChanged(this.world, chat, { userId: change.user, byId: change.user, status: 'member' });
  }

  leave(change: { chat: ChatKey; user: number }): void {
    const chat = this.world.chats.chat(change.chat);
    membershipChanged(this.world, chat, { userId: change.user, byId: change.user, status: 'left' });
  }

  /** Adds a bot (by its user name), or makes one that is in the group an administrator or a plain member. */
  addBot(change: {
    chat: ChatKey;
    by: number;
    bot: string;
    administrator?: boolean;
    rights?: Partial<AdministratorRights>;
  }): void {
    const chat = this.world.chats.chat(change.chat);
    membershipChanged(this.world, chat, {
      userId: this.bot(change.bot).id,
      byId: change.by,
      status: change.administrator ? 'administrator' : 'member',
      rights: change.rights,
    });
  }

  /** Puts a bot out of a group; it sees itself as `kicked` if it was banned too, `left` otherwise. */
  removeBot(change: { chat: ChatKey; by: number; bot: string; ban?: boolean }): void {
    const chat = this.world.chats.chat(change.chat);
    const status = change.ban ? 'kicked' : 'left';
    membershipChanged(this.world, chat, { userId: this.bot(change.bot).id, byId: change.by, status });
  }

  /** Turns a basic group into a supergroup, whose new id it gives. The old one refuses bots and names the new one. */
  migrate(change: { chat: ChatKey; by: number; forum?: boolean }): number {
    const old = this.groupChat(change.chat);
    if (old.type !== 'group' || old.migratedTo !== undefined) throw new Error(`Chat ${old.id} is no basic group.`);
    const chat = this.world.chats.createGroup({
      type: 'supergroup',
      title: old.title,
      forum: change.forum ?? false,
      ownerId: change.by,
    });
    for (const [userId, membership] of old.members) chat.members.set(userId, { ...membership });
    this.world.messages.post(old, { fromId: change.by, body: { migrate_to_chat_id: chat.id } });
    this.world.messages.post(chat, { fromId: change.by, body: { migrate_from_chat_id: old.id } });
    old.migratedTo = chat.id;
    this.world.changed(old);
    return chat.id;
  }

  /** Turns topics on or off. In a basic group turning them on makes a supergroup of it. Gives the chat's id. */
  setForum(change: { chat: ChatKey; by: number; forum: boolean }): number {
    const chat = this.groupChat(change.chat);
    if (chat.type === 'group') return change.forum ? this.migrate(change) : chat.id;
    chat.forum = change.forum;
    this.world.changed(chat);
    return chat.id;
  }

  rename(change: { chat: ChatKey; by: number; title: string }): void {
    const chat = this.groupChat(change.chat);
    chat.title = change.title;
    this.world.messages.post(chat, { fromId: change.by, body: { new_chat_title: change.title } });
  }

  // Messages

  /** Posts a message and gives it as bots see it. */
  send(post: Post): Message {
    const chat = this.world.chats.chat(post.chat);
    const replied = post.replyTo === undefined ? undefined : chat.messages.get(post.replyTo);
    if (post.replyTo !== undefined && !replied) throw new Error(`There is no message ${post.replyTo} to answer.`);
    const topicId = post.topic ?? replied?.topicId;
    if (topicId !== undefined && !chat.topics.has(topicId)) throw new Error(`There is no topic ${topicId}.`);
    const record = this.world.messages.post(chat, {
      fromId: post.from,
      topicId: chat.forum ? topicId : undefined,
      ...(replied ? { replyToId: replied.id } : {}),
      body: this.body(post),
    });
    return this.world.messages.render(record);
  }

  /** Posts several files as one album: one message each, with one `media_group_id`. */
  sendAlbum(album: {
    chat: ChatKey;
    from: number;
    items: readonly AlbumItem[];
    topic?: number;
    replyTo?: number;
  }): Message[] {
    const group = { media_group_id: String(randomInt(1e12, 1e13)) };
    const { items, ...where } = album;
    return items.map(({ kind, file, caption }) => this.send({ ...where, [kind]: file, caption, other: group }));
  }

  /** Changes the text, or the caption of a file. */
  edit(change: { chat: ChatKey; message: number; text: string }): Message {
    const chat = this.world.chats.chat(change.chat);
    const record = this.message(chat, change.message);
    const entities = findEntities(change.text);
    const { text: _, entities: _entities, caption: __, caption_entities: _captions, ...rest } = record.body;
    const body: MessageBody =
      record.body.text === undefined
        ? { ...rest, caption: change.text, ...(entities.length > 0 ? { caption_entities: entities } : {}) }
        : { ...rest, text: change.text, ...(entities.length > 0 ? { entities } : {}) };
    this.world.messages.edit(chat, record, body);
    return this.world.messages.render(record);
  }

  /** Deletes a message; bots are not told. */
  remove(change: { chat: ChatKey; message: number }): void {
    this.world.messages.remove(this.world.chats.chat(change.chat), change.message);
  }

  /** Presses an inline button, named by its text or its data. Resolves when the bot answers the query. */
  async press(press: { chat: ChatKey; from: number; message: number; button: string }): Promise<CallbackAnswer> {
    const chat = this.world.chats.chat(press.chat);
    const record = this.message(chat, press.message);
    const buttons = record.body.reply_markup?.inline_keyboard.flat() ?? [];
    const button = buttons.find(
      (candidate) => candidate.text === press.button || callbackData(candidate) === press.button,
    );
    const data = button && callbackData(button);
    if (data === undefined) throw new Error(`Message ${record.id} has no button "${press.button}".`);
    const bot = this.world.state.bots.get(record.fromId);
    if (!bot) throw new Error(`Message ${record.id} is not from a bot.`);
    const { id, answer } = this.world.callbacks.open(bot.id);
    this.world.updates.push(bot, chat.key, {
      callback_query: {
        id,
        from: this.world.chats.user(press.from),
        message: this.world.messages.render(record),
        chat_instance: String(BigInt(chat.id) * 7_919n),
        data,
      },
    });
    return await answer;
  }

  /** Every message of a chat or of one topic, oldest first, as bots see them. */
  messages(chat: ChatKey, filter: { topic?: number } = {}): Message[] {
    const record = this.world.chats.chat(chat);
    return [...record.messages.values()]
      .filter(({ topicId }) => filter.topic === undefined || topicId === filter.topic)
      .map((message) => this.world.messages.render(message));
  }

  /** The ids of pinned messages, newest last. */
  pinned(chat: ChatKey): number[] {
    return [...this.world.chats.chat(chat).pinned];
  }

  /** Whether a message came without a sound. */
  isSilent(chat: ChatKey, message: number): boolean {
    return this.message(this.world.chats.chat(chat), message).silent ?? false;
  }

  pin(change: { chat: ChatKey; by: number; message: number }): void {
    const chat = this.world.chats.chat(change.chat);
    this.world.messages.pin(chat, this.message(chat, change.message), change.by);
  }

  unpin(change: { chat: ChatKey; message: number }): void {
    this.world.messages.unpin(this.world.chats.chat(change.chat), change.message);
  }

  /** The bytes of a sent file. */
  file(fileId: string): Buffer | undefined {
    return this.world.media.read(fileId);
  }

  // Topics

  topics(chat: ChatKey): TopicView[] {
    const topics = [...this.world.chats.chat(chat).topics.values()];
    return topics.map(({ id, name, iconColor, closed }) => ({ id, name, iconColor, closed }));
  }

  /** Opens a topic and gives its id. */
  createTopic(topic: { chat: ChatKey; by: number; name: string }): number {
    return createTopic(this.world, this.groupChat(topic.chat), { name: topic.name, fromId: topic.by }).id;
  }

  renameTopic(change: { chat: ChatKey; by: number; topic: number; name: string }): void {
    const chat = this.groupChat(change.chat);
    editTopic(this.world, chat, this.topic(chat, change.topic), { fromId: change.by, name: change.name });
  }

  setTopicClosed(change: { chat: ChatKey; by: number; topic: number; closed: boolean }): void {
    const chat = this.groupChat(change.chat);
    closeTopic(this.world, chat, this.topic(chat, change.topic), { fromId: change.by, closed: change.closed });
  }

  /** Deletes a topic and all its messages; bots are not told. */
  deleteTopic(change: { chat: ChatKey; topic: number }): void {
    const chat = this.groupChat(change.chat);
    deleteTopic(this.world, chat, this.topic(chat, change.topic));
  }

  private body(post: Post): MessageBody {
    if (post.text !== undefined) {
      const entities = findEntities(post.text, post.entities ?? []);
      return { ...post.other, text: post.text, ...(entities.length > 0 ? { entities } : {}) };
    }
    const captionEntities = findEntities(post.caption ?? '', post.captionEntities ?? []);
    const caption = {
      ...(post.caption ? { caption: post.caption } : {}),
      ...(captionEntities.length > 0 ? { caption_entities: captionEntities } : {}),
    };
    if (post.sticker) {
      const content = post.sticker.content ?? Buffer.from('RIFF\0\0\0\0WEBP');
      return { ...post.other, ...this.world.media.store('sticker', { content, mimeType: 'image/webp' }, post.sticker) };
    }
    for (const kind of FILE_KINDS) {
      const file = post[kind];
      if (file) return { ...post.other, ...this.world.media.store(kind, file), ...caption };
    }
    if (!post.other) throw new Error('A message needs a text, a file or something else.');
    return { ...post.other, ...caption };
  }

  private bot(username: string): { id: number } {
    const user = [...this.world.state.users.values()].find(
      (candidate) => candidate.is_bot && candidate.username === username,
    );
    if (!user) throw new Error(`There is no bot @${username}.`);
    return user;
  }

  private groupChat(key: ChatKey): ChatRecord {
    const chat = this.world.chats.chat(key);
    if (chat.type === 'private') throw new Error(`Chat ${key} is private.`);
    return chat;
  }

  private topic(chat: ChatRecord, id: number): TopicRecord {
    const topic = chat.topics.get(id);
    if (!topic) throw new Error(`There is no topic ${id}.`);
    return topic;
  }

  private message(chat: ChatRecord, id: number): MessageRecord {
    const message = chat.messages.get(id);
    if (!message) throw new Error(`There is no message ${id}.`);
    return message;
  }
}

const callbackData = (button: object): string | undefined =>
  'callback_data' in button && typeof button.callback_data === 'string' ? button.callback_data : undefined;
