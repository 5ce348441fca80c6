import type { IncomingContent, IncomingFile } from '../../chat/messenger/incoming';
import { oneLine } from '../../chat/protocol/client-frame';
import { type Fields, fields, list, number, text } from './fields';
import { flatten } from './flatten';

/** What a message says; undefined: it is a service message (somebody came, something was pinned). */
export function messageContent(message: Fields): IncomingContent | undefined {
  const words = text(message['text']);
  if (words !== undefined) return { kind: 'text', text: flatten(words, message['entities']) };
  const file = messageFile(message);
  if (file)
    return { kind: 'file', file, caption: flatten(text(message['caption']) ?? '', message['caption_entities']) };
  const sticker = fields(message['sticker']);
  if (sticker) return { kind: 'text', text: text(sticker['emoji']) ?? '🖼' };
  const other = OTHERS.find(([field]) => message[field] !== undefined);
  return other && { kind: 'other', what: other[1] };
}

/** Kinds of message that a website's visitor cannot be shown. Whatever is neither here nor above is a service message. */
const OTHERS: readonly (readonly [field: string, what: string])[] = [
  ['poll', 'a poll'],
  ['venue', 'a place'],
  ['location', 'a location'],
  ['contact', 'a contact'],
  ['dice', 'a dice'],
  ['game', 'a game'],
  ['story', 'a story'],
  ['invoice', 'an invoice'],
  ['paid_media', 'paid media'],
  ['checklist', 'a checklist'],
  ['giveaway', 'a giveaway'],
  ['giveaway_winners', 'a giveaway'],
  ['passport_data', 'passport data'],
];

/** The kinds of file that a message may hold, with the type that one has if it does not say. Animations first: they also have a document. */
const FILES: readonly (readonly [field: string, type: string, extension: string])[] = [
  ['animation', 'video/mp4', 'mp4'],
  ['document', 'application/octet-stream', 'bin'],
  ['video', 'video/mp4', 'mp4'],
  ['video_note', 'video/mp4', 'mp4'],
  ['voice', 'audio/ogg', 'ogg'],
  ['audio', 'audio/mpeg', 'mp3'],
];

function messageFile(message: Fields): IncomingFile | undefined {
  const photo = largest(message['photo']);
  if (photo) return fileOf(photo, 'photo', 'image/jpeg', 'jpg');
  for (const [field, type, extension] of FILES) {
    const file = fields(message[field]);
    if (file) return fileOf(file, field, type, extension);
  }
  return undefined;
}

/** Senders may claim what they like; it becomes a header. */
const MIME_TYPE = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;

function fileOf(file: Fields, field: string, type: string, extension: string): IncomingFile | undefined {
  const reference = text(file['file_id']);
  if (reference === undefined) return undefined;
  const size = number(file['file_size']);
  return {
    reference,
    name: oneLine(text(file['file_name']) ?? '') || `${field.replace('_', '-')}.${extension}`,
    type: MIME_TYPE.exec(text(file['mime_type']) ?? '')?.[0] ?? type,
    ...(size === undefined ? {} : { size }),
  };
}

/** Telegram sends a photo in several sizes. */
function largest(sizes: unknown): Fields | undefined {
  const area = (size: Fields | undefined) => (number(size?.['width']) ?? 0) * (number(size?.['height']) ?? 0);
  let best: Fields | undefined;
  for (const value of list(sizes)) {
    const size = fields(value);
    if (size && (!best || area(size) > area(best))) best = size;
  }
  return best;
}
