import type { ChannelName, ChatId } from '../../lambdas/chat/model/identifiers';
import { DAY, UPDATE_LIFE } from '../../lambdas/chat/model/lifetimes';
import {
  conversationKey,
  type Content,
  type Conversation,
  type Direction,
  type Lease,
  type Message,
} from '../../lambdas/chat/model/records';
import { inOrder, textOf, withText } from '../../lambdas/chat/model/message';
import type { Clock, MessageStore, Receipt, ReplyTarget, UpdateClaim } from '../../lambdas/chat/ports';
import { ExpiringMap } from './expiring-map';

/** Messages in memory, for tests of the domain. */
export class MemoryMessages implements MessageStore {
  readonly messages: ExpiringMap<Message>;
  readonly replies: ExpiringMap<ReplyTarget>;
  readonly notes: ExpiringMap<{ conversation: Conversation; mark: string }>;
  readonly updates: ExpiringMap<{ done: boolean; until: number; holder: string }>;

  constructor(clock: Clock, retentionDays: number) {
    this.messages = new ExpiringMap(clock, retentionDays * DAY);
    this.replies = new ExpiringMap(clock, retentionDays * DAY);
    this.notes = new ExpiringMap(clock, retentionDays * DAY);
    this.updates = new ExpiringMap(clock, UPDATE_LIFE);
  }

  async put(message: Message): Promise<{ stored: boolean; message: Message }> {
    const key = keyOf(message.conversation, message.key);
    const there = this.messages.get(key);
    if (there) return { stored: false, message: there };
    this.messages.set(key, message);
    return { stored: true, message };
  }

  async find(conversation: Conversation, key: string): Promise<Message | undefined> {
    return this.messages.get(keyOf(conversation, key));
  }

  async due(conversation: Conversation, direction: Direction, limit: number): Promise<Message[]> {
    return this.#all(conversation)
      .filter((message) => message.due && message.direction === direction)
      .slice(0, limit);
  }

  async attempt(conversation: Conversation, key: string, at: string, content?: Content): Promise<boolean> {
    const message = this.messages.get(keyOf(conversation, key));
    if (!message?.due || (content && textOf(content) !== textOf(message.content))) return false;
    this.messages.set(keyOf(conversation, key), { ...message, attemptedAt: at });
    return true;
  }

  async abandonAttempt(conversation: Conversation, key: string): Promise<void> {
    const { attemptedAt: _attempted, ...message } = this.messages.get(keyOf(conversation, key)) ?? {};
    if ('key' in message) this.messages.set(keyOf(conversation, key), message);
  }

  async partDelivered(conversation: Conversation, key: string, receipt: Receipt): Promise<void> {
    await this.abandonAttempt(conversation, key);
    const message = this.messages.get(keyOf(conversation, key));
    if (message?.due) this.messages.set(keyOf(conversation, key), { ...message, ...placeOf(receipt) });
  }

  async delivered(conversation: Conversation, key: string, receipt?: Receipt): Promise<void> {
    const message = this.messages.get(keyOf(conversation, key));
    if (message) this.messages.set(keyOf(conversation, key), { ...message, ...placeOf(receipt), due: false });
  }

  async correct(conversation: Conversation, key: string, text: string): Promise<boolean> {
    const message = this.messages.get(keyOf(conversation, key));
    if (!message || (message.due && message.attemptedAt !== undefined)) return false;
    this.messages.set(keyOf(conversation, key), { ...message, content: withText(message.content, text) });
    return true;
  }

  async correctUnsent(conversation: Conversation, key: string, text: string): Promise<boolean> {
    const message = this.messages.get(keyOf(conversation, key));
    const unsent = message?.due && message.direction === 'to-host' && message.telegramIds === undefined;
    return unsent === true && this.correct(conversation, key, text);
  }

  async latest(conversation: Conversation, limit: number): Promise<Message[]> {
    return this.#all(conversation).slice(-limit);
  }

  async *history(conversation: Conversation): AsyncIterable<Message> {
    yield* this.#all(conversation);
  }

  async removeSome(conversation: Conversation, limit: number): Promise<boolean> {
    const all = this.#all(conversation);
    for (const message of all.slice(0, limit)) {
      for (const id of message.telegramIds ?? []) this.replies.delete(`${message.chat}#${id}`);
      for (const id of message.copy?.telegramIds ?? []) this.replies.delete(`${message.copy?.chat}#${id}`);
      this.messages.delete(keyOf(conversation, message.key));
    }
    this.notes.delete(conversationKey(conversation));
    return all.length <= limit;
  }

  async noteWaiting({ channel, handle }: Conversation, mark: string): Promise<void> {
    this.notes.set(conversationKey({ channel, handle }), { conversation: { channel, handle }, mark });
  }

  async *waiting(channel: ChannelName) {
    for (const [, note] of this.notes.entries(`${channel}/`)) yield note;
  }

  async forgetWaiting(conversation: Conversation, mark: string): Promise<void> {
    const key = conversationKey(conversation);
    if (this.notes.get(key)?.mark === mark) this.notes.delete(key);
  }

  async pointReply(chat: ChatId, messageId: number, { channel, handle, message }: ReplyTarget): Promise<void> {
    this.replies.set(`${chat}#${messageId}`, { channel, handle, message });
  }

  async replyTarget(chat: ChatId, messageId: number): Promise<ReplyTarget | undefined> {
    return this.replies.get(`${chat}#${messageId}`);
  }

  async replyTargets(chat: ChatId, messageIds: readonly number[]): Promise<ReadonlyMap<number, ReplyTarget>> {
    const found = messageIds.map((id) => [id, this.replies.get(`${chat}#${id}`)] as const);
    return new Map(found.flatMap(([id, target]) => (target ? [[id, target] as const] : [])));
  }

  async claimUpdate(bot: string, updateId: number, lease: Lease, now: number): Promise<UpdateClaim> {
    const update = this.updates.get(`${bot}#${updateId}`);
    if (update?.done) return 'done';
    if (update && update.until > now) return 'busy';
    this.updates.set(`${bot}#${updateId}`, { done: false, ...lease });
    return 'claimed';
  }

  async releaseUpdate(bot: string, updateId: number, { holder }: Lease): Promise<void> {
    const update = this.updates.get(`${bot}#${updateId}`);
    if (update && !update.done && update.holder === holder) this.updates.delete(`${bot}#${updateId}`);
  }

  async finishUpdate(bot: string, updateId: number): Promise<void> {
    this.updates.set(`${bot}#${updateId}`, { done: true, until: 0, holder: '' });
  }

  #all(conversation: Conversation): Message[] {
    return [...this.messages.entries(`${conversationKey(conversation)}/`)].map(([, message]) => message).sort(inOrder);
  }
}

function placeOf(receipt: Receipt | undefined): Partial<Message> {
  if (!receipt) return {};
  const { chat, telegramIds, copy } = receipt;
  return copy ? { copy: { chat, telegramIds } } : { chat, telegramIds };
}

function keyOf(conversation: Conversation, key: string): string {
  return `${conversationKey(conversation)}/${key}`;
}
