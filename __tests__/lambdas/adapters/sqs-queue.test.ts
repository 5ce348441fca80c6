import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { listen } from '../../../emulators/loopback';
import { createSqsQueue, groupOf } from '../../../lambdas/adapters/sqs-queue';
import type { ChannelName, ChatId, Handle } from '../../../lambdas/chat/model/identifiers';
import type { QueueItem } from '../../../lambdas/chat/ports';

const channel = 'my-channel' as ChannelName;
const item: QueueItem = { kind: 'to-host', channel, handle: 'a1b2c3d4e5f6' as Handle, message: 'v#x' };
const QUEUE = 'http://sqs.invalid/123/dev-delivery.fifo';

/** For so many seconds more a received message may be hidden. */
let visible = 12 * 60 * 60;
const calls: { target: string; body: Record<string, unknown> }[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text) as Record<string, unknown>;
    calls.push({ target: String(request.headers['x-amz-target']), body });
    if (Number(body['VisibilityTimeout'] ?? 0) > visible) {
      const __type = 'com.amazonaws.sqs#InvalidParameterValue';
      const message = `Value ${String(body['VisibilityTimeout'])} for parameter VisibilityTimeout is invalid.`;
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type, message }));
      return;
    }
    const MD5OfMessageBody = createHash('md5').update(String(body['MessageBody'])).digest('hex');
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody }));
  });
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${await listen(server)}`;
  process.env['AWS_REGION'] = 'eu-north-1';
  process.env['AWS_ACCESS_KEY_ID'] = process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls.splice(0);
  visible = 12 * 60 * 60;
});

test('a poke is sent in its conversation’s group, and the same one counts once', async () => {
  const queue = createSqsQueue(QUEUE);
  await queue.send(item);
  await queue.send({ ...item });
  await queue.send({ ...item, message: 'v#y' });
  expect(calls.map(({ target }) => target)).toEqual(Array.from({ length: 3 }, () => 'AmazonSQS.SendMessage'));
  const [one, same, other] = calls.map(({ body }) => body);
  expect(JSON.parse(String(one?.['MessageBody']))).toEqual(item);
  expect(one).toMatchObject({ QueueUrl: QUEUE, MessageGroupId: 'to-host/my-channel/a1b2c3d4e5f6' });
  expect(same?.['MessageDeduplicationId']).toBe(one?.['MessageDeduplicationId']);
  expect(other?.['MessageDeduplicationId']).not.toBe(one?.['MessageDeduplicationId']);
});

test('an item is hidden for whole seconds', async () => {
  await createSqsQueue(QUEUE).delay('receipt', 6.2);
  expect(calls.map(({ target, body }) => [target, body['VisibilityTimeout']])).toEqual([
    ['AmazonSQS.ChangeMessageVisibility', 7],
  ]);
});

test.each([0, 1, 29, 179])(
  'a wait of a day is not refused by SQS %d s after the item was received',
  async (elapsed) => {
    visible = 12 * 60 * 60 - elapsed;
    await createSqsQueue(QUEUE).delay('receipt', 24 * 60 * 60);
    expect(calls[0]?.body['VisibilityTimeout']).toBeGreaterThan(11 * 60 * 60);
  },
);

test('groups are as SQS wants them, for the longest names too', () => {
  const longest = 'x'.repeat(32) as ChannelName;
  const items: QueueItem[] = [
    { ...item, channel: longest },
    { kind: 'drop', channel: longest, step: 1 },
    { kind: 'resume', channel: longest, step: 1 },
    { kind: 'erase', channel: longest, handle: item.handle, step: 1 },
    {
      kind: 'export',
      channel: longest,
      handle: item.handle,
      step: 1,
      place: { chat: 'x' as ChatId },
      part: 1,
      exported: 0,
    },
    { kind: 'unpin', channel: longest, handle: item.handle, chat: 'x' as ChatId, message: '1' },
    { kind: 'to-chat', channel: longest, handle: item.handle, message: 'x' },
  ];
  for (const each of items) expect(groupOf(each)).toMatch(/^[\w/-]{1,128}$/);
});
