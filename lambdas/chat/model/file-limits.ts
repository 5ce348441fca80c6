import { LARGEST_FILE } from './limits';

const MEBIBYTE = 1024 * 1024;

/** The types that may be sent, and how many bytes of each (inclusive). */
export type FileLimits = ReadonlyMap<string, number>;

/** What visitors may send unless a deployment is set otherwise. */
export const DEFAULT_FILE_LIMITS: FileLimits = new Map([
  ...allow(5, 'image/jpeg image/png'),
  ...allow(20, 'image/gif image/webp image/avif image/heic image/heif image/bmp image/tiff'),
  ...allow(20, 'video/mp4 video/quicktime video/webm video/3gpp'),
  ...allow(
    20,
    'audio/mpeg audio/mp4 audio/x-m4a audio/aac audio/ogg audio/webm audio/wav audio/x-wav audio/flac audio/amr',
  ),
  ...allow(20, 'text/plain text/csv text/markdown text/rtf application/rtf application/json'),
  ...allow(20, 'application/pdf application/zip application/x-zip-compressed'),
  ...allow(20, 'application/msword application/vnd.ms-excel application/vnd.ms-powerpoint'),
  ...allow(20, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'),
  ...allow(20, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
  ...allow(20, 'application/vnd.openxmlformats-officedocument.presentationml.presentation'),
  ...allow(20, 'application/vnd.oasis.opendocument.text application/vnd.oasis.opendocument.spreadsheet'),
  ...allow(20, 'application/vnd.oasis.opendocument.presentation'),
]);

/**
 * The default with changes, which are separated by spaces: `image/svg+xml=5` allows files of a type up to so many MiB, 0 forbids
 * them; `image/*=10` and `*=0` change all types so far that match. Throws an error that says what is wrong, and what to write.
 */
export function fileLimits(changes: string): FileLimits {
  const limits = new Map(DEFAULT_FILE_LIMITS);
  for (const change of changes.toLowerCase().split(/\s+/).filter(Boolean)) {
    const [, type = '', size = ''] = /^(\*|[\w.+-]+\/(?:\*|[\w.+-]+))=(\d{1,2})$/.exec(change) ?? [];
    const types = type.endsWith('*') ? [...limits.keys()].filter((each) => each.startsWith(type.slice(0, -1))) : [type];
    if (type === '' || types.length === 0 || Number(size) > LARGEST_FILE) {
      throw new Error(
        `"${change}" does not say what may be sent: write <type>=<MiB> with at most ${LARGEST_FILE} MiB, for example image/svg+xml=5 application/zip=0`,
      );
    }
    for (const each of types) limits.set(each, Number(size) * MEBIBYTE);
  }
  return new Map([...limits].filter(([, size]) => size > 0));
}

function allow(mebibytes: number, types: string): [string, number][] {
  return types.split(' ').map((type) => [type, mebibytes * MEBIBYTE]);
}
