import { createHmac } from 'node:crypto';
import { downloadName } from '../download';
import { newFileKey } from '../files';
import { keyPart } from '../model/identifiers';
import type { Content, Conversation, MessageRef } from '../model/records';
import type { FileStream, World } from '../ports';
import { FETCH_BYTES, type Messenger, MessengerFailure } from './port';
import type { IncomingContent } from './incoming';

/** Why something cannot be delivered, as a whole sentence for its author. */
export interface NotDelivered {
  readonly kind: 'not delivered';
  readonly reason: string;
}

/**
 * What somebody posted, as the other side gets it. A file is copied into the bucket; its key is the same whenever the same
 * message is copied, and still nobody can guess it. Throws {@link MessengerFailure} if trying again may help.
 */
export async function adopt(
  world: Pick<World, 'files' | 'secrets' | 'logger'>,
  messenger: Messenger,
  conversation: Conversation,
  { ref, content }: { readonly ref: MessageRef; readonly content: IncomingContent },
): Promise<Content | NotDelivered> {
  switch (content.kind) {
    case 'text':
      return { kind: 'text', text: content.text };
    case 'other':
      return notDelivered(`${capital(content.what)} cannot be shown on the website`);
    case 'file': {
      const { reference, name, type, size } = content.file;
      if (size !== undefined && size > FETCH_BYTES) return notDelivered(tooBig(size));
      let file: FileStream;
      try {
        file = await messenger.fetchFile(reference);
      } catch (error) {
        if (!(error instanceof MessengerFailure) || error.kind !== 'refused') throw error;
        world.logger.warn('A file could not be fetched', { reason: error.message });
        return notDelivered('The file cannot be fetched; bots can fetch 20 MB at most');
      }
      const key = newFileKey(conversation, name, await fileToken(world, ref));
      await world.files.write(key, file, { type, name: downloadName(name) });
      const { caption } = content;
      return { kind: 'file', file: { key, name, type, size: file.size }, ...(caption ? { caption } : {}) };
    }
  }
}

function notDelivered(reason: string): NotDelivered {
  return { kind: 'not delivered', reason };
}

function tooBig(size: number): string {
  return `The file has ${(size / 1e6).toFixed(1)} MB; bots can fetch 20 MB at most`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** 16 bytes. */
async function fileToken(world: Pick<World, 'secrets'>, { chat, message }: MessageRef): Promise<Buffer> {
  const botToken = await world.secrets.botToken();
  return createHmac('sha256', botToken)
    .update(`file ${chat} ${keyPart(message)}`)
    .digest()
    .subarray(0, 16);
}
