import { backoff } from '../../../web/widget/conversation/backoff';
import { parseEndpoint } from '../../../web/widget/conversation/endpoint';
import { formatSize } from '../../../web/shared/file-size';
import { isPicture, typeOf } from '../../../web/widget/conversation/file-type';
import { refuseFile } from '../../../web/widget/view/file-rules';
import { parseFrame } from '../../../web/widget/conversation/frames';
import { randomCharacters } from '../../../web/widget/conversation/identity';
import { piecesOf, safeUrl } from '../../../web/widget/view/links';
import { inOrder, type ChatMessage } from '../../../web/widget/conversation/message';
import { fill, LANGUAGE_TAGS, wordsFor } from '../../../web/widget/view/words';

const MEBIBYTE = 1024 * 1024;

test("a visitor's id is ten characters that cannot be guessed", () => {
  const ids = Array.from({ length: 1000 }, () => randomCharacters(10));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{10}$/);
  expect(new Set(ids.join('')).size).toBe(62);
});

test.each([
  ['wss://ws.example.com/prod?c=my_channel', 'my_channel'],
  ['ws://localhost:3000/dev?x=1&c=kite-demo', 'kite-demo'],
])('the endpoint %s is of channel %s', (text, channel) => {
  expect(parseEndpoint(text)?.channel).toBe(channel);
});

test.each([
  '',
  'https://example.com/prod?c=my_channel',
  'wss://example.com/prod',
  'wss://example.com/prod?c=short',
  'wss://example.com/prod?c=with space',
])('%p is no endpoint', (text) => {
  expect(parseEndpoint(text)).toBeUndefined();
});

test('two stages keep apart what they store', () => {
  const key = (stage: string): string | undefined =>
    parseEndpoint(`wss://ws.example.com/${stage}?c=my_channel`)?.storageKey;
  expect(key('dev')).not.toBe(key('prod'));
});

test.each([
  [0, { kind: 'empty' }],
  [1, undefined],
  [50 * MEBIBYTE, undefined],
  [50 * MEBIBYTE + 1, { kind: 'size', limit: 50 * MEBIBYTE }],
])('a file of %d bytes is answered with %p before the server is asked', (size, refusal) => {
  expect(refuseFile({ size })).toEqual(refusal);
});

test.each([
  ['prices.CSV', 'application/vnd.ms-excel', 'text/csv'],
  ['offer.docx', '', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['IMG_1.HEIC', '', 'image/heic'],
  ['voice.m4a', 'audio/x-m4a', 'audio/mp4'],
  ['photo.png', 'image/png', 'image/png'],
  ['note.txt', 'text/plain; charset=utf-8', 'text/plain'],
  ['thing.constructor', '', 'application/octet-stream'],
  ['noextension', '', 'application/octet-stream'],
])('the file %s, to the browser %j, is sent as %s', (name, type, sent) => {
  expect(typeOf({ name, type })).toBe(sent);
});

test('only what every browser shows is shown as a picture', () => {
  const types = ['image/jpeg', 'image/png', 'image/webp', 'image/heic', 'image/tiff', 'image/svg+xml', 'video/mp4'];
  expect(types.filter(isPicture)).toEqual(['image/jpeg', 'image/png', 'image/webp']);
});

test('sizes are written for people', () => {
  expect([12, 81_000, 2_400_000].map((size) => formatSize(size, 'en'))).toEqual(['12 byte', '81 kB', '2.4 MB']);
});

test('pauses double, are spread at random, and end at half a minute', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => backoff(attempt, () => 1))).toEqual([
    1000, 2000, 4000, 8000, 16000, 30000, 30000,
  ]);
  expect(backoff(3, () => 0)).toBe(4000);
});

test.each(['', 'Hi', '{}', '[]', '["NEWS"]', 'null', '12'])('the frame %p is ignored', (data) => {
  expect(parseFrame(data)).toBeUndefined();
});

test('an error frame says which message it answers, where there is one', () => {
  expect(parseFrame('["ERR","⛔ no",403,"m1"]')).toEqual({ tag: 'ERR', reason: '⛔ no', code: 403, messageId: 'm1' });
  expect(parseFrame('["ERR","⛔ no",404]')).toEqual({ tag: 'ERR', reason: '⛔ no', code: 404 });
});

test('web addresses in a text become links, and nothing else does', () => {
  expect(piecesOf('See https://example.com/a?b=c. Or javascript:alert(1)')).toEqual([
    { text: 'See ' },
    { text: 'https://example.com/a?b=c', href: 'https://example.com/a?b=c' },
    { text: '. Or javascript:alert(1)' },
  ]);
  expect(['https://x', 'blob:x', 'javascript:alert(1)', 'data:text/html,x', undefined].map(safeUrl)).toEqual([
    'https://x',
    'blob:x',
    undefined,
    undefined,
    undefined,
  ]);
});

test('what is still being sent stands below what is there', () => {
  const message = (id: string, order: number, delivery?: 'sending' | 'sent'): ChatMessage => ({
    id,
    author: 'visitor',
    at: 0,
    order,
    delivery,
  });
  const shown = [message('waiting', 1, 'sending'), message('second', 3, 'sent'), message('first', 2, 'sent')].sort(
    inOrder,
  );
  expect(shown.map(({ id }) => id)).toEqual(['first', 'second', 'waiting']);
});

test('the widget speaks English, Ukrainian, German and Spanish, and English otherwise', () => {
  expect(LANGUAGE_TAGS).toEqual(['en', 'uk', 'de', 'es']);
  expect(new Set(LANGUAGE_TAGS.map((tag) => wordsFor(tag).send)).size).toBe(4);
  expect(wordsFor('es-MX').send).toBe('Enviar');
  expect(wordsFor('fr').send).toBe('Send');
});

test.each(LANGUAGE_TAGS)('in %s every sentence that names something has its place for it', (tag) => {
  const words = wordsFor(tag);
  const values = { name: 'FILE', size: 'SIZE', count: 'COUNT', time: 'TIME' };
  expect(fill(words.openUnread, values)).toContain('COUNT');
  expect(fill(words.tooLarge, values)).toContain('SIZE');
  expect(fill(words.slow, values)).toContain('TIME');
  for (const text of [words.remove, words.notAdded]) expect(fill(text, values)).toContain('FILE');
});
