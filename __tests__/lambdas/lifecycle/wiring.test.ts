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
  remaining = 180_000;
});
afterEach(() => telegram.stop());

/** The milliseconds that the function has left: a pause takes from it. */
let remaining: number;

function handlerOf(root = apiRoot): LifecycleHandler {
  const handler = createLifecycleHandler(
    { stage: 'dev', botTokenParameter: PARAMETER, telegramApiRoot: root, logLevel: 'INFO' },
    {
      readSecret: async (name) => {
        read.push(name);
        const token = tokens[name];
        if (token !== undefined) return token;
        throw Object.assign(new Error(`There is no ${name}`), { name: 'ParameterVersionNotFound' });
      },
      logger: createLogger('t', 'INFO', (line) => logged.push(line)),
      clock: { now: () => 0, sleep: async (milliseconds) => void (remaining -= milliseconds) },
    },
  );
  return (event) => handler(event, { getRemainingTimeInMillis: () => remaining });
}

const REGISTER = { webhookUrl: WEBHOOK };
/** What the provider adds for what follows the life of the stage. */
const event = (action: string, before: object | null = null) => ({
  webhookUrl: WEBHOOK,
  tf: { action, prev_input: before },
});
const methods = (): string[] => telegram.calls.map(({ method }) => method);

test('the webhook is registered with a secret, and the commands are listed', async () => {
  await expect(handlerOf()(REGISTER)).resolves.toEqual({ webhookUrl: WEBHOOK, webhook: 'registered' });
  const [, registration, commands] = telegram.calls;
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
});

test('registering twice asks Telegram for the same thing twice', async () => {
  const handler = handlerOf();
  await handler(REGISTER);
  await handler(REGISTER);
  expect(telegram.calls.slice(3)).toEqual(telegram.calls.slice(0, 3));
});

test('each stage has a secret of its own', async () => {
  await handlerOf()(REGISTER);
  const prod = createLifecycleHandler(
    { stage: 'prod', botTokenParameter: '/kite/prod/telegram-bot-token', telegramApiRoot: apiRoot, logLevel: 'ERROR' },
    { readSecret: async () => TOKEN },
  );
  await prod(REGISTER);
  expect(telegram.calls[4]?.parameters['secret_token']).not.toBe(telegram.calls[1]?.parameters['secret_token']);
});

describe('a host that Telegram does not find yet', () => {
  const UNRESOLVED = 'Bad Request: bad webhook: Failed to resolve host: Name or service not known';
  const unresolved = (times: number, words = UNRESOLVED): void => {
    for (let time = 0; time < times; time++) telegram.refuse('setWebhook', 400, words);
  };

  test.each([
    UNRESOLVED,
    'Bad Request: bad webhook: Failed to resolve host: No address associated with hostname',
    'Bad Request: bad webhook: Failed to resolve host: Temporary failure in name resolution',
  ])('is tried again, and the deployment succeeds: %s', async (words) => {
    unresolved(3, words);
    await expect(handlerOf()(REGISTER)).resolves.toMatchObject({ webhook: 'registered' });
    expect(methods()).toEqual(['getWebhookInfo', ...Array<string>(4).fill('setWebhook'), 'setMyCommands']);
    expect(remaining).toBe(180_000 - 3 * 10_000);
    expect(logged.join('\n')).toContain('Webhook not registered yet');
  });

  test('fails the deployment before Lambda ends the function, with what to do', async () => {
    unresolved(100);
    await expect(handlerOf()(REGISTER)).rejects.toThrow(
      /Failed to resolve host: Name or service not known \(400\)\. Telegram cannot resolve this new name yet\. Deploy again in a few minutes.+ Meanwhile updates wait at Telegram, for 24 hours$/,
    );
    expect(remaining).toBeGreaterThanOrEqual(20_000);
    expect(methods().length).toBeGreaterThan(10);
    expect(new Set(methods())).toEqual(new Set(['getWebhookInfo', 'setWebhook']));
  });

  const OLD = 'https://api.old.example/dev/tg';
  const lastCall = () => telegram.calls.at(-1);

  test('leaves the updates where they went before: Telegram drops that webhook first, so it is set again', async () => {
    telegram.answer('getWebhookInfo', { url: OLD });
    remaining = 50_000;
    unresolved(1);
    await expect(handlerOf()(REGISTER)).rejects.toThrow(
      / Meanwhile updates go to https:\/\/api\.old\.example\/dev\/tg$/,
    );
    expect(methods().filter((method) => method === 'setWebhook')).toHaveLength(2);
    expect(lastCall()).toMatchObject({
      method: 'setWebhook',
      parameters: { url: OLD, secret_token: webhookSecret(TOKEN, 'dev') },
    });
  });

  test('says so if Telegram does not take the former webhook again', async () => {
    telegram.answer('getWebhookInfo', { url: OLD });
    unresolved(100);
    await expect(handlerOf()(REGISTER)).rejects.toThrow(/ Meanwhile updates wait at Telegram, for 24 hours$/);
    expect(lastCall()?.parameters).toMatchObject({ url: OLD });
  });

  test('does not set a webhook again that was not ours', async () => {
    telegram.answer('getWebhookInfo', { url: 'https://another.example/bot' });
    unresolved(100);
    await expect(handlerOf()(REGISTER)).rejects.toThrow('updates wait at Telegram');
    expect(lastCall()?.parameters).toMatchObject({ url: WEBHOOK });
  });

  test('is not waited for where nobody says how long the function may take', async () => {
    unresolved(1);
    const handler = createLifecycleHandler(
      { stage: 'dev', botTokenParameter: PARAMETER, telegramApiRoot: apiRoot, logLevel: 'ERROR' },
      { readSecret: async () => TOKEN, logger: createLogger('t', 'ERROR', (line) => logged.push(line)) },
    );
    await expect(handler(REGISTER)).rejects.toThrow('Failed to resolve host');
  });
});

test('a pause that Telegram asks for is made', async () => {
  telegram.refuse('setWebhook', 429, 'Too Many Requests: retry after 2', { retry_after: 2 });
  await expect(handlerOf()(REGISTER)).resolves.toMatchObject({ webhook: 'registered' });
  expect(remaining).toBe(178_000);
});

test('any other refusal fails at once', async () => {
  telegram.refuse('setWebhook', 400, 'Bad Request: bad webhook: IP address 127.0.0.1 is reserved');
  await expect(handlerOf()(REGISTER)).rejects.toThrow('IP address 127.0.0.1 is reserved');
  expect(remaining).toBe(180_000);
});

test('a new stage has nothing to remove', async () => {
  await expect(handlerOf()(event('create'))).resolves.toMatchObject({ webhook: 'kept' });
  expect(telegram.calls).toEqual([]);
});

test('after a change of the domain the webhook is left alone: the registration has replaced it', async () => {
  const before = { webhookUrl: 'https://api.old.example/dev/tg' };
  await expect(handlerOf()(event('update', before))).resolves.toMatchObject({ webhook: 'kept' });
  expect(telegram.calls).toEqual([]);
});

test('on delete the webhook is removed, again and again if need be', async () => {
  telegram.answer('getWebhookInfo', { url: WEBHOOK });
  telegram.answer('getWebhookInfo', { url: '' });
  await expect(handlerOf()(event('delete'))).resolves.toMatchObject({ webhook: 'removed' });
  await expect(handlerOf()(event('delete'))).resolves.toMatchObject({ webhook: 'removed' });
  expect(methods()).toEqual(Array.from({ length: 2 }, () => ['getWebhookInfo', 'deleteWebhook']).flat());
});

test('on delete a webhook that has been moved elsewhere stays', async () => {
  telegram.answer('getWebhookInfo', { url: 'https://new.example.com/dev/tg' });
  await expect(handlerOf()(event('delete'))).resolves.toMatchObject({ webhook: 'elsewhere' });
  expect(methods()).toEqual(['getWebhookInfo']);
});

test('a bot that was deleted at BotFather does not stop a destroy', async () => {
  telegram.refuse('getWebhookInfo', 401, 'Unauthorized');
  await expect(handlerOf()(event('delete'))).resolves.toMatchObject({ webhook: 'unknown bot' });
});

describe('when the bot token is changed', () => {
  const RENEWED = '123456789:BBRenewedRenewedRenewedRenewedRenewed';
  const ANOTHER = '987654321:CCAnotherAnotherAnotherAnotherAnother';
  const registering = (botTokenVersion: string) => ({ ...REGISTER, botTokenVersion });
  const removing = (botTokenVersion: string) => ({ ...event('delete'), botTokenVersion });
  const replacing = (from: string, to: string) => ({
    ...event('update', { webhookUrl: WEBHOOK, botTokenVersion: from }),
    botTokenVersion: to,
  });
  beforeEach(() => {
    tokens = {
      [PARAMETER]: ANOTHER,
      [`${PARAMETER}:1`]: TOKEN,
      [`${PARAMETER}:2`]: RENEWED,
      [`${PARAMETER}:3`]: ANOTHER,
    };
  });

  test('a warm instance registers by the new token, with the secret that follows from it, and removes nothing', async () => {
    const handler = handlerOf();
    await handler(registering('1'));
    await handler(registering('2'));
    await expect(handler(replacing('1', '2'))).resolves.toMatchObject({ webhook: 'kept' });
    expect(telegram.calls.map(({ method, token }) => [method, token])).toEqual([
      ['getWebhookInfo', TOKEN],
      ['setWebhook', TOKEN],
      ['setMyCommands', TOKEN],
      ['getWebhookInfo', RENEWED],
      ['setWebhook', RENEWED],
      ['setMyCommands', RENEWED],
    ]);
    const secrets = telegram.calls.flatMap(({ parameters }) => parameters['secret_token'] ?? []);
    expect(secrets).toEqual([webhookSecret(TOKEN, 'dev'), webhookSecret(RENEWED, 'dev')]);
  });

  test('another bot gets the updates, and the one of before is told to send nothing any more', async () => {
    telegram.answer('getWebhookInfo', { url: WEBHOOK });
    await expect(handlerOf()(replacing('2', '3'))).resolves.toMatchObject({ webhook: 'removed' });
    expect(telegram.calls.map(({ method, token }) => [method, token])).toEqual([
      ['getWebhookInfo', RENEWED],
      ['deleteWebhook', RENEWED],
    ]);
  });

  test('a bot of before whose token BotFather has revoked does not stop it, nor does a version that SSM has forgotten', async () => {
    telegram.refuse('getWebhookInfo', 401, 'Unauthorized');
    await expect(handlerOf()(replacing('2', '3'))).resolves.toMatchObject({ webhook: 'unknown bot' });
    await expect(handlerOf()(replacing('7', '3'))).resolves.toMatchObject({ webhook: 'kept' });
  });

  test('a bot of before that cannot be told is named as such', async () => {
    telegram.react('getWebhookInfo', 'reset');
    await expect(handlerOf()(replacing('2', '3'))).rejects.toThrow(
      /The new webhook is registered, but the former bot still sends its updates to https:\/\/api\.example\.com\/dev\/tg,/,
    );
  });

  test('a version that SSM has forgotten does not stop a destroy, which then asks by the latest', async () => {
    telegram.answer('getWebhookInfo', { url: WEBHOOK });
    await expect(handlerOf()(removing('7'))).resolves.toMatchObject({ webhook: 'removed' });
    expect(read).toEqual([`${PARAMETER}:7`, PARAMETER]);
    expect(telegram.calls[0]?.token).toBe(ANOTHER);
  });

  test('a registration never falls back to another token than it was told', async () => {
    await expect(handlerOf()(registering('7'))).rejects.toThrow(`${PARAMETER}:7`);
    expect(telegram.calls).toEqual([]);
  });
});

test('the kinds of update and the commands are those of the deployment, whichever code runs', async () => {
  const commands = [{ command: 'help', description: 'What I can do' }];
  await handlerOf()({ ...REGISTER, allowedUpdates: ['message', 'message_reaction'], commands });
  expect(telegram.calls.slice(1).map(({ parameters }) => parameters)).toEqual([
    expect.objectContaining({ allowed_updates: ['message', 'message_reaction'] }),
    { commands },
  ]);
});

test("a registration that Telegram refuses fails with Telegram's own words", async () => {
  telegram.refuse('setWebhook', 400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook');
  await expect(handlerOf()(REGISTER)).rejects.toThrow(
    'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
  );
});

test('a wrong token fails with the parameter to look at', async () => {
  telegram.refuse('setWebhook', 401, 'Unauthorized');
  await expect(handlerOf()(REGISTER)).rejects.toThrow(/Unauthorized.*\/kite\/dev\/telegram-bot-token/);
});

test.each([
  ['registration', REGISTER, 'setWebhook'],
  ['removal', event('delete'), 'getWebhookInfo'],
])('no failure of a %s tells the token', async (_what, wanted, method) => {
  telegram.react(method, 'reset', 'html');
  telegram.refuse(method, 400, `Bad Request: ${apiRoot}/bot${TOKEN}/x is wrong`);
  const handlers = [handlerOf(), handlerOf(), handlerOf(), handlerOf('http://127.0.0.1:1'), handlerOf('nonsense')];
  for (const handler of handlers) {
    const error: unknown = await handler(wanted).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    const told = `${(error as Error).stack} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
    expect(told).not.toContain('AAExample');
  }
  expect(logged.join('\n')).not.toContain('AAExample');
  expect(logged.length).toBeGreaterThan(4);
});

test.each([
  [{}, 'webhookUrl'],
  [{ tf: { action: 'explode' }, webhookUrl: WEBHOOK }, '"explode"'],
  [{ webhookUrl: 'nonsense' }, '"nonsense"'],
  [{ tf: { action: 'update' }, webhookUrl: WEBHOOK }, 'webhookUrl to be a URL, got nothing'],
  [{ webhookUrl: WEBHOOK, botTokenVersion: 'latest' }, '"latest"'],
  [{ webhookUrl: WEBHOOK, allowedUpdates: 'message' }, 'allowedUpdates'],
  [{ webhookUrl: WEBHOOK, allowedUpdates: [], commands: ['help'] }, 'commands'],
])('an event that is not from Terraform is named as such: %j', async (wrong, words) => {
  await expect(handlerOf()(wrong)).rejects.toThrow(words);
  expect(telegram.calls).toEqual([]);
});
