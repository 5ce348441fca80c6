import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { closeServer, listen } from '../../../emulators/loopback';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { EmbeddedCloud, type EmbeddedCloudOptions } from '../../../emulators/aws/embedded-cloud';
import { scratchFolder } from './scratch-folder';

const credentials = { accessKeyId: 'kite', secretAccessKey: 'kite-secret' };

let cloud: EmbeddedCloud | undefined;
let server: Server;
let origin: string;
let folder: string;

const options = (changes: Partial<EmbeddedCloudOptions> = {}): EmbeddedCloudOptions => ({
  folder,
  origin,
  region: 'eu-north-1',
  credentials,
  tables: [
    { name: 'people', hashKey: 'id', expiry: 'expiresAt' },
    { name: 'letters', hashKey: 'folder', rangeKey: 'id', localIndexes: [{ name: 'byTime', rangeKey: 'at' }] },
  ],
  queues: [{ name: 'orders.fifo' }],
  buckets: [{ name: 'files' }],
  parameters: { '/secret': '1:token' },
  ...changes,
});
const start = (empty = false): Promise<EmbeddedCloud> => EmbeddedCloud.start(options({ empty }));

beforeEach(async () => {
  folder = scratchFolder();
  server = createServer((request, response) => {
    if (!cloud?.handleRequest(request, response)) response.writeHead(404).end();
  });
  origin = `http://127.0.0.1:${await listen(server)}`;
});
afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
  await closeServer(server);
});

function clientSettings(): { region: string; endpoint: string; credentials: typeof credentials; maxAttempts: number } {
  return { region: 'eu-north-1', endpoint: origin, credentials, maxAttempts: 1 };
}

test('DynamoDB creates the tables and keeps their items over a restart', async () => {
  cloud = await start();
  const client = new DynamoDBClient(clientSettings());
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'letters' }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [
      { AttributeName: 'folder', KeyType: 'HASH' },
      { AttributeName: 'id', KeyType: 'RANGE' },
    ],
    LocalSecondaryIndexes: [{ IndexName: 'byTime', Projection: { ProjectionType: 'ALL' } }],
  });
  for (const [id, at] of [
    ['m2', '2026-01-01'],
    ['m1', '2026-01-02'],
  ] as const) {
    const Item = { folder: { S: 'c' }, id: { S: id }, at: { S: at } };
    await client.send(new PutItemCommand({ TableName: 'letters', Item }));
  }

  await cloud.close();
  cloud = await start();
  const { Items } = await client.send(
    new QueryCommand({
      TableName: 'letters',
      IndexName: 'byTime',
      KeyConditionExpression: 'folder = :c',
      ExpressionAttributeValues: { ':c': { S: 'c' } },
      ScanIndexForward: false,
    }),
  );
  expect(Items?.map(({ id }) => id?.S)).toEqual(['m1', 'm2']);
  client.destroy();
});

test('a DynamoDB that runs already gets the tables, and empty ones on request', async () => {
  cloud = await start();
  const dynamoDbEndpoint = cloud.sdkVariables['AWS_ENDPOINT_URL_DYNAMODB']!;
  const tables = [{ name: 'shops', hashKey: 'id' }];
  const client = new DynamoDBClient({ ...clientSettings(), endpoint: dynamoDbEndpoint });
  const key = { id: { S: 'shop' } };
  const kept = async (): Promise<boolean> =>
    (await client.send(new GetItemCommand({ TableName: 'shops', Key: key }))).Item !== undefined;
  const restart = async (empty: boolean): Promise<void> =>
    (await EmbeddedCloud.start(options({ tables, folder: scratchFolder(), dynamoDbEndpoint, empty }))).close();

  await restart(false);
  await client.send(new PutItemCommand({ TableName: 'shops', Item: key }));
  await restart(false);
  expect(await kept()).toBe(true);
  await restart(true);
  expect(await kept()).toBe(false);
  client.destroy();
});

test('expired items are removed, the others stay', async () => {
  cloud = await start();
  const client = new DynamoDBClient(clientSettings());
  const now = Date.now();
  const put = (id: string, expiresAt?: number): Promise<unknown> =>
    client.send(
      new PutItemCommand({
        TableName: 'people',
        Item: {
          id: { S: id },
          ...(expiresAt === undefined ? {} : { expiresAt: { N: String(Math.floor(expiresAt / 1000)) } }),
        },
      }),
    );
  await put('past', now - 5000);
  await put('future', now + 60_000);
  await put('for ever');
  await cloud.sweep(now);
  const has = async (id: string): Promise<boolean> => {
    const { Item } = await client.send(new GetItemCommand({ TableName: 'people', Key: { id: { S: id } } }));
    return Item !== undefined;
  };
  expect([await has('past'), await has('future'), await has('for ever')]).toEqual([false, true, true]);
  client.destroy();
});

test('SQS takes, gives, hides and deletes messages by its real SDK', async () => {
  cloud = await start();
  const client = new SQSClient(clientSettings());
  const QueueUrl = cloud.queueUrl('orders.fifo');
  const sent = await client.send(
    new SendMessageCommand({ QueueUrl, MessageBody: 'жук', MessageGroupId: 'g', MessageDeduplicationId: 'd' }),
  );
  expect(sent.SequenceNumber).toMatch(/^\d{20}$/);
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(Messages).toMatchObject([{ Body: 'жук', Attributes: { MessageGroupId: 'g' } }]);
  const ReceiptHandle = Messages![0]!.ReceiptHandle!;
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 3600 }));
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' });
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  expect(cloud.queue('orders.fifo').size).toBe(0);
  await expect(
    client.send(new SendMessageCommand({ QueueUrl: `${origin}/000000000000/other.fifo`, MessageBody: 'x' })),
  ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  client.destroy();
});

test('SSM gives the parameters, decrypted only when asked', async () => {
  cloud = await start();
  const client = new SSMClient(clientSettings());
  const Name = '/secret';
  const { Parameter } = await client.send(new GetParameterCommand({ Name, WithDecryption: true }));
  expect(Parameter?.Value).toBe('1:token');
  const encrypted = await client.send(new GetParameterCommand({ Name }));
  expect(encrypted.Parameter?.Value).not.toContain('token');
  await expect(client.send(new GetParameterCommand({ Name: '/none' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  client.destroy();
});

test('a web page cannot reach the tables and queues', async () => {
  cloud = await start();
  const response = await fetch(origin, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'x-amz-target': 'DynamoDB_20120810.ListTables', authorization: 'AWS4-' },
    body: '{}',
  });
  expect(response.status).toBe(403);
});

describe('data that cannot be used ends in a sentence', () => {
  test('in use by another process', async () => {
    cloud = await start();
    await expect(start()).rejects.toThrow(`Another process uses the data in ${join(folder, 'dynamodb')}.`);
  });

  test.each(['dynamodb', 'queues'])('damaged %s', async (part) => {
    mkdirSync(join(folder, part));
    writeFileSync(join(folder, part, 'CURRENT'), 'garbage');
    await expect(start()).rejects.toThrow(/^The data in .* cannot be read \(.*\)\.$/);
    cloud = await start(true);
  });

  test('a file where the folder should be', async () => {
    folder = join(folder, 'file');
    writeFileSync(folder, '');
    await expect(start()).rejects.toThrow(/^The data folder .* is not writable \(.*\)\.$/);
  });

  test('a folder without permission', async () => {
    if (process.getuid?.() === 0) {
      console.log('Not run as root, who may write everywhere.');
      return;
    }
    chmodSync(folder, 0o500);
    await expect(start()).rejects.toThrow(/is not writable/);
  });

  test('a DynamoDB that does not answer', async () => {
    const free = createServer();
    const port = await listen(free);
    await new Promise((resolve) => free.close(resolve));
    await expect(EmbeddedCloud.start(options({ dynamoDbEndpoint: `http://127.0.0.1:${port}` }))).rejects.toThrow(
      /^No DynamoDB answers at http:\/\/127\.0\.0\.1:\d+ \(.*\)\.$/,
    );
  });
});
