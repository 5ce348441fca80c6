import { metricNamespace } from '../../../constructs/core/stage-names';
import { WebhookCheck } from '../../../constructs/function/webhook-check';
import { createLogger } from '../../../lambdas/adapters/logger';
import { createLifecycleHandler, type LifecycleHandler } from '../../../lambdas/lifecycle/wiring';
import { ScriptedTelegram } from '../adapters/telegram/scripted-telegram';

const TOKEN = '123456789:AAExampleExampleExampleExampleExample';
const WEBHOOK = 'https://api.example.com/dev/tg';
const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;

interface Line {
  readonly level: string;
  readonly message: string;
  readonly webhook: string;
  readonly lastError?: string;
  readonly elsewhere?: string;
  readonly WebhookIsOurs: number;
  readonly WebhookFailing: number;
  readonly PendingUpdates: number;
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: { Namespace: string; Dimensions: unknown; Metrics: { Name: string }[] }[];
  };
}

let telegram: ScriptedTelegram;
let apiRoot: string;
let logged: string[];

beforeEach(async () => {
  telegram = new ScriptedTelegram();
  apiRoot = await telegram.start();
  logged = [];
});
afterEach(() => telegram.stop());

function handlerOf(root = apiRoot): LifecycleHandler {
  return createLifecycleHandler(
    { stage: 'dev', botTokenParameter: '/kite/dev/telegram-bot-token', telegramApiRoot: root, logLevel: 'INFO' },
    {
      readSecret: async () => TOKEN,
      logger: createLogger('lifecycle', 'INFO', (line) => logged.push(line)),
      clock: { now: () => NOW, sleep: async () => undefined },
    },
  );
}

const check = (root?: string) => handlerOf(root)({ check: 'webhook', webhookUrl: WEBHOOK });
const line = (): Line => JSON.parse(logged[0] ?? '{}') as Line;

test('a webhook that works is reported as ours, and nothing is changed at Telegram', async () => {
  telegram.answer('getWebhookInfo', { url: WEBHOOK, pending_update_count: 3 });
  await expect(check()).resolves.toEqual({ webhook: 'ours', failing: false, pending: 3 });
  expect(telegram.calls.map(({ method }) => method)).toEqual(['getWebhookInfo']);
  expect(logged).toHaveLength(1);
  expect(line()).toMatchObject({ level: 'INFO', WebhookIsOurs: 1, WebhookFailing: 0, PendingUpdates: 3 });
});

test('the line is one that CloudWatch makes metrics of, by the names that the alarms and the dashboard know', async () => {
  telegram.answer('getWebhookInfo', { url: WEBHOOK, pending_update_count: 0 });
  await check();
  const { _aws: directive } = line();
  expect(directive.Timestamp).toBe(NOW);
  expect(directive.CloudWatchMetrics).toEqual([
    {
      Namespace: metricNamespace('dev'),
      Dimensions: [[]],
      Metrics: ['WebhookIsOurs', 'WebhookFailing', 'PendingUpdates'].map((Name) => ({ Name, Unit: 'Count' })),
    },
  ]);
  for (const { Name } of directive.CloudWatchMetrics[0]?.Metrics ?? []) {
    expect(WebhookCheck.metric('dev', Name, 'Minimum')).toMatchObject({ namespace: 'Kite/dev', dimensions: {} });
    expect(line()).toHaveProperty(Name);
  }
});

test('a foreign webhook is reported by its host only', async () => {
  telegram.answer('getWebhookInfo', { url: 'https://thief.example/secret-path', pending_update_count: 0 });
  await expect(check()).resolves.toMatchObject({ webhook: 'elsewhere', elsewhere: 'thief.example' });
  expect(line()).toMatchObject({ level: 'WARN', WebhookIsOurs: 0 });
  expect(logged.join()).not.toContain('secret-path');
});

test('a webhook that was removed is not ours', async () => {
  telegram.answer('getWebhookInfo', { url: '', pending_update_count: 12 });
  await expect(check()).resolves.toEqual({ webhook: 'none', failing: false, pending: 12 });
  expect(line()).toMatchObject({ WebhookIsOurs: 0, PendingUpdates: 12 });
});

test('a token that is not valid any more is no failure of the check, but of the webhook', async () => {
  telegram.refuse('getWebhookInfo', 401, 'Unauthorized');
  await expect(check()).resolves.toMatchObject({ webhook: 'unknown bot' });
  expect(line()).toMatchObject({ level: 'WARN', WebhookIsOurs: 0 });
});

test.each([
  ['since the last check', 14, 1],
  ['long ago, and none since', 16, 0],
])('an update that Telegram could not deliver %s', async (_, minutes, failing) => {
  telegram.answer('getWebhookInfo', {
    url: WEBHOOK,
    pending_update_count: 1,
    last_error_date: (NOW - minutes * MINUTE) / 1000,
    last_error_message: 'Wrong response from the webhook: 503 Service Unavailable',
  });
  await check();
  expect(line().WebhookFailing).toBe(failing);
  expect(line().lastError).toBe(failing ? 'Wrong response from the webhook: 503 Service Unavailable' : undefined);
});

test('Telegram that cannot be reached leaves no metrics behind, which is what the alarm goes off for', async () => {
  await expect(check('http://127.0.0.1:1')).resolves.toBe('not asked');
  expect(line()).toMatchObject({ level: 'WARN', message: 'Webhook not checked' });
  expect(line()).not.toHaveProperty('_aws');
});
