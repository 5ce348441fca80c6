import { mkdtempSync, rmSync } from 'node:fs';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { EmbeddedDynamoDb } from '../../emulators/aws/dynamodb/embedded-dynamodb';
import { RuntimeApi } from '../../emulators/aws/lambda/runtime-api';
import { AwsProxy } from '../../emulators/aws/account/proxy';
import { LocalServer } from '../../local/local-server';
import { createTelegram } from '../../emulators/telegram';
import { isFromAnotherWebsite, isToThisMachine } from '../../emulators/web-access';

/** Asks as a browser would, which fetch does not allow. */
async function ask(
  url: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> {
  return await new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });
}

describe('a request to this machine', () => {
  test.each(['localhost:3000', 'localhost', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST:4000', 'shop.localhost:3000'])(
    'is one to %s',
    (host) => expect(isToThisMachine({ headers: { host } })).toBe(true),
  );

  test.each([
    ...[
      'evil.example:3000',
      'localhost.evil.example',
      '127.0.0.1.evil.example:3000',
      'evillocalhost',
      '192.168.1.2:3000',
    ],
    ...['localhost:3000@evil.example', '', undefined],
  ])('is none to %s', (host) => expect(isToThisMachine({ headers: { host } })).toBe(false));
});

describe('a request of another website', () => {
  const host = 'localhost:3000';

  test.each([
    ['a page on another port', { origin: 'http://localhost:8080' }],
    ['a page of somewhere', { origin: 'https://evil.example' }],
    ['a page of nowhere', { origin: 'null' }],
    ['a picture in a page of somewhere', { 'sec-fetch-site': 'cross-site' }],
    ['a picture in a page on another port', { 'sec-fetch-site': 'same-site' }],
  ])('is one of %s', (_, headers) => expect(isFromAnotherWebsite({ headers: { host, ...headers } })).toBe(true));

  test.each([
    ['its own page', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }],
    ['a person who types the address', { 'sec-fetch-site': 'none' }],
    ['a program', {}],
    ['fetch of Node.js', { 'sec-fetch-mode': 'cors' }],
  ])('is none of %s', (_, headers) => expect(isFromAnotherWebsite({ headers: { host, ...headers } })).toBe(false));
});

describe('npm start and npm run sandbox', () => {
  let server: LocalServer;
  beforeEach(async () => {
    server = await LocalServer.listen(0);
    server.serve(
      (_, response) => response.end('the chat'),
      (_, socket) => socket.end('HTTP/1.1 418 The chat\r\n\r\n'),
    );
  });
  afterEach(() => server.close());

  const handshake = async (headers: Record<string, string>): Promise<string> =>
    await new Promise((resolve) =>
      new WebSocket(server.origin.replace('http', 'ws'), { headers }).on('error', ({ message }) => resolve(message)),
    );

  test('answer to the names of this machine', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      const { text } = await ask(server.origin, { host: `${name}:${server.port}` });
      expect(text).toBe('the chat');
    }
  });

  test('do not answer a foreign name that leads here', async () => {
    const { status, text } = await ask(server.origin, { host: `evil.example:${server.port}` });
    expect([status, text]).toEqual([421, `This is ${server.origin}, and nothing at evil.example:${server.port}.\n`]);
    expect(await handshake({ host: 'evil.example' })).toContain('421');
  });

  test('take WebSocket connections from any website, as API Gateway does: the channel’s /origins decide', async () => {
    expect(await handshake({ origin: 'https://shop.example' })).toContain('418');
  });
});

describe('the Telegram emulator', () => {
  const TOKEN = '1001:a-secret-token';
  const telegram = createTelegram({ bots: [{ token: TOKEN, username: 'kite_dev_bot' }] });
  let url: string;
  let apiRoot: string;
  beforeAll(async () => {
    ({ consoleUrl: url, apiRoot } = await telegram.listen());
  });
  afterAll(() => telegram.close());

  const FOREIGN = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://localhost' },
  ];

  test.each(FOREIGN)('gives another website neither conversations nor files (%j)', async (headers) => {
    for (const path of ['/state', '/events', '/file?id=x', '/console.js']) {
      expect([path, (await ask(url + path, headers)).status]).toEqual([path, 403]);
    }
  });

  test.each(FOREIGN)('lets another website act neither as an operator nor as the bot (%j)', async (headers) => {
    const json = { ...headers, 'content-type': 'application/json' };
    expect((await ask(`${url}/actions/send`, json, 'POST')).status).toBe(403);
    const register = `${apiRoot}/bot${TOKEN}/setWebhook?url=https://evil.example`;
    expect((await ask(register, headers)).status).toBe(403);
    expect((await ask(register, headers, 'POST')).status).toBe(403);
    expect(telegram.calls()).toEqual([]);
  });

  test('serves its own page, which cannot be framed', async () => {
    const page = await ask(url, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'content-security-policy': "frame-ancestors 'none'",
    });
    const { host } = new URL(url);
    const own = { 'sec-fetch-site': 'same-origin', origin: `http://${host}` };
    expect((await ask(`${url}/state`, own)).status).toBe(200);
  });

  test('forgets the webhook of a token that is not valid any more', async () => {
    await ask(`${apiRoot}/bot${TOKEN}/setWebhook?url=http://127.0.0.1:1/tg`);
    telegram.addBot({ token: '1001:another-token', username: 'kite_dev_bot' });
    const { text } = await ask(`${apiRoot}/bot1001:another-token/getWebhookInfo`);
    expect(JSON.parse(text)).toMatchObject({ result: { url: '' } });
    expect((await ask(`${apiRoot}/bot${TOKEN}/getMe`)).status).toBe(401);
  });

  test('does not answer a foreign name that leads here', async () => {
    expect((await ask(`${url}/state`, { host: 'evil.example' })).status).toBe(421);
  });
});

describe('the tables of npm start', () => {
  let folder: string;
  let dynamoDb: EmbeddedDynamoDb;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kite-tables-'));
    dynamoDb = await EmbeddedDynamoDb.start(folder);
  });
  afterAll(async () => {
    await dynamoDb.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([{ origin: 'https://evil.example' }, { host: 'evil.example' }])(
    'are nothing for a website (%j)',
    async (headers) => {
      for (const method of ['OPTIONS', 'POST']) {
        const answer = await ask(dynamoDb.endpoint, headers, method);
        expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
      }
    },
  );

  test('answer programs', async () => {
    expect((await ask(dynamoDb.endpoint)).text).toContain('healthy');
  });
});

describe('the emulated AWS account', () => {
  let proxy: AwsProxy;
  beforeAll(async () => {
    proxy = await AwsProxy.listen(0, async () => ({ status: 200, headers: {}, body: Buffer.from('AWS') }));
  });
  afterAll(() => proxy.close());

  test('does not answer a foreign name that leads here', async () => {
    expect((await ask(proxy.url, { host: 'evil.example' })).status).toBe(421);
  });

  test('answers programs, also by the names that SDKs put before the host', async () => {
    expect((await ask(proxy.url)).text).toBe('AWS');
    expect((await ask(proxy.url, { host: '123456789012.127.0.0.1:4566' })).text).toBe('AWS');
  });
});

describe('the runtime API of a function in the emulated account', () => {
  const heard: string[] = [];
  let api: RuntimeApi;
  beforeAll(async () => {
    const hear = (what: string) => () => void heard.push(what);
    api = await RuntimeApi.listen({
      ready: hear('ready'),
      responded: hear('responded'),
      failed: hear('failed'),
      initFailed: hear('initFailed'),
    });
  });
  afterAll(() => api.close());

  test.each([
    [421, { host: 'evil.example' }],
    [403, { origin: 'https://evil.example' }],
    [403, { 'sec-fetch-site': 'cross-site' }],
  ])('answers a website %d and gives it no event (%j)', async (status, headers) => {
    api.offer({ requestId: '1', functionArn: 'f', deadlineMs: 0, payload: Buffer.from('a message of a visitor') });
    const answer = await ask(`http://${api.authority}/2018-06-01/runtime/invocation/next`, headers);
    expect([answer.status, answer.text]).toEqual([status, expect.not.stringContaining('visitor')]);
    await ask(`http://${api.authority}/2018-06-01/runtime/init/error`, headers, 'POST');
    expect(heard).toEqual([]);
  });
});
