import { answerWebSocket, isWebSocketEvent } from '../../../../lambdas/adapters/lambda-events/websocket';
import { refuse } from '../../../../lambdas/chat/model/refusal';
import type { Handshake, VisitorSide } from '../../../../lambdas/chat/browser-side';

const event = (eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT', more: object = {}) => ({
  requestContext: { eventType, connectionId: 'abc=', requestTimeEpoch: 1234 },
  ...more,
});

test('the handshake’s channel, origin and subprotocols are found, however headers are spelt', async () => {
  const seen: Handshake[] = [];
  const visitors = {
    connect: async (handshake: Handshake) => (seen.push(handshake), { kind: 'accepted', subprotocol: 'k1te.chat.v1' }),
  } as unknown as VisitorSide;
  const answer = await answerWebSocket(
    event('CONNECT', {
      headers: { 'sec-websocket-protocol': 'other, k1te.chat.v1', ORIGIN: 'https://shop.example' },
      queryStringParameters: { c: 'my-channel', param: 'test' },
    }),
    visitors,
  );
  expect(seen).toEqual([
    {
      connection: 'ws:abc=',
      channel: 'my-channel',
      origin: 'https://shop.example',
      protocols: ['other', 'k1te.chat.v1'],
    },
  ]);
  expect(answer).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'k1te.chat.v1' } });
});

test('a refused handshake has the refusal’s status', async () => {
  const visitors = { connect: async () => refuse(404, 'There is no channel x') } as unknown as VisitorSide;
  expect(await answerWebSocket(event('CONNECT'), visitors)).toEqual({
    statusCode: 404,
    body: 'There is no channel x',
  });
});

test('an answer is the route’s response; without one nothing is sent', async () => {
  const seen: unknown[] = [];
  const visitors = {
    receive: async (...given: unknown[]) => (seen.push(given), given[1] === 'quiet' ? undefined : '["OK"]'),
  } as unknown as VisitorSide;
  expect(await answerWebSocket(event('MESSAGE', { body: 'loud' }), visitors)).toEqual({
    statusCode: 200,
    body: '["OK"]',
  });
  expect(await answerWebSocket(event('MESSAGE', { body: 'quiet' }), visitors)).toEqual({ statusCode: 200 });
  const encoded = { body: Buffer.from('Hi').toString('base64'), isBase64Encoded: true };
  await answerWebSocket(event('MESSAGE', encoded), visitors);
  expect(seen).toEqual([
    ['ws:abc=', 'loud', 1234],
    ['ws:abc=', 'quiet', 1234],
    ['ws:abc=', 'Hi', 1234],
  ]);
});

test('other events are none of a WebSocket API', () => {
  expect(isWebSocketEvent(event('CONNECT'))).toBe(true);
  expect(isWebSocketEvent({ requestContext: { http: { method: 'GET', path: '/' } } })).toBe(false);
  expect(isWebSocketEvent({})).toBe(false);
});
