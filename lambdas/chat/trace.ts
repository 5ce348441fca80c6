import { publicMessageId } from './model/identifiers';
import { conversationKey, type Message } from './model/records';

/** How logged lines name a message. */
export interface Trace {
  readonly channel: string;
  readonly handle: string;
  /** The id by which visitors' browsers know it: the key itself may hold a Telegram user's number. */
  readonly id: string;
}

/** What every log line about a message says of it, from the frame to the messenger and back. Never its body. */
export function traceOf({ conversation, key }: Pick<Message, 'conversation' | 'key'>): Trace {
  const { channel, handle } = conversation;
  return { channel, handle, id: publicMessageId(conversationKey(conversation), key) };
}
