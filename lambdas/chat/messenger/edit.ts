import { createHash } from 'node:crypto';
import type { IncomingMessage } from './incoming';

/** A new text for a message. */
export interface Edit {
  /** Under which this version is stored: the same edit is stored once. */
  readonly key: string;
  readonly text: string;
}

/** What an edited message, stored under `of`, says now; undefined: nothing that could be shown. */
export function editOf(of: string, { content, editedAt }: IncomingMessage): Edit | undefined {
  const text = content.kind === 'text' ? content.text : content.kind === 'file' ? content.caption : '';
  if (text === '') return undefined;
  const version = createHash('sha256').update(`${editedAt}\n${text}`).digest('hex').slice(0, 16);
  return { key: `${of}#edit#${version}`, text };
}
