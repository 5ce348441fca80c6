import { chatId, refOf } from '../../../../lambdas/adapters/telegram/ids';
import { chatIn, type ChannelName, type Handle } from '../../../../lambdas/chat/model/identifiers';
import { messageRef, type Message } from '../../../../lambdas/chat/model/records';
import type { Stores } from '../../../../lambdas/chat/ports';
import { EmbeddedDynamoDb } from '../../../../emulators/aws/dynamodb/embedded-dynamodb';
import { prepareEngine, storesAt, type DynamoClient } from '../stores/engine';
import { MemoryClock } from '../../../memory/world';
import * as sdk from '../../../../lambdas/adapters/sdk/dynamodb';

/**
 * Items of a version in which Telegram's ids were numbers, as it wrote them. During a deployment its functions and those of
 * this version work on the same items for a while, and after a rollback it finds what this one has written.
 */
const CHANNEL = 'my-channel' as ChannelName;
const HANDLE = 'abcdefghijkl' as Handle;
const CONVERSATION = { channel: CHANNEL, handle: HANDLE };
const GROUP = chatId(-1001234567890);
const KEY = '3w5e0oa7jkvu6';

type Item = Record<string, { S: string } | { N: string } | { BOOL: boolean }>;

const clock = new MemoryClock(Date.now());
const life = { N: String(Math.ceil(clock.now() / 1000) + 90 * 86_400) };
let engine: EmbeddedDynamoDb;
let client: DynamoClient;
let stores: Stores;

const put = (TableName: string, Item: Item) => client.send(new sdk.PutItemCommand({ TableName, Item }));
const get = async (TableName: string, Key: Item) =>
  (await client.send(new sdk.GetItemCommand({ TableName, Key }))).Item ?? {};

const member: Item = {
  id: { S: `${CHANNEL}/${HANDLE}` },
  proof: { S: 'proof' },
  connector: { S: 'ws' },
  name: { S: 'Ann' },
  banned: { BOOL: false },
  seenAt: { S: '2026-01-01T00:00:00.000Z' },
  expiresAt: life,
};

const pointer = { channel: { S: CHANNEL }, handle: { S: HANDLE }, expiresAt: life };

const halfDelivered: Item = {
  conversation: { S: `${CHANNEL}/${HANDLE}` },
  id: { S: 'v#one' },
  at: { S: 'due#in#2026-01-01T00:00:00.000Z#0000000000000001' },
  line: { S: '2026-01-01T00:00:00.000Z#0000000000000001' },
  time: { S: '2026-01-01T00:00:00.000Z' },
  order: { N: '1' },
  direction: { S: 'to-host' },
  kind: { S: 'text' },
  text: { S: 'a long text' },
  chat: { S: KEY },
  telegramIds: { S: '35 36' },
  expiresAt: life,
};

beforeAll(async () => {
  engine = await EmbeddedDynamoDb.start(undefined);
  client = await prepareEngine(engine.endpoint);
  stores = storesAt(client, clock);
});

afterAll(async () => {
  client.destroy();
  await engine.close();
});

describe('what a version with numbers has stored', () => {
  test('a reply finds its way', async () => {
    await put('dev.Messages', {
      conversation: { S: `reply#${KEY}#zz` },
      id: { S: '-' },
      ...pointer,
      message: { S: 'v#one' },
    });
    const found = { ...CONVERSATION, message: 'v#one' };
    expect(await stores.messages.replyTarget(messageRef(GROUP, '1295'))).toEqual(found);
    expect(await stores.messages.replyTargets([messageRef(GROUP, '1294'), messageRef(GROUP, '1295')])).toEqual(
      new Map([['1295', found]]),
    );
    expect((await stores.routes.route(GROUP, { replyTo: '1295' })).reply).toEqual(found);
  });

  test('a topic leads to its visitor, and back', async () => {
    await put('dev.Members', { id: { S: `topic#${KEY}#77` }, ...pointer });
    await put('dev.Members', {
      ...member,
      topicChat: { S: KEY },
      topicThread: { N: '77' },
      topicLinkedAt: { S: 'then' },
    });
    expect((await stores.routes.route(GROUP, { thread: '77' })).topic).toEqual(CONVERSATION);
    expect((await stores.members.find(CONVERSATION))?.topic).toEqual({ chat: GROUP, thread: '77', linkedAt: 'then' });
  });

  test('a visitor in Telegram is found by the chat', async () => {
    await put('dev.Members', { id: { S: `tg#${KEY}` }, ...pointer });
    expect(await stores.members.ofChat(GROUP)).toEqual(CONVERSATION);
  });

  test('a pin is known, and claimed by the same message only', async () => {
    await put('dev.Members', { ...member, pinned: { N: '1295' } });
    expect((await stores.members.find(CONVERSATION))?.pinned).toBe('1295');
    expect(await stores.members.claimPin(CONVERSATION, '1296')).toBe(false);
    expect(await stores.members.claimPin(CONVERSATION, '1295')).toBe(true);
  });

  test('a message of which some parts have arrived is due with these parts', async () => {
    await put('dev.Messages', halfDelivered);
    const [message] = await stores.messages.due(CONVERSATION, 'to-host', 5);
    expect(message).toMatchObject({ key: 'v#one', due: true, places: [refOf(GROUP, 35), refOf(GROUP, 36)] });
  });

  test('the copy of an answer, in the chat of a visitor', async () => {
    await put('dev.Messages', { ...halfDelivered, id: { S: 't#k#1' }, copyChat: { S: 'k' }, copyIds: { S: '9' } });
    const found = await stores.messages.find(CONVERSATION, 't#k#1');
    expect(found?.copies).toEqual([messageRef('k' as typeof GROUP, '9')]);
  });

  test('an update that was handled is not handled again', async () => {
    await put('dev.Messages', {
      conversation: { S: 'update#777#zz' },
      id: { S: '-' },
      done: { BOOL: true },
      expiresAt: life,
    });
    const lease = { holder: 'me', until: clock.now() + 1000 };
    expect(await stores.messages.claimUpdate('777', '1295', lease, clock.now())).toBe('done');
  });
});

test('what this version stores of Telegram is what that one would have', async () => {
  const stored: Message = {
    conversation: CONVERSATION,
    key: 'v#two',
    direction: 'to-host',
    content: { kind: 'text', text: 'Hi' },
    at: '2026-01-01T00:00:00.000Z',
    order: 2,
    due: true,
  };
  await put('dev.Members', member);
  await stores.messages.put(stored);
  await stores.messages.partDelivered(CONVERSATION, 'v#two', { places: [refOf(GROUP, 35), refOf(GROUP, 36)] });
  await stores.messages.delivered(CONVERSATION, 'v#two', { places: [refOf(GROUP, 9)], copy: true });
  await stores.messages.pointReply(refOf(GROUP, 1295), { ...CONVERSATION, message: 'v#two' });
  await stores.members.linkTopic(GROUP, '78', CONVERSATION);
  await stores.members.linkChat(GROUP, CONVERSATION);
  await stores.members.change(CONVERSATION, { topic: { chat: GROUP, thread: '78', linkedAt: 'now' }, pinned: null });
  await stores.members.claimPin(CONVERSATION, '1295');
  await stores.messages.claimUpdate('777', '36', { holder: 'me', until: 1 }, clock.now());

  const one = { id: { S: '-' } };
  expect(await get('dev.Messages', { conversation: { S: `${CHANNEL}/${HANDLE}` }, id: { S: 'v#two' } })).toMatchObject({
    chat: { S: KEY },
    telegramIds: { S: '35 36' },
    copyChat: { S: KEY },
    copyIds: { S: '9' },
    order: { N: '2' },
  });
  expect(await get('dev.Messages', { conversation: { S: `reply#${KEY}#zz` }, ...one })).toMatchObject({
    message: { S: 'v#two' },
  });
  expect(await get('dev.Messages', { conversation: { S: 'update#777#10' }, ...one })).toMatchObject({
    done: { BOOL: false },
  });
  expect(await get('dev.Members', { id: { S: `topic#${KEY}#78` } })).toMatchObject({ handle: { S: HANDLE } });
  expect(await get('dev.Members', { id: { S: `tg#${KEY}` } })).toMatchObject({ handle: { S: HANDLE } });
  expect(await get('dev.Members', { id: { S: `${CHANNEL}/${HANDLE}` } })).toMatchObject({
    pinned: { N: '1295' },
    topicThread: { N: '78' },
    topicChat: { S: KEY },
  });
});

test('ids of another messenger are kept as they are, apart from Telegram’s', async () => {
  const room = chatIn('mx', '!room:example.org');
  const [first, second] = [messageRef(room, '$Ab/c#d e:example.org'), messageRef(room, '10')];
  await put('dev.Members', { ...member, id: { S: `${CHANNEL}/mnopqrstuvwx` } });
  const other = { channel: CHANNEL, handle: 'mnopqrstuvwx' as Handle };
  const content = { kind: 'text', text: 'Hi' } as const;
  const at = '2026-01-01T00:00:00.000Z';
  await stores.messages.put({
    conversation: other,
    key: 'v#x',
    direction: 'to-host',
    content,
    at,
    order: 1,
    due: true,
  });
  await stores.messages.delivered(other, 'v#x', { places: [first, second] });
  await stores.messages.pointReply(first, { ...other, message: 'v#x' });
  await stores.members.change(other, { topic: { chat: room, thread: '$t/1:example.org', linkedAt: 'now' } });
  await stores.members.linkTopic(room, '$t/1:example.org', other);
  await stores.members.linkChat(room, other);
  expect(await stores.members.claimPin(other, first.message)).toBe(true);

  expect((await stores.messages.find(other, 'v#x'))?.places).toEqual([first, second]);
  expect(await stores.messages.replyTarget(first)).toEqual({ ...other, message: 'v#x' });
  expect(await stores.messages.replyTarget(messageRef(room, 'a'))).toBeUndefined();
  expect((await stores.routes.route(room, { thread: '$t/1:example.org' })).topic).toEqual(other);
  expect(await stores.members.ofChat(room)).toEqual(other);
  expect(await stores.members.find(other)).toMatchObject({
    pinned: first.message,
    topic: { chat: room, thread: '$t/1:example.org' },
  });
  expect(await get('dev.Members', { id: { S: 'mx#!room%3Aexample.org' } })).toMatchObject({
    handle: { S: other.handle },
  });
});
