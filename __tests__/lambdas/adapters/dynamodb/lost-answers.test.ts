import { randomBytes } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { chatId } from '../../../../lambdas/adapters/telegram/ids';
import { type ChannelName, type Handle } from '../../../../lambdas/chat/model/identifiers';
import type { Conversation } from '../../../../lambdas/chat/model/records';
import type { Stores } from '../../../../lambdas/chat/ports';
import { systemClock } from '../../../../lambdas/adapters/system';
import { EmbeddedDynamoDb } from '../../../../emulators/aws/dynamodb/embedded-dynamodb';
import { prepareEngine, storesAt, type DynamoClient } from '../stores/engine';

/**
 * DynamoDB has done what was asked, but its answer is lost: the SDK asks again, and the condition of the first time is
 * met no more. What was claimed by us must not look as if another instance had claimed it.
 */
let engine: EmbeddedDynamoDb;
let client: DynamoClient;
let stores: Stores;

beforeAll(async () => {
  engine = await EmbeddedDynamoDb.start(undefined);
  client = await prepareEngine(engine.endpoint);
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (request) => {
        if (/^(Put|Update|Delete)Item/.test(commandName)) await next(request).catch(() => undefined);
        return next(request);
      },
    { step: 'initialize' },
  );
  stores = storesAt(client, systemClock);
});

afterAll(async () => {
  client.destroy();
  await engine.close();
});

const unique = () => randomBytes(6).toString('hex');
const lease = (holder: string) => ({ holder, until: Date.now() + 10_000 });
const attachment = (holder?: string) => ({
  proof: 'p',
  connector: 'ws' as const,
  name: 'Ann',
  connection: 'ws:1' as const,
  now: Date.now(),
  ...(holder === undefined ? {} : { lease: lease(holder) }),
});

async function member(): Promise<Conversation> {
  const conversation = { channel: `c${unique()}` as ChannelName, handle: 'ann' as Handle };
  await stores.members.attach(conversation, attachment());
  return conversation;
}

test('an update is claimed', async () => {
  const bot = unique();
  expect(await stores.messages.claimUpdate(bot, '1', lease('a'), Date.now())).toBe('claimed');
  expect(await stores.messages.claimUpdate(bot, '1', lease('b'), Date.now())).toBe('busy');
});

test('a visitor joins, and may be delivered to', async () => {
  const conversation = await member();
  expect(await stores.members.attach(conversation, attachment('a'))).toMatchObject({ kind: 'attached' });
  expect(await stores.members.attach(conversation, attachment('b'))).toEqual({ kind: 'busy' });
});

test('the right to deliver is ours', async () => {
  const conversation = await member();
  expect(await stores.members.requestDelivery(conversation, lease('a'), Date.now())).toMatchObject({ leased: true });
  expect(await stores.members.requestDelivery(conversation, lease('b'), Date.now())).toMatchObject({ leased: false });
});

test('a topic is ours to make, a message ours to pin', async () => {
  const conversation = await member();
  expect(await stores.members.claimTopic(conversation, lease('a'), Date.now())).toBe(true);
  expect(await stores.members.claimTopic(conversation, lease('b'), Date.now())).toBe(false);
  expect(await stores.members.claimPin(conversation, '7')).toBe(true);
  expect(await stores.members.claimPin(conversation, '8')).toBe(false);
});

test('a channel is made, and one that was left by a crash is taken over', async () => {
  const [host, name] = [chatId(-Number.parseInt(unique().slice(0, 8), 16)), `n${unique()}` as ChannelName];
  const channel = (called: ChannelName) => ({
    name: called,
    host,
    handleKey: 'a2V5',
    state: 'active' as const,
    forum: false,
    origins: [],
    messages: 0,
    createdAt: new Date().toISOString(),
  });
  expect(await stores.channels.create(channel(name))).toBe('created');
  await stores.channels.remove(name, chatId(1));
  expect(await stores.channels.create(channel(`m${unique()}` as ChannelName))).toBe('already hosting');
  // The chat has moved to another one; its old pointer is left by a crash.
  expect(await stores.channels.moveHost(host, chatId(-1))).toBe(true);
  await client.send(
    new PutItemCommand({
      TableName: 'dev.Channels',
      Item: { id: { S: `host#${host}` }, channel: { S: name }, confirmed: { BOOL: true } },
    }),
  );
  expect(await stores.channels.create(channel(`m${unique()}` as ChannelName))).toBe('created');
});
