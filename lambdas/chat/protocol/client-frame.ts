import { CHANNEL_NAME_RULE, parseChannelName, type ChannelName } from '../model/identifiers';
import {
  FILE_NAME_LENGTH,
  FRAME_BYTES,
  MEMBER_ID_LENGTH,
  MEMBER_NAME_LENGTH,
  MESSAGE_ID_LENGTH,
  TEXT_BYTES,
} from '../model/limits';
import { refuse, type Refusal, type RefusalCode } from '../model/refusal';

/** A file as its sender describes it. */
export interface DeclaredFile {
  readonly name: string;
  /** MIME type, lower case, without parameters. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

export type ClientFrame =
  /** The bare text `Hi`. */
  | { readonly tag: 'Hi' }
  | { readonly tag: 'PING' }
  /** `name` null: make one up. */
  | {
      readonly tag: 'JOIN';
      readonly memberId: string;
      readonly name: string | null;
      readonly channel: ChannelName;
      /** The id of the last message that the client got. */
      readonly cursor?: string;
    }
  | { readonly tag: 'TXT'; readonly messageId: string; readonly text: string }
  | { readonly tag: 'UPL'; readonly messageId: string; readonly file: DeclaredFile }
  | { readonly tag: 'BIN'; readonly messageId: string; readonly url: string; readonly file: DeclaredFile };

/** A frame that is refused, with the id of the message it would have been. */
export interface RefusedFrame {
  readonly tag: 'refused';
  readonly refusal: Refusal;
  readonly messageId?: string;
}

/** Reads a text frame of `k1te.chat.v1`. Never throws; the size is looked at before anything is parsed. */
export function parseClientFrame(text: string): ClientFrame | RefusedFrame {
  const size = Buffer.byteLength(text);
  if (size > FRAME_BYTES) return refused(413, `A frame may have ${FRAME_BYTES} bytes, this one has ${size}`);
  if (text === 'Hi') return { tag: 'Hi' };
  const elements = parseArray(text);
  if (!elements) return refused(400, 'A frame is a JSON array whose first element is its type');
  try {
    return read(elements);
  } catch (error) {
    if (error instanceof Malformed) return refused(error.code, error.message, echoOf(elements));
    throw error;
  }
}

/** Thrown and caught in this file only. */
class Malformed extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }
}

function read(elements: readonly unknown[]): ClientFrame {
  switch (elements[0]) {
    case 'PING':
      return { tag: 'PING' };
    case 'JOIN':
      return {
        tag: 'JOIN',
        memberId: shortText(elements[1], 'memberId', MEMBER_ID_LENGTH),
        name: memberName(elements[2]),
        channel: channelName(elements[3]),
        ...cursor(elements[4]),
      };
    case 'TXT':
      return { tag: 'TXT', messageId: messageId(elements[1]), text: messageText(elements[2], elements[3]) };
    case 'UPL': {
      const id = messageId(elements[1]);
      const file = declaredFile(elements[2], elements[3], elements[4]);
      timestamp(elements[5]);
      return { tag: 'UPL', messageId: id, file };
    }
    case 'BIN': {
      const id = messageId(elements[1]);
      const url = shortText(elements[2], 'url', 2048);
      const file = declaredFile(elements[3], elements[4], elements[5]);
      timestamp(elements[6]);
      return { tag: 'BIN', messageId: id, url, file };
    }
    default:
      throw new Malformed(400, 'Unknown frame type: it is one of JOIN, TXT, UPL, BIN and PING');
  }
}

function parseArray(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refused(code: RefusalCode, reason: string, messageId?: string): RefusedFrame {
  return { tag: 'refused', refusal: refuse(code, reason), ...(messageId === undefined ? {} : { messageId }) };
}

/** The id that an ERR about this frame names: whatever a client can have meant by it. */
function echoOf([tag, id]: readonly unknown[]): string | undefined {
  const named = tag === 'TXT' || tag === 'UPL' || tag === 'BIN';
  return named && typeof id === 'string' && id !== '' && id.length <= MESSAGE_ID_LENGTH ? id : undefined;
}

function shortText(value: unknown, what: string, length: number): string {
  if (typeof value !== 'string' || value === '') throw new Malformed(400, `${what} must be a text that is not empty`);
  if (value.length > length) throw new Malformed(400, `${what} may have ${length} characters, not ${value.length}`);
  return value;
}

function messageId(value: unknown): string {
  return shortText(value, 'messageId', MESSAGE_ID_LENGTH);
}

/** Clients of the first version may send anything there. */
function cursor(value: unknown): { readonly cursor?: string } {
  return typeof value === 'string' && value !== '' && value.length <= MESSAGE_ID_LENGTH ? { cursor: value } : {};
}

function memberName(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value !== 'string') throw new Malformed(400, 'memberName must be a text or null');
  const name = oneLine(value);
  const length = [...name].length;
  if (length > MEMBER_NAME_LENGTH) {
    throw new Malformed(400, `memberName may have ${MEMBER_NAME_LENGTH} characters, not ${length}`);
  }
  return name === '' ? null : name;
}

/** What holds an emoji of several parts together, and what Persian and Indic names are spelled with: one, within a word. */
const JOINER =
  /(?<=[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d](?=[\p{L}\p{Extended_Pictographic}])/u;
/** The flag of a part of a country: England, Scotland, Wales. */
const REGION_FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}/u;
/** Line breaks, control characters, and everything else that is invisible or turns the direction. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/u;
const KEPT_OR_INVISIBLE = new RegExp(`(${JOINER.source}|${REGION_FLAG.source})|${INVISIBLE.source}`, 'gu');

/** A name stands in a line that the bot writes: it cannot make a line of its own, nor turn the direction. */
export function oneLine(text: string): string {
  return wellFormed(text)
    .replace(KEPT_OR_INVISIBLE, (_, kept: string | undefined) => kept ?? ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function channelName(value: unknown): ChannelName {
  const name = parseChannelName(value);
  if (!name) throw new Malformed(400, `channelName is not one: ${CHANNEL_NAME_RULE}`);
  return name;
}

function messageText(value: unknown, sentAt: unknown): string {
  if (typeof value !== 'string') throw new Malformed(400, 'text must be a text');
  const size = Buffer.byteLength(value);
  if (size > TEXT_BYTES) throw new Malformed(413, `A text may have ${TEXT_BYTES} bytes, this one has ${size}`);
  if (value.trim() === '') throw new Malformed(400, 'The text is empty');
  timestamp(sentAt);
  return wellFormed(value);
}

function timestamp(value: unknown): void {
  const valid = typeof value === 'string' && /^[+-]?\d{4,6}-\d\d/.test(value) && !Number.isNaN(Date.parse(value));
  if (!valid) throw new Malformed(400, 'timestamp must be an ISO-8601 time');
}

function declaredFile(name: unknown, type: unknown, size: unknown): DeclaredFile {
  const fileName = oneLine(shortText(name, 'fileName', FILE_NAME_LENGTH));
  if (fileName === '') throw new Malformed(400, 'fileName must be a text that is not empty');
  const fileType = shortText(type, 'fileType', 255).split(';', 1)[0] ?? '';
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new Malformed(400, 'fileSize must be a whole number of bytes');
  }
  return { name: fileName, type: fileType.trim().toLowerCase(), size };
}

/** The text as it survives UTF-8: a lone surrogate becomes U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
