import { randomUUID } from 'node:crypto';
import { paginateScan, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { chatId, refOf } from '../../../../lambdas/adapters/telegram/ids';
import { type ChannelName, type Handle } from '../../../../lambdas/chat/model/identifiers';
import { DAY } from '../../../../lambdas/chat/model/lifetimes';
import { createOperatorDomain } from '../../../../lambdas/chat/messenger-side';
import type { QueueItem } from '../../../../lambdas/chat/ports';
import { EmbeddedDynamoDb } from '../../../../emulators/aws/dynamodb/embedded-dynamodb';
import { prepareEngine, storesAt, type DynamoClient } from '../../adapters/stores/engine';
import { Stage } from '../../adapters/telegram/stage';
import { FakeMessenger } from '../fake-messenger';

jest.setTimeout(60_000);

let engine: EmbeddedDynamoDb | undefined;
let client: DynamoClient;
let stage: Stage;

beforeEach(async () => {
  const local = process.env['DYNAMODB_LOCAL_ENDPOINT'];
  engine = local === undefined ? await EmbeddedDynamoDb.start(undefined) : undefined;
  client = await prepareEngine(engine?.endpoint ?? local!, randomUUID().replaceAll('-', ''));
  stage = await new Stage({ stores: (clock) => storesAt(client, clock) }).start();
});
afterEach(async () => {
  await stage.stop();
  client.destroy();
  await engine?.close();
});

/** Everything that stands in the tables, but for the numbers of updates that were seen. */
async function everything(): Promise<string[]> {
  const tables = ['Channels', 'Members', 'Connections', 'Messages'].map((name) => `dev.${name}`);
  const items: string[] = [];
  for (const TableName of tables) {
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
      items.push(...Items.map((item) => `${TableName} ${JSON.stringify(item)}`));
    }
  }
  return items.filter((item) => !item.includes('update#'));
}

async function talk(kind: 'supergroup' | 'forum') {
  const { chat, operator } = await stage.hosting('my-channel', kind);
  const handles: string[] = [];
  const user = stage.telegram.people.user({ firstName: 'Tom' }).id;
  const here = stage.telegram.people.start({ user, bot: 'kite_test_bot', payload: 'join__my-channel' });
  await stage.settle();
  for (const name of ['Ann', 'Bob', 'Tom']) {
    if (name === 'Tom') stage.telegram.people.send({ chat: here, from: user, text: 'Hello' });
    else await (await stage.visitor('my-channel', name)).say('Hello');
    await stage.settle();
    const shown = stage.last(chat);
    handles.push(/#([a-z0-9]{12})/.exec(shown.text!)![1]!);
    const topic = shown.message_thread_id;
    const document = { content: Buffer.from('x'), name: 'x.pdf', mimeType: 'application/pdf' };
    stage.telegram.people.send({
      chat,
      from: operator,
      document,
      ...(topic ? { topic } : { replyTo: shown.message_id }),
    });
    await stage.settle();
  }
  return { chat, operator, handles };
}

test.each(['supergroup', 'forum'] as const)(
  '/erase in a %s removes the conversation from every table',
  async (kind) => {
    const { chat, operator, handles } = await talk(kind);
    for (const handle of handles) {
      expect((await everything()).filter((item) => item.includes(handle)).length).toBeGreaterThan(3);
      stage.telegram.people.send({ chat, from: operator, text: `/erase #${handle}` });
      await stage.settle();
      await stage.press(chat, operator, `Erase #${handle}`);
      expect((await everything()).filter((item) => item.includes(handle))).toEqual([]);
      expect([...stage.world.files.objects.keys()].filter((key) => key.includes(handle))).toEqual([]);
    }
  },
);

test('/drop leaves nothing in any table', async () => {
  const { chat, operator } = await talk('forum');
  stage.telegram.people.send({ chat, from: operator, text: '/drop' });
  await stage.settle();
  await stage.press(chat, operator, 'Remove my-channel');
  expect(await everything()).toEqual([]);
  expect([...stage.world.files.objects.keys()]).toEqual([]);
});

describe('a channel with more than one function run can remove, expired visitors and messages among it', () => {
  const CHANNEL = 'big-channel' as ChannelName;
  const GROUP = chatId(-1001234567890);
  const now = () => stage.world.clock.now();

  /** A visitor with messages that were posted, a chat in Telegram, a browser, and a topic. */
  async function visitor(i: number, messages: number): Promise<void> {
    const { members, connections } = stage.world;
    const conversation = { channel: CHANNEL, handle: `v${String(i).padStart(11, '0')}` as Handle };
    const [chat, socket] = [chatId(1000 + i), `ws:${i}` as const];
    const attachment = { proof: `p${i}`, connector: 'ws' as const, name: `V${i}`, now: now() };
    await members.attach(conversation, { ...attachment, connection: socket });
    await members.attach(conversation, { ...attachment, connection: `tg:${chat}` });
    await members.linkChat(chat, conversation);
    await members.linkTopic(GROUP, String(i), conversation);
    await members.change(conversation, { topic: { chat: GROUP, thread: String(i), linkedAt: '' } });
    await connections.open({ id: socket, conversation, openedAt: '' });
    for (let first = 0; first < messages; first += 20) {
      const some = Array.from({ length: Math.min(20, messages - first) }, (_, n) => first + n);
      await Promise.all(some.map((order) => message(conversation, i, order)));
    }
  }

  async function message(conversation: { channel: ChannelName; handle: Handle }, i: number, order: number) {
    const key = `v#${String(order).padStart(4, '0')}`;
    const place = refOf(GROUP, i * 1000 + order);
    const content = { kind: 'text' as const, text: 'Hello' };
    const at = new Date(now()).toISOString();
    const stored = { conversation, key, direction: 'to-host' as const, content, at, order, due: false };
    await stage.world.messages.put({ ...stored, places: [place] });
    await stage.world.messages.pointReply(place, { ...conversation, message: key });
  }

  /** Items of other channels that fill more than a page of the table each three. */
  async function strangers(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const Item = { id: { S: `other-channel/s${i}` }, proof: { S: 'x' }, padding: { S: 'x'.repeat(350_000) } };
      await client.send(new PutItemCommand({ TableName: 'dev.Members', Item }));
    }
  }

  /** What the requests come to while the queue runs empty; every one takes time. */
  async function drop() {
    const { world } = stage;
    const requests: string[] = [];
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        (request) => {
          requests.push(commandName);
          world.clock.time += commandName === 'ScanCommand' ? 4_000 : 100;
          return next(request);
        },
      { step: 'initialize', name: 'meter' },
    );
    await world.channels.change(CHANNEL, GROUP, { state: 'dropping' });
    const operators = createOperatorDomain(world, new FakeMessenger(now));
    const start: QueueItem = { kind: 'drop', channel: CHANNEL, step: 1, requestedBy: GROUP };
    world.queue.items.push(start);
    let runs = 0;
    for (let item = world.queue.items.shift(); item; item = world.queue.items.shift()) {
      const began = now();
      const outcome = await operators.deliver(JSON.parse(JSON.stringify(item)), 1);
      if (outcome.kind === 'retry') {
        world.queue.items.unshift(item);
        world.clock.time += Math.ceil(outcome.retryAfter * 1000);
        continue;
      }
      // 30 s is what a function has.
      expect(now() - began).toBeLessThan(20_000);
      expect(++runs).toBeLessThan(100);
    }
    client.middlewareStack.remove('meter');
    const scans = requests.filter((name) => name === 'ScanCommand').length;
    return { runs, scans, others: requests.length - scans };
  }

  test('is dropped in a number of requests that grows with what there is, and leaves nothing', async () => {
    const { world } = stage;
    const [visitors, expired, long] = [16, 8, 110];
    const host = { name: CHANNEL, host: GROUP, handleKey: 'a2V5', createdAt: '' };
    await world.channels.create({ ...host, state: 'active', forum: true, origins: [], messages: 0 });
    world.clock.time -= 91 * DAY;
    for (let i = 0; i < expired; i++) await visitor(i, i === 0 ? long : 3);
    world.clock.time += 91 * DAY;
    for (let i = expired; i < visitors; i++) await visitor(i, i === expired ? long : 3);
    await strangers(12);
    for (let i = 0; i < 1500; i++)
      await world.files.write(`${CHANNEL}/x/${i}`, new Uint8Array(1), { type: 'image/png', name: 'a.png' });

    const messages = 2 * long + 3 * (visitors - 2);
    const { runs, scans, others } = await drop();
    const left = await everything();
    expect(left.filter((item) => !item.includes('other-channel'))).toEqual([]);
    expect(left.length).toBe(12);
    expect([...world.files.objects.keys()]).toEqual([]);

    expect(runs).toBeGreaterThan(3);
    const pages = 5;
    expect(scans).toBeLessThanOrEqual(pages + runs);
    expect(others).toBeLessThanOrEqual(10 * visitors + messages / 5 + 4 * runs);
  });
});
