import { createHmac } from 'node:crypto';
import type { FileLimits } from './model/file-limits';
import { parseChannelName, parseHandle } from './model/identifiers';
import { conversationKey, type Conversation, type Member } from './model/records';
import type { Randomness } from './ports';
import { refuse, type Refusal } from './model/refusal';

/** Undefined if a file of this type and size (bytes) may be sent. */
export function fileRefusal(limits: FileLimits, type: string, size: number): Refusal | undefined {
  const limit = limits.get(type);
  if (limit === undefined) return refuse(400, `Files of type ${type} cannot be sent here`);
  if (size <= 0) return refuse(400, 'The file is empty');
  if (size > limit) return refuse(413, `A file of type ${type} may have ${limit} bytes, this one has ${size}`);
  return undefined;
}

/**
 * A new object key: nobody can guess it (a token of 16 random bytes), no two files share one, it names the conversation
 * that it will be erased with, and of the file's name only what is harmless in a URL.
 */
export function newFileKey(conversation: Conversation, fileName: string, token: Uint8Array): string {
  return fileKey(conversation, token, safeName(fileName));
}

/**
 * The key of a file that a visitor may upload. Half of its token is random, the other half a keyed hash of the rest of the
 * key: {@link isUploadKey} knows it again, and nothing has to be stored for that.
 */
export function newUploadKey(handleKey: string, member: Uploader, fileName: string, random: Randomness): string {
  return uploadKey(handleKey, member, random.bytes(8), safeName(fileName));
}

/** Whether {@link newUploadKey} made this key, with the same `handleKey` and for the same member. */
export function isUploadKey(handleKey: string, member: Uploader, key: string): boolean {
  const [, , token = '', name = ''] = key.split('/');
  return key === uploadKey(handleKey, member, Buffer.from(token, 'hex').subarray(0, 8), name);
}

/** Who uploads: not the one who had the same member id before and was erased. */
type Uploader = Pick<Member, 'channel' | 'handle' | 'since'>;

function uploadKey(handleKey: string, member: Uploader, nonce: Uint8Array, name: string): string {
  const proof = createHmac('sha256', Buffer.from(handleKey, 'base64url'))
    .update(`upload\n${member.since}${fileKey(member, nonce, name)}`)
    .digest()
    .subarray(0, 8);
  return fileKey(member, Buffer.concat([nonce, proof]), name);
}

function fileKey(conversation: Conversation, token: Uint8Array, name: string): string {
  return `${fileKeyPrefix(conversation)}${Buffer.from(token).toString('hex')}/${name}`;
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

/** What is left of the file's name in a key: it has no other if it was stored by an earlier version. */
export function fileNameInKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** The link to a file that goes into the history: it stays good as long as the object is there. */
export function fileUrl(apiUrl: string, key: string): string {
  return `${apiUrl}/files/${key}`;
}

/** The key in a link to a file of ours; undefined: any other URL. */
export function keyOfFileUrl(apiUrl: string, url: string): string | undefined {
  const prefix = `${apiUrl}/files/`;
  return url.startsWith(prefix) ? parseFileKey(url.slice(prefix.length)) : undefined;
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
