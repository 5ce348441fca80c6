import { answerHttp } from '../../../../lambdas/adapters/lambda-events/http';
import type { OperatorSide } from '../../../../lambdas/chat/ports';
import type { VisitorSide } from '../../../../lambdas/chat/browser-side';

const received: unknown[] = [];
const targets = (outcome: 'handled' | 'retry' = 'handled') => ({
  visitors: {
    fileLink: async (path: string) => (path === 'a/b/c/d.png' ? 'https://signed.example/d.png' : undefined),
  } as VisitorSide,
  operators: { receiveUpdate: async (update: unknown) => (received.push(update), outcome) } as OperatorSide,
  isWebhookSecret: async (secret: string | undefined) => secret === 'right',
});
const event = (method: string, path: string, more: object = {}) => ({
  requestContext: { stage: 'dev', http: { method, path } },
  headers: { 'x-telegram-bot-api-secret-token': 'right' },
  ...more,
});

beforeEach(() => received.splice(0));

test.each(['/dev/tg', '/tg'])('GET %s is answered OK, with the stage in the path or without', async (path) => {
  expect(await answerHttp(event('GET', path), targets())).toMatchObject({ statusCode: 200, body: 'OK' });
});

test('an update without the right secret goes nowhere', async () => {
  for (const headers of [{}, { 'x-telegram-bot-api-secret-token': 'wrong' }]) {
    const answer = await answerHttp(event('POST', '/dev/tg', { headers, body: '{}' }), targets());
    expect(answer.statusCode).toBe(401);
  }
  expect(received).toEqual([]);
});

test('an update is handed over, in base 64 or not; only what can succeed later is asked for again', async () => {
  const update = { update_id: 1, message: { text: 'привіт' } };
  const body = JSON.stringify(update);
  expect((await answerHttp(event('POST', '/dev/tg', { body }), targets())).statusCode).toBe(200);
  const encoded = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  expect((await answerHttp(event('POST', '/dev/tg', encoded), targets('retry'))).statusCode).toBe(503);
  expect(received).toEqual([update, update]);
  expect((await answerHttp(event('POST', '/dev/tg', { body: 'not json' }), targets())).statusCode).toBe(200);
});

test('a link to a file leads to a fresh signed one that no cache keeps', async () => {
  expect(await answerHttp(event('GET', '/dev/files/a/b/c/d.png'), targets())).toEqual({
    statusCode: 302,
    headers: {
      location: 'https://signed.example/d.png',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'access-control-allow-origin': '*',
    },
  });
  expect((await answerHttp(event('GET', '/dev/files/x'), targets())).statusCode).toBe(404);
  expect((await answerHttp(event('GET', '/dev/other'), targets())).statusCode).toBe(404);
});
