import type { ChatId, Handle } from '../model/identifiers';
import type { MessageRef } from '../model/records';

/** Something that happened in the messenger, in neutral terms. */
export type Incoming =
  | IncomingMessage
  | ButtonPress
  /** The bot itself came, was promoted or demoted, left, or was removed. */
  | { readonly kind: 'presence'; readonly update: string; readonly chat: ChatPlace; readonly present: boolean }
  /** A group became a supergroup: its id changed. */
  | { readonly kind: 'migration'; readonly update: string; readonly from: ChatId; readonly to: ChatId };

/** Where something happened. */
export interface ChatPlace {
  readonly id: ChatId;
  /** `broadcast`: a Telegram channel. */
  readonly kind: 'private' | 'group' | 'broadcast';
  /** The group has topics on. */
  readonly forum: boolean;
  /** The group's title, or the person's name. */
  readonly title: string;
}

/** Somebody wrote something, or changed it. */
export interface IncomingMessage {
  readonly kind: 'message' | 'edit';
  /** The messenger's id of the update. */
  readonly update: string;
  readonly chat: ChatPlace;
  readonly ref: MessageRef;
  /** Tells which of two messages, or of two edits, of one millisecond came first. */
  readonly order: number;
  /** The message of the same chat that it answers. */
  readonly replyTo?: string;
  /**
   * Whose header the answered message begins with, if the bot itself posted that: tells the visitor an answer is for while the
   * pointer from that message is still being written. Of anybody else's message it would be forgery.
   */
  readonly replyToHeader?: Handle;
  /** Messages posted together have the same. */
  readonly album?: string;
  /** When it was written, epoch milliseconds (whole seconds): it may be a day old when it is brought. */
  readonly sentAt: number;
  /** When it was last changed, epoch milliseconds (whole seconds); 0: never. */
  readonly editedAt: number;
  readonly content: IncomingContent;
}

/**
 * When a message was written, or changed, epoch milliseconds: the messenger's second, and within it our time. Our time alone would let a
 * message overtake another if the clocks of two function instances differ. Edits come last in their second, after what they
 * change, so that only the messenger says which of them is the later one.
 */
export function writtenAt({ kind, sentAt, editedAt }: IncomingMessage, now: number): number {
  return kind === 'edit' ? editedAt + 999 : Math.min(Math.max(now, sentAt), sentAt + 999);
}

export type IncomingContent =
  /** Formatting is flattened. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: IncomingFile; readonly caption: string }
  /** Something that the web cannot show; `what` with its article: `a poll`. */
  | { readonly kind: 'other'; readonly what: string };

/** A file that somebody posted. */
export interface IncomingFile {
  /** What {@link Messenger.fetchFile} takes. */
  readonly reference: string;
  readonly name: string;
  /** MIME type. */
  readonly type: string;
  /** Bytes; undefined: not told. */
  readonly size?: number;
}

/** Somebody pressed a button under a message of the bot. */
export interface ButtonPress {
  readonly kind: 'press';
  readonly update: string;
  /** What {@link Messenger.acknowledge} takes. */
  readonly press: string;
  readonly chat: ChatPlace;
  /** The message. */
  readonly ref: MessageRef;
  /** When it was posted, epoch milliseconds (whole seconds); 0: long ago. */
  readonly askedAt: number;
  /** Who pressed: the id of their private chat. */
  readonly person: ChatId;
  readonly action: string;
}
