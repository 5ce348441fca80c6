import type { Message } from 'grammy/types';
import type { Chats } from './chats';
import { type Clock, unixSeconds } from './clock';
import type { BotRecord, ChatRecord, MessageBody, MessageRecord, TelegramState } from './state';
import type { Updates } from './updates';

/** A message about to be posted. */
export interface NewMessage {
  readonly fromId: number;
  readonly topicId?: number;
  readonly replyToId?: number;
  readonly silent?: boolean;
  readonly body: MessageBody;
}

/** Fields of a message that make it a service message, which every bot of the chat sees. */
const SERVICE_FIELDS = [
  'new_chat_members',
  'left_chat_member',
  'new_chat_title',
  'group_chat_created',
  'migrate_to_chat_id',
  'migrate_from_chat_id',
  'pinned_message',
  'forum_topic_created',
  'forum_topic_edited',
  'forum_topic_closed',
  'forum_topic_reopened',
] as const satisfies readonly (keyof MessageBody)[];

/** Messages of all chats: posting, editing, and telling the bots that may see them. */
export class Messages {
  constructor(
    private readonly state: TelegramState,
    private readonly chats: Chats,
    private readonly updates: Updates,
    private readonly clock: Clock,
    private readonly changed: (chat: ChatRecord) => void,
  ) {}

  /** Posts without an update, for the people who look. */
  add(chat: ChatRecord, message: NewMessage): MessageRecord {
    const record: MessageRecord = {
      id: chat.type === 'supergroup' ? chat.nextMessageId++ : this.state.nextMessageId++,
      chat: chat.key,
      date: unixSeconds(this.clock),
      ...message,
    };
    chat.messages.set(record.id, record);
    this.changed(chat);
    return record;
  }

  /** Posts and gives the message to the bots that may see it. */
  post(chat: ChatRecord, message: NewMessage): MessageRecord {
    const record = this.add(chat, message);
    this.announce(chat, record, 'message');
    return record;
  }

  /** Changes what a message says and gives the new version to the bots. */
  edit(chat: ChatRecord, record: MessageRecord, body: MessageBody): void {
    record.body = body;
    record.editDate = unixSeconds(this.clock);
    this.changed(chat);
    this.announce(chat, record, 'edited_message');
  }

  /** Bots are not told of deletions. */
  remove(chat: ChatRecord, id: number): boolean {
    chat.pinned = chat.pinned.filter((pinned) => pinned !== id);
    const removed = chat.messages.delete(id);
    this.changed(chat);
    return removed;
  }

  /** Puts a message on top of its chat; the service message that says so is its answer. */
  pin(chat: ChatRecord, record: MessageRecord, fromId: number, silent = false): void {
    const { id, topicId } = record;
    chat.pinned = [...chat.pinned.filter((pinned) => pinned !== id), id];
    const body = { pinned_message: this.render(record, false) };
    this.post(chat, { fromId, topicId, replyToId: id, ...(silent ? { silent } : {}), body });
  }

  unpin(chat: ChatRecord, id: number): void {
    chat.pinned = chat.pinned.filter((pinned) => pinned !== id);
    this.changed(chat);
  }

  /** The message as the Bot API gives it, the message it answers included once. */
  render(record: MessageRecord, nested = true): Message {
    const chat = this.chats.chat(record.chat);
    const answered = nested ? this.answered(chat, record) : undefined;
    return {
      message_id: record.id,
      from: this.chats.user(record.fromId),
      chat: this.chats.toChat(chat),
      date: record.date,
      ...(record.editDate === undefined ? {} : { edit_date: record.editDate }),
      ...this.thread(chat, record),
      ...(answered ? { reply_to_message: this.render(answered, false) } : {}),
      ...record.body,
    } as Message;
  }

  private announce(chat: ChatRecord, record: MessageRecord, kind: 'message' | 'edited_message'): void {
    for (const bot of this.chats.botsIn(chat)) {
      if (!this.isVisible(bot, chat, record)) continue;
      this.updates.push(bot, chat.key, { [kind]: this.render(record) });
    }
  }

  /**
   * A bot sees no bot's messages but service messages (its own pins and topics among them), and with privacy mode on
   * only commands, mentions and answers that are meant for it; https://core.telegram.org/bots/features#privacy-mode
   */
  private isVisible(bot: BotRecord, chat: ChatRecord, record: MessageRecord): boolean {
    if (SERVICE_FIELDS.some((field) => field in record.body)) return true;
    if (this.chats.user(record.fromId).is_bot) return false;
    if (chat.type === 'private' || !bot.privacyMode || this.chats.isAdministrator(chat, bot.id)) return true;
    if (this.answered(chat, record)?.fromId === bot.id) return true;
    const text = record.body.text ?? record.body.caption ?? '';
    const username = this.chats.user(bot.id).username ?? '';
    if (text.toLowerCase().includes(`@${username.toLowerCase()}`)) return true;
    return /^\/[A-Za-z0-9_]+(\s|$)/.test(text);
  }

  /** In a topic, a message that answers no other answers the one that opened it: clients and bots see it that way. */
  private answered(chat: ChatRecord, record: MessageRecord): MessageRecord | undefined {
    const id = record.replyToId ?? (record.topicId === record.id ? undefined : record.topicId);
    return id === undefined ? undefined : chat.messages.get(id);
  }

  /** Outside forums a supergroup gives answers the id of the first message of their thread. */
  private thread(chat: ChatRecord, record: MessageRecord): Partial<Message> {
    if (record.topicId !== undefined) return { message_thread_id: record.topicId, is_topic_message: true };
    if (chat.type !== 'supergroup' || chat.forum || record.replyToId === undefined) return {};
    let root = record;
    for (let next = this.answered(chat, root); next; next = this.answered(chat, next)) root = next;
    return root === record ? {} : { message_thread_id: root.id };
  }
}
