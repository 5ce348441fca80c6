import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import type { PhotoSize } from 'grammy/types';
import { badRequest } from './bot-api-error';
import { imageSize, plainPng } from './image';
import type { StateFile } from './state-file';
import type { FileRecord, MessageBody, TelegramState } from './state';

/** A file to be sent: its bytes and what is said of it. */
export interface FileContent {
  readonly name?: string;
  readonly mimeType?: string;
  readonly content: Buffer;
}

/** The kinds of file a message can carry. */
export const MEDIA_KINDS = ['photo', 'document', 'video', 'voice', 'audio', 'animation', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

const FOLDERS: Readonly<Record<MediaKind, string>> = {
  photo: 'photos',
  document: 'documents',
  video: 'videos',
  voice: 'voice',
  audio: 'music',
  animation: 'animations',
  sticker: 'stickers',
};

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'video/mp4': '.mp4',
  'audio/ogg': '.oga',
  'audio/mpeg': '.mp3',
};

const TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(EXTENSIONS).map(([type, extension]) => [extension, type])),
  '.jpeg': 'image/jpeg',
  '.txt': 'text/plain',
};

/** Photos are refused above 10 MB; https://core.telegram.org/bots/api#sendphoto */
const MAX_PHOTO_BYTES = 10 * 1024 * 1024;

/** The files that were sent, and the fields by which messages refer to them. */
export class Media {
  constructor(
    private readonly state: TelegramState,
    private readonly contents: StateFile,
  ) {}

  /** The file's record, undefined if no such file was ever sent. */
  find(fileId: string): FileRecord | undefined {
    return this.state.files.get(fileId);
  }

  findByPath(path: string): FileRecord | undefined {
    return [...this.state.files.values()].find((file) => file.path === path);
  }

  read(fileId: string): Buffer | undefined {
    return this.contents.readContent(fileId);
  }

  /**
   * Keeps a file and gives the message fields for it.
   * @throws BotApiError 400 for an empty file, and for a photo that is no image or above 10 MB
   */
  store(kind: MediaKind, file: FileContent, sticker?: { emoji: string }): MessageBody {
    if (file.content.length === 0) throw badRequest('file must be non-empty');
    if (kind === 'photo') return { photo: this.photoSizes(file) };
    const record = this.keep(FOLDERS[kind], file);
    const known = { file_id: record.id, file_unique_id: record.uniqueId, file_size: record.size };
    const named = { ...(file.name ? { file_name: file.name } : {}), mime_type: record.mimeType };
    switch (kind) {
      case 'document':
        return { document: { ...named, ...known } };
      case 'video':
        return { video: { ...named, ...known, width: 1280, height: 720, duration: 1 } };
      case 'animation': {
        const animation = { ...named, ...known, width: 320, height: 240, duration: 1 };
        return { animation, document: { ...named, ...known } };
      }
      case 'audio':
        return { audio: { ...named, ...known, duration: 1 } };
      case 'voice':
        return { voice: { ...known, mime_type: record.mimeType, duration: 1 } };
      case 'sticker':
        return {
          sticker: {
            ...known,
            type: 'regular',
            width: 512,
            height: 512,
            is_animated: false,
            is_video: false,
            ...(sticker ? { emoji: sticker.emoji } : {}),
          },
        };
    }
  }

  /** Message fields for a file that was sent before; undefined if there is none of that id and kind. */
  reuse(kind: MediaKind, fileId: string): MessageBody | undefined {
    if (!this.state.files.has(fileId)) return undefined;
    for (const chat of this.state.chats.values()) {
      for (const { body } of chat.messages.values()) {
        const media = body[kind];
        if (!media) continue;
        const ids = Array.isArray(media) ? media.map((size) => size.file_id) : [media.file_id];
        if (ids.includes(fileId)) return { [kind]: media };
      }
    }
    const content = this.read(fileId);
    const record = this.find(fileId);
    return content && record ? this.store(kind, { content, name: record.name, mimeType: record.mimeType }) : undefined;
  }

  /** Telegram keeps a photo in several sizes, smallest first; only the largest has the sender's picture here. */
  private photoSizes(file: FileContent): PhotoSize[] {
    if (file.content.length > MAX_PHOTO_BYTES) throw badRequest('file is too big');
    const size = imageSize(file.content);
    if (!size) throw badRequest('IMAGE_PROCESS_FAILED');
    const { width, height } = size;
    if (width + height > 10_000 || Math.max(width, height) > 20 * Math.min(width, height)) {
      throw badRequest('PHOTO_INVALID_DIMENSIONS');
    }
    const longer = Math.max(width, height);
    const smaller = [90, 320]
      .filter((side) => side < longer)
      .map((side) => {
        const scaled = {
          width: Math.max(1, Math.round((width * side) / longer)),
          height: Math.max(1, Math.round((height * side) / longer)),
        };
        return this.photoSize({ content: plainPng(scaled.width, scaled.height), mimeType: 'image/png' }, scaled);
      });
    return [...smaller, this.photoSize({ ...file, mimeType: file.mimeType ?? size.mimeType }, size)];
  }

  private photoSize(file: FileContent, { width, height }: { width: number; height: number }): PhotoSize {
    const record = this.keep(FOLDERS.photo, file);
    return { file_id: record.id, file_unique_id: record.uniqueId, file_size: record.size, width, height };
  }

  private keep(folder: string, file: FileContent): FileRecord {
    const number = this.state.nextFileNumber++;
    const byName = extname(file.name ?? '').toLowerCase();
    const said = file.mimeType === 'application/octet-stream' ? undefined : file.mimeType;
    const mimeType = said ?? TYPES[byName] ?? 'application/octet-stream';
    const record: FileRecord = {
      id: `AgAC${randomBytes(39).toString('base64url')}`,
      uniqueId: `AQAD${randomBytes(9).toString('base64url')}`,
      path: `${folder}/file_${number}${byName || EXTENSIONS[mimeType] || ''}`,
      size: file.content.length,
      mimeType,
      ...(file.name ? { name: file.name } : {}),
    };
    this.state.files.set(record.id, record);
    this.contents.writeContent(record.id, file.content);
    return record;
  }
}
