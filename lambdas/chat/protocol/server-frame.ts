import { conversationKey, type Message } from '../model/records';
import { publicMessageId } from '../model/identifiers';
import { fileUrl } from '../files';
import type { Refusal } from '../model/refusal';

/** Answers and pushes of `k1te.chat.v1`, as text frames. */
export const OK_FRAME = '["OK"]';
export const PONG_FRAME = '["PONG"]';
/** The answer to the bare text `Hi`: not JSON. */
export const HI_ANSWER = 'OK';

/** `at`: ISO time at which the message reached us. */
export function ackFrame(clientMessageId: string, serverMessageId: string, at: string): string {
  return JSON.stringify(['ACK', clientMessageId, serverMessageId, at]);
}

/** The reason starts with the no-entry sign; the message it answers is named where there is one. */
export function errorFrame({ reason, code }: Refusal, messageId?: string): string {
  return JSON.stringify(['ERR', `\u26d4 ${reason}`, code, ...(messageId === undefined ? [] : [messageId])]);
}

export function uploadFrame(messageId: string, downloadUrl: string, uploadUrl: string): string {
  return JSON.stringify(['UPL', messageId, downloadUrl, uploadUrl]);
}

/**
 * What a visitor's client is sent for a message of the host: one frame, or two if a file has a caption. The ids are the
 * same whenever the message is sent; a correction has the id of what it corrects.
 */
export function hostMessageFrames(message: Message, apiUrl: string): string[] {
  const { content, at } = message;
  const idOf = (key: string) => publicMessageId(conversationKey(message.conversation), key);
  switch (content.kind) {
    case 'text':
      return [JSON.stringify(['TXT', idOf(message.key), content.text, at])];
    case 'correction':
      return [JSON.stringify(['TXT', idOf(content.of), content.text, at])];
    case 'file': {
      const { key, name, type, size } = content.file;
      const file = JSON.stringify(['BIN', idOf(message.key), fileUrl(apiUrl, key), name, type, size, at]);
      const { caption } = content;
      return caption ? [file, JSON.stringify(['TXT', idOf(captionKey(message.key)), caption, at])] : [file];
    }
    case 'notice':
      return [];
  }
}

/** The ids of the frames that bring a message: a correction brings that of another one again. */
export function frameIds({ conversation, key, content }: Message): string[] {
  const keys = { text: [key], file: [key, captionKey(key)], correction: [], notice: [] }[content.kind];
  return keys.map((each) => publicMessageId(conversationKey(conversation), each));
}

/** The id of the last frame of a message: who has it has the message. No frame has that of a correction. */
export function lastFrameId({ conversation, key, content }: Message): string {
  const last = content.kind === 'file' && content.caption ? captionKey(key) : key;
  return publicMessageId(conversationKey(conversation), last);
}

const CAPTION = '#caption';

/** The key under which a file's caption has its own public id, so that it can be corrected. */
export function captionKey(messageKey: string): string {
  return `${messageKey}${CAPTION}`;
}

/** The key of the message whose text or caption a correction is `of`. */
export function correctedKey(of: string): string {
  return of.endsWith(CAPTION) ? of.slice(0, -CAPTION.length) : of;
}
