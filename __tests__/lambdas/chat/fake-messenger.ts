import { Readable } from 'node:stream';
import type { ChatId } from '../../../lambdas/chat/model/identifiers';
import type { FileStream } from '../../../lambdas/chat/ports';
import {
  MessengerFailure,
  type Messenger,
  type Post,
  type PostPlace,
  type Reread,
} from '../../../lambdas/chat/messenger/port';

export interface FakeMessage {
  readonly id: number;
  readonly text: string;
  readonly kind: Post['kind'];
  readonly own: boolean;
  readonly at: number;
  readonly thread: number | undefined;
}

/** A messenger in memory, for tests that do much more than a stand-in behind HTTP can. */
export class FakeMessenger implements Messenger {
  readonly chats = new Map<ChatId, FakeMessage[]>();
  readonly pinned = new Map<ChatId, Set<number>>();
  /** Topics by chat: thread -> name. */
  readonly topics = new Map<number, string>();
  /** What the next calls of `post` do instead: fail before, or after, having posted. */
  readonly faults: { readonly failure: MessengerFailure; readonly posted: boolean }[] = [];
  #next = 1;

  constructor(
    private readonly now: () => number,
    private readonly forum = false,
  ) {}

  /** Somebody else's message; its number. */
  write(chat: ChatId, text: string, thread?: number): number {
    return this.#add(chat, { text, kind: 'text', own: false, thread });
  }

  messages(chat: ChatId): readonly FakeMessage[] {
    return this.chats.get(chat) ?? [];
  }

  async botId(): Promise<string> {
    return '123456';
  }

  async userName(): Promise<string> {
    return 'kite_test_bot';
  }

  async post(chat: ChatId, { kind, text }: Post, { thread }: PostPlace = {}) {
    const fault = this.faults.shift();
    if (fault && !fault.posted) throw fault.failure;
    if (thread !== undefined && !this.topics.has(thread)) throw new MessengerFailure('topic gone', 'no such topic');
    const messageId = this.#add(chat, { text: text.text, kind, own: true, thread });
    if (fault) throw fault.failure;
    return { messageId, forum: this.forum };
  }

  async rewrite(chat: ChatId, messageId: number, { text }: { readonly text: { readonly text: string } }) {
    const messages = this.chats.get(chat) ?? [];
    const i = messages.findIndex(({ id }) => id === messageId);
    const message = messages[i];
    if (message) messages[i] = { ...message, text: text.text };
  }

  async reread(chat: ChatId, messageId: number): Promise<Reread | undefined> {
    const found = this.messages(chat).find(({ id }) => id === messageId);
    this.#next++;
    return found && { text: found.text, kind: found.kind, own: found.own, at: found.at };
  }

  async remove(chat: ChatId, messageId: number): Promise<void> {
    this.chats.set(
      chat,
      this.messages(chat).filter(({ id }) => id !== messageId),
    );
  }

  async pin(chat: ChatId, messageId: number): Promise<void> {
    this.pinned.set(chat, (this.pinned.get(chat) ?? new Set()).add(messageId));
  }

  async unpin(chat: ChatId, messageId: number): Promise<void> {
    this.pinned.get(chat)?.delete(messageId);
  }

  async createTopic(_chat: ChatId, name: string): Promise<number> {
    const thread = this.#next++;
    this.topics.set(thread, name);
    return thread;
  }

  async reopenTopic(): Promise<void> {}

  async acknowledge(): Promise<void> {}

  async rights() {
    return { forum: this.forum, manageTopics: true, pinMessages: true, seeAll: true };
  }

  async mayWrite() {
    return true;
  }

  async fetchFile(): Promise<FileStream> {
    return { size: 1, pieces: Readable.from([new Uint8Array(1)]) };
  }

  #add(chat: ChatId, message: Omit<FakeMessage, 'id' | 'at'>): number {
    const id = this.#next++;
    this.chats.set(chat, [...this.messages(chat), { ...message, id, at: Math.floor(this.now() / 1000) * 1000 }]);
    return id;
  }
}
