import { createHash } from 'node:crypto';
import { createLogger } from '../../../lambdas/adapters/logger';
import { createMemoryWorld, type MemoryWorld } from '../../memory/world';
import { systemClock } from '../../../lambdas/adapters/system';
import { webhookSecret } from '../../../lambdas/adapters/telegram/webhook-secret';
import { createRequestDispatcher, type DispatcherHandler } from '../../../lambdas/request-dispatcher/wiring';
import { createTelegram, type Telegram } from '../../../emulators/telegram';
import { memoryEnvironment } from './memory-environment';

/** What somebody who runs Kite finds in the log about one message, asked as `docs/operations.md` says. */
const TOKEN = '123456:correlation-test-token';
const BOT = 'kite_correlation_bot';
const CHANNEL = 'correlated';
const MEMBER = 'member-who-must-not-be-logged';
const QUESTION = 'What does the red one cost?';
const ANSWER = 'As much as the blue one.';

type Line = Record<string, unknown>;

let telegram: Telegram;
let apiRoot: string;
let world: MemoryWorld;
let handler: DispatcherHandler;
let printed: string[];
let chat: number;
let operator: number;
let seen: number;

beforeEach(async () => {
  telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT, privacyMode: false }] });
  ({ apiRoot } = await telegram.listen());
  printed = [];
  seen = 0;
  world = createMemoryWorld({ secrets: { botToken: async () => TOKEN }, clock: systemClock });
  handler = createRequestDispatcher(memoryEnvironment({ ...world.settings, stage: 'dev' }, apiRoot, 'INFO'), {
    ...world,
    logger: createLogger('request-dispatcher', 'INFO', (line) => printed.push(line)),
  });
  operator = telegram.people.user({ firstName: 'Olena' }).id;
  chat = telegram.people.group({ title: 'Support', owner: operator, kind: 'supergroup' });
  telegram.people.addBot({ chat, by: operator, bot: BOT, administrator: true });
  telegram.people.send({ chat, from: operator, text: `/host ${CHANNEL}` });
  await bringUpdates();
  await frame('CONNECT');
  world.push.open('ws:c1');
  await frame('MESSAGE', ['JOIN', MEMBER, 'Ann', CHANNEL]);
  await workQueue();
  printed = [];
});
afterEach(() => telegram.close());

let requests = 0;
const invoke = (event: object) => handler(event, { awsRequestId: `invocation-${++requests}` });

async function frame(eventType: string, content?: unknown): Promise<string | undefined> {
  const requestContext = {
    eventType,
    connectionId: 'c1',
    requestId: `gateway-${requests + 1}`,
    requestTimeEpoch: Date.now(),
  };
  const answer = await invoke({ requestContext, body: JSON.stringify(content) });
  return 'body' in answer ? answer.body : undefined;
}

/** Brings what Telegram has to tell; returns the number of the last update. */
async function bringUpdates(): Promise<number> {
  const answer = await fetch(`${apiRoot}/bot${TOKEN}/getUpdates?offset=${seen + 1}&timeout=0`);
  const { result } = (await answer.json()) as { result: { update_id: number }[] };
  for (const update of result) {
    await invoke({
      requestContext: { http: { method: 'POST', path: '/dev/tg' }, stage: 'dev', requestId: `gateway-${requests + 1}` },
      headers: { 'x-telegram-bot-api-secret-token': webhookSecret(TOKEN, 'dev') },
      body: JSON.stringify(update),
    });
    seen = update.update_id;
  }
  return seen;
}

async function workQueue(): Promise<void> {
  for (const item of world.queue.items.splice(0)) {
    const body = JSON.stringify(item);
    const messageId = `item-${createHash('sha256').update(body).digest('hex').slice(0, 8)}`;
    const attributes = { ApproximateReceiveCount: '1' };
    await invoke({ Records: [{ eventSource: 'aws:sqs', messageId, receiptHandle: 'r', body, attributes }] });
  }
}

/** The lines about one message, oldest first: what the saved query `message` shows. */
function linesOf(id: unknown): Line[] {
  return printed.map((text) => JSON.parse(text) as Line).filter((line) => line['id'] === id);
}

test('a frame is followed to the message in Telegram by the id that the visitor’s browser has', async () => {
  const [, , id] = JSON.parse(
    (await frame('MESSAGE', ['TXT', 'm1', QUESTION, '2026-01-01T00:00:00Z'])) ?? '',
  ) as string[];
  await workQueue();
  const posted = telegram.people.messages(chat).find(({ text }) => text?.includes(QUESTION));
  const common = { level: 'INFO', id, channel: CHANNEL, handle: expect.stringMatching(/^[a-z][a-z0-9]{11}$/) };
  expect(linesOf(id)).toEqual([
    expect.objectContaining({
      ...common,
      message: 'A message was accepted',
      connection: 'c1',
      requestId: expect.stringMatching(/^invocation-/),
      gatewayRequestId: expect.stringMatching(/^gateway-/),
    }),
    expect.objectContaining({
      ...common,
      message: 'A message was delivered to Telegram',
      requestId: expect.stringMatching(/^invocation-/),
      queueItem: expect.stringMatching(/^item-/),
      attempt: 1,
      messageIds: [String(posted?.message_id)],
    }),
  ]);
});

test('an update of an operator is followed to the push, and both have the update’s number', async () => {
  await frame('MESSAGE', ['TXT', 'm1', QUESTION, '2026-01-01T00:00:00Z']);
  await workQueue();
  printed = [];
  const question = telegram.people.messages(chat).find(({ text }) => text?.includes(QUESTION));
  const replyTo = question?.message_id ?? 0;
  const answer = telegram.people.send({ chat, from: operator, text: ANSWER, replyTo });
  const update = await bringUpdates();
  const pushed = JSON.parse(world.push.frames.get('ws:c1')?.at(-1) ?? '[]') as string[];
  expect(pushed[2]).toBe(ANSWER);
  expect(linesOf(pushed[1])).toEqual([
    expect.objectContaining({ message: 'A message was pushed', update, outcome: 'sent', sent: 1, channel: CHANNEL }),
    expect.objectContaining({
      message: "An operator's message was accepted",
      update,
      messageIds: [String(answer.message_id)],
      gatewayRequestId: expect.stringMatching(/^gateway-/),
    }),
  ]);
});

test('an answer that waits for the visitor says so, and says when it arrives', async () => {
  await frame('MESSAGE', ['TXT', 'm1', QUESTION, '2026-01-01T00:00:00Z']);
  await workQueue();
  world.push.close('ws:c1');
  await frame('DISCONNECT');
  const replyTo = telegram.people.messages(chat).find(({ text }) => text?.includes(QUESTION))?.message_id ?? 0;
  printed = [];
  telegram.people.send({ chat, from: operator, text: ANSWER, replyTo });
  await bringUpdates();
  await workQueue();
  const outcomes = () =>
    printed
      .map((text) => JSON.parse(text) as Line)
      .filter(({ message }) => message === 'A message was pushed')
      .map(({ outcome }) => outcome);
  expect(outcomes()).toEqual(['away']);
  await frame('CONNECT');
  world.push.open('ws:c1');
  await frame('MESSAGE', ['JOIN', MEMBER, 'Ann', CHANNEL]);
  expect(outcomes()).toEqual(['away', 'sent']);
});

test('no line holds what was said, who the visitor says to be, or the chat that somebody has with the bot', async () => {
  await frame('MESSAGE', ['TXT', 'm1', QUESTION, '2026-01-01T00:00:00Z']);
  await frame('MESSAGE', ['PING']);
  await workQueue();
  const replyTo = telegram.people.messages(chat).find(({ text }) => text?.includes(QUESTION))?.message_id ?? 0;
  telegram.people.send({ chat, from: operator, text: ANSWER, replyTo });
  await bringUpdates();
  const log = printed.join('\n');
  for (const secret of [QUESTION, ANSWER, MEMBER, TOKEN, String(operator), String(chat)])
    expect(log).not.toContain(secret);
  // Accepted, delivered, pushed, accepted: a line for each thing that happened to a message, and none for a PING.
  expect(printed).toHaveLength(4);
});
