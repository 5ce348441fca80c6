import type { ChannelName } from '../../../../lambdas/chat/model/identifiers';
import { COMMANDS } from '../../../../lambdas/chat/operator/command-list';
import { BOT, Stage } from '../../adapters/telegram/stage';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

const send = (...args: Parameters<Stage['telegram']['people']['send']>) => stage.telegram.people.send(...args);

/** Says something in a chat and gives the answers to it. */
async function say(chat: number | string, from: number, text: string, more: object = {}): Promise<string[]> {
  const before = stage.texts(chat).length;
  send({ chat, from, text, ...more });
  await stage.settle();
  return stage.texts(chat).slice(before + 1);
}

/** Somebody's private chat with the bot. */
async function person(firstName: string) {
  const user = stage.telegram.people.user({ firstName }).id;
  const here = stage.telegram.people.start({ user, bot: BOT });
  await stage.settle();
  return { user, here };
}

const handleIn = (text: string) => /#([a-z][a-z0-9]{11})/.exec(text)![1]!;

describe('/host', () => {
  test('answers with the address and a snippet for the website', async () => {
    const { chat, operator } = stage.group();
    const [answer] = await say(chat, operator, '/host my-channel');
    expect(answer).toContain('wss://ws.example.com/dev?c=my-channel');
    expect(answer).toContain('<kite-chat endpoint="wss://ws.example.com/dev?c=my-channel"></kite-chat>');
  });

  test('a name that is taken, a chat that hosts already, a name that is none: said in words', async () => {
    const one = await stage.hosting('my-channel');
    const { chat, operator } = stage.group();
    expect(await say(chat, operator, '/host my-channel')).toEqual([
      expect.stringMatching(/my-channel is taken\. Choose another/),
    ]);
    expect(await say(one.chat, one.operator, '/host other-channel')).toEqual([
      expect.stringMatching(/hosts my-channel already\. One chat/),
    ]);
    expect(await say(one.chat, one.operator, '/host my-channel')).toEqual([
      expect.stringMatching(/hosts my-channel already/),
    ]);
    expect(await say(chat, operator, '/host short')).toEqual([expect.stringMatching(/short cannot be.*8 to 32/)]);
    expect(await say(chat, operator, '/host')).toEqual([expect.stringMatching(/Which channel/)]);
  });

  test('names with hyphens, double underscores and digits only work everywhere', async () => {
    for (const name of ['my__channel', 'a-b-c-d-e', '1234567890', '__--__--']) {
      const { chat, operator } = await stage.hosting(name);
      const visitor = await stage.visitor(name, '007', '0123456789');
      await visitor.say('Hello');
      await stage.settle();
      const shown = stage.last(chat);
      expect(shown.text).toMatch(/^#[a-z][a-z0-9]{11} 007\nHello$/);
      const tag = shown.entities?.find((entity) => entity.type === 'hashtag');
      expect(tag).toMatchObject({ offset: 0, length: 13 });
      send({ chat, from: operator, text: 'Hi', replyTo: shown.message_id });
      await stage.settle();
      expect(visitor.frames()).toHaveLength(1);
      const tom = await person('Tom');
      const [joined] = await say(tom.here, tom.user, `/start join__${name}__0123456789`);
      expect(joined).toContain(`You go on here with ${name}`);
    }
  });

  test('a group without the rights that help is told so', async () => {
    const operator = stage.telegram.people.user({ firstName: 'Olena' }).id;
    const chat = stage.telegram.people.group({ title: 'Support', owner: operator, kind: 'forum' });
    stage.telegram.people.addBot({ chat, by: operator, bot: BOT });
    const answers = await say(chat, operator, '/host my-channel');
    expect(answers[0]).toContain('administrator who may manage topics');
    const visitor = await stage.visitor('my-channel', 'Ann');
    await visitor.say('Hello');
    await stage.settle();
    expect(stage.last(chat).text).toMatch(/Ann\nHello$/);
  });

  test('by a deep link for groups', async () => {
    const { chat, operator } = stage.group();
    expect(await say(chat, operator, `/start@${BOT} host__my-channel`)).toEqual([
      expect.stringContaining('hosts my-channel now'),
    ]);
  });
});

describe('commands', () => {
  test('count only at the beginning, and only if meant for this bot or for any', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    expect(await say(chat, operator, 'please do not /drop it')).toEqual([expect.stringContaining('Nobody got this')]);
    expect(await say(chat, operator, '/info@some_other_bot')).toEqual([]);
    expect(await say(chat, operator, `/INFO@${BOT.toUpperCase()}`)).toEqual([
      expect.stringContaining('hosts my-channel'),
    ]);
    expect(stage.telegram.calls('getMe')).toHaveLength(1);
  });

  test('nobody knows reach no visitor', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const visitor = await stage.visitor('my-channel', 'Ann');
    await visitor.say('Hello');
    await stage.settle();
    const replyTo = stage.last(chat).message_id;
    expect(await say(chat, operator, '/bann', { replyTo })).toEqual([expect.stringContaining('I do not know /bann')]);
    expect(await say(chat, operator, '/weather')).toEqual([]);
    expect(visitor.frames()).toEqual([]);
    expect(await say(chat, operator, '/etc/hosts it is', { replyTo })).toEqual([]);
    expect(visitor.frames().map((frame) => frame[2])).toEqual(['/etc/hosts it is']);
  });

  test('channel posts are read', async () => {
    const post = { message_id: 3, date: 1, chat: { id: -1009, type: 'channel', title: 'News' }, text: 'news' };
    await expect(stage.operators.receiveUpdate({ update_id: 77, channel_post: post })).resolves.toBe('handled');
  });
});

test('a group that has nothing to do with Kite gets no answers', async () => {
  const { chat, operator } = stage.group();
  for (const text of ['hello', '/drop', '/ban', '/weather', '/drop@some_other_bot', '#a1b2c3d4e5f6 hi']) {
    expect(await say(chat, operator, text)).toEqual([]);
  }
  expect(stage.telegram.calls('sendMessage')).toEqual([]);
  expect(await say(chat, operator, `/drop@${BOT}`)).toEqual([expect.stringContaining('hosts no channel')]);
  expect(await say(chat, operator, '/help')).toEqual([expect.stringContaining('/host')]);
});

test('in private, somebody who is nobody yet is told what to do', async () => {
  const tom = await person('Tom');
  await stage.settle();
  expect(stage.last(tom.here).text).toContain('/join');
  expect(await say(tom.here, tom.user, 'hello')).toEqual([
    expect.stringContaining('neither hosts a channel nor visits one'),
  ]);
});

test('names with Markdown characters change nothing in answers', async () => {
  const { chat, operator } = await stage.hosting('my_channel_');
  const name = '*_[Ann](tg://user?id=1)_`';
  const visitor = await stage.visitor('my_channel_', name);
  await visitor.say('*Hello* _you_ [x](y)');
  await stage.settle();
  expect(stage.last(chat).text).toContain(`${name}\n*Hello* _you_ [x](y)`);
  expect(stage.last(chat)).not.toHaveProperty('parse_mode');
  const replyTo = stage.last(chat).message_id;
  expect(await say(chat, operator, '/ban', { replyTo })).toEqual([
    expect.stringContaining(`${name} cannot write any more`),
  ]);
  expect(await say(chat, operator, '/info')).toEqual([expect.stringContaining('hosts my_channel_.')]);
});

describe('/join and /leave', () => {
  test('a Telegram user becomes a visitor, and stops being one', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    expect(await say(tom.here, tom.user, '/join my-channel')).toEqual([
      expect.stringContaining('talking to my-channel'),
    ]);
    await say(tom.here, tom.user, 'Hello');
    expect(stage.last(chat).text).toMatch(/^#[a-z0-9]{12} Tom\nHello$/);
    send({ chat, from: operator, text: 'Hi Tom', replyTo: stage.last(chat).message_id });
    await stage.settle();
    expect(stage.last(tom.here).text).toBe('Hi Tom');
    expect(await say(tom.here, tom.user, '/info')).toEqual([expect.stringContaining('visitor of my-channel as Tom')]);
    expect(await say(tom.here, tom.user, '/leave')).toEqual([expect.stringContaining('left my-channel')]);
    expect(stage.last(chat).text).toMatch(/^🔔 #[a-z0-9]{12} Tom has left$/);
    expect(await say(tom.here, tom.user, 'still there?')).toEqual([
      expect.stringContaining('neither hosts a channel nor visits one'),
    ]);
    expect(await say(tom.here, tom.user, '/leave')).toEqual([expect.stringContaining('not a visitor')]);
  });

  test('a file arrives with all of a long caption, also where texts are not taken for a while', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await say(tom.here, tom.user, '/join my-channel');
    await say(tom.here, tom.user, 'Hello');
    const caption = Array.from({ length: 400 }, (_, i) => `word${i}`).join(' ');
    const document = { content: Buffer.from('an offer'), name: 'offer.pdf', mimeType: 'application/pdf' };
    const description = 'Bad Request: not enough rights to send text messages to the chat';
    stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'refuse', description }, times: 2 });
    send({ chat, from: operator, document, caption, replyTo: stage.last(chat).message_id });
    await stage.settle();
    const got = stage.telegram.people.messages(tom.here).filter((message) => message.document ?? message.text);
    const file = got.findIndex((message) => message.document);
    const words = got.slice(file).map((message) => message.caption ?? message.text);
    expect(words.join(' ').split(/\s+/)).toEqual(caption.split(' '));
  });

  test('files go both ways', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await say(tom.here, tom.user, '/join my-channel');
    const document = { content: Buffer.from('from Tom'), name: 'cv.pdf', mimeType: 'application/pdf' };
    send({ chat: tom.here, from: tom.user, document, caption: 'my cv' });
    await stage.settle();
    const shown = stage.last(chat);
    expect(shown.caption).toMatch(/^#[a-z0-9]{12} Tom\nmy cv$/);
    expect(stage.telegram.people.file(shown.document!.file_id)?.toString()).toBe('from Tom');
    send({
      chat,
      from: operator,
      photo: { content: PNG, mimeType: 'image/png' },
      caption: 'see',
      replyTo: shown.message_id,
    });
    await stage.settle();
    const got = stage.last(tom.here);
    expect(got.caption).toBe('see');
    expect(stage.telegram.people.file(got.photo!.at(-1)!.file_id)).toEqual(PNG);
  });

  test('a visitor of the website goes on in Telegram, and sees the last ten messages', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const visitor = await stage.visitor('my-channel', 'Ann', 'anns-secret');
    for (let i = 1; i <= 6; i++) {
      await visitor.say(`question ${i}`);
      await stage.settle();
      send({ chat, from: operator, text: `answer ${i}`, replyTo: stage.last(chat).message_id });
      await stage.settle();
      await stage.world.clock.sleep(1000);
    }
    await stage.visitors.disconnect(visitor.connection);
    stage.world.push.close(visitor.connection);
    send({ chat, from: operator, text: 'are you there?', replyTo: stage.last(chat).reply_to_message!.message_id });
    await stage.settle();
    const ann = await person('Anna in Telegram');
    const [history, missed, ...more] = await say(ann.here, ann.user, '/join my-channel anns-secret');
    expect(history!.split('\n').slice(2)).toEqual(
      [2, 3, 4, 5, 6].flatMap((i) => [`Ann: question ${i}`, `my-channel: answer ${i}`]),
    );
    expect([missed, ...more]).toEqual(['are you there?']);
    await say(ann.here, ann.user, 'yes, here');
    expect(stage.last(chat).text).toMatch(/Ann 🔔 now writes from Telegram\nyes, here$/);
  });

  test('who goes on in Telegram while many messages wait also sees what was said before them', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const visitor = await stage.visitor('my-channel', 'Ann', 'anns-secret');
    await visitor.say('question');
    await stage.settle();
    const replyTo = stage.last(chat).message_id;
    await stage.visitors.disconnect(visitor.connection);
    stage.world.push.close(visitor.connection);
    const answers = Array.from({ length: 10 }, (_, i) => `answer ${i}`);
    for (const text of answers) {
      stage.telegram.people.send({ chat, from: operator, text, replyTo });
      await stage.settle();
    }
    const ann = await person('Ann');
    const [history, ...missed] = await say(ann.here, ann.user, '/join my-channel anns-secret');
    expect(history!.split('\n').slice(2)).toEqual(['Ann: question']);
    expect(missed).toEqual(answers);
  });

  test('who goes on in Telegram sees a long message cut after a whole emoji', async () => {
    await stage.hosting('my-channel');
    const visitor = await stage.visitor('my-channel', 'Ann', 'anns-secret');
    await visitor.say(`${'a'.repeat(297)}👨‍👩‍👧‍👦 and more`);
    await stage.settle();
    const ann = await person('Ann');
    const [history] = await say(ann.here, ann.user, '/join my-channel anns-secret');
    expect(history!.split('\n').at(-1)).toBe(`Ann: ${'a'.repeat(297)}…`);
  });

  test('a Telegram user who joins again gets what operators wrote meanwhile', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await say(tom.here, tom.user, '/join my-channel');
    await say(tom.here, tom.user, 'Hello');
    const replyTo = stage.last(chat).message_id;
    await say(tom.here, tom.user, '/leave');
    for (const text of ['one more thing', 'and another']) await say(chat, operator, text, { replyTo });
    expect(stage.last(tom.here).text).toContain('left my-channel');
    const [welcome, ...missed] = await say(tom.here, tom.user, '/join my-channel');
    expect(welcome).toContain('talking to my-channel');
    expect(missed).toEqual(['one more thing', 'and another']);
    // Once: nothing comes again with the next /join.
    await say(tom.here, tom.user, '/leave');
    expect(await say(tom.here, tom.user, '/join my-channel')).toEqual([expect.stringContaining('talking to')]);
  });

  test('a visitor of the website who left Telegram and goes on there again sees what was said, then what was missed', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const visitor = await stage.visitor('my-channel', 'Ann', 'anns-secret');
    await visitor.say('question');
    await stage.settle();
    const replyTo = stage.last(chat).message_id;
    const ann = await person('Anna in Telegram');
    await say(ann.here, ann.user, '/join my-channel anns-secret');
    await say(chat, operator, 'answer', { replyTo });
    expect(stage.last(ann.here).text).toBe('answer');
    await stage.visitors.disconnect(visitor.connection);
    stage.world.push.close(visitor.connection);
    // What the bot says of her coming and going is none of the last ten messages.
    for (let i = 0; i < 12; i++) {
      await say(ann.here, ann.user, '/leave');
      await say(ann.here, ann.user, '/join my-channel anns-secret');
      await stage.world.clock.sleep(60_000);
    }
    await say(ann.here, ann.user, '/leave');
    await say(chat, operator, 'one more thing', { replyTo });
    const [history, ...missed] = await say(ann.here, ann.user, '/join my-channel anns-secret');
    expect(history!.split('\n').slice(2)).toEqual(['Ann: question', 'my-channel: answer']);
    expect(missed).toEqual(['one more thing']);
  });

  test('naming another visitor or the host makes nobody that visitor or host', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const visitor = await stage.visitor('my-channel', 'Ann');
    await visitor.say('Hello');
    await stage.settle();
    const mallory = await person('Mallory');
    const guesses = [
      handleIn(stage.last(chat).text!),
      `#${handleIn(stage.last(chat).text!)}`,
      String(chat),
      chat.toString(36),
    ];
    for (const guess of guesses) {
      expect(await say(mallory.here, mallory.user, `/join my-channel ${guess}`)).toEqual([
        expect.stringContaining('no such visitor'),
      ]);
      expect(await say(mallory.here, mallory.user, `/start join__my-channel__${guess}`)).toHaveLength(1);
    }
    send({ chat, from: operator, text: 'Hi Ann', replyTo: stage.last(chat).message_id });
    await stage.settle();
    expect(visitor.frames()).toHaveLength(1);
    expect(await say(chat, operator, '/info')).toEqual([expect.stringContaining('hosts my-channel')]);
  });

  test('a host is no visitor, a visitor no host; joining another channel leaves the first', async () => {
    const { chat, operator } = await stage.hosting('channel-one');
    const other = await stage.hosting('channel-two');
    expect(await say(chat, operator, '/join channel-one')).toEqual([expect.stringContaining('host of channel-one')]);
    expect(await say(chat, operator, '/join channel-two')).toEqual([expect.stringContaining('host of channel-one')]);
    const tom = await person('Tom');
    await say(tom.here, tom.user, '/join channel-one');
    expect(await say(tom.here, tom.user, '/host channel-three')).toEqual([
      expect.stringContaining('visitor of channel-one'),
    ]);
    await say(tom.here, tom.user, 'one');
    await say(tom.here, tom.user, '/join channel-two');
    expect(stage.last(chat).text).toMatch(/Tom has left$/);
    await say(tom.here, tom.user, '/join channel-two');
    await say(tom.here, tom.user, 'two');
    expect(stage.texts(other.chat).slice(-1)).toEqual([expect.stringMatching(/^#[a-z0-9]{12} Tom\ntwo$/)]);
  });

  test('an unknown channel is said to be unknown', async () => {
    const tom = await person('Tom');
    expect(await say(tom.here, tom.user, '/join my-channel')).toEqual([
      expect.stringMatching(/no channel my-channel\./),
    ]);
    expect(await say(tom.here, tom.user, '/join no')).toEqual([
      expect.stringContaining('is not the name of a channel'),
    ]);
    expect(await say(tom.here, tom.user, '/start join__a')).toEqual([expect.stringContaining('no such channel')]);
  });

  test('a visitor in Telegram is told what is refused', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await say(tom.here, tom.user, '/join my-channel');
    await say(tom.here, tom.user, 'Hello');
    await say(chat, operator, '/ban', { replyTo: stage.last(chat).message_id });
    expect(await say(tom.here, tom.user, 'Hello?')).toEqual([expect.stringMatching(/^⛔.*cannot write/)]);
  });
});

describe('/drop', () => {
  test('asks first, and keeps the channel if asked to', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    await say(chat, operator, '/drop');
    await stage.press(chat, operator, 'Keep it');
    expect(stage.last(chat).text).toBe('The channel my-channel stays.');
    expect(await say(chat, operator, '/info')).toEqual([expect.stringContaining('hosts my-channel')]);
  });

  test('removes the channel with more than a hundred visitors, and leaves nothing', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await say(tom.here, tom.user, '/join my-channel');
    for (let i = 0; i < 120; i++) await (await stage.visitor('my-channel', `V${i}`)).say('Hello');
    await stage.world.files.write('my-channel/x/y/z.pdf', Buffer.from('x'), { type: 'application/pdf', name: 'a.pdf' });
    await stage.settle();
    await say(chat, operator, '/drop');
    await stage.press(chat, operator, 'Remove my-channel');
    expect(stage.last(chat).text).toBe('✅ The channel my-channel is removed, with everything that was in it.');
    const { channels, members, messages, connections, files } = stage.world;
    expect([...channels.channels.entries('')]).toEqual([]);
    expect([...channels.hosts.entries('')]).toEqual([]);
    expect([...members.members.entries('')]).toEqual([]);
    expect([...members.chats.entries('')]).toEqual([]);
    expect([...messages.messages.entries('')]).toEqual([]);
    expect([...messages.replies.entries('')]).toEqual([]);
    expect([...connections.connections.entries('')]).toEqual([]);
    expect([...files.objects.keys()]).toEqual([]);
    expect(stage.world.push.frames.size).toBe(0);
    // And the name is free again, with no member of old.
    expect(await say(chat, operator, '/host my-channel')).toEqual([expect.stringContaining('hosts my-channel now')]);
  });

  test('is not answered by somebody who only looks at the group, nor after five minutes', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    await say(chat, operator, '/drop');
    const stranger = stage.telegram.people.user({ firstName: 'Mallory' }).id;
    expect(await stage.press(chat, stranger, 'Remove my-channel')).toMatch(/Only members of this chat/);
    await stage.world.clock.sleep(5 * 60_000);
    await stage.press(chat, operator, 'Remove my-channel');
    expect(stage.last(chat).text).toMatch(/^Nothing was removed.*too old/);
    expect(await say(chat, operator, '/info')).toEqual([expect.stringContaining('hosts my-channel')]);
  });

  test('a button of long ago removes nothing that is another’s now', async () => {
    const one = await stage.hosting('my-channel');
    await say(one.chat, one.operator, '/drop');
    await say(one.chat, one.operator, '/drop');
    const [first, second] = stage.telegram.people
      .messages(one.chat)
      .filter(({ text }) => text?.startsWith('Remove the'))
      .map(({ message_id }) => message_id);
    await stage.press(one.chat, one.operator, 'Remove my-channel', first);
    const other = await stage.hosting('my-channel');
    await stage.press(one.chat, one.operator, 'Remove my-channel', second);
    expect(await say(other.chat, other.operator, '/info')).toEqual([expect.stringContaining('hosts my-channel')]);
  });
});

test('a button from before a channel was removed and made again by the same chat removes nothing', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  await say(chat, operator, '/drop');
  const old = stage.last(chat).message_id;
  await say(chat, operator, '/drop');
  await stage.press(chat, operator, 'Remove my-channel');
  await stage.world.clock.sleep(2000);
  await say(chat, operator, '/host my-channel');
  await stage.press(chat, operator, 'Remove my-channel', old);
  expect(await say(chat, operator, '/info')).toEqual([expect.stringContaining('hosts my-channel')]);
});

describe('one conversation', () => {
  async function conversation(kind?: 'forum') {
    const { chat, operator } = await stage.hosting('my-channel', kind);
    const ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
    const bob = await stage.visitor('my-channel', 'Bob', 'bobs-secret');
    await bob.say('I am Bob');
    await ann.say('I am Ann');
    await stage.settle();
    const message = stage.telegram.people.messages(chat).find(({ text }) => text?.endsWith('I am Ann'))!;
    send({ chat, from: operator, text: 'Hi Ann', replyTo: message.message_id });
    await stage.settle();
    return { chat, operator, ann, bob, message };
  }

  test('/export posts it as a JSON file, without anybody’s secret', async () => {
    const { chat, operator, message } = await conversation();
    await say(chat, operator, '/export', { replyTo: message.message_id });
    const { document, caption } = stage.last(chat);
    expect(caption).toMatch(/^#[a-z0-9]{12} Ann: 2 messages$/);
    const body = stage.telegram.people.file(document!.file_id)!.toString();
    expect(document).toMatchObject({ file_name: `my-channel-${handleIn(message.text!)}.json` });
    const { messages, ...about } = JSON.parse(body);
    expect(about).toMatchObject({ channel: 'my-channel', handle: handleIn(message.text!), name: 'Ann' });
    expect(messages).toEqual([
      { at: expect.any(String), from: 'visitor', text: 'I am Ann', delivered: true },
      { at: expect.any(String), from: 'operator', text: 'Hi Ann', delivered: true },
    ]);
    expect(body).not.toMatch(/secret|I am Bob/);
  });

  test('/erase removes all of the conversation and nothing else', async () => {
    const { chat, operator, ann, bob, message } = await conversation();
    const handle = handleIn(message.text!);
    await stage.world.files.write(`my-channel/${handle}/aa/a.pdf`, Buffer.from('x'), {
      type: 'application/pdf',
      name: 'a.pdf',
    });
    const [question] = await say(chat, operator, `/erase #${handle}`);
    expect(question).toMatch(new RegExp(`^Erase everything of #${handle} Ann: .*cannot be undone`));
    await stage.press(chat, operator, `Erase #${handle}`);
    expect(stage.last(chat).text).toMatch(
      new RegExp(`^✅ #${handle} is erased: 2 messages and 1 file, and the visitor`),
    );
    const { members, messages, connections, files, channels } = stage.world;
    const everything = [members.members, messages.messages, messages.replies, connections.connections, channels.hosts]
      .map((map) => JSON.stringify([...map.entries('')]))
      .join('\n');
    expect(everything).not.toContain(handle);
    expect([...files.objects.keys()]).toEqual([]);
    expect(everything).toContain('I am Bob');
    expect(stage.world.push.closed).toEqual([ann.connection]);
    expect(await bob.say('still here')).toEqual(['ACK', 'm1', expect.any(String), expect.any(String)]);
    await stage.settle();
    expect(await say(chat, operator, 'hi', { replyTo: message.message_id })).toEqual([
      expect.stringContaining('Nobody got this'),
    ]);
  });

  /** Everything that is stored of a conversation. */
  const stored = (handle: string) => {
    const { members, messages } = stage.world;
    return [members.members, messages.messages].flatMap((map) =>
      [...map.entries('')].filter((entry) => JSON.stringify(entry).includes(handle)),
    );
  };

  test('/erase asks; who keeps it, or answers after five minutes, erases nothing', async () => {
    const { chat, operator, message } = await conversation('forum');
    const topic = message.message_thread_id!;
    const handle = handleIn(message.text!);
    const before = stored(handle);
    await say(chat, operator, '/erase', { topic });
    await stage.press(chat, operator, 'Keep it');
    expect(stage.last(chat).text).toBe(`The conversation with #${handle} stays.`);
    await say(chat, operator, '/erase', { topic });
    await stage.world.clock.sleep(5 * 60_000);
    await stage.press(chat, operator, `Erase #${handle}`);
    expect(stage.last(chat).text).toMatch(/^Nothing was removed.*too old/);
    expect(stored(handle)).toEqual(before);
  });

  test('who presses Erase twice asks for the same removal, which the queue counts once', async () => {
    const { chat, operator, message } = await conversation();
    const handle = handleIn(message.text!);
    await say(chat, operator, `/erase #${handle}`);
    const question = stage.last(chat).message_id;
    for (let i = 0; i < 2; i++) {
      const button = `Erase #${handle}`;
      void stage.telegram.people.press({ chat, from: operator, message: question, button });
      await stage.world.clock.sleep(3000);
    }
    for (const update of await stage.updates()) await stage.receive(update);
    const [first, second] = stage.world.queue.items;
    expect(first).toMatchObject({ kind: 'erase', channel: 'my-channel', handle });
    expect(second).toEqual(first);
  });

  test('a command in a visitor’s text removes nothing when an operator taps it', async () => {
    const { chat, operator, ann, message } = await conversation('forum');
    const commands = COMMANDS.map(({ name }) => `/${name}`);
    await ann.say(commands.join(' '));
    await stage.settle();
    const tappable = stage.last(chat).entities!.filter(({ type }) => type === 'bot_command');
    expect(tappable).toHaveLength(commands.length);
    const topic = message.message_thread_id!;
    const before = stored(handleIn(message.text!));
    for (const command of commands) await say(chat, operator, `${command}@${BOT}`, { topic });
    expect(stored(handleIn(message.text!))).toEqual(before);
    expect(await say(chat, operator, '/info')).toEqual([expect.stringContaining('hosts my-channel')]);
    await expect(stage.visitor('my-channel', 'Ann', 'anns-secret')).resolves.toBeDefined();
  });

  describe('the question whether to erase', () => {
    async function asked() {
      const { chat, operator, message } = await conversation();
      const handle = handleIn(message.text!);
      await say(chat, operator, `/erase #${handle}`);
      const question = stage.last(chat);
      const { callback_data: action } = question.reply_markup!.inline_keyboard[0]![0] as { callback_data: string };
      return { chat, operator, handle, question, action };
    }
    /** What a changed Telegram client can send: the press of a button that says something else, or elsewhere. */
    const forge = (chat: object, from: number, data: string) => {
      const now = Math.floor(stage.world.clock.now() / 1000);
      return stage.receive({
        update_id: 1e9,
        callback_query: { id: 'x', from: { id: from }, data, message: { message_id: 5, date: now, chat } },
      });
    };

    test('is not answered by somebody who only looks at the group, or has left it', async () => {
      const { chat, operator, handle, question } = await asked();
      const before = stored(handle);
      const stranger = stage.telegram.people.user({ firstName: 'Mallory' }).id;
      for (const button of [`Erase #${handle}`, 'Keep it']) {
        expect(await stage.press(chat, stranger, button)).toMatch(/Only members of this chat/);
      }
      stage.telegram.people.join({ chat, user: stranger });
      stage.telegram.people.leave({ chat, user: stranger });
      expect(await stage.press(chat, stranger, `Erase #${handle}`, question.message_id)).toMatch(/Only members/);
      expect(stored(handle)).toEqual(before);
      await stage.press(chat, operator, `Erase #${handle}`, question.message_id);
      expect(stored(handle)).toEqual([]);
    });

    test('is for one conversation of one channel, and answered in the chat of its host', async () => {
      const { operator, handle, question, action } = await asked();
      const other = await stage.hosting('other-channel');
      const mallory = await person('Mallory');
      const before = stored(handle);
      const elsewhere = { ...question.chat, id: other.chat };
      await forge(elsewhere, other.operator, action);
      await forge({ id: mallory.user, type: 'private', first_name: 'Mallory' }, mallory.user, action);
      for (const forged of [
        `${action}x`,
        `${action}/x`,
        action.replace('my-channel', 'no-channel'),
        'remove:my-channel/',
      ]) {
        await forge(question.chat, operator, forged);
      }
      await stage.settle();
      expect(stored(handle)).toEqual(before);
      expect(await stage.world.channels.find('my-channel' as ChannelName)).toMatchObject({ state: 'active' });
      expect(action.length).toBeLessThanOrEqual(64);
    });
  });

  test('/ban disconnects and refuses, /unban lets in again; in a topic without naming anybody', async () => {
    const { chat, operator, ann, message } = await conversation('forum');
    const topic = message.message_thread_id!;
    expect(await say(chat, operator, '/ban', { topic })).toEqual([expect.stringContaining('Ann cannot write')]);
    expect(stage.world.push.closed).toEqual([ann.connection]);
    await expect(stage.visitor('my-channel', 'Ann', 'anns-secret')).rejects.toThrow(/403/);
    expect(await say(chat, operator, '/unban', { topic })).toEqual([expect.stringContaining('Ann can write again')]);
    await expect(stage.visitor('my-channel', 'Ann', 'anns-secret')).resolves.toBeDefined();
  });

  describe('after /ban operators get no message of the visitor', () => {
    /** A visitor in Telegram and one on the website, both known to the operators. */
    async function visitors() {
      const { chat, operator } = await stage.hosting('my-channel');
      const ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
      await ann.say('I am Ann');
      const tom = await person('Tom');
      await say(tom.here, tom.user, '/join my-channel');
      const own = send({ chat: tom.here, from: tom.user, text: 'I am Tom' }).message_id;
      await stage.settle();
      const find = (text: string) =>
        stage.telegram.people.messages(chat).find((message) => message.text?.endsWith(text))!;
      const shown = () => stage.texts(chat).filter((text) => /^(🔔 )?#/.test(text));
      return { chat, operator, ann, tom, own, annsMessage: find('I am Ann'), tomsMessage: find('I am Tom'), shown };
    }

    test('not what waited, texts and files, which comes in order after /unban', async () => {
      const { chat, operator, ann, annsMessage, shown } = await visitors();
      await ann.say('one');
      const offer = await stage.frame(ann.connection, ['UPL', 'u', 'a.png', 'image/png', 4, '2026-01-01T00:00:00Z']);
      const [, , url] = JSON.parse(offer!) as string[];
      stage.world.files.upload(url!.split('/files/')[1]!, Buffer.from('1234'), 'image/png');
      await stage.frame(ann.connection, ['BIN', 'b', url, 'a.png', 'image/png', 4, '2026-01-01T00:00:00Z']);
      await ann.say('two');
      const before = shown();
      expect(await say(chat, operator, '/ban', { replyTo: annsMessage.message_id })).toEqual([
        expect.stringContaining('Ann cannot write any more'),
      ]);
      await stage.world.clock.sleep(60_000);
      await stage.settle();
      expect(shown()).toEqual(before);
      await say(chat, operator, '/unban', { replyTo: annsMessage.message_id });
      expect(
        shown()
          .slice(before.length)
          .map((text) => text.split('\n')[1]),
      ).toEqual(['one', undefined, 'two']);
      expect(stage.world.queue.items).toEqual([]);
    });

    test('not an edit, nor the notice that they have left', async () => {
      const { chat, operator, tom, own, tomsMessage, shown } = await visitors();
      await say(chat, operator, '/ban', { replyTo: tomsMessage.message_id });
      const before = shown();
      stage.telegram.people.edit({ chat: tom.here, message: own, text: 'Buy my pills' });
      await stage.settle();
      expect(stage.last(tom.here).text).toContain('cannot write to this channel any more');
      await say(tom.here, tom.user, '/leave');
      await say(tom.here, tom.user, '/join my-channel');
      await say(tom.here, tom.user, 'Buy my pills');
      expect(shown()).toEqual(before);
      await say(chat, operator, '/unban', { replyTo: tomsMessage.message_id });
      expect(shown()).toEqual(before);
    });

    test('not the rest of what is being delivered at that moment', async () => {
      const { chat, operator, ann, annsMessage, shown } = await visitors();
      const before = shown();
      for (const text of ['one', 'two', 'three']) await ann.say(text);
      const [item] = stage.world.queue.items.splice(0);
      const post = stage.messenger.post.bind(stage.messenger);
      jest.spyOn(stage.messenger, 'post').mockImplementationOnce(async (...args) => {
        const posted = await post(...args);
        await say(chat, operator, '/ban', { replyTo: annsMessage.message_id });
        return posted;
      });
      await stage.work(item!);
      await stage.settle();
      expect(
        shown()
          .slice(before.length)
          .map((text) => text.split('\n')[1]),
      ).toEqual(['one']);
    });

    test('and a text that names nobody is for the one who is left', async () => {
      const { chat, operator, ann, tom, tomsMessage } = await visitors();
      await say(chat, operator, '/ban', { replyTo: tomsMessage.message_id });
      await stage.world.clock.sleep(1000);
      const before = stage.texts(tom.here).length;
      expect(await say(chat, operator, 'Hi')).toEqual([]);
      expect(ann.frames().map(([, , text]) => text)).toEqual(['Hi']);
      expect(stage.texts(tom.here)).toHaveLength(before);
    });
  });

  test('edits of a visitor in Telegram count as messages, and need a host who is there', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await say(tom.here, tom.user, '/join my-channel');
    const own = send({ chat: tom.here, from: tom.user, text: 'edit 0' }).message_id;
    await stage.settle();
    for (let i = 1; i <= 70; i++) stage.telegram.people.edit({ chat: tom.here, message: own, text: `edit ${i}` });
    for (const update of await stage.updates()) await stage.receive(update);
    await stage.settle();
    expect(stage.texts(chat).filter((text) => text.includes('edit'))).toEqual([expect.stringMatching(/\nedit 59$/)]);
    expect(stage.last(tom.here).text).toContain('Slow down');
    await stage.world.clock.sleep(61_000);
    stage.telegram.people.removeBot({ chat, by: operator, bot: BOT });
    await stage.settle();
    stage.telegram.people.edit({ chat: tom.here, message: own, text: 'is anybody there?' });
    await stage.settle();
    expect(stage.last(tom.here).text).toContain('Nobody is there');
  });

  test('nobody named, nobody known: said in words', async () => {
    const { chat, operator } = await conversation();
    expect(await say(chat, operator, '/ban')).toEqual([expect.stringContaining('Which visitor?')]);
    expect(await say(chat, operator, '/ban #a1b2c3d4e5f6')).toEqual([
      expect.stringContaining('no visitor #a1b2c3d4e5f6'),
    ]);
    expect(await say(chat, operator, '/erase Ann')).toEqual([expect.stringContaining('Which visitor?')]);
  });

  test('of another channel, nobody can touch it', async () => {
    const { message } = await conversation();
    const other = await stage.hosting('other-channel');
    const handle = handleIn(message.text!);
    expect(await say(other.chat, other.operator, `/erase #${handle}`)).toEqual([expect.stringContaining('no visitor')]);
    expect(await say(other.chat, other.operator, `/export #${handle}`)).toEqual([
      expect.stringContaining('no visitor'),
    ]);
  });
});

test('/origins shows, sets and lifts the list of websites', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  expect(await say(chat, operator, '/origins')).toEqual([expect.stringContaining('Every website')]);
  expect(await say(chat, operator, '/origins https://Example.com http://localhost:3000')).toEqual([
    'Only these websites may use the channel: https://example.com, http://localhost:3000',
  ]);
  for (const wrong of ['example.com', 'https://example.com/shop', 'ftp://example.com', '*.example.com']) {
    expect(await say(chat, operator, `/origins ${wrong}`)).toEqual([
      expect.stringContaining(`Not understood: ${wrong}`),
    ]);
  }
  const connection = 'ws:foreign' as const;
  const handshake = { connection, channel: 'my-channel', protocols: [] };
  await expect(stage.visitors.connect({ ...handshake, origin: 'https://evil.example' })).resolves.toMatchObject({
    code: 403,
  });
  await expect(stage.visitors.connect({ ...handshake, origin: 'https://example.com' })).resolves.toMatchObject({
    kind: 'accepted',
  });
  expect(await say(chat, operator, '/origins all')).toEqual([expect.stringContaining('Every website')]);
});

test('/origins closes the connections of websites that are not on the list any more', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const from = async (connection: `ws:${string}`, origin: string) => {
    await stage.visitors.connect({ connection, channel: 'my-channel', protocols: [], origin });
    stage.world.push.open(connection);
    await stage.frame(connection, ['JOIN', `member-${connection}`, null, 'my-channel']);
    await stage.frame(connection, ['TXT', 'a', 'hello', '2026-01-01T00:00:00Z']);
    await stage.settle();
    return connection;
  };
  const copycat = await from('ws:one', 'https://copycat.example');
  await from('ws:two', 'https://shop.example');
  expect(await say(chat, operator, '/origins https://shop.example')).toEqual([
    'Only these websites may use the channel: https://shop.example',
  ]);
  expect(stage.world.push.closed).toEqual([copycat]);
});

test('/info of a host lists the open conversations', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  for (const name of ['Ann', 'Bob']) await (await stage.visitor('my-channel', name)).say('Hello');
  await stage.settle();
  const [info] = await say(chat, operator, '/info');
  expect(info).toContain('wss://ws.example.com/dev?c=my-channel');
  expect(info).toMatch(/Open conversations: 2\n#[a-z0-9]{12} (Ann|Bob)\n#[a-z0-9]{12} (Ann|Bob)$/);
});

describe('the bot', () => {
  test.each([false, true])('removed (banned: %s) and back: visitors are told, nothing is lost', async (ban) => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('one');
    await stage.settle();
    // Sent, but not delivered before the bot is out.
    await ann.say('two');
    stage.telegram.people.removeBot({ chat, by: operator, bot: BOT, ban });
    await stage.settle();
    expect(await ann.say('three')).toEqual(['ERR', expect.stringContaining('Nobody is there'), 502, 'm2']);
    stage.telegram.people.addBot({ chat, by: operator, bot: BOT, administrator: true });
    await stage.settle();
    expect(await ann.say('four')).toEqual(['ACK', 'm3', expect.any(String), expect.any(String)]);
    await stage.settle();
    expect(
      stage
        .texts(chat)
        .filter((text) => text.includes(' Ann'))
        .map((text) => text.split('\n')[1]),
    ).toEqual(['one', 'two', 'four']);
    expect(stage.world.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('removed before the first message was delivered: it is delivered when the bot is back', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('first');
    const items = stage.world.queue.items.splice(0);
    stage.telegram.people.removeBot({ chat, by: operator, bot: BOT });
    await stage.settle();
    for (const item of items) await stage.work(item);
    stage.telegram.people.addBot({ chat, by: operator, bot: BOT });
    await stage.settle();
    expect(stage.last(chat).text).toMatch(/Ann\nfirst$/);
  });

  test('thought to be gone by mistake: /info brings the channel back', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    stage.telegram.faults.inject({
      method: 'sendMessage',
      fault: { kind: 'refuse', code: 403, description: 'Forbidden: bot was kicked from the supergroup chat' },
    });
    await ann.say('first');
    await stage.settle();
    expect(await ann.say('second')).toEqual(['ERR', expect.stringContaining('Nobody is there'), 502, 'm1']);
    expect(await say(chat, operator, '/info')).toEqual([
      expect.stringContaining('hosts my-channel'),
      expect.stringMatching(/Ann\nfirst$/),
    ]);
  });

  test('blocked by a visitor in Telegram: the host is told that they left', async () => {
    const { chat } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await say(tom.here, tom.user, '/join my-channel');
    await say(tom.here, tom.user, 'Hello');
    stage.telegram.people.block({ user: tom.user, bot: BOT, blocked: true });
    await stage.settle();
    expect(stage.last(chat).text).toMatch(/Tom has left$/);
  });

  test('a group that becomes a supergroup stays host: its channel follows', async () => {
    const { chat, operator } = await stage.hosting('my-channel', 'group');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('before');
    await stage.settle();
    const now = stage.telegram.people.migrate({ chat, by: operator, forum: true });
    // Delivered before Telegram's message about it is read.
    await ann.say('during');
    const items = stage.world.queue.items.splice(0);
    for (const item of items) await stage.work(item);
    await stage.settle();
    await ann.say('after');
    await stage.settle();
    const shown = stage.telegram.people.messages(now).filter(({ text }) => text?.includes('Ann\n'));
    expect(shown.map(({ text }) => text!.split('\n')[1])).toEqual(['during', 'after']);
    send({ chat: now, from: operator, text: 'Hi', replyTo: shown[0]!.message_id });
    await stage.settle();
    expect(ann.frames().map((frame) => frame[2])).toEqual(['Hi']);
  });

  test('a group that is a visitor stays the same visitor', async () => {
    const { chat } = await stage.hosting('my-channel');
    const user = stage.telegram.people.user({ firstName: 'Tom' }).id;
    const team = stage.telegram.people.group({ title: 'Team', owner: user, kind: 'group' });
    stage.telegram.people.addBot({ chat: team, by: user, bot: BOT, administrator: true });
    await say(team, user, '/join my-channel');
    await say(team, user, 'one');
    const before = handleIn(stage.last(chat).text!);
    const now = stage.telegram.people.migrate({ chat: team, by: user });
    await stage.settle();
    await say(now, user, 'two');
    expect(stage.last(chat).text).toMatch(new RegExp(`^#${before} Team\ntwo$`));
  });
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
