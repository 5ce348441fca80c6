import type { RefusalCode } from '../../lambdas/chat/refusal';
import type { ChatMessage } from '../conversation/message';
import { inWords, refuseFile } from './file-rules';
import type { Words } from './words';

/**
 * What to say about a message that was not sent, for each error code of the protocol. Nothing where only a broken widget
 * gets (400), where the message waits (401, 429), and where the visitor was refused: the composer says that.
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

/** Why a message was not sent, as far as it helps to know. The server's own sentence is English, and never shown. */
export function whyNotSent({ code = 0, reason = '', file }: ChatMessage, words: Words): string {
  if (file && (code === 400 || code === 413)) {
    // The server's limit may differ from the one this widget was built with.
    const limit = code === 413 && Number(/(\d+) bytes/.exec(reason)?.[1]);
    const refusal = limit ? ({ kind: 'size', limit } as const) : refuseFile(file);
    return refusal ? inWords(refusal, words) : '';
  }
  const sentences = SENTENCES[(code > 502 ? 500 : code) as RefusalCode] as readonly (keyof Words)[] | undefined;
  return (sentences ?? []).map((sentence) => words[sentence]).join(' ');
}

/** Whether sending a message again, as it is, can help. */
export function canRetry({ code, file }: ChatMessage): boolean {
  return file ? code !== 413 && file.content !== undefined : code !== 413 && code !== 400;
}
