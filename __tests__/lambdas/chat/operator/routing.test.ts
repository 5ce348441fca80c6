import { Stage } from '../../adapters/telegram/stage';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

const send = (...args: Parameters<Stage['telegram']['people']['send']>) => stage.telegram.people.send(...args);
const texts = (frames: unknown[][]) => frames.map((frame) => frame[2]);

test('visitors who say nothing do not change which visitor an operator’s text is for', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('I am Ann');
  await stage.settle();
  // Bob comes and says nothing.
  const bob = await stage.visitor('my-channel', 'Bob');
  send({ chat, from: operator, text: 'to the only one who is waiting' });
  await stage.settle();
  expect(texts(ann.frames())).toEqual(['to the only one who is waiting']);
  // Now Bob writes: a text that names nobody is for nobody.
  await bob.say('I am Bob');
  await stage.settle();
  send({ chat, from: operator, text: 'who is this for?' });
  await stage.settle();
  expect(ann.frames()).toEqual([]);
  expect(bob.frames()).toEqual([]);
  expect(stage.last(chat).text).toMatch(/Nobody got this.*Reply to a message/);
});

test('untargeted text with no open conversation goes to nobody', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  send({ chat, from: operator, text: 'Anybody there?' });
  await stage.settle();
  expect(ann.frames()).toEqual([]);
  expect(stage.last(chat).text).toContain('Nobody got this');
});

test('a conversation is open for a day after its last message', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('yesterday');
  await stage.settle();
  await stage.world.clock.sleep(25 * 3600_000);
  const bob = await stage.visitor('my-channel', 'Bob');
  await bob.say('today');
  await stage.settle();
  send({ chat, from: operator, text: 'Hi Bob' });
  await stage.settle();
  expect(texts(bob.frames())).toEqual(['Hi Bob']);
  expect(ann.frames()).toEqual([]);
});

describe('a text that names nobody', () => {
  const HOURS = 3600_000;
  const ask = async ({ chat, operator }: { chat: number; operator: number }) => {
    send({ chat, from: operator, text: 'who is this for?' });
    await stage.settle();
    return stage.last(chat).text;
  };
  const NOBODY = expect.stringMatching(/^Nobody got this/);

  test('reaches nobody while there are more open conversations than a host remembers', async () => {
    const place = await stage.hosting('my-channel');
    const names = Array.from({ length: 21 }, (_, i) => `Visitor ${i}`);
    const visitors = await Promise.all(names.map((name) => stage.visitor('my-channel', name, name)));
    const [first, last] = [visitors[0]!, visitors[20]!];
    for (const { say } of visitors.slice(0, 20)) await say('I am here');
    await stage.settle();
    await stage.world.clock.sleep(20 * HOURS);
    for (const { say } of [last, first]) await say('me as well');
    await stage.settle();
    send({ ...place, from: place.operator, text: '/info' });
    await stage.settle();
    expect(stage.last(place.chat).text).toContain('Open conversations: more than 20');
    // All but these two have ended; the host remembers the first one only.
    await stage.world.clock.sleep(5 * HOURS);
    expect(await ask(place)).toEqual(NOBODY);
    expect([...first.frames(), ...last.frames()]).toEqual([]);
    // A day after the last one wrote, the first one is the only one again.
    const again = await stage.visitor('my-channel', names[0]!, names[0]);
    await stage.frame(again.connection, ['TXT', 'another', 'and me', '2026-01-01T00:00:00Z']);
    await stage.settle();
    await stage.world.clock.sleep(20 * HOURS);
    await ask(place);
    expect(texts(again.frames())).toEqual(['who is this for?']);
    expect(last.frames()).toEqual([]);
  });

  test('reaches nobody if a visitor writes again while another’s message is on its way', async () => {
    const place = await stage.hosting('my-channel');
    await (await stage.visitor('my-channel', 'Ann', 'ann')).say('yesterday');
    await stage.settle();
    await stage.world.clock.sleep(25 * HOURS);
    const ann = await stage.visitor('my-channel', 'Ann', 'ann');
    const bob = await stage.visitor('my-channel', 'Bob');
    await stage.frame(ann.connection, ['TXT', 'another', 'today', '2026-01-01T00:00:00Z']);
    const anns = stage.world.queue.items.splice(0);
    await bob.say('today as well');
    const { channels } = stage.world;
    const claimShare = channels.claimShare.bind(channels);
    jest.spyOn(channels, 'claimShare').mockImplementationOnce(async (...claim) => {
      const before = await claimShare(...claim);
      for (const item of anns) await stage.work(item);
      return before;
    });
    await stage.settle();
    expect(stage.texts(place.chat).at(-1)).toContain('today as well');
    expect(await ask(place)).toEqual(NOBODY);
    expect([...ann.frames(), ...bob.frames()]).toEqual([]);
  });

  test('reaches nobody if the only visitor’s first message has not been posted yet', async () => {
    const place = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('Hello');
    const [item] = stage.world.queue.items.splice(0);
    const { channels } = stage.world;
    const openConversation = channels.openConversation.bind(channels);
    jest.spyOn(channels, 'openConversation').mockImplementationOnce(async (...opened) => {
      await openConversation(...opened);
      throw new Error('killed');
    });
    await expect(stage.work(item!)).rejects.toThrow('killed');
    expect(await ask(place)).toEqual(NOBODY);
    await stage.world.clock.sleep(60_000);
    await stage.work(item!);
    await stage.settle();
    await ask(place);
    expect(texts(ann.frames())).toEqual(['who is this for?']);
  });

  test('counts a message that waited for more than a day as seen when it was posted', async () => {
    const place = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('waits');
    await stage.world.clock.sleep(25 * HOURS);
    const items = stage.world.queue.items.splice(0);
    const bob = await stage.visitor('my-channel', 'Bob');
    await bob.say('does not');
    stage.world.queue.items.push(...items);
    await stage.settle();
    expect(await ask(place)).toEqual(NOBODY);
    expect([...ann.frames(), ...bob.frames()]).toEqual([]);
  });

  test('that was written before the first message of a visitor is not for that visitor', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    send({ chat, from: operator, text: 'nobody there, coffee?' });
    const updates = await stage.updates();
    await stage.world.clock.sleep(1000);
    await ann.say('Hello');
    await stage.settle();
    for (const update of updates) await stage.receive(update);
    expect(ann.frames()).toEqual([]);
    expect(stage.last(chat).text).toContain('Nobody got this');
  });

  test('that Telegram brings late is for nobody whose conversation has begun since', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('Hello');
    await stage.settle();
    await stage.world.clock.sleep(20 * HOURS);
    send({ chat, from: operator, text: 'Hi Ann' });
    const updates = await stage.updates();
    await stage.world.clock.sleep(5 * HOURS);
    const bob = await stage.visitor('my-channel', 'Bob');
    await bob.say('Hello');
    await stage.settle();
    for (const update of updates) await stage.receive(update);
    expect([...ann.frames(), ...bob.frames()]).toEqual([]);
    expect(stage.last(chat).text).toContain('Nobody got this');
  });

  test('is not for a visitor whose message still waits for Telegram’s limit', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('Hello');
    const [item] = stage.world.queue.items.splice(0);
    stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 33 } });
    expect((await stage.operators.deliver(item!, 1)).kind).toBe('retry');
    await stage.world.clock.sleep(5000);
    send({ chat, from: operator, text: 'nobody there, coffee?' });
    for (const update of await stage.updates()) await stage.receive(update);
    expect(ann.frames()).toEqual([]);
    await stage.world.clock.sleep(40_000);
    await stage.work(item!);
    await ask({ chat, operator });
    expect(texts(ann.frames())).toEqual(['who is this for?']);
  });
});

test('an operator who replies to a colleague talks to the colleague', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('Hello');
  await stage.settle();
  const answer = send({ chat, from: operator, text: 'Hi', replyTo: stage.last(chat).message_id });
  await stage.settle();
  expect(texts(ann.frames())).toEqual(['Hi']);
  send({ chat, from: operator, text: 'was that right?', replyTo: answer.message_id });
  await stage.settle();
  expect(ann.frames()).toEqual([]);
  expect(stage.last(chat).text).toContain('Nobody got this');
});

test('in a forum, what is written outside of visitors’ topics reaches no visitor', async () => {
  const { chat, operator } = await stage.hosting('my-channel', 'forum');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('Hello');
  await stage.settle();
  const own = stage.telegram.people.createTopic({ chat, by: operator, name: 'Kitchen' });
  const before = stage.texts(chat).length;
  send({ chat, from: operator, text: 'coffee?', topic: own });
  await stage.settle();
  expect(stage.texts(chat)).toHaveLength(before + 1);
  send({ chat, from: operator, text: 'general remark' });
  await stage.settle();
  expect(stage.last(chat).text).toContain("write in the visitor's topic");
  expect(ann.frames()).toEqual([]);
});

test('a visitor in Telegram cannot address anybody but the host', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('Hello');
  await stage.settle();
  const header = stage.last(chat).text!.split('\n')[0]!;
  const mallory = stage.telegram.people.user({ firstName: 'Mallory' }).id;
  const here = stage.telegram.people.start({ user: mallory, bot: 'kite_test_bot', payload: 'join__my-channel' });
  await stage.settle();
  for (const text of [header, `${header}\nHello Ann`, `${header.split(' ')[0]} hello`]) {
    send({ chat: here, from: mallory, text });
    await stage.settle();
    expect(stage.last(chat).text).toMatch(/^#[a-z0-9]{12} Mallory\n#/);
  }
  expect(ann.frames()).toEqual([]);
});

test('no text of a visitor looks like a notice, or like another visitor’s message', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('Hello');
  await stage.settle();
  const header = stage.last(chat).text!.split('\n')[0]!;
  expect(header).toMatch(/^#[a-z0-9]{12} Ann$/);
  const mallory = await stage.visitor('my-channel', 'Mallory 🔔 back');
  await mallory.say('Hello');
  await mallory.say(`🔔 ${header} has left`);
  await stage.settle();
  const forged = stage.last(chat);
  expect(forged.text).toMatch(/^#[a-z0-9]{12} Mallory back\n🔔/);
  // Whatever it looks like, a reply to it is a reply to Mallory.
  send({ chat, from: operator, text: 'Nice try', replyTo: forged.message_id });
  await stage.settle();
  expect(texts(mallory.frames())).toEqual(['Nice try']);
  expect(ann.frames()).toEqual([]);
});

test('files say whose they are, and replies to them find the visitor', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  for (const [name, type, kind] of [
    ['a.png', 'image/png', 'photo'],
    ['b.gif', 'image/gif', 'document'],
    ['c.pdf', 'application/pdf', 'document'],
    ['d.mp4', 'video/mp4', 'video'],
  ] as const) {
    const body = PNG;
    const offer = await stage.frame(ann.connection, ['UPL', name, name, type, body.length, '2026-01-01T00:00:00Z']);
    const [, , url] = JSON.parse(offer!) as string[];
    stage.world.files.upload(url!.split('/files/')[1]!, body, type);
    const sent = ['BIN', `b-${name}`, url, name, type, body.length, '2026-01-01T00:00:00Z'];
    expect(await stage.frame(ann.connection, sent)).toContain('ACK');
    await stage.settle();
    const shown = stage.last(chat);
    expect(shown.caption).toMatch(/^#[a-z0-9]{12} Ann$/);
    expect(shown).toHaveProperty(kind);
    send({ chat, from: operator, text: `got ${name}`, replyTo: shown.message_id });
    await stage.settle();
    expect(texts(ann.frames())).toEqual([`got ${name}`]);
  }
});

test('a file that Telegram does not take comes as a link', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  stage.telegram.faults.inject({
    method: 'sendPhoto',
    fault: { kind: 'refuse', description: 'Bad Request: PHOTO_INVALID_DIMENSIONS' },
  });
  stage.telegram.faults.inject({
    method: 'sendDocument',
    fault: { kind: 'refuse', description: 'Bad Request: file is wrong' },
  });
  const offer = await stage.frame(ann.connection, [
    'UPL',
    '1',
    'a.png',
    'image/png',
    PNG.length,
    '2026-01-01T00:00:00Z',
  ]);
  const [, , url] = JSON.parse(offer!) as string[];
  stage.world.files.upload(url!.split('/files/')[1]!, PNG, 'image/png');
  await stage.frame(ann.connection, ['BIN', '2', url, 'a.png', 'image/png', PNG.length, '2026-01-01T00:00:00Z']);
  await stage.settle();
  expect(stage.last(chat).text).toMatch(/^#[a-z0-9]{12} Ann\n📎 a\.png\nhttps:\/\/api\.example\.com\/dev\/files\//);
});

describe('what operators send', () => {
  const file = { content: Buffer.from('content'), name: 'offer.pdf', mimeType: 'application/pdf' };

  test('a caption comes with its file, formatting as plain text', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('Hello');
    await stage.settle();
    const replyTo = stage.last(chat).message_id;
    const captionEntities = [{ type: 'text_link' as const, offset: 0, length: 4, url: 'https://example.com/x' }];
    send({ chat, from: operator, document: file, caption: 'This is our offer', captionEntities, replyTo });
    await stage.settle();
    const [bin, caption] = ann.frames();
    expect(bin).toEqual([
      'BIN',
      expect.any(String),
      expect.stringContaining('/files/my-channel/'),
      'offer.pdf',
      'application/pdf',
      7,
      expect.any(String),
    ]);
    expect(caption?.slice(0, 3)).toEqual(['TXT', expect.any(String), 'This (https://example.com/x) is our offer']);
    const key = String(bin?.[2]).split('/files/')[1]!;
    expect(Buffer.from(stage.world.files.objects.get(key)!.body).toString()).toBe('content');
    expect(JSON.stringify(await stage.stored())).not.toContain('stage-test-token');
  });

  test('an album comes in order; voice and video as files; a sticker as its emoji', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('Hello');
    await stage.settle();
    const replyTo = stage.last(chat).message_id;
    const items = ['1', '2', '3'].map((name) => ({
      kind: 'document' as const,
      file: { ...file, name: `${name}.pdf` },
    }));
    stage.telegram.people.sendAlbum({ chat, from: operator, items, replyTo });
    send({ chat, from: operator, voice: { content: Buffer.from('v'), mimeType: 'audio/ogg' }, replyTo });
    send({ chat, from: operator, video: { content: Buffer.from('v'), mimeType: 'video/mp4' }, replyTo });
    send({ chat, from: operator, sticker: { emoji: '👍' }, replyTo });
    await stage.settle();
    expect(ann.frames().map((frame) => (frame[0] === 'BIN' ? frame[4] + ' ' + frame[3] : frame[2]))).toEqual([
      'application/pdf 1.pdf',
      'application/pdf 2.pdf',
      'application/pdf 3.pdf',
      expect.stringContaining('audio/ogg'),
      expect.stringContaining('video/mp4'),
      '👍',
    ]);
  });

  test('a kind that cannot be shown is named as not delivered', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('Hello');
    await stage.settle();
    const replyTo = stage.last(chat).message_id;
    send({ chat, from: operator, other: { location: { latitude: 1, longitude: 2 } } as never, replyTo });
    await stage.settle();
    expect(stage.last(chat).text).toBe('⛔ Not delivered. A location cannot be shown on the website');
    expect(ann.frames()).toEqual([]);
  });

  test('an album for nobody is explained once', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const items = ['1', '2', '3'].map((name) => ({ kind: 'document' as const, file: { ...file, name } }));
    stage.telegram.people.sendAlbum({ chat, from: operator, items });
    await stage.settle();
    expect(stage.texts(chat).filter((text) => text.includes('Nobody got this'))).toHaveLength(1);
  });
});

describe('edits', () => {
  test('reach the visitor who got the original, as a correction of it', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    const bob = await stage.visitor('my-channel', 'Bob');
    await ann.say('I am Ann');
    await stage.settle();
    const toAnn = send({ chat, from: operator, text: 'Yuo are welcome', replyTo: stage.last(chat).message_id });
    await bob.say('I am Bob');
    await stage.settle();
    const [original] = ann.frames();
    stage.telegram.people.edit({ chat, message: toAnn.message_id, text: 'You are welcome' });
    await stage.settle();
    const [correction, ...more] = ann.frames();
    expect(correction?.slice(0, 3)).toEqual(['TXT', original?.[1], 'You are welcome']);
    expect(more).toEqual([]);
    expect(bob.frames()).toEqual([]);
  });

  test('before the visitor was there to see it: only the new text is seen', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann', 'ann-secret');
    await ann.say('Hello');
    await stage.settle();
    stage.world.push.close(ann.connection);
    const message = send({ chat, from: operator, text: 'frist', replyTo: stage.last(chat).message_id });
    await stage.settle();
    stage.telegram.people.edit({ chat, message: message.message_id, text: 'first' });
    await stage.settle();
    const again = await stage.visitor('my-channel', 'Ann', 'ann-secret');
    expect(again.frames()).toEqual([]);
    const replayed = await stage.world.messages.latest({ channel: 'my-channel', handle: handleOf() } as never, 10);
    expect(replayed.filter(({ direction }) => direction === 'to-visitor').map(({ content }) => content)).toEqual([
      { kind: 'text', text: 'first' },
      { kind: 'correction', of: expect.any(String), text: 'first' },
    ]);
    function handleOf() {
      return /#([a-z0-9]{12}) Ann/.exec(stage.texts(chat).find((text) => text.includes('Hello'))!)![1];
    }
  });

  test('do not run commands again', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const command = send({ chat, from: operator, text: '/info' });
    await stage.settle();
    const before = stage.texts(chat).length;
    stage.telegram.people.edit({ chat, message: command.message_id, text: '/drop' });
    await stage.settle();
    expect(stage.texts(chat)).toHaveLength(before);
  });

  test('of a visitor in Telegram change the text that operators see', async () => {
    const { chat } = await stage.hosting('my-channel');
    const user = stage.telegram.people.user({ firstName: 'Tom' }).id;
    const here = stage.telegram.people.start({ user, bot: 'kite_test_bot', payload: 'join__my-channel' });
    await stage.settle();
    const message = send({ chat: here, from: user, text: 'helo' });
    await stage.settle();
    stage.telegram.people.edit({ chat: here, message: message.message_id, text: 'hello' });
    await stage.settle();
    expect(stage.texts(chat).filter((text) => /helo|hello/.test(text))).toEqual([expect.stringMatching(/Tom\nhello$/)]);
  });
});

test('a text that exceeds the limit with its header is split, and a reply to any part is a reply', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('x'.repeat(4096));
  await stage.settle();
  const parts = stage.telegram.people.messages(chat).filter((message) => message.text?.includes('xxx'));
  expect(parts).toHaveLength(2);
  expect(parts.map(({ text }) => text!.split('\n')[1]).join('')).toBe('x'.repeat(4096));
  for (const [i, part] of parts.entries()) send({ chat, from: operator, text: `re ${i}`, replyTo: part.message_id });
  await stage.settle();
  expect(texts(ann.frames())).toEqual(['re 0', 're 1']);
});

test('a burst makes one pin, which an answer removes', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  for (let i = 0; i < 5; i++) await ann.say(`message ${i}`);
  await stage.settle();
  const first = stage.telegram.people.messages(chat).find((message) => message.text?.endsWith('message 0'))!;
  expect(stage.telegram.people.pinned(chat)).toEqual([first.message_id]);
  expect(stage.telegram.calls('pinChatMessage').map(({ parameters }) => parameters['disable_notification'])).toEqual([
    true,
  ]);
  send({ chat, from: operator, text: 'Hi', replyTo: stage.last(chat).message_id });
  await stage.settle();
  expect(stage.telegram.people.pinned(chat)).toEqual([]);
  await ann.say('and another');
  await stage.settle();
  expect(stage.telegram.people.pinned(chat)).toEqual([stage.last(chat).message_id]);
});

test('an update that comes again is handled once', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('Hello');
  await stage.settle();
  send({ chat, from: operator, text: 'Hi', replyTo: stage.last(chat).message_id });
  send({ chat, from: operator, text: '/info' });
  send({
    chat,
    from: operator,
    text: 'colleagues?',
    replyTo: send({ chat, from: operator, text: '/info' }).message_id,
  });
  const updates = await stage.updates();
  for (const update of [...updates, ...updates]) await stage.receive(update);
  await stage.settle();
  expect(texts(ann.frames())).toEqual(['Hi']);
  expect(stage.texts(chat).filter((text) => text.includes('Nobody got this'))).toHaveLength(1);
  expect(stage.texts(chat).filter((text) => text.startsWith('This chat hosts'))).toHaveLength(2);
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('a reply that comes before it is written down whose message it answers', () => {
  async function beforePointers() {
    const place = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    const bob = await stage.visitor('my-channel', 'Bob');
    await ann.say('I am Ann');
    await bob.say('I am Bob');
    await stage.settle();
    const find = stage.world.routes.route.bind(stage.world.routes);
    stage.world.routes.route = async (...args) => {
      const { reply: _, ...route } = await find(...args);
      return route;
    };
    return { ...place, ann, bob };
  }

  test('reaches the visitor whose header the bot put above it', async () => {
    const { chat, operator, ann, bob } = await beforePointers();
    const question = stage.telegram.people.messages(chat).find(({ text }) => text?.endsWith('I am Ann'))!;
    send({ chat, from: operator, text: 'Hello Ann', replyTo: question.message_id });
    await stage.settle();
    expect(texts(ann.frames())).toEqual(['Hello Ann']);
    expect(bob.frames()).toEqual([]);
  });

  test('a header that a person wrote is no header', async () => {
    const { chat, operator, ann, bob } = await beforePointers();
    const header = stage.texts(chat).find((text) => text.endsWith('I am Ann'))!;
    const forged = send({ chat, from: operator, text: `${header.split('\n')[0]}\nforged` });
    await stage.settle();
    send({ chat, from: operator, text: 'Hello Ann', replyTo: forged.message_id });
    await stage.settle();
    expect([...ann.frames(), ...bob.frames()]).toEqual([]);
    expect(stage.last(chat).text).toContain('Nobody got this');
  });
});
