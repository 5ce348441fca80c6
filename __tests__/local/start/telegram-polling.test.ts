import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer, listen } from '../../../emulators/loopback';
import { webhookSecret } from '../../../lambdas/adapters/telegram/webhook-secret';
import { TelegramPolling } from '../../../local/start/telegram-polling';
import { createTelegram, type Telegram } from '../../../emulators/telegram';

const TOKEN = '123456789:AAExampleExampleExampleExampleExample';

let telegram: Telegram;
let apiRoot: string;
let server: Server;
let polling: TelegramPolling | undefined;
let received: { secret: string | undefined; text: string }[];
let answer: (text: string) => number;
const said: string[] = [];

beforeEach(async () => {
  telegram = createTelegram({ bots: [{ token: TOKEN, username: 'shop_bot', privacyMode: false }] });
  ({ apiRoot } = await telegram.listen());
  received = [];
  said.length = 0;
  answer = () => 200;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { message } = JSON.parse(body) as { message?: { text?: string } };
      const secret = request.headers['x-telegram-bot-api-secret-token'] as string | undefined;
      if (message?.text) received.push({ secret, text: message.text });
      response.writeHead(message?.text ? answer(message.text) : 200).end();
    });
  });
  await listen(server);
});
afterEach(async () => {
  await polling?.stop();
  polling = undefined;
  await telegram.close();
  await closeServer(server);
});

async function connect(): Promise<void> {
  polling = await TelegramPolling.connect({
    botToken: TOKEN,
    apiRoot,
    stage: 'dev',
    webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dev/tg`,
    note: (text) => said.push(text),
    warn: (text) => said.push(text),
  });
  polling.start();
}

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 4500;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${condition}; got ${JSON.stringify(received)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const texts = (): string[] => received.map(({ text }) => text);

test('a message reaches the webhook, once, with the secret', async () => {
  await connect();
  const olena = telegram.people.user({ firstName: 'Olena' });
  telegram.people.start({ user: olena.id, bot: 'shop_bot' });
  await until(() => received.length === 1);
  const { secret } = received[0]!;
  expect(secret).toBe(webhookSecret(TOKEN, 'dev'));
});

test('an update that is answered 503 comes again, before later ones of its chat', async () => {
  let refusals = 1;
  answer = (text) => (text === 'one' && (refusals -= 1) >= 0 ? 503 : 200);
  await connect();
  const olena = telegram.people.user({ firstName: 'Olena' });
  const chat = telegram.people.group({ title: 'Support', owner: olena.id, kind: 'supergroup' });
  telegram.people.addBot({ chat, by: olena.id, bot: 'shop_bot', administrator: true });
  for (const text of ['one', 'two']) telegram.people.send({ chat, from: olena.id, text });
  await until(() => texts().includes('two'));
  expect(texts()).toEqual(['one', 'one', 'two']);
  expect(said).toEqual([expect.stringMatching(/^Update \d+ was answered 503\. Trying again in 1 s\.$/)]);
});

test('a Telegram that fails for a while is asked again', async () => {
  telegram.faults.inject({ method: 'getUpdates', times: 1, fault: { kind: 'serverError' } });
  await connect();
  const olena = telegram.people.user({ firstName: 'Olena' });
  telegram.people.start({ user: olena.id, bot: 'shop_bot' });
  await until(() => received.length === 1);
});

test('a webhook that is not Kite’s is named, and not touched in the end', async () => {
  await fetch(`${apiRoot}/bot${TOKEN}/setWebhook?url=https://elsewhere.example/hook`);
  await connect();
  await polling?.stop();
  polling = undefined;
  expect(said).toEqual([
    '@shop_bot sent its updates to https://elsewhere.example/hook; they come here until this ends.',
  ]);
  const { result } = (await (await fetch(`${apiRoot}/bot${TOKEN}/getWebhookInfo`)).json()) as {
    result: { url: string };
  };
  expect(result.url).toBe('');
});
