import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_FILE_LIMITS } from '../../lambdas/chat/model/file-limits';
import {
  FRAME_BYTES,
  MEMBER_NAME_LENGTH,
  MESSAGE_ID_LENGTH,
  RATE_LIMITS,
  TEXT_BYTES,
} from '../../lambdas/chat/model/limits';
import { parseClientFrame } from '../../lambdas/chat/protocol/client-frame';
import { SUBPROTOCOL } from '../../lambdas/chat/protocol/subprotocol';
import { rowsBelow } from '../readme/markdown';

/** docs/protocol.md is what people write clients by: it must say what the server does. */
const text = readFileSync(join(__dirname, '../../docs/protocol.md'), 'utf8');

test('every frame of a client that the page shows is read, with the elements in that order', () => {
  const values: Record<string, unknown> = {
    memberId: 'abcdefghij',
    memberName: 'Ada',
    channel: 'my-channel',
    messageId: 'm1',
    text: 'Hello',
    timestamp: '2026-01-02T03:04:05Z',
    url: 'https://api.example.com/files/x',
    fileName: 'cat.png',
    fileType: 'image/png',
    fileSize: 10,
    lastId: '7mhrbl7pbtt9qq2lumb',
  };
  const frames = rowsBelow(text, 'From the client').map(([frame = '']) => frame.replaceAll('`', ''));
  const tags = frames.map((frame) => {
    const elements = frame.slice(1, -1).split(', ');
    const sent = elements.map((name) => (name.startsWith('"') ? (JSON.parse(name) as string) : values[name]));
    expect(sent).not.toContain(undefined);
    const read = parseClientFrame(JSON.stringify(sent));
    if (elements.includes('lastId')) expect(read).toHaveProperty('cursor', values['lastId']);
    return read.tag;
  });
  expect(tags).toEqual(['JOIN', 'JOIN', 'TXT', 'UPL', 'BIN', 'PING']);
});

test('the numbers on the page are the server’s', () => {
  const written = (bytes: number) => bytes.toLocaleString('en-US');
  expect(text).toContain(`\`${SUBPROTOCOL}\``);
  expect(text).toContain(`A frame may have ${written(FRAME_BYTES)} bytes`);
  expect(text).toContain(`1 to ${written(TEXT_BYTES)} bytes of UTF-8`);
  expect(text).toContain(`up to ${MEMBER_NAME_LENGTH} characters`);
  expect(text).toContain(`name of 1 to ${MESSAGE_ID_LENGTH} characters`);
  expect(text).toContain(`${RATE_LIMITS.messagesPerVisitor} messages a minute for each visitor`);
  expect(text).toContain(`${written(RATE_LIMITS.messagesPerChannel)} messages a minute for each channel`);
});

test('every type of file is on the page with its limit', () => {
  const rows = [...text.matchAll(/^\| (`\w+\/.*`) \| (\d+) MiB \|$/gm)];
  const listed = rows.flatMap(([, types = '', size]) =>
    types.split(', ').map((type) => [type.replaceAll('`', ''), Number(size) * 1024 * 1024]),
  );
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(DEFAULT_FILE_LIMITS));
});

test('every error code is on the page', () => {
  const source = readFileSync(join(__dirname, '../../lambdas/chat/model/refusal.ts'), 'utf8');
  const codes = [...(/RefusalCode = ([^;]+);/.exec(source)?.[1] ?? '').matchAll(/\d+/g)].map(([code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(rowsBelow(text, 'Errors').map(([code]) => code)).toEqual(codes);
});
