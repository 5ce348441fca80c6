import { once } from 'node:events';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { nextMessage, Stand } from './stand';

let stand: Stand;
let management: ApiGatewayManagementApiClient;

beforeEach(async () => {
  stand = await new Stand().start();
  management = client('dev');
});
afterEach(async () => {
  management.destroy();
  await stand.stop();
});

function client(stage: string): ApiGatewayManagementApiClient {
  return new ApiGatewayManagementApiClient({
    region: 'eu-north-1',
    endpoint: stand.url(`/${stage}`),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

const connectionId = (): string => stand.eventOf('CONNECT').requestContext.connectionId;

test('the AWS SDK posts to a connection', async () => {
  const visitor = await stand.connected();
  const message = nextMessage(visitor);
  await management.send(new PostToConnectionCommand({ ConnectionId: connectionId(), Data: '["OK"]' }));
  expect(await message).toBe('["OK"]');
});

test('a message of up to 128 KB arrives whole', async () => {
  const visitor = await stand.connected();
  const message = nextMessage(visitor);
  const data = 'ж'.repeat(64 * 1024);
  await management.send(new PostToConnectionCommand({ ConnectionId: connectionId(), Data: data }));
  expect(await message).toBe(data);
});

test('a message beyond 128 KB is too large', async () => {
  await stand.connected();
  const data = new Uint8Array(128 * 1024 + 1).fill(65);
  await expect(
    management.send(new PostToConnectionCommand({ ConnectionId: connectionId(), Data: data })),
  ).rejects.toMatchObject({ name: 'PayloadTooLargeException', $metadata: { httpStatusCode: 413 } });
});

test('a connection that left is gone, and so is one that never was or is of another stage', async () => {
  const visitor = await stand.connected();
  const id = connectionId();
  const gone = { name: 'GoneException', $metadata: { httpStatusCode: 410 } };
  const prod = client('prod');
  await expect(prod.send(new PostToConnectionCommand({ ConnectionId: id, Data: 'x' }))).rejects.toMatchObject(gone);
  prod.destroy();
  visitor.close();
  await stand.until(() => stand.eventOf('DISCONNECT') !== undefined);
  for (const each of [id, 'L0SM9cOFvHcCIhw=']) {
    await expect(management.send(new PostToConnectionCommand({ ConnectionId: each, Data: 'x' }))).rejects.toMatchObject(
      gone,
    );
    await expect(management.send(new GetConnectionCommand({ ConnectionId: each }))).rejects.toMatchObject(gone);
    await expect(management.send(new DeleteConnectionCommand({ ConnectionId: each }))).rejects.toMatchObject(gone);
  }
});

test('while $connect runs the connection cannot be written to', async () => {
  await stand.stop();
  let status = 0;
  stand = await new Stand(async (event) => {
    if (event.requestContext.eventType === 'CONNECT') {
      const sender = client('dev');
      const id = event.requestContext.connectionId;
      await sender.send(new PostToConnectionCommand({ ConnectionId: id, Data: 'x' })).catch((error) => {
        status = error.$metadata.httpStatusCode;
      });
      sender.destroy();
    }
    return { statusCode: 200 };
  }).start();
  await stand.connected();
  expect(status).toBe(410);
});

test('a connection can be looked at and ended', async () => {
  const visitor = await stand.connected();
  const info = await management.send(new GetConnectionCommand({ ConnectionId: connectionId() }));
  expect(info.ConnectedAt?.getTime()).toBe(stand.eventOf('CONNECT').requestContext.connectedAt);
  expect(info.Identity?.SourceIp).toBe('127.0.0.1');
  expect(info.LastActiveAt).toBeInstanceOf(Date);

  const closed = once(visitor, 'close');
  await management.send(new DeleteConnectionCommand({ ConnectionId: connectionId() }));
  expect((await closed)[0]).toBe(1000);
});

test('an unsigned call is forbidden, and another path is not found', async () => {
  await stand.connected();
  const path = `/dev/@connections/${encodeURIComponent(connectionId())}`;
  const unsigned = await fetch(stand.url(path), { method: 'POST', body: 'x' });
  expect([unsigned.status, await unsigned.json()]).toEqual([403, { message: 'Missing Authentication Token' }]);
  const elsewhere = await fetch(stand.url(path.replace('/dev', '/nowhere')), { method: 'POST', body: 'x' });
  expect([elsewhere.status, await elsewhere.json()]).toEqual([404, { message: 'Not Found' }]);
});
