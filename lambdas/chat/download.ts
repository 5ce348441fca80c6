import { oneLine } from './protocol/client-frame';

/** How a file is handed out: what the browser is told that it is, and what to do with it. */
export interface Served {
  /** MIME type. */
  readonly type: string;
  /** `Content-Disposition`. */
  readonly disposition: string;
}

/**
 * How a browser gets a file. It shows what it cannot run: pictures, but not SVG, which holds scripts; video, audio and PDF.
 * Everything else it saves.
 */
export function served(file: { readonly name: string; readonly type: string }): Served {
  const type = MIME_TYPE.test(file.type) ? file.type : 'application/octet-stream';
  return { type, disposition: contentDisposition(SHOWN.test(type) ? 'inline' : 'attachment', file.name) };
}

const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+$/;
const SHOWN = /^((image|audio|video)\/(?!svg|.*xml)|application\/pdf$)/;

/** https://www.rfc-editor.org/rfc/rfc6266: the name in ASCII for old clients, and as it is in UTF-8. */
function contentDisposition(kind: 'inline' | 'attachment', fileName: string): string {
  const name = downloadName(fileName);
  // Some browsers decode a percent sign there.
  const ascii = name.replace(/[^\x20-\x7e]+|%/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** The most that a name may have, UTF-8 bytes: file systems have 255, and it is kept in a header of 2 KB. */
const NAME_BYTES = 200;

/**
 * A file's name that can be one on every system: no path, no control or direction characters, not hidden, none that Windows
 * reserves for a device, and short enough with its extension.
 */
export function downloadName(name: string): string {
  const safe = oneLine(name)
    .replace(/[\\/:*?"<>|]+/g, '_')
    .replace(/[.\s]+$/, '');
  const [extension = ''] = /\.[\p{L}\p{N}]{1,10}$/u.exec(safe) ?? [];
  let stem = safe.slice(0, safe.length - extension.length).replace(/^[.\s]+/, '') || 'file';
  if (/^(con|prn|aux|nul|(com|lpt)[\d¹²³])\s*(\.|$)/i.test(stem)) stem = `_${stem}`;
  const room = NAME_BYTES - Buffer.byteLength(extension);
  let kept = '';
  for (const char of stem) {
    if (Buffer.byteLength(kept + char) > room) break;
    kept += char;
  }
  return kept + extension;
}
