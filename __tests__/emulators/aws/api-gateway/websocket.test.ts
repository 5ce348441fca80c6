import { once } from 'node:events';
import { request } from 'node:http';
import { AWS_LIMITS } from '../../../../emulators/aws/api-gateway';
import { DEFINITION, nextMessage, refusal, Stand, type Event } from './stand';

let stand: Stand;
afterEach(() => stand.stop());

const echo = (event: Event): unknown => ({ statusCode: 200, body: event.body });

describe('connecting', () => {
  test('the function sees the handshake as API Gateway describes it', async () => {
    stand = await new Stand(() => ({ statusCode: 200, headers: { 'sec-websocket-protocol': 'k1te.chat.v1' } })).start();
    await stand.connected('/dev?c=shop&c=shop2&param=test', ['k1te.chat.v1']);

    const event = stand.eventOf('CONNECT');
    expect(stand.invoked[0]).toBe('arn:aws:lambda:eu-north-1:000000000000:function:dev-request-dispatcher:live');
    expect(event).toMatchObject({
      headers: {
        Host: `127.0.0.1:${stand.port}`,
        'Sec-WebSocket-Protocol': 'k1te.chat.v1',
        'X-Forwarded-For': '127.0.0.1',
      },
      multiValueHeaders: { 'Sec-WebSocket-Protocol': ['k1te.chat.v1'] },
      queryStringParameters: { c: 'shop2', param: 'test' },
      multiValueQueryStringParameters: { c: ['shop', 'shop2'], param: ['test'] },
      stageVariables: { function: 'dev-request-dispatcher:live' },
      isBase64Encoded: false,
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        messageDirection: 'IN',
        stage: 'dev',
        apiId: 'ws-api',
        domainName: `127.0.0.1:${stand.port}`,
        identity: { sourceIp: '127.0.0.1' },
      },
    });
    expect(event.requestContext.connectionId).toMatch(/^[A-Za-z0-9_-]{15}=$/);
    expect(event.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(Math.abs(event.requestContext.connectedAt - Date.now())).toBeLessThan(5000);
    expect(event.body).toBeUndefined();
  });

  test('without a query there are no query parameters in the event', async () => {
    stand = await new Stand().start();
    await stand.connected('/dev');
    expect(stand.eventOf('CONNECT')).not.toHaveProperty('queryStringParameters');
  });

  test('the subprotocol is echoed when the function returns its header', async () => {
    stand = await new Stand(() => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'k1te.chat.v1' } })).start();
    const client = await stand.connected('/dev', ['other', 'k1te.chat.v1']);
    expect(client.protocol).toBe('k1te.chat.v1');
  });

  test('the subprotocol is not echoed when the function does not return its header: the client gives up', async () => {
    stand = await new Stand().start();
    const client = stand.client('/dev', ['k1te.chat.v1']);
    const [error] = await once(client, 'error');
    expect(error.message).toBe('Server sent no subprotocol');
  });

  test('a subprotocol header that was not asked for breaks the handshake, as it does at AWS', async () => {
    stand = await new Stand(() => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'k1te.chat.v1' } })).start();
    const [error] = await once(stand.client('/dev'), 'error');
    expect(error.message).toBe('Server sent a subprotocol but none was requested');
  });

  test.each([400, 401, 404, 302])('a $connect that the function answers with %i is refused with it', async (status) => {
    stand = await new Stand(() => ({ statusCode: status, body: 'no' })).start();
    expect(await refusal(stand.client())).toEqual({ status, body: 'no' });
    await stand.until(() => stand.activities.length > 0);
    expect(stand.eventOf('DISCONNECT')).toBeUndefined();
    expect(stand.gateway.connectionCount).toBe(0);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('secret detail'))],
    ['returns nothing', () => undefined],
    ['returns no status code', () => ({ body: 'x' })],
  ])('a $connect function that %s refuses with 502 and API Gateway’s object', async (_, answer) => {
    stand = await new Stand(answer).start();
    const { status, body } = await refusal(stand.client());
    expect(status).toBe(502);
    expect(JSON.parse(body)).toEqual({
      message: 'Internal server error',
      connectionId: expect.stringMatching(/=$/),
      requestId: expect.stringMatching(/=$/),
    });
  });

  test('an unknown stage is forbidden', async () => {
    stand = await new Stand().start();
    expect(await refusal(stand.client('/nowhere'))).toEqual({ status: 403, body: '{"message":"Forbidden"}' });
  });

  test('what is no WebSocket handshake is refused before the function runs', async () => {
    stand = await new Stand().start();
    const outgoing = request(stand.url('/dev'), { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }).end();
    const [response] = await once(outgoing, 'response');
    expect(response.statusCode).toBe(400);
    response.resume();
    expect(stand.events).toEqual([]);
  });

  test('a client that leaves during $connect is reported as disconnected', async () => {
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (release = resolve));
    stand = await new Stand(async () => {
      await waiting;
      return { statusCode: 200 };
    }).start();
    const client = stand.client();
    await stand.until(() => stand.events.length === 1);
    client.terminate();
    await new Promise((resolve) => setTimeout(resolve, 30));
    release();
    await stand.until(() => stand.eventOf('DISCONNECT') !== undefined);
    expect(stand.gateway.connectionCount).toBe(0);
  });
});

describe('messages', () => {
  test.each([
    ['["PING"]', 'PING'],
    ['["TXT","1","hello"]', '$default'],
    ['Hi', '$default'],
    ['', '$default'],
    ['{"0":"PING"}', 'PING'],
    ['"PING"', '$default'],
    ['["$connect"]', '$default'],
    ['["$disconnect"]', '$default'],
    ['[null]', '$default'],
    ['[["PING"]]', '$default'],
    ['[]', '$default'],
  ])('%s takes the route %s', async (message, routeKey) => {
    stand = await new Stand((event) => ({ statusCode: 200, body: event.requestContext.routeKey })).start();
    const client = await stand.connected();
    client.send(message);
    expect(await nextMessage(client)).toBe(routeKey);
    const event = stand.eventOf('MESSAGE');
    expect(event).toMatchObject({
      body: message,
      isBase64Encoded: false,
      requestContext: { routeKey, eventType: 'MESSAGE', messageId: expect.stringMatching(/=$/) },
      stageVariables: { function: 'dev-request-dispatcher:live' },
    });
    expect(event.requestContext.connectionId).toBe(stand.eventOf('CONNECT').requestContext.connectionId);
    expect(event).not.toHaveProperty('headers');
    expect(event).not.toHaveProperty('queryStringParameters');
  });

  test('the function’s body is sent only by routes with a route response', async () => {
    stand = await new Stand(echo).start();
    const client = await stand.connected();
    client.send('["QUIET"]');
    await stand.until(() => stand.activities.some((activity) => activity.routeKey === 'QUIET'));
    client.send('["PING"]');
    expect(await nextMessage(client)).toBe('["PING"]');
  });

  test('no body, no frame; a base 64 body is decoded', async () => {
    stand = await new Stand((event) => {
      if (event.body === 'nothing') return { statusCode: 200 };
      return { statusCode: 200, body: Buffer.from('decoded').toString('base64'), isBase64Encoded: true };
    }).start();
    const client = await stand.connected();
    client.send('nothing');
    await stand.until(() => stand.activities.some(({ kind }) => kind === 'message'));
    client.send('something');
    expect(await nextMessage(client)).toBe('decoded');
  });

  test('a failing function is an internal server error on the wire, even without a route response', async () => {
    stand = await new Stand((event) => {
      if (event.requestContext.eventType === 'MESSAGE') throw new Error('secret detail');
      return { statusCode: 200 };
    }).start();
    const client = await stand.connected();
    client.send('["QUIET"]');
    const frame = JSON.parse(await nextMessage(client));
    const event = stand.eventOf('MESSAGE');
    expect(frame).toEqual({
      message: 'Internal server error',
      connectionId: event.requestContext.connectionId,
      requestId: event.requestContext.requestId,
    });
  });

  test('a function that takes too long is told as a time-out', async () => {
    stand = await new Stand(
      (event) => (event.requestContext.eventType === 'MESSAGE' ? new Promise(() => undefined) : { statusCode: 200 }),
      { limits: { webSocketIntegrationMillis: 30 } },
    ).start();
    const client = await stand.connected();
    client.send('Hi');
    expect(JSON.parse(await nextMessage(client))).toMatchObject({ message: 'Endpoint request timed out' });
  });

  test('without a matching route and without $default the message is forbidden', async () => {
    const [ws] = DEFINITION.apis;
    stand = await new Stand(echo, {
      definition: { apis: [{ ...ws!, routes: ws!.routes.filter(({ routeKey }) => routeKey !== '$default') }] },
    }).start();
    const client = await stand.connected();
    client.send('Hi');
    expect(JSON.parse(await nextMessage(client))).toMatchObject({ message: 'Forbidden' });
  });

  test('messages of one connection run at the same time, as at AWS', async () => {
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (release = resolve));
    stand = await new Stand(async (event) => {
      if (event.body === 'slow') await waiting;
      return { statusCode: 200, body: event.body };
    }).start();
    const client = await stand.connected();
    client.send('slow');
    client.send('fast');
    expect(await nextMessage(client)).toBe('fast');
    release();
    expect(await nextMessage(client)).toBe('slow');
  });

  test('what was served is told with the kind of message, never with its text', async () => {
    stand = await new Stand(echo).start();
    const client = await stand.connected();
    for (const message of ['["TXT","1","hello"]', '["my secret"]', 'my secret']) {
      client.send(message);
      await nextMessage(client);
    }
    await stand.until(() => stand.activities.length === 4);
    const messages = stand.activities.filter(({ kind }) => kind === 'message');
    expect(messages.map(({ tag }) => tag)).toEqual(['TXT', undefined, undefined]);
    expect(messages[0]).toMatchObject({ routeKey: '$default', status: 200, bytes: 19, stage: 'dev' });
    expect(JSON.stringify(stand.activities)).not.toContain('secret');
  });

  test('an open connection survives a new definition and is routed by it', async () => {
    stand = await new Stand((event) => ({ statusCode: 200, body: event.stageVariables.function })).start();
    const client = await stand.connected();
    const [ws] = DEFINITION.apis;
    stand.gateway.redefine({
      apis: [{ ...ws!, stages: [{ stageName: 'dev', stageVariables: { function: 'new:live' } }] }],
    });
    client.send('Hi');
    expect(await nextMessage(client)).toBe('dev-request-dispatcher:live');
    expect(stand.invoked.at(-1)).toMatch(/:function:new:live$/);
  });
});

describe('limits', () => {
  const KB = 1024;

  test('API Gateway’s quotas are the defaults', () => {
    expect(AWS_LIMITS).toMatchObject({
      frameBytes: 32768,
      messageBytes: 131072,
      idleMillis: 600000,
      connectionMillis: 7200000,
    });
  });

  test('a frame of 32 KB passes, as do several frames of one message up to 128 KB', async () => {
    stand = await new Stand((event) => ({ statusCode: 200, body: String(event.body?.length) })).start();
    const client = await stand.connected();
    client.send('x'.repeat(32 * KB));
    expect(await nextMessage(client)).toBe(String(32 * KB));
    for (let part = 1; part <= 4; part += 1) client.send('x'.repeat(32 * KB), { fin: part === 4 });
    expect(await nextMessage(client)).toBe(String(128 * KB));
  });

  test('a frame beyond 32 KB closes with 1009 and reaches no function', async () => {
    stand = await new Stand().start();
    const client = await stand.connected();
    client.send('x'.repeat(32 * KB + 1));
    const [code] = await once(client, 'close');
    expect(code).toBe(1009);
    expect(stand.eventOf('MESSAGE')).toBeUndefined();
    await stand.until(() => stand.eventOf('DISCONNECT') !== undefined);
    expect(stand.eventOf('DISCONNECT').requestContext.disconnectStatusCode).toBe(1009);
  });

  test('a message beyond 128 KB in small frames closes with 1009', async () => {
    stand = await new Stand().start();
    const client = await stand.connected();
    for (let part = 1; part <= 9; part += 1) client.send('x'.repeat(16 * KB), { fin: part === 9 });
    const [code] = await once(client, 'close');
    expect(code).toBe(1009);
    expect(stand.eventOf('MESSAGE')).toBeUndefined();
  });

  test('a binary frame closes with 1003', async () => {
    stand = await new Stand().start();
    const client = await stand.connected();
    client.send(Buffer.from('Hi'), { binary: true });
    const [code] = await once(client, 'close');
    expect(code).toBe(1003);
    expect(stand.eventOf('MESSAGE')).toBeUndefined();
  });

  test('an idle connection is closed with 1001; messages keep it', async () => {
    stand = await new Stand(echo, { limits: { idleMillis: 250 } }).start();
    const client = await stand.connected();
    const opened = Date.now();
    for (let count = 0; count < 4; count += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      client.send('Hi');
      await nextMessage(client);
    }
    const [code, reason] = await once(client, 'close');
    expect(Date.now() - opened).toBeGreaterThan(600);
    expect([code, String(reason)]).toEqual([1001, 'Going away']);
  });

  test('a connection ends after its longest time, busy or not', async () => {
    stand = await new Stand(echo, { limits: { connectionMillis: 120 } }).start();
    const client = await stand.connected();
    const timer = setInterval(() => client.send('Hi'), 20);
    const [code] = await once(client, 'close');
    clearInterval(timer);
    expect(code).toBe(1001);
  });

  test('a throttled stage answers messages and handshakes with 429', async () => {
    const [ws] = DEFINITION.apis;
    const settings = { throttlingBurstLimit: 2, throttlingRateLimit: 0.001 };
    stand = await new Stand(echo, {
      definition: { apis: [{ ...ws!, stages: [{ ...ws!.stages[0]!, defaultRouteSettings: settings }] }] },
    }).start();
    const client = await stand.connected();
    client.send('one');
    expect(await nextMessage(client)).toBe('one');
    client.send('two');
    expect(JSON.parse(await nextMessage(client))).toMatchObject({ message: 'Too Many Requests' });
    const { status, body } = await refusal(stand.client());
    expect([status, JSON.parse(body).message]).toEqual([429, 'Too Many Requests']);
  });
});

describe('disconnecting', () => {
  test('the function is told the code and reason, without the client’s headers', async () => {
    stand = await new Stand().start();
    const client = await stand.connected();
    client.close(4000, 'enough');
    await stand.until(() => stand.eventOf('DISCONNECT') !== undefined);
    const event = stand.eventOf('DISCONNECT');
    expect(event).toMatchObject({
      headers: { 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
      requestContext: { routeKey: '$disconnect', disconnectStatusCode: 4000, disconnectReason: 'enough' },
    });
    expect(event.requestContext.connectionId).toBe(stand.eventOf('CONNECT').requestContext.connectionId);
  });

  test.each([
    ['without a code', (client: { close(): void }) => client.close(), 1005, 'Client-side close frame status not set'],
    ['without a goodbye', (client: { terminate(): void }) => client.terminate(), 1006, ''],
  ])('a client that leaves %s', async (_, leave, code, reason) => {
    stand = await new Stand().start();
    const client = await stand.connected();
    leave(client);
    await stand.until(() => stand.eventOf('DISCONNECT') !== undefined);
    expect(stand.eventOf('DISCONNECT').requestContext).toMatchObject({
      disconnectStatusCode: code,
      disconnectReason: reason,
    });
  });

  test('closing the gateway ends connections and waits for their $disconnect', async () => {
    stand = await new Stand(async (event) => {
      if (event.requestContext.eventType === 'DISCONNECT') await new Promise((resolve) => setTimeout(resolve, 50));
      return { statusCode: 200 };
    }).start();
    const clients = [await stand.connected(), await stand.connected()];
    const codes = clients.map(async (client) => (await once(client, 'close'))[0]);
    await stand.gateway.close();
    expect(await Promise.all(codes)).toEqual([1001, 1001]);
    expect(stand.activities.filter(({ kind }) => kind === 'disconnect')).toHaveLength(2);
  });
});

describe('a definition that cannot work is refused with a sentence', () => {
  beforeAll(() => (stand = new Stand()));
  const [ws] = DEFINITION.apis;

  test.each([
    [
      { ...ws!, integrations: [] },
      'Route "$connect" of API ws-api targets "integrations/fn", which is not among its integrations.',
    ],
    [
      { ...ws!, stages: [{ stageName: 'dev' }] },
      'Route "$connect" of API ws-api needs the stage variable "function", which stage "dev" does not set.',
    ],
    [
      { ...ws!, routeSelectionExpression: 'body.action' },
      'The route selection expression "body.action" is not of the form $request.body.<path>, e.g. $request.body.[0].',
    ],
  ])('%#', (api, sentence) => {
    expect(() => new Stand(undefined, { definition: { apis: [api] } })).toThrow(sentence);
  });
});
