import { createLogger } from '../../../lambdas/adapters/logger';
import { webhookSecret } from '../../../lambdas/adapters/telegram/webhook-secret';
import { createLifecycleHandler, type LifecycleHandler } from '../../../lambdas/lifecycle/wiring';
import { ScriptedTelegram } from '../adapters/telegram/scripted-telegram';

const TOKEN = '123456789:AAExampleExampleExampleExampleExample';
const PARAMETER = '/kite/dev/telegram-bot-token';
const WEBHOOK = 'https://api.example.com/dev/tg';

let telegram: ScriptedTelegram;
let apiRoot: string;
let logged: string[];
/** By the name that is asked for. */
let tokens: Record<string, string>;
let read: string[];

beforeEach(async () => {
  telegram = new ScriptedTelegram();
  apiRoot = await telegram.start();
  logged = [];
  read = [];
  tokens = { [PARAMETER]: TOKEN };
});
afterEach(() => telegram.stop());

function handlerOf(root = apiRoot): LifecycleHandler {
  return createLifecycleHandler(
    { stage: 'dev', botTokenParameter: PARAMETER, telegramApiRoot: root, logLevel: 'INFO' },
    {
      readSecret: async (name) => {
        read.push(name);
        const token = tokens[name];
        if (token !== undefined) return token;
        throw Object.assign(new Error(`There is no ${name}`), { name: 'ParameterVersionNotFound' });
      },
      logger: createLogger('t', 'INFO', (line) => logged.push(line)),
    },
  );
}

const event = (action: string) => ({ webhookUrl: WEBHOOK, tf: { action, prev_input: null } });

test.each(['create', 'update'])(
  'on %s the webhook is registered with a secret, and the commands are listed',
  async (action) => {
    await expect(handlerOf()(event(action))).resolves.toEqual({ webhookUrl: WEBHOOK, webhook: 'registered' });
    const [registration, commands] = telegram.calls;
    expect(registration).toMatchObject({
      method: 'setWebhook',
      parameters: {
        url: WEBHOOK,
        secret_token: expect.stringMatching(/^[\w-]{43}$/),
        allowed_updates: expect.arrayContaining(['message', 'edited_message', 'callback_query', 'my_chat_member']),
        max_connections: 40,
      },
    });
    expect(commands?.method).toBe('setMyCommands');
    expect(JSON.stringify(commands?.parameters)).toContain('"host"');
  },
);

test('registering twice asks Telegram for the same thing twice', async () => {
  const handler = handlerOf();
  await handler(event('create'));
  await handler(event('create'));
  expect(telegram.calls[2]).toEqual(telegram.calls[0]);
});

test('each stage has a secret of its own', async () => {
  await handlerOf()(event('create'));
  const prod = createLifecycleHandler(
    { stage: 'prod', botTokenParameter: '/kite/prod/telegram-bot-token', telegramApiRoot: apiRoot, logLevel: 'ERROR' },
    { readSecret: async () => TOKEN },
  );
  await prod(event('create'));
  expect(telegram.calls[2]?.parameters['secret_token']).not.toBe(telegram.calls[0]?.parameters['secret_token']);
});

test('on delete the webhook is removed, again and again if need be', async () => {
  telegram.answer('getWebhookInfo', { url: WEBHOOK });
  telegram.answer('getWebhookInfo', { url: '' });
  await expect(handlerOf()(event('delete'))).resolves.toMatchObject({ webhook: 'removed' });
  await expect(handlerOf()(event('delete'))).resolves.toMatchObject({ webhook: 'removed' });
  expect(telegram.calls.map((call) => call.method)).toEqual(
    Array.from({ length: 2 }, () => ['getWebhookInfo', 'deleteWebhook']).flat(),
  );
});

test('on delete a webhook that has been moved elsewhere stays', async () => {
  telegram.answer('getWebhookInfo', { url: 'https://new.example.com/dev/tg' });
  await expect(handlerOf()(event('delete'))).resolves.toMatchObject({ webhook: 'elsewhere' });
  expect(telegram.calls.map((call) => call.method)).toEqual(['getWebhookInfo']);
});

test('a bot that was deleted at BotFather does not stop a destroy', async () => {
  telegram.refuse('getWebhookInfo', 401, 'Unauthorized');
  await expect(handlerOf()(event('delete'))).resolves.toMatchObject({ webhook: 'unknown bot' });
});

describe('when the bot token is changed', () => {
  const RENEWED = '123456789:BBRenewedRenewedRenewedRenewedRenewed';
  const versioned = (action: string, botTokenVersion: string) => ({ ...event(action), botTokenVersion });
  const secretsTold = (): unknown[] =>
    telegram.calls.flatMap(({ method, parameters }) => (method === 'setWebhook' ? [parameters['secret_token']] : []));
  beforeEach(() => {
    tokens = { [PARAMETER]: RENEWED, [`${PARAMETER}:1`]: TOKEN, [`${PARAMETER}:2`]: RENEWED };
  });

  test('a warm instance registers by the new token, with the secret that follows from it', async () => {
    const handler = handlerOf();
    await handler(versioned('create', '1'));
    telegram.answer('getWebhookInfo', { url: WEBHOOK });
    await expect(handler(versioned('delete', '1'))).resolves.toMatchObject({ webhook: 'removed' });
    await expect(handler(versioned('create', '2'))).resolves.toMatchObject({ webhook: 'registered' });
    expect(telegram.calls.map(({ method, token }) => [method, token])).toEqual([
      ['setWebhook', TOKEN],
      ['setMyCommands', TOKEN],
      ['getWebhookInfo', TOKEN],
      ['deleteWebhook', TOKEN],
      ['setWebhook', RENEWED],
      ['setMyCommands', RENEWED],
    ]);
    expect(secretsTold()).toEqual([webhookSecret(TOKEN, 'dev'), webhookSecret(RENEWED, 'dev')]);
  });

  test('a token that BotFather has revoked does not stop it', async () => {
    telegram.refuse('getWebhookInfo', 401, 'Unauthorized');
    await expect(handlerOf()(versioned('delete', '1'))).resolves.toMatchObject({ webhook: 'unknown bot' });
  });

  test('a version that SSM has forgotten does not stop a destroy, which then asks by the latest', async () => {
    telegram.answer('getWebhookInfo', { url: WEBHOOK });
    await expect(handlerOf()(versioned('delete', '7'))).resolves.toMatchObject({ webhook: 'removed' });
    expect(read).toEqual([`${PARAMETER}:7`, PARAMETER]);
    expect(telegram.calls[0]?.token).toBe(RENEWED);
  });

  test('a registration never falls back to another token than it was told', async () => {
    await expect(handlerOf()(versioned('create', '7'))).rejects.toThrow(`${PARAMETER}:7`);
    expect(telegram.calls).toEqual([]);
  });
});

test('the kinds of update and the commands are those of the deployment, whichever code runs', async () => {
  const commands = [{ command: 'help', description: 'What I can do' }];
  await handlerOf()({ ...event('create'), allowedUpdates: ['message', 'message_reaction'], commands });
  expect(telegram.calls.map(({ parameters }) => parameters)).toEqual([
    expect.objectContaining({ allowed_updates: ['message', 'message_reaction'] }),
    { commands },
  ]);
});

test("D39 a registration that Telegram refuses fails with Telegram's own words", async () => {
  telegram.refuse('setWebhook', 400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook');
  await expect(handlerOf()(event('create'))).rejects.toThrow(
    'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
  );
});

test('D39 a wrong token fails with the parameter to look at', async () => {
  telegram.refuse('setWebhook', 401, 'Unauthorized');
  await expect(handlerOf()(event('create'))).rejects.toThrow(/Unauthorized.*\/kite\/dev\/telegram-bot-token/);
});

test.each(['create', 'delete'])('D5 on %s no failure tells the token', async (action) => {
  const method = action === 'create' ? 'setWebhook' : 'getWebhookInfo';
  telegram.react(method, 'reset', 'html');
  telegram.refuse(method, 400, `Bad Request: ${apiRoot}/bot${TOKEN}/x is wrong`);
  const handlers = [handlerOf(), handlerOf(), handlerOf(), handlerOf('http://127.0.0.1:1'), handlerOf('nonsense')];
  for (const handler of handlers) {
    const error: unknown = await handler(event(action)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    const told = `${(error as Error).stack} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
    expect(told).not.toContain('AAExample');
  }
  expect(logged.join('\n')).not.toContain('AAExample');
  expect(logged.length).toBeGreaterThan(4);
});

test.each([
  [{}, 'tf.action'],
  [{ tf: { action: 'explode' }, webhookUrl: WEBHOOK }, '"explode"'],
  [{ tf: { action: 'create' }, webhookUrl: 'nonsense' }, '"nonsense"'],
  [{ tf: { action: 'create' }, webhookUrl: WEBHOOK, botTokenVersion: 'latest' }, '"latest"'],
  [{ tf: { action: 'create' }, webhookUrl: WEBHOOK, allowedUpdates: 'message' }, 'allowedUpdates'],
  [{ tf: { action: 'create' }, webhookUrl: WEBHOOK, allowedUpdates: [], commands: ['help'] }, 'commands'],
])('an event that is not from Terraform is named as such: %j', async (wrong, words) => {
  await expect(handlerOf()(wrong)).rejects.toThrow(words);
  expect(telegram.calls).toEqual([]);
});
