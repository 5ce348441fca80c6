import { Api, InputFile } from 'grammy';
import type { Message } from 'grammy/types';
import { createTelegram, plainPng, type Telegram } from '../../../emulators/telegram';

const TOKEN = '1001:development';
const BOT = 'kite_dev_bot';

describe('a bot that talks to the Bot API emulator', () => {
  let telegram: Telegram;
  let api: Api;
  let apiRoot: string;
  let olena: number;
  let forum: number;

  beforeEach(async () => {
    telegram = createTelegram({
      bots: [
        { token: TOKEN, username: BOT },
        { token: '1002:production', username: 'kite_bot' },
      ],
    });
    ({ apiRoot } = await telegram.listen());
    api = new Api(TOKEN, { apiRoot });
    olena = telegram.people.user({ firstName: 'Olena' }).id;
    forum = telegram.people.group({ title: 'Support', owner: olena, kind: 'forum' });
    telegram.people.addBot({ chat: forum, by: olena, bot: BOT, administrator: true });
  });
  afterEach(() => telegram.close());

  test('learns who it is', async () => {
    expect(await api.getMe()).toMatchObject({ id: 1001, is_bot: true, username: BOT, can_join_groups: true });
  });

  test('is refused with an unknown token, a malformed one and an unknown method', async () => {
    const ask = async (path: string): Promise<unknown> => (await fetch(`${apiRoot}${path}`)).json();
    expect(await ask('/bot1001:wrong/getMe')).toEqual({ ok: false, error_code: 401, description: 'Unauthorized' });
    expect(await ask('/botnonsense/getMe')).toEqual({ ok: false, error_code: 404, description: 'Not Found' });
    expect(await ask(`/bot${TOKEN}/getCoffee`)).toEqual({ ok: false, error_code: 404, description: 'Not Found' });
  });

  test('writes into a topic of its own and answers a message there', async () => {
    const topic = await api.createForumTopic(forum, 'Visitor');
    const sent = await api.sendMessage(forum, '#kite Hello', { message_thread_id: topic.message_thread_id });
    expect(sent).toMatchObject({
      text: '#kite Hello',
      entities: [{ type: 'hashtag', offset: 0, length: 5 }],
      is_topic_message: true,
      message_thread_id: topic.message_thread_id,
      chat: { id: forum, type: 'supergroup', is_forum: true },
    });
    const answer = telegram.people.send({ chat: forum, from: olena, text: 'Hi', topic: topic.message_thread_id });
    expect(answer.reply_to_message?.forum_topic_created).toMatchObject({ name: 'Visitor' });
    const updates = await api.getUpdates();
    expect(updates.at(-1)?.message).toMatchObject({ text: 'Hi', message_thread_id: topic.message_thread_id });
  });

  test('opens a topic of a long name, which is cut after 128 characters and not within one', async () => {
    const topic = await api.createForumTopic(forum, '😀'.repeat(130));
    expect(topic.name).toBe('😀'.repeat(128));
  });

  test('is understood as by Telegram: the last of two fields of one name holds, even between quotes', async () => {
    const head = 'content-disposition:form-data;name="document";filename=a.pdf;name="other"';
    const chat = `content-disposition: form-data; name="chat_id"\r\n\r\n${forum}`;
    const body = `--b\r\n${chat}\r\n--b\r\n${head}\r\n\r\nx\r\n--b--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const answer = await fetch(`${apiRoot}/bot${TOKEN}/sendDocument`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ description: 'Bad Request: there is no document in the request' });
  });

  test('is told when a topic is gone', async () => {
    const topic = await api.createForumTopic(forum, 'Visitor');
    telegram.people.deleteTopic({ chat: forum, topic: topic.message_thread_id });
    await expect(api.sendMessage(forum, 'Hello', { message_thread_id: topic.message_thread_id })).rejects.toMatchObject(
      {
        error_code: 400,
        description: 'Bad Request: message thread not found',
      },
    );
  });

  test.each([
    ['', 'Bad Request: message text is empty'],
    ['   ', 'Bad Request: message text is empty'],
    ['x'.repeat(4097), 'Bad Request: message is too long'],
  ])('cannot send the text %p', async (text, description) => {
    await expect(api.sendMessage(forum, text)).rejects.toMatchObject({ error_code: 400, description });
  });

  test('uploads a photo, which anyone with the token reads back', async () => {
    const picture = plainPng(640, 480);
    const sent = await api.sendPhoto(forum, new InputFile(picture, 'cat.png'), { caption: 'A cat' });
    expect(sent.caption).toBe('A cat');
    expect(sent.photo.map(({ width }) => width)).toEqual([90, 320, 640]);
    const file = await api.getFile(sent.photo.at(-1)!.file_id);
    const body = await fetch(`${apiRoot}/file/bot${TOKEN}/${file.file_path}`);
    expect(Buffer.from(await body.arrayBuffer())).toEqual(picture);
  });

  test('sends a document again by its id, and an album of two in order', async () => {
    const document = await api.sendDocument(forum, new InputFile(Buffer.from('%PDF'), 'price list.pdf'));
    expect(document.document).toMatchObject({
      file_name: 'price list.pdf',
      mime_type: 'application/pdf',
      file_size: 4,
    });
    const again = await api.sendDocument(forum, document.document.file_id);
    expect(again.document.file_id).toBe(document.document.file_id);
    const album = await api.sendMediaGroup(forum, [
      { type: 'photo', media: new InputFile(plainPng(10, 10), 'a.png'), caption: 'first' },
      { type: 'photo', media: new InputFile(plainPng(10, 10), 'b.png') },
    ]);
    expect(album.map(({ caption }) => caption)).toEqual(['first', undefined]);
    const groups = album.map((message) => (message as Message.MediaMessage).media_group_id);
    expect(groups[0]).toBe(groups[1]);
  });

  test('gets the press of its button and answers it', async () => {
    const sent = await api.sendMessage(forum, 'Sure?', {
      reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] },
    });
    const shown = telegram.people.press({ chat: forum, from: olena, message: sent.message_id, button: 'Yes' });
    const [update] = (await api.getUpdates()).slice(-1);
    expect(update?.callback_query).toMatchObject({ data: 'y', from: { first_name: 'Olena' } });
    await api.answerCallbackQuery(update!.callback_query!.id, { text: 'Done' });
    expect(await shown).toMatchObject({ text: 'Done', alert: false });
  });

  test("does not see the other bot's chats", async () => {
    const other = new Api('1002:production', { apiRoot });
    await expect(other.sendMessage(forum, 'Hi')).rejects.toMatchObject({ description: 'Bad Request: chat not found' });
    expect(await other.getUpdates()).toEqual([]);
  });

  test('is told the new id of a group that was migrated', async () => {
    const group = telegram.people.group({ title: 'Small', owner: olena, kind: 'group' });
    telegram.people.addBot({ chat: group, by: olena, bot: BOT });
    const supergroup = telegram.people.migrate({ chat: group, by: olena });
    await expect(api.sendMessage(group, 'Hi')).rejects.toMatchObject({
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: supergroup },
    });
    const updates = await api.getUpdates();
    expect(updates.find(({ message }) => message?.migrate_to_chat_id)?.message?.chat.id).toBe(group);
    expect(updates.find(({ message }) => message?.migrate_from_chat_id)?.message?.chat.id).toBe(supergroup);
  });

  test('learns that it was added, promoted and kicked, and is refused afterwards', async () => {
    telegram.people.removeBot({ chat: forum, by: olena, bot: BOT, ban: true });
    const changes = (await api.getUpdates()).flatMap(({ my_chat_member: change }) =>
      change ? [change.new_chat_member.status] : [],
    );
    expect(changes).toEqual(['administrator', 'kicked']);
    await expect(api.sendMessage(forum, 'Hi')).rejects.toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was kicked from the supergroup chat',
    });
  });

  test('meets the faults a test asks for, before or after the effect', async () => {
    telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 7 } });
    await expect(api.sendMessage(forum, 'one')).rejects.toMatchObject({
      error_code: 429,
      parameters: { retry_after: 7 },
    });
    telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'reset' }, afterEffect: true });
    await expect(api.sendMessage(forum, 'two')).rejects.toThrow();
    await api.sendMessage(forum, 'three');
    expect(telegram.people.messages(forum).flatMap(({ text }) => text ?? [])).toEqual(['two', 'three']);
  });
});
