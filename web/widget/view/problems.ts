import type { RefusalCode } from '../../../lambdas/chat/model/refusal';
import type { ChatMessage } from '../conversation/message';
import { type FileRefusal, inWords, refuseFile } from './file-rules';
import type { Words } from './words';

/**
 * What to say about a message that was not sent, for each error code of the protocol. Nothing for a malformed frame (400),
 * for a message that waits (401, 429), and for a refused visitor (403, 404, 409): the notice above the composer says it.
 */
const SENTENCES: Readonly<Record<RefusalCode, readonly (keyof Words)[]>> = {
  400: [],
  401: [],
  403: [],
  404: [],
  409: [],
  413: ['tooLong'],
  429: [],
  500: ['later'],
  502: ['nobody', 'later'],
};

/** Why a message was not sent, in the visitor's language; empty if the reason would not help. */
export function whyNotSent({ code = 0, reason = '', file }: ChatMessage, words: Words): string {
  if (file && (code === 400 || code === 413)) {
    const limit = code === 413 && Number(/(\d+) bytes/.exec(reason)?.[1]);
    const refusal: FileRefusal | undefined = limit
      ? { kind: 'size', limit }
      : isWrongType(code, reason)
        ? { kind: 'type' }
        : refuseFile(file);
    return refusal ? inWords(refusal, words) : '';
  }
  const sentences = SENTENCES[(code > 502 ? 500 : code) as RefusalCode] as readonly (keyof Words)[] | undefined;
  return (sentences ?? []).map((sentence) => words[sentence]).join(' ');
}

/** Whether sending the same message again can help. */
export function canRetry({ code = 0, reason = '', file }: ChatMessage): boolean {
  if (!file) return code !== 413 && code !== 400;
  return code !== 413 && !isWrongType(code, reason) && file.content !== undefined;
}

/** The server's limits are its own: what it refuses is in its sentence. */
function isWrongType(code: number, reason: string): boolean {
  return code === 400 && /^\W*Files of /.test(reason);
}
