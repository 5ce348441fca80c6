import { request } from 'node:http';
import { DEFINITION, Stand, type Event } from './stand';

let stand: Stand;
afterEach(() => stand.stop());

/** A request with exactly these raw headers; fetch would tidy them up. */
async function raw(
  path: string,
  headers: string[],
  method = 'GET',
  body?: string,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; rawHeaders: string[]; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port: stand.port, path, method, headers: ['Host', 'chat.test', ...headers] },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            body: text,
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('the event is payload format 2.0', () => {
  test('path, query, headers, cookies and context', async () => {
    stand = await new Stand().start();
    await raw('/dev/tg?a=1&a=2&b=%C3%BC', [
      'X-Twice',
      'one',
      'x-twice',
      'two',
      'Cookie',
      'k=v; l=w',
      'User-Agent',
      'test',
    ]);
    const [event] = stand.events;
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /tg',
      rawPath: '/dev/tg',
      rawQueryString: 'a=1&a=2&b=%C3%BC',
      cookies: ['k=v', 'l=w'],
      headers: { 'x-twice': 'one,two', host: 'chat.test', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' },
      queryStringParameters: { a: '1,2', b: 'ü' },
      requestContext: {
        apiId: 'http-api',
        domainName: 'chat.test',
        domainPrefix: 'chat',
        http: { method: 'GET', path: '/dev/tg', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        routeKey: 'GET /tg',
        stage: 'dev',
        time: expect.stringMatching(/ \+0000$/),
        timeEpoch: expect.any(Number),
      },
      stageVariables: { function: 'dev-request-dispatcher:live' },
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('pathParameters');
  });

  test.each([
    ['application/json', 'plain', false],
    ['application/json; charset=utf-8', 'plain', false],
    ['application/problem+json', 'plain', false],
    ['text/plain', 'plain', false],
    ['application/octet-stream', 'cGxhaW4=', true],
    ['application/x-www-form-urlencoded', 'cGxhaW4=', true],
  ])('a body of type %s arrives as %s', async (type, body, isBase64Encoded) => {
    stand = await new Stand().start();
    await raw('/dev/tg', ['Content-Type', type], 'POST', 'plain');
    expect(stand.events[0]).toMatchObject({ body, isBase64Encoded });
  });

  test('a greedy path variable takes the rest of the path, decoded', async () => {
    stand = await new Stand().start();
    await raw('/dev/files/a/b%20c.png', []);
    expect(stand.events[0]).toMatchObject({
      routeKey: 'GET /files/{proxy+}',
      rawPath: '/dev/files/a/b c.png',
      pathParameters: { proxy: 'a/b c.png' },
    });
  });

  test('the most specific route wins, and $default takes the rest', async () => {
    const [, http] = DEFINITION.apis;
    const routes = ['$default', 'ANY /a/{x+}', 'GET /a/{x+}', 'GET /a/{x}', 'ANY /a/b', 'GET /a/b'].map((routeKey) => ({
      routeKey,
      target: 'integrations/fn',
    }));
    stand = await new Stand((event: Event) => event.routeKey, { definition: { apis: [{ ...http!, routes }] } }).start();
    const answered = async (path: string, method = 'GET'): Promise<string> => (await raw(path, [], method)).body;
    expect(await answered('/dev/a/b')).toBe('GET /a/b');
    expect(await answered('/dev/a/b', 'POST')).toBe('ANY /a/b');
    expect(await answered('/dev/a/c')).toBe('GET /a/{x}');
    expect(await answered('/dev/a/c/d')).toBe('GET /a/{x+}');
    expect(await answered('/dev/a/c/d', 'POST')).toBe('ANY /a/{x+}');
    expect(await answered('/dev/a')).toBe('$default');
    expect(await answered('/dev')).toBe('$default');
  });
});

describe('the response', () => {
  test.each([
    ['a string', 'OK', 200, 'OK', 'application/json'],
    ['an object without a status code', { ok: true }, 200, '{"ok":true}', 'application/json'],
    [
      'a structured response',
      { statusCode: 201, headers: { 'Content-Type': 'text/html' }, body: '<p>' },
      201,
      '<p>',
      'text/html',
    ],
    [
      'a body in base 64',
      { statusCode: 200, body: 'aGk=', isBase64Encoded: true },
      200,
      'hi',
      'text/plain; charset=utf-8',
    ],
    ['a status code as a string', { statusCode: '202' }, 202, '', 'text/plain; charset=utf-8'],
  ])('from %s', async (_, value, status, body, type) => {
    stand = await new Stand(() => value).start();
    const response = await raw('/dev/tg', []);
    expect([response.status, response.body, response.headers['content-type']]).toEqual([status, body, type]);
    expect(response.headers['apigw-requestid']).toMatch(/^[A-Za-z0-9_-]{15}=$/);
  });

  test('cookies become set-cookie headers, redirects stay redirects', async () => {
    stand = await new Stand(() => ({
      statusCode: 302,
      headers: { location: 'http://x/' },
      cookies: ['a=1', 'b=2; Secure'],
    })).start();
    const response = await raw('/dev/tg', []);
    expect([response.status, response.headers.location]).toEqual([302, 'http://x/']);
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2; Secure']);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('secret detail'))],
    ['returns a status code that is none', () => ({ statusCode: 'many' })],
    ['returns a body that is no string', () => ({ statusCode: 200, body: {} })],
  ])('a function that %s is an internal server error', async (_, answer) => {
    stand = await new Stand(answer).start();
    const response = await raw('/dev/tg', []);
    expect([response.status, response.body]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  test('a function that takes too long makes the service unavailable', async () => {
    stand = await new Stand(() => new Promise(() => undefined), { limits: { httpIntegrationMillis: 30 } }).start();
    const response = await raw('/dev/tg', []);
    expect([response.status, response.body]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  test.each(['/dev/other', '/dev', '/dev/tg/', '/nowhere/tg', '/tg'])('%s is not found', async (path) => {
    stand = await new Stand().start();
    const response = await raw(path, []);
    expect([response.status, response.body]).toEqual([404, '{"message":"Not Found"}']);
    expect(stand.events).toEqual([]);
  });

  test('a path that cannot be decoded is a bad request', async () => {
    stand = await new Stand().start();
    expect((await raw('/dev/%E0%A4%A', [])).status).toBe(400);
  });

  test('a body beyond 10 MB is too large', async () => {
    stand = await new Stand().start();
    const response = await raw('/dev/tg', ['Content-Type', 'text/plain'], 'POST', 'x'.repeat(10 * 1024 * 1024 + 1));
    expect([response.status, response.body]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    expect(stand.events).toEqual([]);
  });

  test('a body that fits the gateway but not Lambda is too large', async () => {
    stand = await new Stand().start();
    const response = await raw('/dev/tg', ['Content-Type', 'text/plain'], 'POST', 'x'.repeat(7 * 1024 * 1024));
    expect(response.status).toBe(413);
    expect(stand.events).toEqual([]);
  });

  test('a throttled route answers 429, the others go on', async () => {
    const [, http] = DEFINITION.apis;
    const routeSettings = { 'POST /tg': { throttlingBurstLimit: 1, throttlingRateLimit: 0.001 } };
    stand = await new Stand(undefined, {
      definition: { apis: [{ ...http!, stages: [{ ...http!.stages[0]!, routeSettings }] }] },
    }).start();
    expect((await raw('/dev/tg', [], 'POST')).status).toBe(200);
    const second = await raw('/dev/tg', [], 'POST');
    expect([second.status, second.body]).toEqual([429, '{"message":"Too Many Requests"}']);
    expect((await raw('/dev/tg', [])).status).toBe(200);
  });

  test('what was served is told without bodies', async () => {
    stand = await new Stand().start();
    await raw('/dev/tg', ['Content-Type', 'text/plain'], 'POST', 'secret');
    expect(stand.activities).toEqual([
      expect.objectContaining({ kind: 'http', stage: 'dev', routeKey: 'POST /tg', status: 200, bytes: 6 }),
    ]);
    expect(JSON.stringify(stand.activities)).not.toContain('secret');
  });
});
