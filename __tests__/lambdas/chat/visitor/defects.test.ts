import { createRequestDispatcher } from '../../../../lambdas/request-dispatcher/wiring';
import { toBase36 } from '../../../../lambdas/adapters/telegram/ids';
import { type ChannelName, type ConnectionId, type Handle } from '../../../../lambdas/chat/model/identifiers';
import { CHANNEL_LIFE, DAY } from '../../../../lambdas/chat/model/lifetimes';
import type { Conversation, Message } from '../../../../lambdas/chat/model/records';
import { sendToVisitor } from '../../../../lambdas/chat/outbox/to-browser';
import { readProxyResponse } from '../../../../emulators/aws/api-gateway/proxy-response';
import { Stage } from '../../adapters/telegram/stage';

const CHANNEL = 'my-channel' as ChannelName;
const NOW = '2026-01-02T03:04:05Z';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

/** A socket that does not join by itself. */
async function socket(id: string, options: { channel?: string; origin?: string } = {}) {
  const connection: ConnectionId = `ws:${id}`;
  stage.world.push.open(connection);
  await stage.visitors.connect({ connection, protocols: [], ...options });
  const send = async (frame: unknown) => {
    const answer = await stage.frame(connection, frame);
    return answer === undefined ? undefined : (JSON.parse(answer) as unknown[]);
  };
  const frames = () => (stage.world.push.frames.get(connection)?.splice(0) ?? []).map((frame) => JSON.parse(frame));
  const disconnect = async () => {
    stage.world.push.close(connection);
    await stage.visitors.disconnect(connection);
  };
  return { connection, send, frames, disconnect };
}

const membersOf = () => [...stage.world.members.members.entries(`${CHANNEL}/`)].map(([, member]) => member);

async function conversationOf(handleIn: (handles: string[]) => string | undefined = ([first]) => first) {
  const handles = membersOf().map(({ handle }) => handle);
  return { channel: CHANNEL, handle: handleIn(handles) as Handle };
}

const answerTo = (conversation: Conversation, number: number, text: string): Message => ({
  conversation,
  key: `t#home#${toBase36(number)}`,
  direction: 'to-visitor',
  content: { kind: 'text', text },
  at: new Date(stage.world.clock.now()).toISOString(),
  order: number,
  due: true,
});

const texts = (frames: unknown[][]) => frames.filter(([tag]) => tag === 'TXT').map(([, , text]) => text);

describe('who is who', () => {
  test('no member id can be claimed by what operators, other visitors, logs or links show', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const secret = 'Zq8xW2mK0p';
    const ann = await stage.visitor(CHANNEL, 'Ann', secret);
    const offer = JSON.parse((await stage.frame(ann.connection, ['UPL', 'u', 'a.png', 'image/png', 5, NOW]))!);
    await ann.say('Hello');
    await stage.settle();
    const everything = JSON.stringify([
      stage.telegram.people.messages(chat),
      stage.world.logger.lines,
      offer,
      [...stage.world.members.members.entries()],
      [...stage.world.messages.messages.entries()],
      [...stage.world.connections.connections.entries()],
    ]);
    expect(everything).not.toContain(secret);
    const { handle } = await conversationOf();
    const eve = await stage.visitor(CHANNEL, 'Eve', handle);
    await sendToVisitor(stage.world, answerTo({ channel: CHANNEL, handle }, 1, 'for Ann'));
    expect(texts(eve.frames())).toEqual([]);
    expect(texts(ann.frames())).toEqual(['for Ann']);
  });

  test('a JOIN with the host’s id, however written, is only another visitor', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const ids = [String(chat), toBase36(chat), `tg:${toBase36(chat)}`, `tg:${chat}`, `host#${toBase36(chat)}`];
    for (const id of ids) await stage.visitor(CHANNEL, 'Eve', id);
    expect(await stage.world.channels.find(CHANNEL)).toMatchObject({ host: toBase36(chat) });
    const members = membersOf();
    expect(members).toHaveLength(ids.length);
    expect(members.every(({ connector }) => connector === 'ws')).toBe(true);
  });

  test('closing the browser leaves a visitor who is in Telegram as well', async () => {
    const { chat, operator } = await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    await ann.say('I will go on in Telegram');
    await stage.settle();
    const user = stage.telegram.people.user({ firstName: 'Ann' }).id;
    const home = stage.telegram.people.start({
      user,
      bot: 'kite_test_bot',
      payload: `join__${CHANNEL}__${ann.memberId}`,
    });
    await stage.settle();
    stage.world.push.close(ann.connection);
    await stage.visitors.disconnect(ann.connection);
    const question = stage.telegram.people.messages(chat).find(({ text }) => text?.includes('go on in Telegram'));
    stage.telegram.people.send({ chat, from: operator, text: 'Still there?', replyTo: question!.message_id });
    await stage.settle();
    expect(stage.texts(home).at(-1)).toContain('Still there?');
  });
});

describe('files', () => {
  test('only a link that this server gave this visitor is taken', async () => {
    await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const eve = await stage.visitor(CHANNEL, 'Eve');
    const [, , link] = JSON.parse((await stage.frame(ann.connection, ['UPL', 'u', 'a.png', 'image/png', 5, NOW]))!);
    const key = link.slice('https://api.example.com/dev/files/'.length);
    stage.world.files.upload(key, new Uint8Array(5), 'image/png');
    const urls = [
      'https://evil.example/a.png',
      'https://api.telegram.org/file/bot1:secret/photos/a.png',
      `${link}/../other`,
      `${link}?x=1`,
      link.replace('https:', 'http:'),
      'javascript:alert(1)',
      'https://api.example.com/dev/files/',
    ];
    for (const url of urls) {
      const frame = ['BIN', 'b', url, 'a.png', 'image/png', 5, NOW];
      expect(JSON.parse((await stage.frame(ann.connection, frame))!)).toEqual(['ERR', expect.any(String), 403, 'b']);
    }
    const stolen = await stage.frame(eve.connection, ['BIN', 'b', link, 'a.png', 'image/png', 5, NOW]);
    expect(JSON.parse(stolen!)[2]).toBe(403);
    const own = await stage.frame(ann.connection, ['BIN', 'b', link, 'a.png', 'image/png', 5, NOW]);
    expect(JSON.parse(own!)[0]).toBe('ACK');
  });

  test('an operator’s file is none that a visitor can send, and stays whatever they try', async () => {
    const { chat, operator } = await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    await ann.say('Send me the list');
    await stage.settle();
    const document = { content: Buffer.from('%PDF list'), name: 'list.pdf', mimeType: 'application/pdf' };
    stage.telegram.people.send({ chat, from: operator, document, replyTo: stage.last(chat).message_id });
    await stage.settle();
    const [[, , link, name, type, size]] = ann.frames() as [unknown[]];
    const before = [...stage.world.files.objects];
    for (const claimed of [size, 1]) {
      const answer = await stage.frame(ann.connection, ['BIN', 'b', link, name, type, claimed, NOW]);
      expect(JSON.parse(answer!)).toEqual(['ERR', expect.any(String), 403, 'b']);
    }
    expect([...stage.world.files.objects]).toEqual(before);
  });

  test('a link for one channel, or a changed one, is refused', async () => {
    await stage.hosting(CHANNEL);
    await stage.hosting('other-channel');
    const ann = await stage.visitor(CHANNEL, 'Ann', 'anns-secret');
    const there = await stage.visitor('other-channel', 'Ann', 'anns-secret');
    const { link, answer } = await ann.upload('u', 'a.png', new Uint8Array(5), 'image/png');
    expect(answer[0]).toBe('ACK');
    const key = link.split('/files/')[1]!;
    const [channel, handle, token = '', name] = key.split('/');
    const keys = [
      [channel, handle, token.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), name].join('/'),
      [channel, handle, token.replace(/^./, (digit) => (digit === '0' ? '1' : '0')), name].join('/'),
      [channel, handle, token, 'b.png'].join('/'),
    ];
    for (const other of keys) {
      stage.world.files.upload(other, new Uint8Array(5), 'image/png');
      const frame = ['BIN', 'b', link.replace(key, other), 'a.png', 'image/png', 5, NOW];
      expect(JSON.parse((await stage.frame(ann.connection, frame))!)).toEqual(['ERR', expect.any(String), 403, 'b']);
    }
    const elsewhere = await stage.frame(there.connection, ['BIN', 'b', link, 'a.png', 'image/png', 5, NOW]);
    expect(JSON.parse(elsewhere!)).toEqual(['ERR', expect.any(String), 403, 'b']);
    expect([...stage.world.files.objects.keys()]).toEqual([key]);
  });

  test('a file whose BIN was refused can still be sent, and one that was sent stays when BIN comes again', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const [, , link] = JSON.parse((await stage.frame(ann.connection, ['UPL', 'f', 'a.gif', 'image/gif', 5, NOW]))!);
    const key = link.split('/files/')[1];
    stage.world.files.upload(key!, Buffer.from('GIF89'), 'image/gif');
    const send = async (id: string, size: number) =>
      JSON.parse((await stage.frame(ann.connection, ['BIN', id, link, 'a.gif', 'image/gif', size, NOW]))!);
    expect(await send('f', 4)).toEqual(['ERR', expect.any(String), 400, 'f']);
    const sent = await send('f', 5);
    expect(sent[0]).toBe('ACK');
    expect(await send('f', 4)).toEqual(['ERR', expect.any(String), 400, 'f']);
    expect(await send('g', 4)).toEqual(['ERR', expect.any(String), 400, 'g']);
    expect(await send('f', 5)).toEqual(sent);
    await stage.settle();
    const files = stage.telegram.people.messages(chat).flatMap(({ document }) => (document ? [document.file_id] : []));
    expect(files.map((file) => stage.telegram.people.file(file)?.toString())).toEqual(['GIF89']);
    expect([...stage.world.files.objects.keys()]).toEqual([key]);
  });

  test('a file of any name can be sent', async () => {
    await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const names = [
      `${'a'.repeat(79)} b.png`,
      `${'-_'.repeat(60)}.png`,
      '👨‍👩‍👧',
      '..',
      'a.b.c',
      '.png',
      '_',
      'x'.repeat(255),
    ];
    for (const [i, name] of names.entries()) {
      const { answer } = await ann.upload(`f${i}`, name, new Uint8Array(5), 'image/png');
      expect([name, answer[0]]).toEqual([name, 'ACK']);
    }
  });

  test('object keys are harmless, sizes are checked on what was uploaded, exceptions stay inside', async () => {
    await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const offer = async (name: string) => {
      const answer = await stage.frame(ann.connection, ['UPL', 'u', name, 'image/png', 5, NOW]);
      return JSON.parse(answer!)[2].slice('https://api.example.com/dev/files/'.length) as string;
    };
    for (const name of ['../../etc/passwd', 'a/b\\c?d#e%2F..png', '<script>.png', 'ü'.repeat(200), '..', '.png']) {
      expect(await offer(name)).toMatch(/^my-channel\/[a-z0-9]{12}\/[0-9a-f]{32}\/[A-Za-z0-9_-]+(\.[A-Za-z0-9]+)?$/);
    }
    const key = await offer('big.png');
    stage.world.files.upload(key, new Uint8Array(5 * 1024 * 1024 + 1), 'image/png');
    const url = `https://api.example.com/dev/files/${key}`;
    const big = await stage.frame(ann.connection, ['BIN', 'b', url, 'big.png', 'image/png', 5, NOW]);
    expect(JSON.parse(big!)).toEqual(['ERR', expect.stringMatching(/5242880 bytes.*5242881/), 413, 'b']);

    stage.world.messages.put = async () => {
      throw new Error('secret-table-name is on fire');
    };
    const answer = await ann.say('hello');
    expect(answer).toEqual(['ERR', expect.stringMatching(/reference [0-9a-f]{12}/), 500, expect.any(String)]);
    expect(JSON.stringify(answer)).not.toContain('fire');
    const [reference] = /[0-9a-f]{12}/.exec(answer[1])!;
    expect(stage.world.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'error', fields: expect.objectContaining({ reference }) }),
    );
  });

  test('two files of one name on one day are two files', async () => {
    await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const links = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const answer = await stage.frame(ann.connection, ['UPL', `u${i}`, 'same.png', 'image/png', 5, NOW]);
      links.add(JSON.parse(answer!)[2]);
    }
    expect(links.size).toBe(20);
  });

  test('a link in the history stays good for ever, and a file that is gone does not stop the replay', async () => {
    await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const conversation = await conversationOf();
    stage.world.push.close(ann.connection);
    const file = {
      key: `${CHANNEL}/${conversation.handle}/${'0'.repeat(32)}/a.png`,
      name: 'a.png',
      type: 'image/png',
      size: 5,
    };
    await sendToVisitor(stage.world, { ...answerTo(conversation, 1, ''), content: { kind: 'file', file } });
    await sendToVisitor(stage.world, answerTo(conversation, 2, 'after the file'));
    stage.world.clock.time += 30 * DAY;
    const again = await socket('again');
    await again.send(['JOIN', ann.memberId, 'Ann', CHANNEL]);
    const [ok, link, text] = again.frames();
    expect(ok).toEqual(['OK']);
    expect(link.slice(0, 3)).toEqual(['BIN', expect.any(String), `https://api.example.com/dev/files/${file.key}`]);
    expect(text[2]).toBe('after the file');
    expect(await stage.visitors.fileLink(file.key)).toBeUndefined();
    await stage.world.files.write(file.key, new Uint8Array(5), { type: 'image/png', name: 'a.png' });
    expect(await stage.visitors.fileLink(file.key)).toContain(`https://files.example/${file.key}?`);
    expect(await stage.visitors.fileLink('../other')).toBeUndefined();
  });
});

describe('nothing is lost, nothing goes astray', () => {
  test('a late disconnect of an old socket leaves the new one alone', async () => {
    await stage.hosting(CHANNEL);
    const old = await socket('old');
    await old.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    const fresh = await socket('fresh');
    await fresh.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    await old.disconnect();
    fresh.frames();
    await sendToVisitor(stage.world, answerTo(await conversationOf(), 1, 'hello'));
    expect(texts(fresh.frames())).toEqual(['hello']);
  });

  test('what comes for a visitor who is away is there when they are back, in order, once', async () => {
    await stage.hosting(CHANNEL);
    const first = await socket('one');
    await first.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    await first.disconnect();
    const conversation = await conversationOf();
    for (let i = 1; i <= 60; i++) {
      stage.world.clock.time += 1;
      await sendToVisitor(stage.world, answerTo(conversation, i, `message ${i}`));
    }
    const second = await socket('two');
    expect(await second.send(['JOIN', 'member-one', 'Ann', CHANNEL])).toBeUndefined();
    const [ok, ...missed] = second.frames();
    expect(ok).toEqual(['OK']);
    expect(texts(missed)).toEqual(Array.from({ length: 60 }, (_, i) => `message ${i + 1}`));
    await second.disconnect();
    const third = await socket('three');
    await third.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    expect(third.frames()).toEqual([['OK']]);
  });

  test('a message to a connection that is gone waits for the next JOIN', async () => {
    await stage.hosting(CHANNEL);
    const first = await socket('one');
    await first.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    stage.world.push.close(first.connection);
    const conversation = await conversationOf();
    await sendToVisitor(stage.world, answerTo(conversation, 1, 'are you there?'));
    expect((await stage.world.members.find(conversation))?.connections).toEqual([]);
    expect(await stage.world.connections.find(first.connection)).toBeUndefined();
    const second = await socket('two');
    await second.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    expect(texts(second.frames())).toEqual(['are you there?']);
  });

  test('nobody’s replay holds another visitor’s messages', async () => {
    await stage.hosting(CHANNEL);
    const ids = ['member-one', 'member-two', 'member-three'];
    for (const [i, id] of ids.entries()) {
      const client = await socket(`first${i}`);
      await client.send(['JOIN', id, id, CHANNEL]);
      await client.disconnect();
    }
    const members = membersOf();
    for (const [i, { channel, handle, name }] of members.entries()) {
      await sendToVisitor(stage.world, answerTo({ channel, handle }, i, `for ${name}`));
    }
    for (const [i, id] of ids.entries()) {
      const client = await socket(`second${i}`);
      await client.send(['JOIN', id, id, CHANNEL]);
      expect(texts(client.frames())).toEqual([`for ${id}`]);
    }
  });

  test('what is sent before JOIN has finished is neither lost nor overtaken', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const client = await socket('one');
    const sent = Promise.all([
      client.send(['JOIN', 'member-one', 'Ann', CHANNEL]),
      client.send(['TXT', 'a', 'first', NOW]),
      client.send(['TXT', 'b', 'second', NOW]),
      client.send(['TXT', 'c', 'third', NOW]),
    ]);
    expect((await sent).map((frame) => frame?.[0])).toEqual([undefined, 'ACK', 'ACK', 'ACK']);
    await stage.settle();
    const shown = stage.texts(chat).filter((text) => /first|second|third/.test(text));
    expect(shown.map((text) => text.split('\n')[1])).toEqual(['first', 'second', 'third']);
  });

  test('a message that was overtaken on its way to the queue is put right', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const at = stage.world.clock.now();
    const late = JSON.stringify(['TXT', 'b', 'came second', NOW]);
    const early = JSON.stringify(['TXT', 'a', 'came first', NOW]);
    await stage.visitors.receive(ann.connection, late, at + 5);
    await stage.visitors.receive(ann.connection, early, at);
    await stage.settle();
    const shown = stage.texts(chat).filter((text) => text.includes('came'));
    expect(shown.map((text) => text.split('\n')[1])).toEqual(['came first', 'came second']);
  });

  test('an ERR says which message failed', async () => {
    await stage.hosting(CHANNEL);
    const client = await socket('one');
    for (const [i, frame] of [
      ['TXT', 'id-0', 'too early', NOW],
      ['TXT', 'id-1', '', NOW],
      ['UPL', 'id-2', 'a.exe', 'application/x-msdownload', 1, NOW],
      ['BIN', 'id-3', 'https://evil.example', 'a.png', 'image/png', 1, NOW],
    ].entries()) {
      expect(await client.send(frame)).toEqual(['ERR', expect.any(String), expect.any(Number), `id-${i}`]);
    }
    expect(await client.send(['JOIN', '', null, CHANNEL])).toEqual(['ERR', expect.any(String), 400]);
  });
});

describe('once, whatever fails and is repeated', () => {
  test('a message that a client repeats, even at once, is one message with one answer', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const frame = ['TXT', 'same', 'only once', NOW];
    const answers = await Promise.all([1, 2, 3].map(() => stage.frame(ann.connection, frame)));
    await stage.settle();
    stage.world.clock.time += 90_000;
    answers.push(await stage.frame(ann.connection, ['TXT', 'same', 'another text', NOW]));
    await stage.settle();
    expect(new Set(answers).size).toBe(1);
    expect(stage.texts(chat).filter((text) => /once|another/.test(text))).toHaveLength(1);
  });

  test('what fails after a message was stored makes nobody get it twice', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const { send } = stage.world.queue;
    stage.world.queue.send = async () => {
      throw new Error('the queue is down');
    };
    const refused = await stage.frame(ann.connection, ['TXT', 'm', 'try again', NOW]);
    expect(JSON.parse(refused!)).toEqual(['ERR', expect.any(String), 500, 'm']);
    stage.world.queue.send = send.bind(stage.world.queue);
    expect(JSON.parse((await stage.frame(ann.connection, ['TXT', 'm', 'try again', NOW]))!)[0]).toBe('ACK');
    await stage.settle();
    expect(stage.texts(chat).filter((text) => text.includes('try again'))).toHaveLength(1);

    const conversation = await conversationOf();
    const answer = answerTo(conversation, 7, 'once');
    await sendToVisitor(stage.world, answer);
    await sendToVisitor(stage.world, answer);
    await stage.settle();
    expect(texts(ann.frames())).toEqual(['once']);
  });

  test('changes made at once are all kept', async () => {
    await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const conversation = await conversationOf();
    const { members } = stage.world;
    const tabs = await Promise.all(['t1', 't2', 't3'].map((id) => socket(id)));
    await Promise.all([
      ...tabs.map((tab) => tab.send(['JOIN', ann.memberId, 'Ann', CHANNEL])),
      members.claimPin(conversation, '5'),
      members.change(conversation, { topic: { chat: 'x' as never, thread: '9', linkedAt: NOW } }),
      ann.say('one'),
      ann.say('two'),
    ]);
    expect(await members.find(conversation)).toMatchObject({
      connections: expect.arrayContaining([ann.connection, 'ws:t1', 'ws:t2', 'ws:t3']),
      pinned: '5',
      sent: 2,
      topic: { thread: '9' },
    });
  });

  test('nobody hears of what was not stored, and what was not handed over is not acknowledged', async () => {
    await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const { world } = stage;
    const put = world.messages.put.bind(world.messages);
    world.messages.put = async () => {
      throw new Error('not stored');
    };
    expect((await ann.say('lost?'))[2]).toBe(500);
    expect(world.queue.items).toEqual([]);
    await expect(sendToVisitor(world, answerTo(await conversationOf(), 1, 'lost?'))).rejects.toThrow('not stored');
    expect(ann.frames()).toEqual([]);
    world.messages.put = put;
    const order: string[] = [];
    world.messages.put = async (message) => (order.push('stored'), put(message));
    const send = world.queue.send.bind(world.queue);
    world.queue.send = async (item) => (order.push('queued'), send(item));
    await ann.say('kept');
    expect(order).toEqual(['stored', 'queued']);
  });

  test('a channel with hundreds of visitors is dropped without leftovers', async () => {
    const { chat, operator } = await stage.hosting(CHANNEL);
    const { world } = stage;
    for (let i = 0; i < 150; i++) {
      const client = await socket(`c${i}`);
      await client.send(['JOIN', `member-${i}`, null, CHANNEL]);
      await client.send(['TXT', 'm', `hello ${i}`, NOW]);
    }
    await stage.settle();
    await world.files.write(`${CHANNEL}/abcdefghijkl/${'0'.repeat(32)}/a.png`, new Uint8Array(1), {
      type: 'image/png',
      name: 'a.png',
    });
    stage.telegram.people.send({ chat, from: operator, text: '/drop' });
    await stage.settle();
    const question = stage.telegram.people.messages(chat).findLast((message) => message.reply_markup)!;
    const [button] = question.reply_markup!.inline_keyboard.flat();
    const pressed = stage.telegram.people.press({
      chat,
      from: operator,
      message: question.message_id,
      button: button!.text,
    });
    await stage.settle();
    await pressed;
    const left = [
      world.channels.channels,
      world.channels.hosts,
      world.members.members,
      world.connections.connections,
      world.messages.messages,
      world.messages.replies,
    ].map((map) => [...map.entries()].map(([key]) => key));
    expect(left).toEqual([[], [], [], [], [], []]);
    expect(world.files.objects.size).toBe(0);
  }, 60_000);

  test('a channel in use lives on; a name used again has none of its old visitors', async () => {
    const { chat } = await stage.hosting(CHANNEL);
    const ann = await stage.visitor(CHANNEL, 'Ann');
    const old = await conversationOf();
    for (let month = 0; month < 24; month++) {
      stage.world.clock.time += 30 * DAY;
      const client = await socket(`month${month}`);
      await client.send(['JOIN', 'regular', 'Regular', CHANNEL]);
      expect(client.frames()[0]).toEqual(['OK']);
    }
    expect(CHANNEL_LIFE).toBeLessThan(24 * 30 * DAY);
    stage.world.clock.time += CHANNEL_LIFE + DAY;
    const rival = stage.group();
    stage.telegram.people.send({ chat: rival.chat, from: rival.operator, text: `/host ${CHANNEL}` });
    await stage.settle();
    expect(await stage.world.channels.find(CHANNEL)).toMatchObject({ host: toBase36(rival.chat) });
    const again = await stage.visitor(CHANNEL, 'Ann', ann.memberId);
    const fresh = await conversationOf((handles) => handles.find((handle) => handle !== old.handle));
    expect(fresh.handle).not.toBe(old.handle);
    await again.say('Hello, new people');
    await stage.settle();
    expect(stage.texts(chat).filter((text) => text.includes('new people'))).toEqual([]);
    expect(stage.texts(rival.chat).some((text) => text.includes('new people'))).toBe(true);
  });

  test('joining again, under another name or in another channel, leaves no orphan', async () => {
    await stage.hosting(CHANNEL);
    await stage.hosting('other-channel');
    const client = await socket('one');
    await client.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    await client.send(['JOIN', 'member-one', 'Anna', CHANNEL]);
    const conversation = await conversationOf();
    expect(await stage.world.members.find(conversation)).toMatchObject({ name: 'Anna', connections: ['ws:one'] });
    await client.send(['JOIN', 'member-one', 'Ann', 'other-channel']);
    expect((await stage.world.members.find(conversation))?.connections).toEqual([]);
    client.frames();
    await sendToVisitor(stage.world, answerTo(conversation, 1, 'from the first channel'));
    expect(client.frames()).toEqual([]);
  });

  test('the replay is in order of time, also where base-36 ids change their length', async () => {
    await stage.hosting(CHANNEL);
    const client = await socket('one');
    await client.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    await client.disconnect();
    const conversation = await conversationOf();
    const numbers = [8, 9, 10, 34, 35, 36, 37, 99, 100, 1295, 1296, 46655, 46656];
    for (const number of [...numbers].reverse()) {
      await stage.world.messages.put(answerTo(conversation, number, String(number)));
    }
    await stage.world.members.requestDelivery(conversation, { holder: 'x', until: 0 }, stage.world.clock.now());
    const again = await socket('two');
    await again.send(['JOIN', 'member-one', 'Ann', CHANNEL]);
    expect(texts(again.frames())).toEqual(numbers.map(String));
  });
});

describe('what works as one expects', () => {
  test('a client that never joined may leave; bad input is the client’s fault, not ours', async () => {
    const client = await socket('one');
    await expect(client.disconnect()).resolves.toBeUndefined();
    await expect(stage.visitors.disconnect('ws:never-seen')).resolves.toBeUndefined();
    const codes = new Set<unknown>();
    const other = await socket('two');
    for (const frame of ['', 'null', '{}', '[null]', '[[]]', '["TXT"]', '["JOIN",1,2,3]', '\u0000', '[1e999]']) {
      const answer = await stage.visitors.receive(other.connection, frame, stage.world.clock.now());
      codes.add(JSON.parse(answer!)[2]);
    }
    expect([...codes]).toEqual([400]);
    expect(stage.world.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('one visitor’s flood slows nobody else down', async () => {
    await stage.hosting(CHANNEL);
    const flood = await stage.visitor(CHANNEL, 'Flood');
    const calm = await stage.visitor(CHANNEL, 'Calm');
    const codes: unknown[] = [];
    for (let i = 0; i < 80; i++) codes.push((await flood.say(`spam ${i}`))[2]);
    expect(codes.filter((code) => code === 429)).toHaveLength(20);
    expect((await calm.say('hello'))[0]).toBe('ACK');
    stage.world.clock.time += 60_000;
    expect((await flood.say('sorry'))[0]).toBe('ACK');
  });

  test('every kind of event gets an answer that API Gateway and SQS understand', async () => {
    const settings = stage.world.settings;
    const handler = createRequestDispatcher(
      {
        ...settings,
        botTokenParameter: 'unused',
        logLevel: 'ERROR',
        channelsTable: 'unused',
        membersTable: 'unused',
        connectionsTable: 'unused',
        messagesTable: 'unused',
        filesBucket: 'unused',
        deliveryQueueUrl: 'unused',
        websocketCallbackUrl: 'https://unused.example',
      },
      stage.world,
    );
    const socketEvent = (eventType: string, body?: string) => ({
      requestContext: { eventType, connectionId: 'abc=', requestTimeEpoch: 1, routeKey: '$default', stage: 'dev' },
      isBase64Encoded: false,
      ...(body === undefined ? {} : { body }),
    });
    for (const event of [socketEvent('CONNECT'), socketEvent('MESSAGE', '["PING"]'), socketEvent('DISCONNECT')]) {
      expect(readProxyResponse(await handler(event), 'websocket')?.statusCode).toBe(200);
    }
    for (const path of ['/dev/tg', '/tg']) {
      const event = { version: '2.0', requestContext: { stage: 'dev', http: { method: 'GET', path } }, headers: {} };
      expect(readProxyResponse(await handler(event), '2.0')).toMatchObject({
        statusCode: 200,
        body: Buffer.from('OK'),
      });
    }
    const record = {
      eventSource: 'aws:sqs',
      messageId: 'q1',
      receiptHandle: 'r1',
      body: JSON.stringify({ kind: 'to-visitor', channel: CHANNEL, handle: 'nobody', attempt: 1, request: 'x' }),
      attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'g' },
    };
    expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
    await expect(handler({ detail: 'something else' })).rejects.toThrow('neither');
  });

  test('PONG comes from the function, whatever the route; the subprotocol is sent only if it was offered', async () => {
    const client = await socket('one');
    expect(await client.send(['PING'])).toEqual(['PONG']);
    const offered = (protocols: string[]) => stage.visitors.connect({ connection: 'ws:x', protocols });
    expect(await offered(['k1te.chat.v1'])).toEqual({ kind: 'accepted', subprotocol: 'k1te.chat.v1' });
    expect(await offered(['other', 'k1te.chat.v1'])).toEqual({ kind: 'accepted', subprotocol: 'k1te.chat.v1' });
    expect(await offered([])).toEqual({ kind: 'accepted' });
    expect(await offered(['other'])).toEqual({ kind: 'accepted' });
  });
});
