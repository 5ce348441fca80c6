import type { ChannelName } from '../../lambdas/chat/model/identifiers';
import { DAY, UPDATE_LIFE } from '../../lambdas/chat/model/lifetimes';
import {
  conversationKey,
  type Content,
  type Conversation,
  type Direction,
  type Lease,
  type Message,
  type MessageRef,
} from '../../lambdas/chat/model/records';
import { inOrder, textOf, withText } from '../../lambdas/chat/model/message';
import type {
  Clock,
  HistoryPage,
  MessageStore,
  Receipt,
  Removed,
  ReplyTarget,
  UpdateClaim,
} from '../../lambdas/chat/ports';
import { MemoryTable } from './table';

/** Messages in memory, for tests of the domain. */
export class MemoryMessages implements MessageStore {
  readonly messages: MemoryTable<Message>;
  readonly replies: MemoryTable<ReplyTarget>;
  readonly notes: MemoryTable<{ conversation: Conversation; mark: string }>;
  readonly updates: MemoryTable<{ done: boolean; until: number; holder: string }>;

  constructor(
    private readonly clock: Clock,
    retentionDays: number,
  ) {
    this.messages = new MemoryTable(clock, retentionDays * DAY);
    this.replies = new MemoryTable(clock, retentionDays * DAY);
    this.notes = new MemoryTable(clock, retentionDays * DAY);
    this.updates = new MemoryTable(clock, UPDATE_LIFE);
  }

  async put(message: Message): Promise<{ stored: boolean; message: Message }> {
    const key = keyOf(message.conversation, message.key);
    const there = this.messages.get(key);
    if (there) return { stored: false, message: there };
    this.messages.put(key, message);
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

  async attempt(conversation: Conversation, key: string, at: string, content?: Content, presence?: string) {
    return this.#change(conversation, key, (message) =>
      message.due && (!content || textOf(content) === textOf(message.content))
        ? { ...message, attemptedAt: at, ...(presence === undefined ? {} : { presence }) }
        : undefined,
    );
  }

  async abandonAttempt(conversation: Conversation, key: string): Promise<void> {
    this.#change(conversation, key, ({ attemptedAt: _attempted, ...message }) => message);
  }

  async partDelivered(conversation: Conversation, key: string, receipt: Receipt): Promise<void> {
    this.#change(conversation, key, ({ attemptedAt: _attempted, ...message }) =>
      message.due ? { ...message, ...placeOf(receipt) } : undefined,
    );
  }

  async delivered(conversation: Conversation, key: string, receipt?: Receipt): Promise<void> {
    const deliveredAt = new Date(Math.floor(this.clock.now() / 1000) * 1000).toISOString();
    this.#change(conversation, key, (message) => ({ ...message, ...placeOf(receipt), deliveredAt, due: false }));
  }

  async correct(conversation: Conversation, key: string, text: string): Promise<boolean> {
    return this.#change(conversation, key, (message) =>
      message.due && message.attemptedAt !== undefined
        ? undefined
        : { ...message, content: withText(message.content, text) },
    );
  }

  async correctUnsent(conversation: Conversation, key: string, text: string): Promise<boolean> {
    const message = this.messages.stored(keyOf(conversation, key));
    const unsent = message?.due && message.direction === 'to-host' && message.places === undefined;
    return unsent === true && this.correct(conversation, key, text);
  }

  async latest(conversation: Conversation, limit: number): Promise<Message[]> {
    return this.#all(conversation).slice(-limit);
  }

  async history(conversation: Conversation, after: string | undefined, limit: number): Promise<HistoryPage> {
    const position = ({ at, order, key }: Message) => `${at}#${String(order).padStart(16, '0')} ${key}`;
    const entries = this.#all(conversation)
      .map((message) => ({ message, position: position(message) }))
      .filter((entry) => after === undefined || entry.position > after)
      .slice(0, limit);
    const next = entries.length === limit ? entries.at(-1)?.position : undefined;
    return { entries, ...(next === undefined ? {} : { next }) };
  }

  async removeSome(conversation: Conversation, limit: number): Promise<Removed> {
    const stored = this.messages.some(`${conversationKey(conversation)}/`, limit);
    for (const [key, { places = [], copies = [] }] of stored) {
      for (const place of [...places, ...copies]) this.replies.delete(placeKey(place));
      this.messages.delete(key);
    }
    this.notes.delete(conversationKey(conversation));
    // DynamoDB's full page does not tell that it is the last one.
    return { removed: stored.length, done: stored.length < limit };
  }

  async noteWaiting({ channel, handle }: Conversation, mark: string): Promise<void> {
    this.notes.put(conversationKey({ channel, handle }), { conversation: { channel, handle }, mark });
  }

  async *waiting(channel: ChannelName) {
    for (const [, note] of this.notes.entries(`${channel}/`)) yield note;
  }

  async forgetWaiting(conversation: Conversation, mark: string): Promise<void> {
    this.notes.delete(conversationKey(conversation), (note) => note.mark === mark);
  }

  async pointReply(from: MessageRef, { channel, handle, message }: ReplyTarget): Promise<void> {
    this.replies.put(placeKey(from), { channel, handle, message });
  }

  async replyTarget(from: Pick<MessageRef, 'chat' | 'message'>): Promise<ReplyTarget | undefined> {
    return this.replies.get(placeKey(from));
  }

  async replyTargets(of: readonly MessageRef[]): Promise<ReadonlyMap<string, ReplyTarget>> {
    const found = of.map((ref) => [ref.message, this.replies.get(placeKey(ref))] as const);
    return new Map(found.flatMap(([id, target]) => (target ? [[id, target] as const] : [])));
  }

  async claimUpdate(bot: string, updateId: string, lease: Lease, now: number): Promise<UpdateClaim> {
    const update = this.updates.get(`${bot}#${updateId}`);
    if (update?.done) return 'done';
    if (update && update.until > now && update.holder !== lease.holder) return 'busy';
    this.updates.put(`${bot}#${updateId}`, { done: false, ...lease });
    return 'claimed';
  }

  async releaseUpdate(bot: string, updateId: string, lease: Lease): Promise<void> {
    this.updates.delete(`${bot}#${updateId}`, ({ done, holder }) => !done && holder === lease.holder);
  }

  async finishUpdate(bot: string, updateId: string): Promise<void> {
    this.updates.put(`${bot}#${updateId}`, { done: true, until: 0, holder: '' });
  }

  #all(conversation: Conversation): Message[] {
    return [...this.messages.entries(`${conversationKey(conversation)}/`)].map(([, message]) => message).sort(inOrder);
  }

  #change(conversation: Conversation, key: string, change: (message: Message) => Message | undefined): boolean {
    return this.messages.update(keyOf(conversation, key), change) !== undefined;
  }
}

function placeOf(receipt: Receipt | undefined): Partial<Message> {
  if (!receipt) return {};
  return receipt.copy ? { copies: receipt.places } : { places: receipt.places };
}

function placeKey({ chat, message }: Pick<MessageRef, 'chat' | 'message'>): string {
  return `${chat}#${message}`;
}

function keyOf(conversation: Conversation, key: string): string {
  return `${conversationKey(conversation)}/${key}`;
}
