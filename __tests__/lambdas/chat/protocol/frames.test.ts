import type { ChannelName, Handle } from '../../../../lambdas/chat/model/identifiers';
import type { Content, Message } from '../../../../lambdas/chat/model/records';
import { parseClientFrame } from '../../../../lambdas/chat/protocol/client-frame';
import {
  captionKey,
  correctedKey,
  errorFrame,
  hostMessageFrames,
} from '../../../../lambdas/chat/protocol/server-frame';

const NOW = '2026-01-02T03:04:05Z';
const parse = (...elements: unknown[]) => parseClientFrame(JSON.stringify(elements));

describe('a frame that is taken', () => {
  test.each([
    [['PING'], { tag: 'PING' }],
    [['JOIN', 'm', null, 'my-channel'], { tag: 'JOIN', memberId: 'm', name: null, channel: 'my-channel' }],
    [['JOIN', 'm', '', 'my-channel'], { tag: 'JOIN', memberId: 'm', name: null, channel: 'my-channel' }],
    [
      ['JOIN', 'm', ' Ann\n Lee ', 'my-channel'],
      { tag: 'JOIN', memberId: 'm', name: 'Ann Lee', channel: 'my-channel' },
    ],
    [['TXT', 'a', ' two\nlines ', NOW], { tag: 'TXT', messageId: 'a', text: ' two\nlines ' }],
    [['TXT', 'a', '\ud83d!', NOW], { tag: 'TXT', messageId: 'a', text: '\ufffd!' }],
    [['TXT', 'a', 'Hi', '+012026-01-02T03:04:05Z'], { tag: 'TXT', messageId: 'a', text: 'Hi' }],
    [['TXT', 'a', 'Hi', '-000001-01-02T03:04:05Z'], { tag: 'TXT', messageId: 'a', text: 'Hi' }],
    [['TXT', 'a', 'Hi', '2026-01'], { tag: 'TXT', messageId: 'a', text: 'Hi' }],
    [
      ['UPL', 'a', ' b.png ', ' Image/PNG ; q=1', 0, NOW],
      { tag: 'UPL', messageId: 'a', file: { name: 'b.png', type: 'image/png', size: 0 } },
    ],
    [
      ['BIN', 'a', 'https://x', 'b.png', 'image/png', 7, NOW],
      { tag: 'BIN', messageId: 'a', url: 'https://x', file: { name: 'b.png', type: 'image/png', size: 7 } },
    ],
  ])('%j', (elements, frame) => {
    expect(parse(...elements)).toEqual(frame);
  });

  test('at the very edge of each length', () => {
    expect(parse('JOIN', 'm'.repeat(128), '👩'.repeat(64), 'c'.repeat(32))).toMatchObject({ tag: 'JOIN' });
    expect(parse('TXT', 'a'.repeat(128), 'é'.repeat(2048), NOW)).toMatchObject({ tag: 'TXT' });
    expect(parse('UPL', 'a', 'n'.repeat(255), 't'.repeat(255), 1, NOW)).toMatchObject({ tag: 'UPL' });
    expect(parse('BIN', 'a', 'u'.repeat(2048), 'n', 't', 1, NOW)).toMatchObject({ tag: 'BIN' });
    const [before, after] = ['["PING",', '1]'];
    const padded = before + ' '.repeat(32 * 1024 - before.length - after.length) + after;
    expect(parseClientFrame(padded)).toEqual({ tag: 'PING' });
    expect(parseClientFrame(`${padded} `)).toMatchObject({
      refusal: { code: 413, reason: 'A frame may have 32768 bytes, this one has 32769' },
    });
  });

  test('is also the bare text Hi', () => {
    expect(parseClientFrame('Hi')).toEqual({ tag: 'Hi' });
  });
});

describe('a frame that is refused says why, and names the message where it has an id', () => {
  const FILE = ['b.png', 'image/png', 7, NOW];
  const REFUSED: [frame: unknown[], code: number, reason: string, messageId?: string][] = [
    [['WHAT', 'a'], 400, 'Unknown frame type: it is one of JOIN, TXT, UPL, BIN and PING'],
    [['JOIN', '', null, 'my-channel'], 400, 'memberId must be a text that is not empty'],
    [['JOIN', 7, null, 'my-channel'], 400, 'memberId must be a text that is not empty'],
    [['JOIN', 'm'.repeat(129), null, 'my-channel'], 400, 'memberId may have 128 characters, not 129'],
    [['JOIN', 'm', 7, 'my-channel'], 400, 'memberName must be a text or null'],
    [['JOIN', 'm', '👩'.repeat(65), 'my-channel'], 400, 'memberName may have 64 characters, not 65'],
    [['JOIN', 'm', null, 'short'], 400, 'channelName is not one: '],
    [['TXT', '', 'Hi', NOW], 400, 'messageId must be a text that is not empty'],
    [['TXT', 'a'.repeat(129), 'Hi', NOW], 400, 'messageId may have 128 characters, not 129'],
    [['TXT', 'a'.repeat(128), '', NOW], 400, 'The text is empty', 'a'.repeat(128)],
    [['TXT', 7, 'Hi', NOW], 400, 'messageId must be a text that is not empty'],
    [['TXT', 'a', 7, NOW], 400, 'text must be a text', 'a'],
    [['TXT', 'a', ' \n', NOW], 400, 'The text is empty', 'a'],
    [['TXT', 'a', `${'é'.repeat(2048)}x`, NOW], 413, 'A text may have 4096 bytes, this one has 4097', 'a'],
    [['TXT', 'a', 'Hi', 1], 400, 'timestamp must be an ISO-8601 time', 'a'],
    [['TXT', 'a', 'Hi', '2026-13-41'], 400, 'timestamp must be an ISO-8601 time', 'a'],
    [['TXT', 'a', 'Hi', 'on 2026-01-02'], 400, 'timestamp must be an ISO-8601 time', 'a'],
    [['TXT', 'a', 'Hi', '1 Jan 2026'], 400, 'timestamp must be an ISO-8601 time', 'a'],
    [['UPL', 'a', '', ...FILE.slice(1)], 400, 'fileName must be a text that is not empty', 'a'],
    [['UPL', 'a', '\n', ...FILE.slice(1)], 400, 'fileName must be a text that is not empty', 'a'],
    [['UPL', 'a', 'n'.repeat(256), ...FILE.slice(1)], 400, 'fileName may have 255 characters, not 256', 'a'],
    [['UPL', 'a', 'b.png', '', 7, NOW], 400, 'fileType must be a text that is not empty', 'a'],
    [['UPL', 'a', 'b.png', 't'.repeat(256), 7, NOW], 400, 'fileType may have 255 characters, not 256', 'a'],
    [['UPL', 'a', 'b.png', 'image/png', -1, NOW], 400, 'fileSize must be a whole number of bytes', 'a'],
    [['UPL', 'a', 'b.png', 'image/png', 1.5, NOW], 400, 'fileSize must be a whole number of bytes', 'a'],
    [['UPL', 'a', 'b.png', 'image/png', '7', NOW], 400, 'fileSize must be a whole number of bytes', 'a'],
    [['UPL', 'a', 'b.png', 'image/png', 7, 'now'], 400, 'timestamp must be an ISO-8601 time', 'a'],
    [['BIN', 'a', '', ...FILE], 400, 'url must be a text that is not empty', 'a'],
    [['BIN', 'a', 'u'.repeat(2049), ...FILE], 400, 'url may have 2048 characters, not 2049', 'a'],
    [['BIN', 'a', 'https://x', 'b.png', 'image/png', 7, 'now'], 400, 'timestamp must be an ISO-8601 time', 'a'],
  ];
  const titled = REFUSED.map((row) => [JSON.stringify(row[0]).slice(0, 80), row] as const);

  test.each(titled)('%s', (_, [elements, code, reason, messageId]) => {
    expect(parse(...elements)).toEqual({
      tag: 'refused',
      refusal: { kind: 'refused', code, reason: expect.stringContaining(reason) },
      ...(messageId === undefined ? {} : { messageId }),
    });
  });

  test.each(['', '{}', '"TXT"', 'null', '[', 'hi'])('%j is no array', (text) => {
    const reason = 'A frame is a JSON array whose first element is its type';
    expect(parseClientFrame(text)).toEqual({ tag: 'refused', refusal: { kind: 'refused', code: 400, reason } });
  });

  test('to the client as an ERR', () => {
    const refusal = { kind: 'refused', code: 404, reason: 'There is nothing' } as const;
    expect(JSON.parse(errorFrame(refusal))).toEqual(['ERR', '⛔ There is nothing', 404]);
    expect(JSON.parse(errorFrame(refusal, 'a'))).toEqual(['ERR', '⛔ There is nothing', 404, 'a']);
  });
});

describe('what a visitor is sent', () => {
  const message = (key: string, content: Content): Message => ({
    conversation: { channel: 'my-channel' as ChannelName, handle: 'abcdefghijkl' as Handle },
    key,
    direction: 'to-visitor',
    content,
    at: NOW,
    order: 1,
    due: true,
  });
  const sent = (key: string, content: Content) =>
    hostMessageFrames(message(key, content), 'https://api').map((frame) => JSON.parse(frame) as unknown[]);
  const file = { key: 'k', name: 'a.pdf', type: 'application/pdf', size: 7 };

  test('has an id of its own, which an edit shares', () => {
    const [[tag, id, text, at] = []] = sent('t#1', { kind: 'text', text: 'old' });
    expect([tag, text, at]).toEqual(['TXT', 'old', NOW]);
    expect(id).toMatch(/^[0-9a-z]{10,}$/);
    expect(sent('t#1#edit', { kind: 'correction', of: 't#1', text: 'new' })).toEqual([['TXT', id, 'new', NOW]]);
    expect(sent('t#2', { kind: 'text', text: 'old' })[0]?.[1]).not.toBe(id);
  });

  test('is a file, and its caption as a text with another id, which an edit of the caption shares', () => {
    const [bin, caption] = sent('t#1', { kind: 'file', file, caption: 'old' });
    expect(bin).toEqual(['BIN', expect.any(String), 'https://api/files/k', 'a.pdf', 'application/pdf', 7, NOW]);
    expect(caption).toEqual(['TXT', expect.any(String), 'old', NOW]);
    expect(caption?.[1]).not.toBe(bin?.[1]);
    const edit = sent('t#1#edit', { kind: 'correction', of: captionKey('t#1'), text: 'new' });
    expect(edit).toEqual([['TXT', caption?.[1], 'new', NOW]]);
    expect(sent('t#1', { kind: 'file', file })).toEqual([bin]);
    expect([correctedKey(captionKey('t#1')), correctedKey('t#1')]).toEqual(['t#1', 't#1']);
  });

  test('is nothing for what only operators are told', () => {
    expect(sent('n', { kind: 'notice', notice: 'joined' } as Content)).toEqual([]);
  });
});
