import type { Message } from 'grammy/types';
import { HandshakeRefused, PATIENCE, type ChatUnderTest, type Client, type ConnectOptions } from './driver';

const V1 = 'k1te.chat.v1';
const NOW = '2026-01-02T03:04:05Z';

/** PROTOCOL.md as a visitor, an operator and a website owner see it, on any chat. */
export function chatContract(start: () => Promise<ChatUnderTest>): void {
  let chat: ChatUnderTest;
  let serial = 0;

  beforeAll(async () => {
    chat = await start();
  }, 400_000);
  afterAll(async () => {
    await chat?.close();
  }, 30_000);
  jest.setTimeout(3 * PATIENCE);

  const unique = () => `${Date.now().toString(36)}${(serial++).toString(36)}`;
  const memberId = () => `m${unique()}`.padEnd(10, 'x');

  /** A channel, its group, an operator in it. */
  const channel = async (kind: 'supergroup' | 'forum' | 'group' = 'supergroup') => {
    const name = `line-${unique()}`;
    const { people } = chat.telegram;
    const operator = people.user({ firstName: 'Olena' }).id;
    const group = people.group({ title: 'Support', owner: operator, kind });
    people.addBot({ chat: group, by: operator, bot: chat.bot, administrator: true });
    people.send({ chat: group, from: operator, text: `/host ${name}` });
    const answer = await shown(group, (text) => text.includes('wss://') || text.includes('ws://'));
    const say = (text: string, where: { replyTo?: number; topic?: number } = {}) =>
      people.send({ chat: group, from: operator, text, ...where });
    return { name, group, operator, answer, say, people };
  };

  const shown = async (group: number | string, matches: (text: string, message: Message) => boolean) =>
    chat.telegram.message(group, (message) => matches(message.text ?? message.caption ?? '', message), PATIENCE);

  /** A visitor's first message, delivered for good: it is pinned when everything else is done, so it can be replied to. */
  const delivered = async (group: number | string, matches: (text: string) => boolean) => {
    const message = await shown(group, matches);
    await eventually(
      () => chat.telegram.people.pinned(group),
      (pinned) => pinned.includes(message.message_id),
    );
    return message;
  };

  /** A visitor who has joined. */
  const visitor = async (
    name: string,
    id = memberId(),
    displayName: string | null = 'Ann',
    options?: ConnectOptions,
  ) => {
    const client = await chat.connect({ query: `c=${name}`, protocols: [V1], ...options });
    client.send(['JOIN', id, displayName, name]);
    expect(await client.next()).toEqual(['OK']);
    return Object.assign(client, { id });
  };

  const write = async (client: Client, text: string, id = `x${unique()}`) => {
    client.send(['TXT', id, text, NOW]);
    const answer = await client.next();
    expect(answer).toEqual(['ACK', id, expect.any(String), expect.stringMatching(/^\d{4}-.*Z$/)]);
    return { id, answer };
  };

  const refusal = (code: number, ...rest: unknown[]) => ['ERR', expect.stringMatching(/^\u26d4 /), code, ...rest];

  /** Asks until the condition is true of the answer. */
  const eventually = async <T>(ask: () => T | Promise<T>, condition: (answer: T) => boolean): Promise<T> => {
    for (const end = Date.now() + PATIENCE; ;) {
      const answer = await ask();
      if (condition(answer)) return answer;
      if (Date.now() > end) throw new Error(`It never came true; the last answer was ${JSON.stringify(answer)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  describe('connecting', () => {
    test('the README’s transcript: Hi is answered OK, ["PING"] is answered ["PONG"]', async () => {
      const client = await chat.connect({ query: 'param=test', protocols: [V1] });
      client.send('Hi');
      expect(await client.next()).toBe('OK');
      client.send('["PING"]');
      expect(await client.next()).toEqual(['PONG']);
      await client.close();
    });

    test('GET tg answers OK', async () => {
      expect(await chat.request('/tg')).toMatchObject({ status: 200, body: 'OK' });
    });

    test('the subprotocol is echoed if it was offered, and only then', async () => {
      expect((await chat.connect({ protocols: [V1] })).protocol).toBe(V1);
      expect((await chat.connect({ protocols: ['something.else', V1] })).protocol).toBe(V1);
      expect((await chat.connect()).protocol).toBeUndefined();
    });

    test('an unknown channel is refused with 404 at the handshake, a malformed one with 400', async () => {
      await expect(chat.connect({ query: 'c=no-such-channel' })).rejects.toEqual(new HandshakeRefused(404));
      await expect(chat.connect({ query: 'c=short' })).rejects.toEqual(new HandshakeRefused(400));
    });
  });

  describe('a conversation', () => {
    test('/host answers with the address and a snippet; a visitor writes, an operator replies', async () => {
      const { name, group, answer, say } = await channel();
      expect(answer.text).toContain(`?c=${name}`);
      expect(answer.text).toContain('<kite-chat');
      const ann = await visitor(name);
      await write(ann, 'Hello?');
      const question = await delivered(group, (text) => text.includes('Hello?'));
      expect(question.text).toMatch(/^#[a-z][a-z0-9]{11} Ann\nHello\?$/);
      say('Hello Ann', { replyTo: question.message_id });
      expect(await ann.next()).toEqual(['TXT', expect.any(String), 'Hello Ann', expect.stringMatching(/Z$/)]);
      await ann.close();
    });

    test('in a forum each visitor has a topic, and an answer in it goes to that visitor alone', async () => {
      const { name, group, say, people } = await channel('forum');
      const [ann, bob] = [await visitor(name, memberId(), 'Ann'), await visitor(name, memberId(), 'Bob')];
      await write(ann, 'from Ann');
      await write(bob, 'from Bob');
      await shown(group, (text) => text.includes('from Ann'));
      await shown(group, (text) => text.includes('from Bob'));
      const topics = people.topics(group);
      const topicOf = (who: string) => topics.find((topic) => topic.name.includes(who))!.id;
      say('to Bob', { topic: topicOf('Bob') });
      expect(await bob.next()).toEqual(['TXT', expect.any(String), 'to Bob', expect.any(String)]);
      say('to Ann', { topic: topicOf('Ann') });
      expect(await ann.next()).toEqual(['TXT', expect.any(String), 'to Ann', expect.any(String)]);
      await Promise.all([ann.close(), bob.close()]);
    });

    test('a client message sent twice is shown once, and answered the same', async () => {
      const { name, group, people } = await channel();
      const ann = await visitor(name);
      const first = await write(ann, 'only once', 'same-id');
      const second = await write(ann, 'only once', 'same-id');
      expect(second.answer).toEqual(first.answer);
      await write(ann, 'the end');
      await shown(group, (text) => text.includes('the end'));
      const texts = people.messages(group).filter((message) => message.text?.includes('only once'));
      expect(texts).toHaveLength(1);
      await ann.close();
    });

    test('what comes while nobody is connected is replayed on the next JOIN, oldest first, once', async () => {
      const { name, group, say } = await channel();
      const ann = await visitor(name);
      await write(ann, 'I will be back');
      const question = await delivered(group, (text) => text.includes('I will be back'));
      await ann.close();
      for (const text of ['one', 'two', 'three']) say(text, { replyTo: question.message_id });
      await chat.telegram.settled(PATIENCE);
      const again = await visitor(name, ann.id);
      const texts = [await again.next(), await again.next(), await again.next()].map((frame) => (frame as string[])[2]);
      expect(texts).toEqual(['one', 'two', 'three']);
      expect(await again.isQuiet(300)).toBe(true);
      await again.close();
      const later = await visitor(name, ann.id);
      expect(await later.isQuiet(300)).toBe(true);
      await later.close();
    });

    test('every tab of a visitor gets every answer', async () => {
      const { name, group, say } = await channel();
      const first = await visitor(name);
      const second = await visitor(name, first.id);
      await write(second, 'two tabs');
      const question = await delivered(group, (text) => text.includes('two tabs'));
      say('both', { replyTo: question.message_id });
      const frames = [await first.next(), await second.next()];
      expect(frames[0]).toEqual(['TXT', expect.any(String), 'both', expect.any(String)]);
      expect(frames[1]).toEqual(frames[0]);
      await first.close();
      say('still here', { replyTo: question.message_id });
      expect(await second.next()).toEqual(['TXT', expect.any(String), 'still here', expect.any(String)]);
      await second.close();
    });

    test('an edited answer reaches the visitor as the same message with its new text', async () => {
      const { name, group, say, people } = await channel();
      const ann = await visitor(name);
      await write(ann, 'When?');
      const question = await delivered(group, (text) => text.includes('When?'));
      const answer = say('At tin', { replyTo: question.message_id });
      const original = (await ann.next()) as string[];
      people.edit({ chat: group, message: answer.message_id, text: 'At ten' });
      expect(await ann.next()).toEqual(['TXT', original[1], 'At ten', expect.any(String)]);
      await ann.close();
    });

    test('frames that come before JOIN is done are not lost, and keep their order', async () => {
      const { name, group, people } = await channel();
      const client = await chat.connect({ query: `c=${name}` });
      client.send(['JOIN', memberId(), 'Eve', name]);
      client.send(['TXT', 'e1', 'early', NOW]);
      const answers = [await client.next(), await client.next()].map((frame) => (frame as string[])[0]);
      expect(answers.sort()).toEqual(['ACK', 'OK']);
      await write(client, 'later');
      await shown(group, (text) => text.includes('later'));
      const texts = people.messages(group).map((message) => message.text ?? '');
      const place = (text: string) => texts.findIndex((each) => each.endsWith(text));
      expect(place('early')).toBeGreaterThan(-1);
      expect(place('early')).toBeLessThan(place('later'));
      await client.close();
    });

    test('the longest text arrives whole, split where Telegram needs it', async () => {
      const { name, group, people } = await channel();
      const ann = await visitor(name);
      const text = 'All work and no play. '.repeat(186).slice(0, 4096);
      await write(ann, text);
      await write(ann, 'the end');
      await shown(group, (shownText) => shownText.includes('the end'));
      const parts = people.messages(group).filter((message) => message.text?.includes('no play'));
      expect(parts.length).toBeGreaterThan(1);
      const words = parts.map((part) => part.text?.replace(/^#\S+ Ann[^\n]*\n/, '') ?? '').join(' ');
      expect(words.replace(/\s+/g, ' ').trim()).toBe(text.replace(/\s+/g, ' ').trim());
      await ann.close();
    });
  });

  describe('errors', () => {
    test('every bad frame gets one ERR with its code and, where there is one, its message id', async () => {
      const { name } = await channel();
      const ann = await visitor(name);
      const cases: [unknown, unknown[]][] = [
        ['not json', refusal(400)],
        ['{"a":1}', refusal(400)],
        ['[]', refusal(400)],
        ['["NOPE"]', refusal(400)],
        [['TXT', 'a', '', NOW], refusal(400, 'a')],
        [['TXT', 'b', 'x'.repeat(4097), NOW], refusal(413, 'b')],
        [['TXT', 'c', 5, NOW], refusal(400, 'c')],
        [['TXT', 5, 'text', NOW], refusal(400)],
        [['JOIN', 'someoneelse', 'Bob', 'no-such-channel'], refusal(404)],
        [['JOIN', 'someoneelse', 'Bob', 'bad name'], refusal(400)],
        [['UPL', 'd', 'a.exe', 'application/x-msdownload', 5, NOW], refusal(400, 'd')],
        [['UPL', 'e', 'a.png', 'image/png', 5 * 1024 * 1024 + 1, NOW], refusal(413, 'e')],
        [['BIN', 'f', 'https://evil.example/a.png', 'a.png', 'image/png', 5, NOW], refusal(403, 'f')],
      ];
      for (const [frame, expected] of cases) {
        ann.send(frame);
        expect(await ann.next()).toEqual(expected);
      }
      await write(ann, 'still usable');
      await ann.close();
    });

    test('a message without a JOIN is answered 401', async () => {
      const client = await chat.connect();
      client.send(['TXT', 'x', 'hello', NOW]);
      expect(await client.next()).toEqual(refusal(401, 'x'));
      await client.close();
    });

    test('extra elements are ignored', async () => {
      const client = await chat.connect();
      client.send(['PING', 'extra', 1]);
      expect(await client.next()).toEqual(['PONG']);
      await client.close();
    });

    test('a burst is slowed down with 429, which says when to try again', async () => {
      const { name } = await channel();
      const ann = await visitor(name);
      const frames: unknown[][] = [];
      const slow = () => frames.filter(([tag, , code]) => tag === 'ERR' && code === 429);
      // The counted minute may end during a burst, but not also during the next one.
      for (let burst = 0; burst < 2 && slow().length === 0; burst++) {
        for (let i = 0; i < 70; i++) ann.send(['TXT', `burst${burst}-${i}`, 'x', NOW]);
        for (let i = 0; i < 70; i++) frames.push((await ann.next()) as unknown[]);
      }
      expect(slow().length).toBeGreaterThan(0);
      expect(slow()[0]?.[1]).toMatch(/try again in \d+ seconds?/);
      expect(frames.filter(([tag]) => tag === 'ACK').length).toBeGreaterThanOrEqual(50);
      await ann.close();
    });
  });

  describe('files', () => {
    const picture = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const offer = async (ann: Client, fileName: string, type: string, size: number) => {
      const id = `u${unique()}`;
      ann.send(['UPL', id, fileName, type, size, NOW]);
      const answer = (await ann.next()) as string[];
      expect(answer).toEqual(['UPL', id, expect.any(String), expect.any(String)]);
      return { id, download: answer[2]!, upload: answer[3]! };
    };
    const put = async (url: string, type: string, body: Buffer) =>
      (await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(body) })).status;
    /** Follows a link, at the address where the chat can be reached from here. */
    const download = async (link: string) => {
      const { status, location } = await chat.request(link.slice(link.indexOf('/files/')));
      expect({ status, location }).toEqual({ status: 302, location: expect.stringContaining('http') });
      return Buffer.from(await (await fetch(location!)).arrayBuffer());
    };

    test('a visitor sends a picture; the host sees it with the visitor’s header', async () => {
      const { name, group } = await channel();
      const ann = await visitor(name);
      const { download: link, upload } = await offer(ann, 'сова.png', 'image/png', picture.length);
      expect(link).not.toContain(ann.id);
      expect(await put(upload, 'image/png', picture)).toBe(200);
      ann.send(['BIN', 'file-1', link, 'сова.png', 'image/png', picture.length, NOW]);
      expect(await ann.next()).toEqual(['ACK', 'file-1', expect.any(String), expect.any(String)]);
      const photo = await shown(group, (_, message) => message.photo !== undefined);
      expect(photo.caption).toMatch(/^#[a-z][a-z0-9]{11} Ann/);
      expect(await download(link)).toEqual(picture);
      await ann.close();
    });

    test('an upload must have the declared size and type', async () => {
      const { name } = await channel();
      const ann = await visitor(name);
      const { download: link, upload } = await offer(ann, 'a.png', 'image/png', picture.length);
      // S3 refuses it, because type and size are signed; where a stand-in does not, BIN does.
      for (const [type, body] of [
        ['image/png', Buffer.concat([picture, picture])],
        ['text/html', picture],
      ] as const) {
        await put(upload, type, body);
        ann.send(['BIN', 'b1', link, 'a.png', 'image/png', picture.length, NOW]);
        expect(await ann.next()).toEqual(refusal(400, 'b1'));
      }
      await ann.close();
    });

    test('nobody can send a file that another visitor was given a link for', async () => {
      const { name } = await channel();
      const [ann, eve] = [await visitor(name), await visitor(name, memberId(), 'Eve')];
      const { download: link, upload } = await offer(ann, 'a.png', 'image/png', picture.length);
      expect(await put(upload, 'image/png', picture)).toBe(200);
      eve.send(['BIN', 'b1', link, 'a.png', 'image/png', picture.length, NOW]);
      expect(await eve.next()).toEqual(refusal(403, 'b1'));
      await Promise.all([ann.close(), eve.close()]);
    });

    test('an operator sends a document; the visitor gets a link to a copy of it', async () => {
      const { name, group, operator, people } = await channel();
      const ann = await visitor(name);
      await write(ann, 'Send me the list');
      const question = await delivered(group, (text) => text.includes('the list'));
      const content = Buffer.from('%PDF-1.4 not really');
      people.send({
        chat: group,
        from: operator,
        document: { content, name: 'list.pdf', mimeType: 'application/pdf' },
        caption: 'Here',
        replyTo: question.message_id,
      });
      const file = (await ann.next()) as string[];
      expect(file).toEqual([
        'BIN',
        expect.any(String),
        expect.any(String),
        'list.pdf',
        'application/pdf',
        content.length,
        expect.any(String),
      ]);
      expect(await ann.next()).toEqual(['TXT', expect.any(String), 'Here', expect.any(String)]);
      expect(file[2]).not.toContain('bot');
      expect(await download(file[2]!)).toEqual(content);
      await ann.close();
    });

    test('a path that is not a file of the chat is not found', async () => {
      expect((await chat.request('/files/../secrets')).status).toBe(404);
      expect((await chat.request('/files/some-channel/abc/def/x.png')).status).toBe(404);
    });
  });

  describe('operators’ powers', () => {
    test('/ban blocks a visitor, /unban lets them write again', async () => {
      const { name, group, say } = await channel();
      const ann = await visitor(name);
      await write(ann, 'spam');
      const spam = await delivered(group, (text) => text.includes('spam'));
      const joining = async () => {
        const client = await chat.connect({ query: `c=${name}` });
        client.send(['JOIN', ann.id, 'Ann', name]);
        const answer = (await client.next()) as unknown[];
        await client.close();
        return answer;
      };
      say('/ban', { replyTo: spam.message_id });
      await eventually(joining, (answer) => answer[2] === 403);
      expect(await joining()).toEqual(refusal(403));
      say('/unban', { replyTo: spam.message_id });
      await eventually(joining, (answer) => answer[0] === 'OK');
      const again = await visitor(name, ann.id);
      await write(again, 'sorry');
      await shown(group, (text) => text.includes('sorry'));
      await again.close();
    });

    test('/origins admits only the named websites', async () => {
      const { name, say } = await channel();
      say('/origins https://shop.example');
      const isRefused = async (origin: string) => {
        try {
          await (await chat.connect({ query: `c=${name}`, origin })).close();
          return false;
        } catch (error) {
          expect(error).toEqual(new HandshakeRefused(403));
          return true;
        }
      };
      await eventually(
        () => isRefused('https://evil.example'),
        (refused) => refused,
      );
      expect(await isRefused('https://shop.example')).toBe(false);
    });

    test('when the bot is removed, visitors are told that nobody is there', async () => {
      const { name, group, operator, people } = await channel();
      const ann = await visitor(name);
      await write(ann, 'Hello?');
      await shown(group, (text) => text.includes('Hello?'));
      people.removeBot({ chat: group, by: operator, bot: chat.bot });
      const asking = async () => {
        ann.send(['TXT', `s${unique()}`, 'Anybody?', NOW]);
        return (await ann.next()) as unknown[];
      };
      await eventually(asking, (answer) => answer[2] === 502);
      await ann.close();
    });

    test('/drop, once confirmed, leaves no channel', async () => {
      const { name, group, operator, say, people } = await channel();
      const ann = await visitor(name);
      await write(ann, 'Hello?');
      await shown(group, (text) => text.includes('Hello?'));
      say('/drop');
      const question = await shown(group, (_, message) => message.reply_markup !== undefined);
      const buttons = question.reply_markup?.inline_keyboard.flat() ?? [];
      expect(buttons.map(({ text }) => text)).toEqual([`Remove ${name}`, 'Keep it']);
      await people.press({ chat: group, from: operator, message: question.message_id, button: `Remove ${name}` });
      const connecting = async () => {
        try {
          await (await chat.connect({ query: `c=${name}` })).close();
          return 'accepted';
        } catch (error) {
          if (error instanceof HandshakeRefused) return error.status;
          throw error;
        }
      };
      await eventually(connecting, (outcome) => outcome === 404);
    });

    test('a request to the webhook without its secret is refused', async () => {
      const update = JSON.stringify({ update_id: 1, message: { text: '/host evil-channel' } });
      const headers = { 'content-type': 'application/json' };
      expect((await chat.request('/tg', { method: 'POST', headers, body: update })).status).toBe(401);
      const wrong = { ...headers, 'x-telegram-bot-api-secret-token': 'wrong' };
      expect((await chat.request('/tg', { method: 'POST', headers: wrong, body: update })).status).toBe(401);
    });
  });
}
