import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { listen } from '../../../emulators/loopback';
import { Api } from 'grammy';
import type { Update } from 'grammy/types';
import { createTelegram, type Telegram } from '../../../emulators/telegram';

const TOKEN = '1001:development';
const BOT = 'kite_dev_bot';

describe('a webhook', () => {
  let telegram: Telegram;
  let apiRoot: string;
  let api: Api;
  let olena: number;
  let group: number;
  let received: { update: Update; secret: string | undefined }[];
  let answer: (update: Update) => number;
  let url: string;
  const server = createServer((request, response) => {
    void body(request).then((update) => {
      const secret = request.headers['x-telegram-bot-api-secret-token'];
      const status = answer(update);
      if (status === 200) received.push({ update, secret: secret?.toString() });
      response.writeHead(status).end();
    });
  });

  beforeAll(async () => {
    url = `http://127.0.0.1:${await listen(server)}/dev/tg`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  beforeEach(async () => {
    received = [];
    answer = () => 200;
    telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT }], webhookRetryPause: 5 });
    ({ apiRoot } = await telegram.listen());
    api = new Api(TOKEN, { apiRoot });
    olena = telegram.people.user({ firstName: 'Olena' }).id;
    group = telegram.people.group({ title: 'Support', owner: olena, kind: 'supergroup' });
    telegram.people.addBot({ chat: group, by: olena, bot: BOT, administrator: true });
  });
  afterEach(() => telegram.close());

  const texts = (): (string | undefined)[] =>
    received.flatMap(({ update }) => (update.message?.text ? [update.message.text] : []));

  test('gets each update once, in order, with the secret', async () => {
    await api.setWebhook(url, { secret_token: 'abc_DEF-1', drop_pending_updates: true });
    for (let number = 1; number <= 20; number += 1)
      telegram.people.send({ chat: group, from: olena, text: `${number}` });
    await telegram.settled();
    expect(texts()).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 1}`));
    expect(new Set(received.map(({ secret }) => secret))).toEqual(new Set(['abc_DEF-1']));
    const ids = received.map(({ update }) => update.update_id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  test('is tried again until it says 2xx, and nothing overtakes', async () => {
    let refusals = 3;
    answer = (update) => (update.message?.text === 'first' && refusals-- > 0 ? 503 : 200);
    await api.setWebhook(url, { drop_pending_updates: true });
    telegram.people.send({ chat: group, from: olena, text: 'first' });
    telegram.people.send({ chat: group, from: olena, text: 'second' });
    await telegram.settled();
    expect(texts()).toEqual(['first', 'second']);
    expect((await api.getWebhookInfo()).last_error_message).toBe(
      'Wrong response from the webhook: 503 Service Unavailable',
    );
  });

  test('gets only the kinds of update that were asked for', async () => {
    await api.setWebhook(url, { allowed_updates: ['my_chat_member'], drop_pending_updates: true });
    telegram.people.send({ chat: group, from: olena, text: 'unheard' });
    telegram.people.removeBot({ chat: group, by: olena, bot: BOT });
    await telegram.settled();
    expect(received.map(({ update }) => Object.keys(update)[1])).toEqual(['my_chat_member']);
  });

  test('is gone with a token that is revoked, and what was said meanwhile comes to the one of the new token', async () => {
    await api.setWebhook(url, { drop_pending_updates: true });
    answer = () => 401;
    telegram.people.send({ chat: group, from: olena, text: 'refused before' });
    while ((await api.getWebhookInfo()).last_error_message === undefined) await pause(5);
    const renewed = telegram.revokeToken(BOT);
    telegram.people.send({ chat: group, from: olena, text: 'said meanwhile' });
    await expect(api.getMe()).rejects.toMatchObject({ error_code: 401, description: 'Unauthorized' });
    expect(texts()).toEqual([]);
    const heir = new Api(renewed, { apiRoot });
    expect((await heir.getWebhookInfo()).url).toBe('');
    answer = () => 200;
    await heir.setWebhook(url, { secret_token: 'new' });
    await telegram.settled();
    expect(texts()).toEqual(['refused before', 'said meanwhile']);
    expect(received.map(({ secret }) => secret)).toEqual(['new', 'new']);
  });

  test('and long polling exclude each other', async () => {
    await api.setWebhook(url);
    await expect(api.getUpdates()).rejects.toMatchObject({
      error_code: 409,
      description:
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    });
    await api.deleteWebhook({ drop_pending_updates: true });
    const waiting = api.getUpdates({ timeout: 5 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    telegram.people.send({ chat: group, from: olena, text: 'hello' });
    expect((await waiting)[0]?.message?.text).toBe('hello');
  });

  test.each([
    [{ secret_token: 'not allowed!' }, 'Bad Request: secret token contains unallowed characters'],
    [{ secret_token: 'x'.repeat(257) }, 'Bad Request: secret token is too long'],
  ])('is refused with %p', async (options, description) => {
    await expect(api.setWebhook(url, options)).rejects.toMatchObject({ error_code: 400, description });
  });

  test('must be HTTPS when the emulator is as strict as Telegram', async () => {
    const strict = createTelegram({ bots: [{ token: TOKEN, username: BOT }], anyWebhook: false });
    const { apiRoot } = await strict.listen();
    await expect(new Api(TOKEN, { apiRoot }).setWebhook('http://example.com/tg')).rejects.toMatchObject({
      description: 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    });
    await strict.close();
  });
});

async function body(request: IncomingMessage): Promise<Update> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as Update;
}
