import { oneLine } from '../../chat/protocol/client-frame';

/**
 * A file's name as grammY can put it into the header of a multipart part, where it stands without quotes: nothing in it
 * ends the value, or begins another parameter or header. Telegram reads no escapes there.
 */
export function multipartFileName(name: string): string {
  const safe = oneLine(name).replace(/["\\/;]+/g, '_');
  const [extension = ''] = /\.[\p{L}\p{N}]{1,10}$/u.exec(safe) ?? [];
  const stem = safe.slice(0, safe.length - extension.length);
  return /[^\s._]/u.test(stem) ? safe : `file${extension}`;
}
