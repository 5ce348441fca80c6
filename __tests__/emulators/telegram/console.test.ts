import { createTelegram, type Telegram } from '../../../emulators/telegram';
import { ensureDemoGroup } from '../../../local/demo-group';

const BOT = 'kite_dev_bot';
const TOKEN = '1001:a-secret-token';

describe('the operator console', () => {
  let telegram: Telegram;
  let url: string;
  let chat: string;
  let owner: number;

  beforeEach(async () => {
    telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT }] });
    url = (await telegram.listen()).consoleUrl;
    const group = ensureDemoGroup(telegram, BOT);
    chat = String(group.chat);
    owner = group.owner;
  });
  afterEach(() => telegram.close());

  const act = (action: string, fields: object): Promise<Response> =>
    fetch(`${url}/actions/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });

  test('is a page with its script', async () => {
    const page = await (await fetch(url)).text();
    expect(page).toContain('<operator-console base="/telegram">');
    const script = await fetch(`${url}/console.js`);
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(await script.text()).toContain('operator-console');
  });

  test('shows everything but the tokens of the bots', async () => {
    const state = await (await fetch(`${url}/state`)).text();
    expect(state).toContain('Kite support');
    expect(state).not.toContain('a-secret-token');
  });

  test('tells open pages at once what is new', async () => {
    const response = await fetch(`${url}/events`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let received = '';
    telegram.people.send({ chat, from: owner, text: 'something new' });
    while (!received.includes('something new')) received += (await reader.read()).value ?? '';
    await reader.cancel();
  });

  test('lets an operator write, edit, add files, open a topic and turn topics off', async () => {
    const topic = (await (await act('createTopic', { chat, by: owner, name: 'Visitor' })).json()) as number;
    const sent = (await (await act('send', { chat, from: owner, text: 'Hello', topic })).json()) as {
      message_id: number;
    };
    await act('edit', { chat, message: sent.message_id, text: 'Hello!' });
    const pdf = { name: 'a.pdf', type: 'application/pdf', content: Buffer.from('%PDF').toString('base64') };
    await act('send', { chat, from: owner, files: [pdf], text: 'the list', topic });
    const shown = telegram.people.messages(chat, { topic }).slice(1);
    expect(shown.map(({ text, caption, document }) => [text ?? caption, document?.file_name])).toEqual([
      ['Hello!', undefined],
      ['the list', 'a.pdf'],
    ]);
    await act('setForum', { chat, by: owner, forum: false });
    expect(telegram.people.chats()[0]?.chat.is_forum).toBeUndefined();
  });

  test.each([
    ['fly', {}, 'The console cannot do "fly".'],
    ['send', { chat: '-1', from: 1, text: 'x' }, 'There is no chat -1.'],
    ['toString', {}, 'The console cannot do "toString".'],
  ])('answers what it cannot do in words: %s', async (action, fields, error) => {
    const response = await act(action, fields);
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  });

  test('does nothing that a page of another website sends', async () => {
    const response = await fetch(`${url}/actions/send`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ chat, from: owner, text: 'forged' }),
    });
    expect(response.status).toBe(415);
    expect(telegram.people.messages(chat).some(({ text }) => text === 'forged')).toBe(false);
  });

  test('gives a file for looking at only if a browser cannot run it', async () => {
    const html = { name: 'page.html', content: Buffer.from('<script>'), mimeType: 'text/html' };
    const { document } = telegram.people.send({ chat, from: owner, document: html });
    const response = await fetch(`${url}/file?id=${document!.file_id}`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
  });
});
