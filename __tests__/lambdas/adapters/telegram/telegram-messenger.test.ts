import { createServer, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../../../emulators/loopback';
import { ssmSecrets } from '../../../../lambdas/adapters/ssm-secrets';
import { createTelegramMessenger } from '../../../../lambdas/adapters/telegram/telegram-messenger';
import { chatId, refOf } from '../../../../lambdas/adapters/telegram/ids';
import { MessengerFailure, isPassing } from '../../../../lambdas/chat/messenger/port';
import { bold, joinRich, plain } from '../../../../lambdas/chat/messenger/rich-text';
import { ScriptedTelegram } from './scripted-telegram';

const TOKEN = '123456789:AAExampleExampleExampleExampleExample';
const chat = chatId(-1001234567890);
const hello = { kind: 'text' as const, text: plain('Hello') };

let telegram: ScriptedTelegram;
let root: string;
beforeEach(async () => {
  telegram = new ScriptedTelegram();
  root = await telegram.start();
});
afterEach(() => telegram.stop());

function host(apiRoot = root, seconds = 10, token = async () => TOKEN) {
  return createTelegramMessenger({
    secrets: { botToken: token },
    apiRoot,
    seconds: { quick: seconds, patient: seconds, file: seconds },
  });
}

async function failureOf(work: Promise<unknown>): Promise<MessengerFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MessengerFailure);
  return error as MessengerFailure;
}

test('a text is posted where it belongs, marks beside it and no parse mode', async () => {
  telegram.answer('sendMessage', { message_id: 7, chat: { id: -1001234567890, is_forum: true } });
  const text = joinRich([bold('*Ann*'), plain('hi')], '\n');
  await expect(host().post(chat, { kind: 'text', text }, { thread: '3', replyTo: '5', silent: true })).resolves.toEqual(
    {
      ref: refOf(chat, 7),
      forum: true,
    },
  );
  expect(telegram.calls[0]?.parameters).toEqual({
    chat_id: -1001234567890,
    text: '*Ann*\nhi',
    entities: [{ type: 'bold', offset: 0, length: 5 }],
    message_thread_id: 3,
    reply_parameters: { message_id: 5, allow_sending_without_reply: true },
    disable_notification: true,
    link_preview_options: { is_disabled: true },
  });
});

describe('what Telegram says', () => {
  test.each([
    [429, 'Too Many Requests: retry after 35', { retry_after: 35 }, 'busy', { retryAfter: 35 }],
    [500, 'Internal Server Error', {}, 'uncertain', {}],
    [401, 'Unauthorized', {}, 'unauthorized', {}],
    [403, 'Forbidden: bot was kicked from the supergroup chat', {}, 'gone', {}],
    [403, 'Forbidden: bot was blocked by the user', {}, 'gone', {}],
    [400, 'Bad Request: chat not found', {}, 'gone', {}],
    [400, 'Bad Request: message thread not found', {}, 'topic gone', {}],
    [400, 'Bad Request: TOPIC_CLOSED', {}, 'topic closed', {}],
    [400, 'Bad Request: the chat is not a forum', {}, 'no forum', {}],
    [400, 'Bad Request: not enough rights to send text messages to the chat', {}, 'forbidden', {}],
    [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', {}, 'forbidden', {}],
    [400, 'Bad Request: message is too long', {}, 'refused', {}],
    [
      400,
      'Bad Request: group chat was upgraded to a supergroup chat',
      { migrate_to_chat_id: -1009 },
      'migrated',
      { migratedTo: chatId(-1009) },
    ],
  ])('%i %s', async (code, description, parameters, kind, details) => {
    telegram.refuse('sendMessage', code, description, parameters);
    const failure = await failureOf(host().post(chat, hello));
    expect(failure.kind).toBe(kind);
    expect(failure.details).toMatchObject(details);
    expect(failure.message).toContain(description);
  });

  test.each(['reset', 'html', 'silence'] as const)('%s: nobody knows whether it was done', async (reaction) => {
    telegram.react('sendMessage', reaction);
    const failure = await failureOf(host(root, reaction === 'silence' ? 0.2 : 10).post(chat, hello));
    expect(failure.kind).toBe('uncertain');
  });

  test('a connection that was never made: certainly not done', async () => {
    const closed = new ScriptedTelegram();
    const address = await closed.start();
    await closed.stop();
    const failure = await failureOf(host(address).post(chat, hello));
    expect(failure.kind).toBe('unreachable');
    expect(isPassing(failure)).toBe(true);
  });
});

test('no failure tells the token', async () => {
  telegram.react('sendMessage', 'reset', 'html');
  telegram.refuse('sendMessage', 400, `Bad Request: /bot${TOKEN}/sendMessage`);
  telegram.answer('getFile', { file_path: 'photos/1.jpg' });
  telegram.react(`1.jpg`, 'reset');
  const failures = [
    await failureOf(host().post(chat, hello)),
    await failureOf(host().post(chat, hello)),
    await failureOf(host().post(chat, hello)),
    await failureOf(host().fetchFile('f')),
    await failureOf(host('http://127.0.0.1:1').post(chat, hello)),
    await failureOf(host('not a url').post(chat, hello)),
  ];
  for (const failure of failures) {
    expect(`${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`).not.toContain('AAExample');
  }
});

describe('a token that was changed while an instance is warm', () => {
  const seconds = { quick: 5, patient: 5, file: 5 };
  let stored: string;
  let reads: number;
  let now: number;
  const warm = () => {
    const read = async () => {
      reads++;
      return stored;
    };
    return createTelegramMessenger({ secrets: ssmSecrets('/x', { now: () => now }, read), apiRoot: root, seconds });
  };
  beforeEach(() => {
    stored = TOKEN;
    reads = 0;
    now = 0;
  });

  test('is read again when Telegram refuses the old one, and the same call is made by the new one', async () => {
    const renewed = warm();
    telegram.answer('getMe', { id: 123456789, username: 'kite_bot' });
    await expect(renewed.userName()).resolves.toBe('kite_bot');
    stored = '5:new';
    now = 60_000;
    telegram.refuse('sendMessage', 401, 'Unauthorized');
    telegram.answer('sendMessage', { message_id: 7, chat: {} });
    await expect(renewed.post(chat, hello)).resolves.toMatchObject({ ref: { message: '7' } });
    telegram.answer('getMe', { id: 5, username: 'new_bot' });
    await expect(renewed.userName()).resolves.toBe('new_bot');
    expect(await renewed.botId()).toBe('5');
    expect(telegram.calls.map(({ method, token }) => [method, token])).toEqual([
      ['getMe', TOKEN],
      ['sendMessage', TOKEN],
      ['sendMessage', '5:new'],
      ['getMe', '5:new'],
    ]);
  });

  test('is asked for once a minute at most, and a message that waits for it is to come again', async () => {
    const revoked = warm();
    for (let call = 0; call < 5; call++) {
      telegram.refuse('sendMessage', 401, 'Unauthorized');
      const failure = await failureOf(revoked.post(chat, hello));
      expect({ kind: failure.kind, passing: isPassing(failure) }).toEqual({ kind: 'unauthorized', passing: true });
      now += 20_000;
    }
    expect(reads).toBe(2);
    expect(telegram.calls).toHaveLength(5);
  });
});

describe('who may write in a chat', () => {
  const person = chatId(7);
  const group = { id: chat, kind: 'group', forum: false, title: 'Support' } as const;

  test.each([
    [{ status: 'creator' }, {}, true],
    [{ status: 'administrator' }, { can_send_messages: false }, true],
    [{ status: 'member' }, { can_send_messages: true }, true],
    [{ status: 'member' }, { can_send_messages: false }, false],
    [{ status: 'restricted', is_member: true, can_send_messages: true }, {}, true],
    [{ status: 'restricted', is_member: true, can_send_messages: false }, { can_send_messages: true }, false],
    [{ status: 'restricted', is_member: false, can_send_messages: true }, {}, false],
    [{ status: 'left' }, { can_send_messages: true }, false],
    [{ status: 'kicked' }, { can_send_messages: true }, false],
  ])('%j in a group that allows %j: %s', async (membership, permissions, may) => {
    telegram.answer('getChat', { id: -1001234567890, type: 'supergroup', permissions });
    telegram.answer('getChatMember', membership);
    expect(await host().mayWrite(group, person)).toBe(may);
    const asked = telegram.calls.find(({ method }) => method === 'getChatMember');
    expect(asked?.parameters).toEqual({ chat_id: -1001234567890, user_id: 7 });
  });

  test('in a Telegram channel its administrators, and not who reads it', async () => {
    const channel = { ...group, kind: 'broadcast' } as const;
    telegram.answer('getChatMember', { status: 'member' });
    expect(await host().mayWrite(channel, person)).toBe(false);
    telegram.answer('getChatMember', { status: 'administrator' });
    expect(await host().mayWrite(channel, person)).toBe(true);
  });

  test('in a private chat the person whose it is, and Telegram is not asked', async () => {
    const own = { id: person, kind: 'private', forum: false, title: 'Olena' } as const;
    expect(await host().mayWrite(own, person)).toBe(true);
    expect(await host().mayWrite(own, chatId(8))).toBe(false);
    expect(telegram.calls).toEqual([]);
  });

  test('a person Telegram does not know is not one; while Telegram does not answer, it is asked again later', async () => {
    telegram.refuse('getChatMember', 400, 'Bad Request: member list is inaccessible');
    expect(await host().mayWrite(group, person)).toBe(false);
    telegram.refuse('getChatMember', 429, 'Too Many Requests: retry after 3', { retry_after: 3 });
    expect((await failureOf(host().mayWrite(group, person))).kind).toBe('busy');
  });
});

test('rewriting to what stands there already is done', async () => {
  telegram.refuse('editMessageText', 400, 'Bad Request: message is not modified: specified new message content ...');
  await expect(host().rewrite(refOf(chat, 5), hello)).resolves.toBeUndefined();
});

describe('files', () => {
  const file = { kind: 'file' as const, body: Buffer.from('content'), name: 'a "b".png', text: plain('#x Ann') };

  test.each([
    ['image/png', 'sendPhoto'],
    ['image/jpeg', 'sendPhoto'],
    ['image/gif', 'sendDocument'],
    ['image/webp', 'sendDocument'],
    ['application/pdf', 'sendDocument'],
    ['video/mp4', 'sendVideo'],
  ])('%s by %s', async (type, method) => {
    telegram.answer(method, { message_id: 1, chat: {} });
    await host().post(chat, { ...file, type });
    expect(telegram.calls.map((call) => call.method)).toEqual([method]);
    const { body } = telegram.calls[0]!.parameters as { body: string };
    expect(body).toContain('content');
    expect(body).toContain('#x Ann');
  });

  test.each([
    ['a.pdf;name="chat_id"', 'a.pdf_name=_chat_id_'],
    ['a"; filename="b.pdf', 'a_ filename=_b.pdf'],
    ['report; final.pdf', 'report_ final.pdf'],
    ['..\\..\\etc/passwd.pdf', '.._.._etc_passwd.pdf'],
    ['x\r\ncontent-type:text/html\r\n\r\n<b>.pdf', 'x content-type:text_html <b>.pdf'],
    ['\u202efdp.exe', 'fdp.exe'],
    ['";".pdf', 'file.pdf'],
    ['.pdf', 'file.pdf'],
    ['..', 'file'],
    ['', 'file'],
    ['сова 👨‍👩‍👧 (1).pdf', 'сова 👨‍👩‍👧 (1).pdf'],
  ])('the name %j leaves this machine as one parameter of one header', async (name, sent) => {
    telegram.answer('sendDocument', { message_id: 1, chat: {} });
    await host().post(chat, { ...file, name, type: 'application/pdf' }, { thread: '3' });
    const { body } = telegram.calls[0]!.parameters as { body: string };
    const [boundary] = body.split('\r\n', 1);
    const heads = body.split(boundary!).flatMap((part) => part.split('\r\n\r\n')[0]!.split('\r\n').slice(1));
    const id = /attach:\/\/(\w+)/.exec(body)![1];
    const fields = 'chat_id document message_thread_id caption caption_entities disable_content_type_detection'.split(
      ' ',
    );
    expect(heads.filter(Boolean)).toEqual([
      ...fields.map((field) => `content-disposition:form-data;name="${field}"`),
      `content-disposition:form-data;name="${id}";filename=${sent}`,
      'content-type:application/octet-stream',
    ]);
  });

  test('a photo that is none to Telegram goes as a document', async () => {
    telegram.refuse('sendPhoto', 400, 'Bad Request: PHOTO_INVALID_DIMENSIONS');
    telegram.answer('sendDocument', { message_id: 2, chat: {} });
    await expect(host().post(chat, { ...file, type: 'image/png' })).resolves.toMatchObject({ ref: { message: '2' } });
  });
});

describe('files in pieces', () => {
  const pdf = { kind: 'file' as const, name: 'a.pdf', type: 'application/pdf', text: plain('#x Ann') };

  test('a photo that goes again as a document is read again', async () => {
    telegram.refuse('sendPhoto', 400, 'Bad Request: PHOTO_INVALID_DIMENSIONS');
    telegram.answer('sendDocument', { message_id: 2, chat: {} });
    const body = async function* () {
      yield Buffer.from('first ');
      yield Buffer.from('second');
    };
    await host().post(chat, { ...pdf, type: 'image/png', body });
    const bodies = telegram.calls.map(({ parameters }) => String(parameters['body']));
    expect(bodies.map((each) => each.includes('first second'))).toEqual([true, true]);
  });

  test('a call that ends early lets go of the rest', async () => {
    const letGo = new Promise<void>((resolve) => {
      const body = async function* () {
        try {
          for (;;) {
            yield Buffer.alloc(100);
            await new Promise((next) => setTimeout(next, 20));
          }
        } finally {
          resolve();
        }
      };
      void failureOf(host(root, 0.2).post(chat, { ...pdf, body })).then(({ kind }) => expect(kind).toBe('uncertain'));
    });
    await letGo;
  });

  test('a file that cannot be read is not sent in part', async () => {
    const body = async function* () {
      yield Buffer.from('first');
      throw new Error('The bucket does not answer');
    };
    expect((await failureOf(host().post(chat, { ...pdf, body }))).kind).toBe('uncertain');
    expect(telegram.calls).toEqual([]);
  });

  /** Telegram's file server. */
  async function fileServer(answer: (response: ServerResponse) => void): Promise<{ root: string; close(): void }> {
    const server = createServer((request, response) => {
      if (!request.url?.endsWith('/getFile')) return answer(response);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: true, result: { file_path: 'documents/1.pdf' } }));
    });
    return { root: `http://127.0.0.1:${await listen(server)}`, close: () => void closeServer(server) };
  }

  async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(piece);
    return Buffer.concat(all).toString();
  }

  test('of Telegram are there before their end has come', async () => {
    let finish: (() => void) | undefined;
    const server = await fileServer((response) => {
      response.writeHead(200, { 'content-length': 12 }).write('first ');
      finish = () => response.end('second');
    });
    const { size, pieces } = await host(server.root).fetchFile('f');
    expect(size).toBe(12);
    finish?.();
    await expect(text(pieces)).resolves.toBe('first second');
    server.close();
  });

  test('of Telegram that break off may come later', async () => {
    const server = await fileServer((response) => {
      response.writeHead(200, { 'content-length': 12 }).write('first ', () => response.destroy());
    });
    const { pieces } = await host(server.root).fetchFile('f');
    const failure = await failureOf(text(pieces));
    expect({ kind: failure.kind, passing: isPassing(failure) }).toEqual({ kind: 'unreachable', passing: true });
    server.close();
  });

  test.each([
    [404, 'refused'],
    [502, 'unreachable'],
  ] as const)('of Telegram that are a refusal (%i) are let go of at once', async (status, kind) => {
    let closed: Promise<unknown> | undefined;
    const server = await fileServer((response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      response.writeHead(status, { 'content-length': 12 }).flushHeaders();
    });
    expect((await failureOf(host(server.root, 60).fetchFile('f'))).kind).toBe(kind);
    await closed;
    server.close();
  });

  test('of Telegram without a size are counted, and refused if they are too big', async () => {
    let bytes = 12;
    const server = await fileServer((response) => response.writeHead(200).end(Buffer.alloc(bytes)));
    await expect(host(server.root).fetchFile('f')).resolves.toMatchObject({ size: 12 });
    bytes = 20_000_001;
    expect((await failureOf(host(server.root).fetchFile('f'))).kind).toBe('refused');
    server.close();
  });

  test('of Telegram that say that they are too big are not read', async () => {
    const server = await fileServer((response) =>
      response.writeHead(200, { 'content-length': 20_000_001 }).flushHeaders(),
    );
    expect((await failureOf(host(server.root).fetchFile('f'))).kind).toBe('refused');
    server.close();
  });
});

test('rereading leaves nothing behind', async () => {
  const forward_origin = { type: 'user', sender_user: { id: 123456789 }, date: 1700000000 };
  telegram.answer('forwardMessage', { message_id: 90, text: 'Hello', forward_origin });
  await expect(host().reread(refOf(chat, 5, 3))).resolves.toEqual({
    text: 'Hello',
    kind: 'text',
    own: true,
    at: 1700000000000,
  });
  expect(telegram.calls.map(({ method, parameters }) => [method, parameters['message_id']])).toEqual([
    ['forwardMessage', 5],
    ['deleteMessage', 90],
  ]);
  expect(telegram.calls[0]?.parameters).toMatchObject({ disable_notification: true, message_thread_id: 3 });
  telegram.refuse('forwardMessage', 400, 'Bad Request: message to forward not found');
  await expect(host().reread(refOf(chat, 6))).resolves.toBeUndefined();
});
