import { fileLimit, FILE_TYPES } from './file-limits';
import { parseChannelName, parseHandle } from './identifiers';
import { conversationKey, type Conversation } from './model';
import type { Randomness } from './ports';
import { refuse, type Refusal } from './refusal';

/** Undefined if a file of this type and size (bytes) may be sent. */
export function fileRefusal(type: string, size: number): Refusal | undefined {
  const limit = fileLimit(type);
  if (limit === undefined) {
    return refuse(400, `Files of this type cannot be sent; these can: ${FILE_TYPES.join(', ')}`);
  }
  if (size <= 0) return refuse(400, 'The file is empty');
  if (size > limit) return refuse(413, `A file of type ${type} may have ${limit} bytes, this one has ${size}`);
  return undefined;
}

/**
 * A new object key: nobody can guess it (128 random bits), no two files share one, it names the conversation that it
 * will be erased with, and of the file's name only what is harmless in a URL (D5b, D15).
 */
export function newFileKey(conversation: Conversation, fileName: string, random: Randomness): string {
  const token = Buffer.from(random.bytes(16)).toString('hex');
  return `${conversationKey(conversation)}/${token}/${safeName(fileName)}`;
}

/** The prefix of all keys of a conversation. */
export function fileKeyPrefix(conversation: Conversation): string {
  return `${conversationKey(conversation)}/`;
}

/** The key in a file's path, or undefined if it cannot be one of ours. */
export function parseFileKey(path: string): string | undefined {
  const [channel, handle, token, name, ...rest] = path.split('/');
  const valid =
    parseChannelName(channel) !== undefined &&
    parseHandle(handle) !== undefined &&
    /^[0-9a-f]{32}$/.test(token ?? '') &&
    /^[A-Za-z0-9._-]{1,100}$/.test(name ?? '') &&
    rest.length === 0;
  return valid ? path : undefined;
}

/** The link to a file that goes into the history: it stays good as long as the object is there (D16). */
export function fileUrl(apiUrl: string, key: string): string {
  return `${apiUrl}/files/${key}`;
}

/** The key in a link that this server issued for this conversation; undefined: any other URL (D5). */
export function keyOfFileUrl(apiUrl: string, conversation: Conversation, url: string): string | undefined {
  const prefix = `${apiUrl}/files/`;
  const key = url.startsWith(prefix) ? parseFileKey(url.slice(prefix.length)) : undefined;
  return key?.startsWith(fileKeyPrefix(conversation)) ? key : undefined;
}

function safeName(fileName: string): string {
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(fileName)?.[0] ?? '';
  const stem = fileName
    .slice(0, fileName.length - extension.length)
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 80);
  return `${stem || 'file'}${extension}`;
}
