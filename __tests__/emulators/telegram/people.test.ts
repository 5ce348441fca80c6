import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, InputFile } from 'grammy';
import type { Update } from 'grammy/types';
import { createTelegram, plainPng, type Telegram, TELEGRAM_FLOOD_LIMITS } from '../../../emulators/telegram';
import { ensureDemoGroup, hostDemoChannel } from '../../../local/demo-group';

const TOKEN = '1001:development';
const BOT = 'kite_dev_bot';

describe('people on Telegram', () => {
  let telegram: Telegram;
  let api: Api;
  let olena: number;
  let group: number;

  beforeEach(async () => {
    telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT }] });
    api = new Api(TOKEN, { apiRoot: (await telegram.listen()).apiRoot });
    olena = telegram.people.user({ firstName: 'Olena', lastName: 'Koval' }).id;
    group = telegram.people.group({ title: 'Support', owner: olena, kind: 'supergroup' });
    telegram.people.addBot({ chat: group, by: olena, bot: BOT, administrator: true });
    await updates();
  });
  afterEach(() => telegram.close());

  /** What came since the last look. */
  const updates = async (): Promise<Update[]> => {
    const list = await api.getUpdates();
    const last = list.at(-1);
    if (last) await api.getUpdates({ offset: last.update_id + 1 });
    return list;
  };

  test('start the bot in private, with what a deep link carries, and only then hear from it', async () => {
    await expect(api.sendMessage(olena, 'Hi')).rejects.toMatchObject({ description: 'Bad Request: chat not found' });
    const chat = telegram.people.start({ user: olena, bot: BOT, payload: 'join__kite-demo' });
    const [update] = await updates();
    expect(update?.message).toMatchObject({
      text: '/start join__kite-demo',
      entities: [{ type: 'bot_command', offset: 0, length: 6 }],
      chat: { id: olena, type: 'private', first_name: 'Olena', last_name: 'Koval' },
    });
    await api.sendMessage(olena, 'Welcome');
    expect(telegram.people.messages(chat).at(-1)?.text).toBe('Welcome');
    telegram.people.block({ user: olena, bot: BOT, blocked: true });
    await expect(api.sendMessage(olena, 'Hi')).rejects.toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    });
  });

  test('answer a message: outside forums the answer carries the id of its thread, and is no topic message', async () => {
    const question = await api.sendMessage(group, '#visitor Hello');
    const answer = telegram.people.send({ chat: group, from: olena, text: 'Hi', replyTo: question.message_id });
    expect(answer).toMatchObject({
      reply_to_message: { message_id: question.message_id, text: '#visitor Hello' },
      message_thread_id: question.message_id,
    });
    expect(answer.is_topic_message).toBeUndefined();
    await expect(api.sendMessage(group, 'Hi', { message_thread_id: question.message_id })).rejects.toMatchObject({
      description: 'Bad Request: message thread not found',
    });
  });

  test('edit, and the bot gets the same message with its new text and the time of the edit', async () => {
    const sent = telegram.people.send({ chat: group, from: olena, text: 'It costs 20' });
    telegram.people.edit({ chat: group, message: sent.message_id, text: 'It costs 30' });
    const edited = (await updates()).at(-1)?.edited_message;
    expect(edited).toMatchObject({ message_id: sent.message_id, text: 'It costs 30', edit_date: expect.any(Number) });
  });

  test('send albums, stickers, voice and files, and the bot downloads what they sent', async () => {
    const picture = plainPng(400, 300);
    telegram.people.sendAlbum({
      chat: group,
      from: olena,
      items: [
        { kind: 'photo', file: { content: picture }, caption: 'Two pictures' },
        { kind: 'photo', file: { content: picture } },
      ],
    });
    telegram.people.send({ chat: group, from: olena, sticker: { emoji: '👍' } });
    telegram.people.send({ chat: group, from: olena, voice: { content: Buffer.from('OggS'), mimeType: 'audio/ogg' } });
    const messages = (await updates()).map(({ message }) => message!);
    expect(messages.map((message) => message.caption)).toEqual(['Two pictures', undefined, undefined, undefined]);
    expect(messages[0]?.media_group_id).toBe(messages[1]?.media_group_id);
    expect(messages[2]?.sticker?.emoji).toBe('👍');
    expect(messages[3]?.voice).toMatchObject({ mime_type: 'audio/ogg', file_size: 4 });
    const { file_path: path } = await api.getFile(messages[0]!.photo!.at(-1)!.file_id);
    expect(path).toMatch(/^photos\/file_\d+/);
  });

  test('are kept from a bot with privacy mode on, unless they mean it', async () => {
    telegram.people.addBot({ chat: group, by: olena, bot: BOT, administrator: false });
    await updates();
    const own = await api.sendMessage(group, 'From the bot');
    for (const text of ['among people', '/help', `/help@${BOT}`, '/help@other_bot', `hey @${BOT}`]) {
      telegram.people.send({ chat: group, from: olena, text });
    }
    telegram.people.send({ chat: group, from: olena, text: 'an answer', replyTo: own.message_id });
    const texts = (await updates()).map(({ message }) => message?.text);
    expect(texts).toEqual(['/help', `/help@${BOT}`, `hey @${BOT}`, 'an answer']);
  });

  test('see what the bot pinned without a sound, and the bot is told of its own pin', async () => {
    const sent = await api.sendMessage(group, 'Unanswered', { disable_notification: true });
    await api.pinChatMessage(group, sent.message_id, { disable_notification: true });
    expect(telegram.people.pinned(group)).toEqual([sent.message_id]);
    expect(telegram.people.isSilent(group, sent.message_id)).toBe(true);
    expect((await updates())[0]?.message).toMatchObject({
      from: { id: 1001 },
      pinned_message: { message_id: sent.message_id },
    });
    await api.unpinChatMessage(group, sent.message_id);
    expect(telegram.people.pinned(group)).toEqual([]);
  });

  test('take rights from the bot, and it cannot pin or open topics any more', async () => {
    telegram.people.setForum({ chat: group, by: olena, forum: true });
    const rights = { can_pin_messages: false, can_manage_topics: false };
    telegram.people.addBot({ chat: group, by: olena, bot: BOT, administrator: true, rights });
    const sent = await api.sendMessage(group, 'Hi');
    await expect(api.pinChatMessage(group, sent.message_id)).rejects.toMatchObject({
      description: 'Bad Request: not enough rights to manage pinned messages in the chat',
    });
    await expect(api.createForumTopic(group, 'Visitor')).rejects.toMatchObject({
      description: 'Bad Request: not enough rights to create a topic',
    });
  });

  test('turn topics off, and the bot learns it when it writes into one', async () => {
    telegram.people.setForum({ chat: group, by: olena, forum: true });
    expect(await api.getChat(group)).toMatchObject({ is_forum: true });
    const topic = await api.createForumTopic(group, 'Visitor');
    telegram.people.setForum({ chat: group, by: olena, forum: false });
    expect(await api.getChat(group)).not.toHaveProperty('is_forum');
    await expect(api.sendMessage(group, 'Hi', { message_thread_id: topic.message_thread_id })).rejects.toMatchObject({
      description: 'Bad Request: message thread not found',
    });
  });

  test('find formatted text as the bot meant it, and a bot that formats badly is told so', async () => {
    const sent = await api.sendMessage(
      group,
      'Use <b>one &amp; <i>two</i></b> <a href="https://example.com">here</a>',
      {
        parse_mode: 'HTML',
      },
    );
    expect(sent.text).toBe('Use one & two here');
    expect(sent.entities).toEqual([
      { type: 'bold', offset: 4, length: 9 },
      { type: 'italic', offset: 10, length: 3 },
      { type: 'text_link', offset: 14, length: 4, url: 'https://example.com' },
    ]);
    await expect(api.sendMessage(group, '<b>open', { parse_mode: 'HTML' })).rejects.toMatchObject({ error_code: 400 });
  });

  test.each([
    [
      'a caption of 1025 characters',
      (chat: number) => api.sendPhoto(chat, photo(), { caption: 'x'.repeat(1025) }),
      'message caption is too long',
    ],
    [
      'a photo that is none',
      (chat: number) => api.sendPhoto(chat, new InputFile(Buffer.from('text'), 'a.png')),
      'IMAGE_PROCESS_FAILED',
    ],
    [
      'a file that was never sent',
      (chat: number) => api.sendDocument(chat, 'unknown'),
      'wrong file identifier/HTTP URL specified',
    ],
    [
      'an empty file',
      (chat: number) => api.sendDocument(chat, new InputFile(Buffer.alloc(0), 'a.txt')),
      'file must be non-empty',
    ],
    [
      'a button with 65 bytes of data',
      (chat: number) => api.sendMessage(chat, 'Hi', keyboard('x'.repeat(65))),
      'BUTTON_DATA_INVALID',
    ],
    [
      'an answer to a message that is gone',
      (chat: number) => api.sendMessage(chat, 'Hi', { reply_parameters: { message_id: 999 } }),
      'message to be replied not found',
    ],
    [
      'an edit of a message of another person',
      (chat: number) => api.editMessageText(chat, 1, 'Hi'),
      "message can't be edited",
    ],
    [
      'an edit that changes nothing',
      async (chat: number) => api.editMessageText(chat, (await api.sendMessage(chat, 'Hi')).message_id, 'Hi'),
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    ],
    [
      'a file by a URL that does not answer',
      (chat: number) => api.sendPhoto(chat, 'http://127.0.0.1:9/x.png'),
      'failed to get HTTP URL content',
    ],
  ])('never see %s', async (_, act, reason) => {
    await expect(act(group)).rejects.toMatchObject({ error_code: 400, description: `Bad Request: ${reason}` });
  });

  test('are not flooded: the twenty-first message of a minute waits', async () => {
    let now = 1_000_000;
    const limited = createTelegram({
      bots: [{ token: TOKEN, username: BOT }],
      floodLimits: TELEGRAM_FLOOD_LIMITS,
      clock: () => now,
    });
    const { apiRoot } = await limited.listen();
    const sender = new Api(TOKEN, { apiRoot });
    const owner = limited.people.user({ firstName: 'Olena' }).id;
    const chat = limited.people.group({ title: 'Support', owner, kind: 'group' });
    limited.people.addBot({ chat, by: owner, bot: BOT });
    for (let count = 0; count < 20; count += 1) await sender.sendMessage(chat, `${count}`);
    now += 15_000;
    await expect(sender.sendMessage(chat, 'too much')).rejects.toMatchObject({
      error_code: 429,
      parameters: { retry_after: 45 },
    });
    now += 45_000;
    await sender.sendMessage(chat, 'now');
    await limited.close();
  });
});

describe('the demo group', () => {
  test('is made once, and its owner hosts the channel once', () => {
    const telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT }] });
    for (let start = 0; start < 2; start += 1) hostDemoChannel(telegram, ensureDemoGroup(telegram, BOT), 'kite-demo');
    const groups = telegram.people.chats();
    expect(groups.map(({ chat, bots }) => [chat.title, bots])).toEqual([['Kite support', [BOT]]]);
    const texts = telegram.people.messages(groups[0]!.key).flatMap(({ text }) => text ?? []);
    expect(texts).toEqual(['/host kite-demo']);
  });
});

describe('the state file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kite-telegram-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('keeps people, messages, files, webhooks and what waits for delivery over a restart', async () => {
    const options = { bots: [{ token: TOKEN, username: BOT }], stateFile: join(folder, 'telegram.json') };
    const before = createTelegram(options);
    const { chat, owner } = ensureDemoGroup(before, BOT);
    const content = plainPng(10, 10);
    const sent = before.people.send({ chat, from: owner, photo: { content }, caption: 'kept' });
    await before.close();

    const after = createTelegram(options);
    const { apiRoot } = await after.listen();
    const api = new Api(TOKEN, { apiRoot });
    const update = (await api.getUpdates()).at(-1);
    expect(update?.message).toMatchObject({ message_id: sent.message_id, caption: 'kept' });
    const file = await api.getFile(update!.message!.photo!.at(-1)!.file_id);
    const body = await fetch(`${apiRoot}/file/bot${TOKEN}/${file.file_path}`);
    expect(Buffer.from(await body.arrayBuffer())).toEqual(content);
    const next = after.people.send({ chat, from: owner, text: 'next' });
    expect(next.message_id).toBe(sent.message_id + 1);
    await after.close();
    expect(readdirSync(folder).sort()).toEqual(['telegram.json', 'telegram.json.files']);
  });

  test('that is damaged is named in one sentence', () => {
    const file = join(folder, 'telegram.json');
    writeFileSync(file, '{"chats":');
    expect(() => createTelegram({ stateFile: file })).toThrow(
      /^.*telegram\.json cannot be read as the saved Telegram state \(.*\); delete it to start empty\.$/,
    );
  });
});

const photo = (): InputFile => new InputFile(plainPng(10, 10), 'a.png');

const keyboard = (
  data: string,
): { reply_markup: { inline_keyboard: { text: string; callback_data: string }[][] } } => ({
  reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: data }]] },
});
