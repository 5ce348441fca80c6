/** Who wrote the message. */
export type Author = 'visitor' | 'host';

/** How far one of the visitor's messages got. */
export type Delivery = 'sending' | 'sent' | 'failed';

/** A file in a message. */
export interface Attachment {
  readonly name: string;
  /** MIME type. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Where it can be fetched; known once it is uploaded. */
  readonly url?: string;
  /** The bytes, as long as they are not delivered. */
  readonly content?: Blob;
}

/** A message of the conversation. */
export interface ChatMessage {
  /** The visitor's own messages carry an id made here, the host's one made by the server. */
  readonly id: string;
  readonly author: Author;
  readonly text?: string;
  readonly file?: Attachment;
  /** Milliseconds since 1970: the server's clock once it answered, this browser's before. */
  readonly at: number;
  /** When this browser got it or its receipt: clocks differ, and some servers count whole seconds. */
  readonly order: number;
  readonly delivery?: Delivery;
  /** Why it failed: the protocol's error code, if it was the server who refused. */
  readonly code?: number;
  /** The server's sentence for it, in English. */
  readonly reason?: string;
  /** The tab that delivers it. */
  readonly tab?: string;
  /** Whether the visitor has seen it (the host's messages only). */
  readonly seen?: boolean;
  readonly corrected?: boolean;
}

/** In the order in which this browser came to know them; what is not delivered yet stands last. */
export function inOrder(a: ChatMessage, b: ChatMessage): number {
  return Number(a.delivery === 'sending') - Number(b.delivery === 'sending') || a.order - b.order;
}
