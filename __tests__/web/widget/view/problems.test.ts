import { fileRefusal } from '../../../../lambdas/chat/files';
import { DEFAULT_FILE_LIMITS } from '../../../../lambdas/chat/model/file-limits';
import type { ChatMessage } from '../../../../web/widget/conversation/message';
import { canRetry, whyNotSent } from '../../../../web/widget/view/problems';
import { LANGUAGE_TAGS, wordsFor } from '../../../../web/widget/view/words';

const MEBIBYTE = 1024 * 1024;
/** Every code of the protocol, two that it does not have, and none. */
const CODES = [400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, undefined];
const ENGLISH = '⛔ A sentence of the server';

const message = (code: number | undefined, more: Partial<ChatMessage> = {}): ChatMessage => ({
  id: 'm',
  author: 'visitor',
  at: 0,
  order: 0,
  text: 'Hello',
  delivery: 'failed',
  ...(code === undefined ? {} : { code, reason: ENGLISH }),
  ...more,
});

const withFile = (code: number, type: string, size: number, reason = ENGLISH): ChatMessage =>
  message(code, { text: undefined, reason, file: { name: 'f', type, size, content: new Blob(['x']) } });

const whole = (code: number | undefined, tag: string): string => whyNotSent(message(code), wordsFor(tag));

test.each(LANGUAGE_TAGS)("in %s no refused message shows the server's words or sign", (tag) => {
  const words = wordsFor(tag);
  for (const code of CODES) {
    for (const refused of [message(code), withFile(code ?? 0, 'image/png', 9), withFile(code ?? 0, 'text/html', 9)]) {
      expect(whyNotSent(refused, words)).not.toMatch(/server|⛔|undefined|\{/);
    }
  }
});

test('each language has its own sentence for each problem that a visitor can have', () => {
  for (const code of [413, 500, 502, 503]) {
    expect(new Set(LANGUAGE_TAGS.map((tag) => whole(code, tag))).size).toBe(LANGUAGE_TAGS.length);
  }
  expect(whole(502, 'en')).toBe('Nobody is here to answer now. Please try again later.');
  expect(whole(500, 'uk')).toBe('Спробуйте пізніше.');
});

test("for a file that is too large, the visitor reads the server's limit, not the one the widget was built with", () => {
  const refusal = fileRefusal(DEFAULT_FILE_LIMITS, 'video/mp4', 30 * MEBIBYTE)!;
  const file = (reason: string): ChatMessage => withFile(413, 'video/mp4', 30 * MEBIBYTE, reason);
  expect(whyNotSent(file(`⛔ ${refusal.reason}`), wordsFor('en'))).toBe('The file is larger than 20 MB.');
  expect(whyNotSent(file('⛔ A file of type video/mp4 may have 1572864 bytes, this one has 9'), wordsFor('de'))).toBe(
    'Die Datei ist größer als 1.5 MB.',
  );
  expect(whyNotSent(file('⛔ Too large'), wordsFor('es'))).toBe('');
});

test('for a file of a type that the server does not take, the visitor reads that, and cannot try again', () => {
  const { reason } = fileRefusal(DEFAULT_FILE_LIMITS, 'text/html', 9)!;
  const refused = withFile(400, 'text/html', 9, `⛔ ${reason}`);
  expect(whyNotSent(refused, wordsFor('en'))).toBe('Files of this type cannot be sent.');
  expect(canRetry(refused)).toBe(false);
  expect(whyNotSent(withFile(400, 'image/png', 9), wordsFor('en'))).toBe('');
  expect(canRetry(withFile(400, 'image/png', 9))).toBe(true);
});

test('trying again is offered where it can help', () => {
  const offered = (code: number | undefined): boolean => canRetry(message(code));
  expect([403, 404, 500, 502, undefined].map(offered)).toEqual([true, true, true, true, true]);
  expect([400, 413].map(offered)).toEqual([false, false]);
  expect(canRetry(withFile(503, 'image/png', 9))).toBe(true);
  expect(canRetry(withFile(413, 'image/png', 9))).toBe(false);
  // A browser that keeps no files has only the name after a reload.
  expect(canRetry(message(undefined, { file: { name: 'f', type: 'image/png', size: 9 } }))).toBe(false);
});
