import type { ChatId } from '../model/identifiers';
import type { MessageRef } from '../model/records';
import type { FileStream } from '../ports';
import type { ChatPlace } from './incoming';
import type { RichText } from './rich-text';

/**
 * The messenger in which operators (and some visitors) are, through the eyes of the bot that Kite is there. Every method
 * throws {@link MessengerFailure} where it cannot do what it says.
 */
export interface Messenger {
  /** The bot's own id. */
  botId(): Promise<string>;
  /** The bot's user name, without `@`. */
  userName(): Promise<string>;
  /** Posts a message. */
  post(chat: ChatId, content: Post, place?: PostPlace): Promise<Posted>;
  /** Replaces the text (or caption) of one of the bot's own messages, and removes its buttons. Repeatable. */
  rewrite(ref: MessageRef, content: { readonly kind: Post['kind']; readonly text: RichText }): Promise<void>;
  /** What a message says, found out without anybody noticing; undefined: there is no such message, or nobody may know. */
  reread(ref: MessageRef): Promise<Reread | undefined>;
  /**
   * The messages that may stand before this one in its chat, newest first, at most `limit`. Some may not exist: a messenger
   * that cannot list a chat's messages makes up what their ids would be.
   */
  earlier(ref: MessageRef, limit: number): Promise<readonly MessageRef[]>;
  remove(ref: MessageRef): Promise<void>;
  /** Without a notification. Repeatable. */
  pin(ref: MessageRef): Promise<void>;
  unpin(ref: MessageRef): Promise<void>;
  /** The id of the new topic. */
  createTopic(chat: ChatId, name: string): Promise<string>;
  reopenTopic(chat: ChatId, thread: string): Promise<void>;
  /** Ends the waiting of somebody who pressed a button. `words`: shown to that person only. */
  acknowledge(press: string, words?: string): Promise<void>;
  /** What the bot may do in a group. */
  rights(chat: ChatId): Promise<BotRights>;
  /** Whether a person may write in a chat, as far as the bot can see: buttons can be pressed by all who can read it. */
  mayWrite(chat: ChatPlace, person: ChatId): Promise<boolean>;
  /** A file that somebody posted. */
  fetchFile(reference: string): Promise<FileStream>;
}

export type Post =
  | { readonly kind: 'text'; readonly text: RichText; readonly buttons?: readonly Button[] }
  | {
      readonly kind: 'file';
      /** The bytes, or what reads them anew. */
      readonly body: Uint8Array | (() => AsyncIterable<Uint8Array>);
      readonly name: string;
      /** MIME type. */
      readonly type: string;
      readonly text: RichText;
    };

/** A button under a message; `action` (at most 64 bytes) comes back when it is pressed. */
export interface Button {
  readonly label: string;
  readonly action: string;
}

export interface PostPlace {
  /** Topic. */
  readonly thread?: string | undefined;
  /** A message of the same chat. */
  readonly replyTo?: string | undefined;
  /** Without a sound. */
  readonly silent?: boolean;
}

export interface Posted {
  readonly ref: MessageRef;
  /** The chat has topics on. */
  readonly forum: boolean;
}

export interface Reread {
  /** Text or caption. */
  readonly text: string;
  readonly kind: Post['kind'];
  /** Written by the bot itself. */
  readonly own: boolean;
  /** When it was first posted, epoch milliseconds (whole seconds). */
  readonly at: number;
}

export interface BotRights {
  /** The chat has topics on. */
  readonly forum: boolean;
  readonly manageTopics: boolean;
  readonly pinMessages: boolean;
  /** Sees every message of the group, not only commands and replies to the bot. */
  readonly seeAll: boolean;
}

/** The longest text and the longest caption, UTF-16 units (https://core.telegram.org/bots/api#sendmessage). */
export const TEXT_LENGTH = 4096;
export const CAPTION_LENGTH = 1024;

/** The largest file that a bot may fetch, bytes (https://core.telegram.org/bots/api#getfile). */
export const FETCH_BYTES = 20 * 1000 * 1000;

export type MessengerFailureKind =
  /** Too many messages: not before `retryAfter` seconds. */
  | 'busy'
  /** It did not get there. */
  | 'unreachable'
  /** It may or may not have been done: no answer, or an error on the other side. */
  | 'uncertain'
  /** The bot's credentials are wrong (any more). */
  | 'unauthorized'
  /** There is no such chat, or the bot is not in it, or it was blocked. */
  | 'gone'
  /** The group has another id now: `migratedTo`. */
  | 'migrated'
  | 'topic gone'
  | 'topic closed'
  /** The chat has no topics. */
  | 'no forum'
  /** The bot lacks a right. */
  | 'forbidden'
  /** This content or request will never be accepted. */
  | 'refused';

/** Why the messenger did not do something, in neutral words; the message has the messenger's own. */
export class MessengerFailure extends Error {
  override readonly name = 'MessengerFailure';

  constructor(
    readonly kind: MessengerFailureKind,
    message: string,
    readonly details: { readonly retryAfter?: number | undefined; readonly migratedTo?: ChatId | undefined } = {},
  ) {
    super(message);
  }
}

/** Whether the same call may succeed later. */
export function isPassing({ kind }: MessengerFailure): boolean {
  return kind === 'busy' || kind === 'unreachable' || kind === 'uncertain' || kind === 'unauthorized';
}
