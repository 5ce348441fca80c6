import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { chatIn, connectorOf, type ChatId } from '../../../lambdas/chat/model/identifiers';
import { messageRef, type MessageRef } from '../../../lambdas/chat/model/records';
import type { FileStream } from '../../../lambdas/chat/ports';
import {
  MessengerFailure,
  type Messenger,
  type Post,
  type PostPlace,
  type Reread,
} from '../../../lambdas/chat/messenger/port';

export interface FakeMessage {
  readonly id: string;
  readonly text: string;
  readonly kind: Post['kind'];
  readonly own: boolean;
  readonly at: number;
  readonly thread: string | undefined;
  /** Its file. */
  readonly file?: Uint8Array;
  readonly replyTo?: string | undefined;
}

/**
 * A messenger in memory whose ids are texts without an order, like Matrix's event ids: for tests that do much more than a
 * stand-in behind HTTP can, and as proof that a messenger's ids need not be numbers.
 */
export class FakeMessenger implements Messenger {
  readonly chats = new Map<ChatId, FakeMessage[]>();
  readonly pinned = new Map<ChatId, Set<string>>();
  /** The names of topics by their ids. */
  readonly topics = new Map<string, string>();
  /** Files that people or the bot posted, by reference or message. */
  readonly files = new Map<string, Uint8Array>();
  /** What the next calls of `post` do instead: fail before, or after, having posted. */
  readonly faults: { readonly failure: MessengerFailure; readonly posted: boolean }[] = [];
  /** Chats that the bot is not in. */
  readonly away = new Set<ChatId>();
  /** Groups that have another id now. */
  readonly migrated = new Map<ChatId, ChatId>();
  /** Topics in which nothing can be posted. */
  readonly closed = new Set<string>();
  #serial = 0;

  constructor(
    private readonly now: () => number,
    private readonly forum = false,
  ) {}

  /** A chat of this messenger. */
  static chat(name: string): ChatId {
    return chatIn('mx', `!${name}:example.org`);
  }

  /** Somebody's message; its id. */
  write(chat: ChatId, text: string, thread?: string): string {
    return this.#add(chat, { text, kind: 'text', own: false, thread });
  }

  messages(chat: ChatId): readonly FakeMessage[] {
    return this.chats.get(chat) ?? [];
  }

  async botId(): Promise<string> {
    return '@kite:example.org';
  }

  async userName(): Promise<string> {
    return 'kite_test_bot';
  }

  async post(chat: ChatId, post: Post, { thread, replyTo }: PostPlace = {}) {
    const fault = this.faults.shift();
    if (fault && !fault.posted) throw fault.failure;
    this.#requirePresence(chat);
    if (thread !== undefined && !this.topics.has(thread)) throw new MessengerFailure('topic gone', 'no such topic');
    if (thread !== undefined && this.closed.has(thread)) throw new MessengerFailure('topic closed', 'a closed topic');
    const file = post.kind === 'file' ? { file: await bytesOf(post.body) } : {};
    const message = this.#add(chat, { text: post.text.text, kind: post.kind, own: true, thread, replyTo, ...file });
    if (file.file) this.files.set(message, file.file);
    if (fault) throw fault.failure;
    return { ref: messageRef(chat, message, thread), forum: this.forum };
  }

  async rewrite({ chat, message }: MessageRef, { text }: { readonly text: { readonly text: string } }) {
    this.#requirePresence(chat);
    if (!this.messages(chat).some(({ id }) => id === message)) throw new MessengerFailure('refused', 'no such message');
    this.change(chat, message, text.text);
  }

  /** Gives a message, of anybody, another text. */
  change(chat: ChatId, message: string, text: string): void {
    const messages = this.chats.get(chat) ?? [];
    const i = messages.findIndex(({ id }) => id === message);
    const found = messages[i];
    if (found) messages[i] = { ...found, text };
  }

  async reread({ chat, message }: MessageRef): Promise<Reread | undefined> {
    const found = this.messages(chat).find(({ id }) => id === message);
    return found && { text: found.text, kind: found.kind, own: found.own, at: found.at };
  }

  async earlier({ chat, message }: MessageRef, limit: number): Promise<readonly MessageRef[]> {
    const messages = this.messages(chat);
    const before = messages.slice(
      0,
      Math.max(
        0,
        messages.findIndex(({ id }) => id === message),
      ),
    );
    return before
      .slice(-limit)
      .reverse()
      .map(({ id, thread }) => messageRef(chat, id, thread));
  }

  async remove({ chat, message }: MessageRef): Promise<void> {
    this.chats.set(
      chat,
      this.messages(chat).filter(({ id }) => id !== message),
    );
  }

  async pin({ chat, message }: MessageRef): Promise<void> {
    this.pinned.set(chat, (this.pinned.get(chat) ?? new Set()).add(message));
  }

  async unpin({ chat, message }: MessageRef): Promise<void> {
    this.pinned.get(chat)?.delete(message);
  }

  async createTopic(chat: ChatId, name: string): Promise<string> {
    this.#requirePresence(chat);
    const thread = this.#newId('thread');
    this.topics.set(thread, name);
    return thread;
  }

  async reopenTopic(_: ChatId, thread: string): Promise<void> {
    this.closed.delete(thread);
  }

  /** Somebody deletes a topic with what was written there; gives that. */
  deleteTopic(chat: ChatId, thread: string): readonly FakeMessage[] {
    this.topics.delete(thread);
    const messages = this.messages(chat);
    this.chats.set(
      chat,
      messages.filter((message) => message.thread !== thread),
    );
    return messages.filter((message) => message.thread === thread);
  }

  async acknowledge(): Promise<void> {}

  async rights() {
    return { forum: this.forum, manageTopics: true, pinMessages: true, seeAll: true };
  }

  async mayWrite() {
    return true;
  }

  async fetchFile(reference: string): Promise<FileStream> {
    const file = this.files.get(reference) ?? new Uint8Array(1);
    return { size: file.byteLength, pieces: Readable.from([file]) };
  }

  #add(chat: ChatId, message: Omit<FakeMessage, 'id' | 'at'>): string {
    const id = this.#newId(connectorOf(chat));
    this.chats.set(chat, [...this.messages(chat), { ...message, id, at: Math.floor(this.now() / 1000) * 1000 }]);
    return id;
  }

  /** For example `$5XqtqpKj/Zv:example.org`: neither a number nor in the order of time. */
  #newId(kind: string): string {
    const digest = createHash('sha256').update(`${kind} ${this.#serial++}`).digest('base64');
    return `$${digest.slice(0, 12)}:example.org`;
  }

  #requirePresence(chat: ChatId): void {
    const migratedTo = this.migrated.get(chat);
    if (migratedTo) throw new MessengerFailure('migrated', 'the group is a supergroup now', { migratedTo });
    if (this.away.has(chat)) throw new MessengerFailure('gone', 'not in this chat');
  }
}

async function bytesOf(body: Extract<Post, { kind: 'file' }>['body']): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const pieces: Uint8Array[] = [];
  for await (const piece of body()) pieces.push(piece);
  return Buffer.concat(pieces);
}
