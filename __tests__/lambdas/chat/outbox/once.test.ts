import { BOT, Stage } from '../../adapters/telegram/stage';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

const send = (...args: Parameters<Stage['telegram']['people']['send']>) => stage.telegram.people.send(...args);
const texts = (frames: unknown[][]) => frames.map((frame) => frame[2]);

async function person(firstName: string, payload: string) {
  const user = stage.telegram.people.user({ firstName }).id;
  const here = stage.telegram.people.start({ user, bot: BOT, payload });
  await stage.settle();
  const say = async (text: string) => {
    send({ chat: here, from: user, text });
    await stage.settle();
  };
  return { here, user, say };
}

/** The message in the group that ends with a text. */
const posted = (chat: number, text: string) =>
  stage.telegram.people.messages(chat).find((message) => message.text?.endsWith(text))!.message_id;

test('a visitor who joins while an operator’s message is being stored gets it once', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
  await ann.say('Hello');
  await stage.settle();
  const replyTo = posted(chat, 'Hello');
  stage.world.push.close(ann.connection);
  await stage.visitors.disconnect(ann.connection);
  send({ chat, from: operator, text: 'waits', replyTo });
  await stage.settle();
  // The next message is stored, and the visitor is there before anybody else has asked to deliver it.
  const { messages, members, push } = stage.world;
  const [put, requestDelivery] = [messages.put.bind(messages), members.requestDelivery.bind(members)];
  push.open('ws:late');
  await stage.visitors.connect({ connection: 'ws:late', protocols: [] });
  let joining: Promise<unknown> | undefined;
  messages.put = async (message) => {
    const stored = await put(message);
    joining ??= stage.frame('ws:late', ['JOIN', 'anns-secret', 'Ann', 'my-channel']);
    return stored;
  };
  members.requestDelivery = async (...args) => {
    await joining;
    return requestDelivery(...args);
  };
  send({ chat, from: operator, text: 'comes now', replyTo });
  await stage.settle();
  await joining;
  const got = push.frames.get('ws:late')!.map((frame) => JSON.parse(frame));
  expect(texts(got.filter(([tag]) => tag === 'TXT'))).toEqual(['waits', 'comes now']);
});

describe('a visitor with two Telegram chats', () => {
  test.each([
    [1, 'first', 'second'],
    [2, 'second', 'first'],
  ])('gets answers in the one that joined last (%d)', async (turn) => {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
    await ann.say('Hello');
    await stage.settle();
    const chats = [await person('Ann', ''), await person('Ann', '')];
    // One of the two orders differs from that of their ids, in which DynamoDB keeps a set.
    const [older, newer] = turn === 1 ? [chats[0]!, chats[1]!] : [chats[1]!, chats[0]!];
    await older.say('/join my-channel anns-secret');
    await newer.say('/join my-channel anns-secret');
    send({ chat, from: operator, text: 'Where are you?', replyTo: posted(chat, 'Hello') });
    await stage.settle();
    expect(stage.texts(newer.here).at(-1)).toBe('Where are you?');
    expect(stage.texts(older.here)).not.toContain('Where are you?');
    // The browser stays open, and has it too.
    expect(texts(ann.frames())).toEqual(['Where are you?']);
    await older.say('still me');
    expect(stage.last(chat).text).toMatch(/still me$/);
    await newer.say('/leave');
    send({ chat, from: operator, text: 'And now?', replyTo: posted(chat, 'Hello') });
    await stage.settle();
    expect(stage.texts(older.here).at(-1)).toBe('And now?');
    expect(stage.texts(newer.here)).not.toContain('And now?');
  });
});

test('/leave, answers of an operator, /join: the answers come then, in order, once', async () => {
  const { chat, operator } = await stage.hosting('my-channel');
  const tom = await person('Tom', 'join__my-channel');
  await tom.say('Hello');
  const replyTo = posted(chat, 'Hello');
  await tom.say('/leave');
  for (const text of ['one', 'two', 'three']) {
    send({ chat, from: operator, text, replyTo });
    await stage.settle();
  }
  expect(stage.texts(tom.here)).not.toContain('one');
  for (let i = 0; i < 2; i++) await tom.say('/join my-channel');
  expect(stage.texts(tom.here).filter((text) => ['one', 'two', 'three'].includes(text))).toEqual([
    'one',
    'two',
    'three',
  ]);
});

describe('an answered message that Telegram does not unpin at once', () => {
  async function answered(fault: Parameters<typeof stage.telegram.faults.inject>[0]['fault']) {
    const { chat, operator } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('Hello');
    await stage.settle();
    expect(stage.telegram.people.pinned(chat)).toHaveLength(1);
    stage.telegram.faults.inject({ method: 'unpinChatMessage', fault, times: 2 });
    send({ chat, from: operator, text: 'Hi', replyTo: stage.last(chat).message_id });
    await stage.settle();
    return { chat, ann };
  }

  test('is unpinned when its limit is over', async () => {
    const { chat, ann } = await answered({ kind: 'tooManyRequests', retryAfter: 17 });
    expect(stage.telegram.people.pinned(chat)).toEqual([]);
    expect(stage.waits).toContain(17);
    expect(texts(ann.frames())).toEqual(['Hi']);
    // The next message without an answer is pinned as ever.
    await ann.say('Another question');
    await stage.settle();
    expect(stage.telegram.people.pinned(chat)).toEqual([posted(chat, 'Another question')]);
  });

  test('stays pinned if the bot may not, and holds up nothing', async () => {
    const { chat } = await answered({ kind: 'refuse', description: 'Bad Request: not enough rights to manage pins' });
    expect(stage.telegram.people.pinned(chat)).toHaveLength(1);
    expect(stage.waits).toEqual([]);
    expect(stage.telegram.calls('unpinChatMessage')).toHaveLength(1);
  });
});

describe('a text that names nobody', () => {
  async function two() {
    const { chat, operator } = await stage.hosting('my-channel');
    const [ann, bob] = [await stage.visitor('my-channel', 'Ann'), await stage.visitor('my-channel', 'Bob')];
    await ann.say('I am Ann');
    await bob.say('I am Bob');
    await stage.settle();
    await stage.world.clock.sleep(5000);
    return { chat, operator, ann, bob };
  }

  test('written just before one of two conversations is closed reaches neither visitor', async () => {
    const { chat, operator, ann, bob } = await two();
    send({ chat, from: operator, text: 'for one of them' });
    const [update] = stage.updates();
    send({ chat, from: operator, text: '/ban', replyTo: posted(chat, 'I am Bob') });
    await stage.settle();
    await stage.receive(update);
    await stage.settle();
    expect([...ann.frames(), ...bob.frames()]).toEqual([]);
    expect(stage.last(chat).text).toContain('Nobody got this');
  });

  test('written after that reaches the visitor who is left', async () => {
    const { chat, operator, ann, bob } = await two();
    send({ chat, from: operator, text: '/ban', replyTo: posted(chat, 'I am Bob') });
    await stage.settle();
    await stage.world.clock.sleep(2000);
    send({ chat, from: operator, text: 'for Ann' });
    await stage.settle();
    expect(texts(ann.frames())).toEqual(['for Ann']);
    expect(bob.frames()).toEqual([]);
  });

  test('reaches nobody while more than twenty conversations are open, also after some were closed', async () => {
    const { chat, operator } = await stage.hosting('my-channel');
    const visitors = [];
    for (let i = 0; i < 21; i++) visitors.push(await stage.visitor('my-channel', `V${i}`));
    for (const [i, visitor] of visitors.entries()) await visitor.say(`I am ${i}.`);
    await stage.settle();
    // All that the host remembers are closed but one: the one that it has no room for may be meant.
    for (let i = 0; i < 19; i++) send({ chat, from: operator, text: '/ban', replyTo: posted(chat, `I am ${i}.`) });
    await stage.settle();
    await stage.world.clock.sleep(5000);
    send({ chat, from: operator, text: 'for which of them?' });
    await stage.settle();
    expect(visitors.flatMap((visitor) => visitor.frames())).toEqual([]);
    expect(stage.last(chat).text).toContain('Nobody got this');
  });
});
