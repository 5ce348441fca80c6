import type { ChannelName, Handle } from '../../../../lambdas/chat/model/identifiers';
import { inOrder, isSaid, textOf, withText } from '../../../../lambdas/chat/model/message';
import type { Content, Message } from '../../../../lambdas/chat/model/records';

const message = (over: Partial<Message> = {}): Message => ({
  conversation: { channel: 'my-channel' as ChannelName, handle: 'abcdefghijkl' as Handle },
  key: 'v#b',
  direction: 'to-host',
  content: { kind: 'text', text: 'Hi' },
  at: '2026-01-01T00:00:01.000Z',
  order: 5,
  due: false,
  ...over,
});
const file = { key: 'k', name: 'a.pdf', type: 'application/pdf', size: 7 };
const FILE: Content = { kind: 'file', file };
const NOTICE = { kind: 'notice', notice: 'joined' } as Content;

test.each<[string, Partial<Message>]>([
  ['by the time of arrival, whatever their numbers', { at: '2026-01-01T00:00:00.000Z', order: 9, key: 'v#c' }],
  ['of one moment by their numbers, which are not texts', { order: 4, key: 'v#c' }],
  ['of one moment and number by their keys', { key: 'v#a' }],
])('messages are in order %s', (_, earlier) => {
  expect(inOrder(message(earlier), message())).toBeLessThan(0);
  expect(inOrder(message(), message(earlier))).toBeGreaterThan(0);
});

test('nine comes before ten', () => {
  expect(inOrder(message({ order: 9 }), message({ order: 10 }))).toBeLessThan(0);
});

test('a text says its text, a file its caption, a notice nothing', () => {
  const correction: Content = { kind: 'correction', of: 'v#b', text: 'new' };
  const contents: Content[] = [message().content, correction, { ...FILE, caption: 'see' }, FILE, NOTICE];
  expect(contents.map(textOf)).toEqual(['Hi', 'new', 'see', undefined, undefined]);
  expect(contents.map((content) => textOf(withText(content, 'else')))).toEqual([
    'else',
    'else',
    'else',
    'else',
    undefined,
  ]);
  expect(withText(FILE, 'else')).toEqual({ ...FILE, caption: 'else' });
  expect(withText(correction, 'else')).toEqual({ ...correction, text: 'else' });
  expect(withText(NOTICE, 'else')).toBe(NOTICE);
});

test('an edit says something new unless the same is shown, or will certainly be', () => {
  expect(isSaid(message(), 'Hi')).toBe(true);
  expect(isSaid(message(), 'Ho')).toBe(false);
  expect(isSaid(message({ content: FILE }), '')).toBe(true);
  expect(isSaid(message({ content: FILE }), 'see')).toBe(false);
  expect(isSaid(message({ due: true }), 'Hi')).toBe(true);
  expect(isSaid(message({ attemptedAt: '2026-01-01T00:00:02.000Z' }), 'Hi')).toBe(true);
  expect(isSaid(message({ due: true, attemptedAt: '2026-01-01T00:00:02.000Z' }), 'Hi')).toBe(false);
});
