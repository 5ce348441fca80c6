import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { freePort, listen } from '../../../emulators/loopback';
import { createTelegram, type Telegram } from '../../../emulators/telegram';
import { newFolder, Operators, Program, removeFolder, Visitor } from './program';

jest.setTimeout(60_000);

let folder: string;
let running: Program[] = [];
beforeEach(() => (folder = newFolder()));
afterEach(async () => {
  for (const program of running) program.kill();
  await Promise.all(running.map(({ exit }) => exit));
  running = [];
  removeFolder(folder);
});

function start(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Program {
  const program = new Program(folder, args, environment);
  running.push(program);
  return program;
}

const NOW = '2026-01-01T00:00:00.000Z';

describe('npm start', () => {
  test('a visitor and an operator chat both ways, over a restart, with nothing lost or doubled', async () => {
    let program = start();
    let origin = await program.origin();
    let operators = new Operators(origin);
    let visitor = await Visitor.join(origin, 'memberid01');
    visitor.send('TXT', 'm1', 'Is the blue one in stock?', NOW);
    await visitor.frame('ACK', 'm1');
    const question = await operators.message('Is the blue one in stock?');
    await operators.answer(question, 'It is.');
    await visitor.frame('TXT', 'It is.');

    const closed = once(visitor.socket, 'close');
    expect(await program.end()).toBe(0);
    expect((await closed)[0]).toBe(1001);
    expect(program.output).toMatch(/Ended\. The data is kept\.\s*$/);

    program = start();
    origin = await program.origin();
    operators = new Operators(origin);
    await operators.answer(question, 'Since today, that is.');
    visitor = await Visitor.join(origin, 'memberid01');
    await visitor.frame('TXT', 'Since today, that is.');
    visitor.send('TXT', 'm1', 'Is the blue one in stock?', NOW);
    visitor.send('TXT', 'm2', 'Thank you', NOW);
    await visitor.frame('ACK', 'm1');
    await operators.message('Thank you');
    expect(await operators.count('Is the blue one in stock?')).toBe(1);
    expect(visitor.frames.filter((frame) => frame[0] === 'TXT')).toHaveLength(1);
    expect(await program.end('SIGTERM')).toBe(0);
  });

  test('a Ctrl-C that comes from the terminal and from npm at once ends it in order', async () => {
    const program = start();
    await program.origin();
    const [code] = await Promise.all([program.end(), program.end()]);
    expect(code).toBe(0);
    expect(program.output).toMatch(/Ended\. The data is kept\.\s*$/);
  });

  test('tells where everything is, and each message in a line without its text', async () => {
    const program = start();
    const origin = await program.origin();
    expect(program.output).toMatch(/Kite is ready in \d+\.\d s/);
    for (const path of ['/', '/telegram']) {
      expect(program.output).toContain(`${origin}${path}`);
      const page = await fetch(`${origin}${path}`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    }
    const widget = await fetch(`${origin}/kite-chat.js`);
    expect(widget.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await widget.text()).toContain('kite-chat');
    expect(await (await fetch(`${origin}/dev/tg`)).text()).toBe('OK');
    expect((await fetch(`${origin}/nothing`)).status).toBe(404);

    const visitor = await Visitor.join(origin, 'memberid01');
    visitor.send('TXT', 'm1', 'a secret question', NOW);
    await visitor.frame('ACK', 'm1');
    await program.printed(/visitor .* TXT .* 200 .* ms/);
    await program.printed(/queue .* deliver(y|ies) .* done/);
    expect(program.output).not.toContain('secret');
    expect(program.output).not.toContain('memberid01');
  });

  test('a file is uploaded and shown by the links that the server issues', async () => {
    const origin = await start().origin();
    const visitor = await Visitor.join(origin, 'memberid01');
    visitor.send('UPL', 'f1', 'tree.png', 'image/png', 4, NOW);
    const [, , download, upload] = (await visitor.frame('UPL')) as string[];
    const put = await fetch(upload!, { method: 'PUT', body: 'tree', headers: { 'content-type': 'image/png' } });
    expect(put.status).toBe(200);
    visitor.send('BIN', 'f1', download, 'tree.png', 'image/png', 4, NOW);
    await visitor.frame('ACK', 'f1');
    const shown = await fetch(download!);
    expect([shown.status, await shown.text()]).toEqual([200, 'tree']);
  });

  test('--reset starts without the data of earlier runs, and --idle-limit shortens the idle time', async () => {
    let program = start();
    let origin = await program.origin();
    const visitor = await Visitor.join(origin, 'memberid01');
    visitor.send('TXT', 'm1', 'Forget me', NOW);
    await new Operators(origin).message('Forget me');
    await program.end();

    program = start(['--reset', '--idle-limit', '2']);
    origin = await program.origin();
    await new Operators(origin).message('kite-demo');
    expect(await new Operators(origin).count('Forget me')).toBe(0);
    const again = await Visitor.join(origin, 'memberid01');
    const [code] = await once(again.socket, 'close');
    expect(code).toBe(1001);
  });
});

describe('with a bot token', () => {
  const TOKEN = '123456789:AAExampleExampleExampleExampleExample';
  let telegram: Telegram;
  let apiRoot: string;
  beforeEach(async () => {
    telegram = createTelegram({ bots: [{ token: TOKEN, username: 'shop_bot' }] });
    ({ apiRoot } = await telegram.listen());
  });
  afterEach(() => telegram.close());

  test('the updates come by long polling, and go back to the webhook of before in the end', async () => {
    const api = `${apiRoot}/bot${TOKEN}`;
    const before = 'https://chat.example/dev/tg';
    await fetch(`${api}/setWebhook?url=${before}`);
    const program = start([], { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: apiRoot });
    const origin = await program.origin();
    expect(program.output).toContain(`@shop_bot sent its updates to ${before}; they come here until this ends.`);
    expect(program.output).toContain('@shop_bot: write /host <channel> to it');

    const olena = telegram.people.user({ firstName: 'Olena' });
    const chat = telegram.people.group({ title: 'Support', owner: olena.id, kind: 'forum' });
    telegram.people.addBot({ chat, by: olena.id, bot: 'shop_bot', administrator: true });
    telegram.people.send({ chat, from: olena.id, text: '/host kite-demo' });
    await telegram.message(
      chat,
      ({ text }) => text?.includes(`${origin.replace('http', 'ws')}/dev?c=kite-demo`) ?? false,
    );

    const visitor = await Visitor.join(origin, 'memberid01');
    visitor.send('TXT', 'm1', 'Anybody there?', NOW);
    const question = await telegram.message(chat, ({ text }) => text?.includes('Anybody there?') ?? false);
    telegram.people.send({ chat, from: olena.id, topic: question.message_thread_id, text: 'I am.' });
    await visitor.frame('TXT', 'I am.');

    expect(await program.end()).toBe(0);
    const { result } = (await (await fetch(`${api}/getWebhookInfo`)).json()) as { result: { url: string } };
    expect(result.url).toBe(before);
    expect(program.output).not.toContain(TOKEN);
  });

  test('a wrong token ends in a sentence', async () => {
    const program = start([], { TELEGRAM_BOT_TOKEN: '987654321:wrong', TELEGRAM_API_ROOT: apiRoot });
    expect(await program.exit).toBe(1);
    expect(program.output).toBe(
      'Telegram does not know the bot of TELEGRAM_BOT_TOKEN (Unauthorized): copy the token again from @BotFather into .env, or leave it out to use the console at /telegram.\n',
    );
  });

  test('a Telegram that cannot be reached ends in a sentence', async () => {
    const port = await freePort();
    const program = start([], { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: `http://127.0.0.1:${port}` });
    expect(await program.exit).toBe(1);
    expect(program.output).toMatch(
      new RegExp(
        `^Telegram cannot be reached at http://127\\.0\\.0\\.1:${port} \\(.+\\): check the network, or leave TELEGRAM_BOT_TOKEN out to use the console at /telegram\\.\n$`,
      ),
    );
    expect(program.output).not.toContain(TOKEN);
  });
});

describe('what cannot work ends in one sentence with the fix', () => {
  let taken: Server | undefined;
  afterEach(() => taken?.close());

  async function sentence(args: readonly string[] = [], environment: Record<string, string> = {}): Promise<string> {
    const program = start(args, environment);
    expect(await program.exit).toBe(1);
    expect(program.output.trim().split('\n')).toHaveLength(1);
    return program.output.trim();
  }

  test('a port that is taken', async () => {
    taken = createServer();
    const port = await listen(taken);
    expect(await sentence([], { PORT: String(port) })).toBe(
      `Port ${port} is in use by another program: end it, or use another port, for example PORT=${port + 1} npm start.`,
    );
  });

  test('settings and arguments that are none', async () => {
    expect(await sentence([], { PORT: 'http' })).toBe(
      'PORT is "http": write a port from 1 to 65535, for example PORT=3000.',
    );
    expect(await sentence(['--rest'])).toBe(`Unknown option '--rest': "npm start -- --help" lists what there is.`);
    expect(await sentence(['--idle-limit', 'soon'])).toBe(
      '--idle-limit is "soon": write seconds from 1 to 7200, for example --idle-limit 20.',
    );
    const token = await sentence([], { TELEGRAM_BOT_TOKEN: 'mistyped secret' });
    expect(token).toMatch(/^TELEGRAM_BOT_TOKEN is not a bot token: copy it again from @BotFather/);
    expect(token).not.toContain('mistyped');
  });

  test('a data folder that cannot be written to', async () => {
    const data = join(folder, 'locked');
    // Root may write everywhere but into a file.
    if (process.getuid?.() === 0) writeFileSync(data, '');
    else {
      mkdirSync(data);
      chmodSync(data, 0o500);
    }
    expect(await sentence([], { KITE_DATA: data })).toMatch(
      /^The data folder .*locked is not writable \(.+\): make it writable, or set KITE_DATA to another folder\.$/,
    );
  });

  test('data that cannot be read, until it is reset', async () => {
    const data = join(folder, 'data');
    mkdirSync(join(data, 'dynamodb'), { recursive: true });
    writeFileSync(join(data, 'dynamodb', 'CURRENT'), 'garbage');
    expect(await sentence()).toMatch(
      /^The data in .*dynamodb cannot be read \(.+\): start empty with "npm start -- --reset", or restore the folder\.$/,
    );
    mkdirSync(join(data, 'telegram'), { recursive: true });
    writeFileSync(join(data, 'telegram', 'telegram.json'), '{');
    await start(['--reset']).origin();
    expect(existsSync(join(data, 'dynamodb', 'CURRENT'))).toBe(true);
  });

  test('data that another one uses', async () => {
    await start().origin();
    expect(await sentence()).toMatch(
      /^Another process uses the data in .*: end the other "npm start", or set KITE_DATA/,
    );
  });

  test('a DynamoDB that does not answer', async () => {
    const port = await freePort();
    expect(await sentence([], { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` })).toMatch(
      /^No DynamoDB answers at http:\/\/127\.0\.0\.1:\d+ \(.+\): start it \(npm run deploy-local\), or unset AWS_ENDPOINT_URL_DYNAMODB/,
    );
  });
});

test('--help lists what there is', async () => {
  const program = start(['--help']);
  expect(await program.exit).toBe(0);
  for (const word of ['--reset', '--idle-limit', '--connection-limit', 'PORT', 'TELEGRAM_BOT_TOKEN']) {
    expect(program.output).toContain(word);
  }
});
