import type { ChannelName, Handle } from '../../../../lambdas/chat/model/identifiers';
import { DAY } from '../../../../lambdas/chat/model/lifetimes';
import { messageRef, type Conversation } from '../../../../lambdas/chat/model/records';
import { DOCUMENT_BYTES } from '../../../../lambdas/chat/operator/export';
import { createOperatorDomain } from '../../../../lambdas/chat/messenger-side';
import type { QueueItem, World } from '../../../../lambdas/chat/ports';
import { createMemoryWorld, type MemoryWorld } from '../../../memory/world';
import { CHANNEL, GROUP } from '../chat-fixture';
import { FakeMessenger } from '../fake-messenger';

jest.setTimeout(600_000);

/** What a request takes, milliseconds of the test's clock. */
const REQUEST = 8;

let world: MemoryWorld;
let messenger: FakeMessenger;
beforeEach(async () => {
  world = createMemoryWorld();
  messenger = new FakeMessenger(() => world.clock.now());
  const about = { name: CHANNEL, host: GROUP, handleKey: 'a2V5', state: 'active', forum: false, messages: 0 } as const;
  await world.channels.create({ ...about, origins: [], createdAt: new Date(world.clock.now()).toISOString() });
});

async function visitor(i: number): Promise<Conversation> {
  const conversation = { channel: CHANNEL as ChannelName, handle: `v${String(i).padStart(11, '0')}` as Handle };
  const more = { proof: `p${i}`, connector: 'ws', name: `V${i}`, now: world.clock.now() };
  await world.members.attach(conversation, { ...more, connection: `ws:${i}` });
  return conversation;
}

async function write(conversation: Conversation, count: number, text: string, first = 0): Promise<void> {
  const at = new Date(world.clock.now()).toISOString();
  for (let order = first; order < first + count; order++) {
    const key = `v#${String(order).padStart(6, '0')}`;
    const content = { kind: 'text', text: `${order} ${text}` } as const;
    const places = [messageRef(GROUP, `${conversation.handle} ${order}`)];
    await world.messages.put({ conversation, key, direction: 'to-host', content, at, order, due: false, places });
    await world.messages.pointReply(places[0]!, { ...conversation, message: key });
  }
}

/** The same world, in which each request takes time and is counted. */
function metered(): { readonly world: World; readonly requests: () => number } {
  let requests = 0;
  const meter = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          requests += 1;
          world.clock.time += REQUEST;
          return (value as (...all: unknown[]) => unknown).apply(object, args);
        };
      },
    });
  const { channels, members, connections, messages, files, push } = world;
  const parts = { channels, members, connections, messages, files, push };
  const all = Object.entries(parts).map(([name, part]) => [name, meter(part)]);
  return { world: { ...world, ...(Object.fromEntries(all) as typeof parts) }, requests: () => requests };
}

/** Works the queue off; the longest part in milliseconds and in requests. */
async function work(start: QueueItem) {
  const meter = metered();
  const operators = createOperatorDomain(meter.world, messenger);
  const most = { time: 0, requests: 0, parts: 0 };
  const items = world.queue.items;
  items.push(start);
  for (let item = items.shift(); item; item = items.shift()) {
    const [began, asked] = [world.clock.now(), meter.requests()];
    const outcome = await operators.deliver(JSON.parse(JSON.stringify(item)), 1);
    if (outcome.kind === 'retry') {
      items.unshift(item);
      world.clock.time += Math.ceil(outcome.retryAfter * 1000);
      continue;
    }
    most.time = Math.max(most.time, world.clock.now() - began);
    most.requests = Math.max(most.requests, meter.requests() - asked);
    most.parts += 1;
  }
  return most;
}

const said = () => messenger.messages(GROUP).map(({ text }) => text);

/** A function has 30 s, of which a call of the messenger may take 20. */
const LONGEST = 10_000;

test('/erase of 100,000 messages, as many again that have expired among them, ends in parts and says so', async () => {
  const conversation = await visitor(1);
  const other = await visitor(2);
  await write(conversation, 50_000, 'expired');
  world.clock.time += 91 * DAY;
  await visitor(1);
  await visitor(2);
  await write(conversation, 50_000, 'x', 50_000);
  await write(other, 10, 'of another visitor');
  const most = await work({ kind: 'erase', ...conversation, step: 1, place: { chat: GROUP } });
  expect(most.time).toBeLessThanOrEqual(LONGEST);
  expect(most.requests).toBeLessThanOrEqual(LONGEST / REQUEST);
  expect(said()).toEqual([expect.stringContaining('is erased: 100,000 messages and 0 files')]);
  expect([...world.messages.messages.keys()].filter((key) => key.includes(conversation.handle))).toEqual([]);
  expect([...world.messages.replies.keys()]).toHaveLength(10);
});

test('/drop of a channel with 50,000 visitors, half of them expired, ends in parts, says so, and leaves nothing', async () => {
  for (let i = 0; i < 25_000; i++) await write(await visitor(i), 1, 'x');
  world.clock.time += 91 * DAY;
  for (let i = 25_000; i < 50_000; i++) await write(await visitor(i), 1, 'x');
  await world.channels.change(CHANNEL, GROUP, { state: 'dropping' });
  const most = await work({ kind: 'drop', channel: CHANNEL, step: 1, requestedBy: GROUP });
  expect(most.time).toBeLessThanOrEqual(LONGEST);
  expect(said()).toEqual([expect.stringMatching(/^✅ The channel my-channel is removed/)]);
  const { members, messages, channels } = world;
  for (const table of [members.members, messages.messages, messages.replies, channels.channels, channels.hosts]) {
    expect([...table.keys()]).toEqual([]);
  }
});

test('/export of 100 MB of conversation ends in parts, each message once', async () => {
  const conversation = await visitor(1);
  await write(conversation, 25_000, 'x'.repeat(4080));
  const start = { kind: 'export', ...conversation, step: 1, place: { chat: GROUP }, part: 1, exported: 0 } as const;
  const numbers: number[] = [];
  let bytes = 0;
  const post = messenger.post.bind(messenger);
  messenger.post = async (...args) => {
    const posted = await post(...args);
    const body = messenger.files.get(posted.ref.message)!;
    messenger.files.delete(posted.ref.message);
    bytes = Math.max(bytes, body.byteLength);
    const { messages } = JSON.parse(Buffer.from(body).toString()) as { messages: { text: string }[] };
    numbers.push(...messages.map(({ text }) => Number(text.split(' ')[0])));
    return posted;
  };
  const most = await work(start);
  expect(most.time).toBeLessThanOrEqual(LONGEST);
  expect(bytes).toBeLessThan(DOCUMENT_BYTES + 1000);
  expect(numbers).toEqual(Array.from({ length: 25_000 }, (_, i) => i));
  expect(said().at(-1)).toContain('to 25,000, part 13, the last');
});
