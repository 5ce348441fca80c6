import { createVisitorSide, type VisitorSide } from '../../../../lambdas/chat/browser-side';
import type { ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { SHARE, shareWait, weightOf } from '../../../../lambdas/chat/model/share';
import type { QueueItem } from '../../../../lambdas/chat/ports';
import { CHANNEL, ChatFixture, GROUP } from '../chat-fixture';

const NOW = '2026-01-02T03:04:05Z';
const SECOND = 1000;

let fixture: ChatFixture;
let visitors: VisitorSide;
let opened: number;
beforeEach(async () => {
  fixture = await new ChatFixture().start();
  visitors = createVisitorSide(fixture.world);
  opened = 0;
});

async function joined(id: string, sourceIp: string): Promise<(text: string) => Promise<string | undefined>> {
  const connection: ConnectionId = `ws:s${opened++}`;
  fixture.world.push.open(connection);
  await visitors.connect({ connection, protocols: [], sourceIp });
  const frame = (elements: unknown) =>
    visitors.receive(connection, JSON.stringify(elements), fixture.world.clock.now(), sourceIp);
  await frame(['JOIN', id, id, CHANNEL]);
  const { conversation } = (await fixture.world.connections.find(connection))!;
  await fixture.world.members.change(conversation!, { announcedAt: '' });
  return (text) => frame(['TXT', text, text, NOW]);
}

/** Works off the queue, each conversation by itself, and tells after how many seconds each text was in the group. */
async function shownAfter(): Promise<Map<string, number>> {
  const start = fixture.world.clock.now();
  const waiting: { item: QueueItem; attempt: number; at: number }[] = [];
  const seen = new Map<string, number>();
  for (;;) {
    waiting.push(...fixture.world.queue.items.splice(0).map((item) => ({ item, attempt: 1, at: start })));
    const next = waiting.sort((one, other) => one.at - other.at).shift();
    if (!next) return seen;
    fixture.world.clock.time = Math.max(fixture.world.clock.time, next.at);
    const outcome = await fixture.deliver(next.item, next.attempt);
    const now = fixture.world.clock.now();
    for (const text of fixture.shown()) if (!seen.has(text)) seen.set(text, (now - start) / SECOND);
    if (outcome.kind === 'retry') {
      waiting.push({ ...next, attempt: next.attempt + 1, at: now + Math.ceil(outcome.retryAfter) * SECOND });
    }
  }
}

test('a visitor who writes a few messages quickly is heard at once', async () => {
  const ann = await joined('ann', '198.51.100.1');
  for (let i = 0; i < 5; i++) await ann(`ann ${i}`);
  const after = await shownAfter();
  expect([...after.values()].every((seconds) => seconds < 2)).toBe(true);
  expect(after.size).toBe(5);
});

test('one visitor who floods leaves the group within the messenger’s limit, and others are heard at once', async () => {
  const mallory = await joined('mallory', '203.0.113.7');
  const ann = await joined('ann', '198.51.100.1');
  for (let i = 0; i < 40; i++) await mallory(`spam ${i}`);
  await ann('help');
  const after = await shownAfter();
  expect(after.size).toBe(41);
  expect(after.get('help')).toBeLessThan(5);
  const times = [...after].filter(([text]) => text.startsWith('spam')).map(([, at]) => at);
  for (const from of times) expect(times.filter((at) => at >= from && at < from + 60).length).toBeLessThanOrEqual(14);
});

test('a stranger under many names has one place in the line', async () => {
  const names = [];
  for (let i = 0; i < 30; i++) names.push(await joined(`name-${i}`, '203.0.113.7'));
  for (const [i, say] of names.entries()) await say(`spam ${i}`);
  const ann = await joined('ann', '198.51.100.1');
  await ann('help');
  const after = await shownAfter();
  expect(after.size).toBe(31);
  expect(after.get('help')).toBeLessThan(5);
  const times = [...after].filter(([text]) => text.startsWith('spam')).map(([, at]) => at);
  expect(times.filter((at) => at < 60).length).toBeLessThanOrEqual(14);
  expect(fixture.messenger.messages(GROUP).length).toBeGreaterThan(30);
});

test('new visitors come by tens at most from one address', async () => {
  const answers: (string | undefined)[] = [];
  for (let i = 0; i < 70; i++) answers.push(await (await joined(`name-${i}`, '203.0.113.7'))('hello'));
  const refused = answers.filter((answer) => answer?.startsWith('["ERR"'));
  expect(refused).toHaveLength(10);
  expect(refused[0]).toContain('429');
  expect(await (await joined('ann', '198.51.100.1'))('hello')).toContain('ACK');
});

test('a large file counts for more than one message; a website’s visitor without a known address for none', () => {
  const file = (size: number) => ({ kind: 'file' as const, file: { key: 'k', name: 'n', type: 't', size } });
  const text = { kind: 'text' as const, text: 'a' };
  const known = { line: '0a1b', connector: 'ws' as const };
  expect([1, 5, 10, 20].map((mib) => weightOf(known, file(mib * 1024 * 1024)))).toEqual([1, 1, 2, 3]);
  expect([weightOf(known, text), weightOf({ connector: 'tg' }, text), weightOf({ connector: 'ws' }, text)]).toEqual([
    1, 1, 0,
  ]);
  const { posts, pace } = SHARE;
  expect([shareWait(0, posts, 100), shareWait(0, 1, 100), shareWait(100 + pace * (posts - 1), 2, 100)]).toEqual([
    0,
    0,
    pace,
  ]);
});

test('a visitor whose address is not known, as on a laptop, writes as fast as the group accepts', async () => {
  const ann = await joined('ann', '127.0.0.1');
  for (let i = 0; i < 15; i++) await ann(`ann ${i}`);
  const after = await shownAfter();
  expect(after.size).toBe(15);
  expect(Math.max(...after.values())).toBeLessThan(2);
});
