import type { ChatId, ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { BOT, Stage } from '../../adapters/telegram/stage';

const DAY = 24 * 3600_000;

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

const send = (...args: Parameters<Stage['telegram']['people']['send']>) => stage.telegram.people.send(...args);
const calls = () => ['sendMessage', 'createForumTopic'].map((method) => stage.telegram.calls(method).length);
/** What the group shows of visitors, without their handles. */
const shown = (chat: number) => stage.texts(chat).flatMap((text) => /^#\S+ ([^]*)/.exec(text)?.[1] ?? []);

/** Says something under an id of its own. */
async function write({ connection }: { connection: ConnectionId }, text: string): Promise<void> {
  await stage.frame(connection, ['TXT', `id of ${text}`, text, '2026-01-01T00:00:00Z']);
  await stage.settle();
}

async function person(firstName: string, payload = 'join__my-channel') {
  const user = stage.telegram.people.user({ firstName }).id;
  const here = stage.telegram.people.start({ user, bot: BOT, payload });
  await stage.settle();
  return {
    here,
    say: async (text: string) => {
      send({ chat: here, from: user, text });
      await stage.settle();
    },
  };
}

test.each(['supergroup', 'forum'] as const)(
  'in a %s, three hundred who join and say nothing are nothing',
  async (kind) => {
    const { chat } = await stage.hosting('my-channel', kind);
    const ann = await stage.visitor('my-channel', 'Ann');
    const before = calls();
    for (let i = 0; i < 300; i++) {
      const { visitors } = stage;
      await visitors.connect({ connection: `ws:x${i}`, protocols: [] });
      stage.world.push.open(`ws:x${i}`);
      await stage.frame(`ws:x${i}`, ['JOIN', `stranger-${i}`, null, 'my-channel']);
      await stage.world.clock.sleep(20);
    }
    expect(stage.world.queue.items).toEqual([]);
    expect([...stage.world.messages.messages.entries()]).toEqual([]);
    expect(calls()).toEqual(before);
    await ann.say('Hello');
    const at = stage.world.clock.now();
    await stage.settle();
    expect(stage.waits).toEqual([]);
    expect(stage.world.clock.now() - at).toBeLessThan(1000);
    expect(shown(chat)).toEqual(['Ann\nHello']);
    expect(stage.telegram.people.topics(chat)).toHaveLength(kind === 'forum' ? 1 : 0);
  },
);

test('a new visitor’s first message bears their name, as all that follow', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
  await ann.say('one');
  await stage.settle();
  await ann.say('two');
  await stage.visitor('my-channel', 'Ann', 'anns-secret');
  await ann.say('three');
  await stage.settle();
  expect(shown(chat)).toEqual(['Ann\none', 'Ann\ntwo', 'Ann\nthree']);
});

test('two tabs that write their first messages at once are one visitor, and nothing else is told of them', async () => {
  const { chat } = await stage.hosting('my-channel');
  const tabs = await Promise.all(['a', 'b'].map(() => stage.visitor('my-channel', 'Ann', 'anns-secret')));
  await Promise.all(
    tabs.map((tab, i) => stage.frame(tab.connection, ['TXT', `x${i}`, `tab ${i}`, '2026-01-01T00:00:00Z'])),
  );
  await stage.settle();
  expect(shown(chat).sort()).toEqual(['Ann\ntab 0', 'Ann\ntab 1']);
});

test.each([
  [0.9, 'Ann\nagain'],
  [1.5, 'Ann 🔔 back after 1 day\nagain'],
  [3.2, 'Ann 🔔 back after 3 days\nagain'],
])('after %d days away, the next message says so', async (days, expected) => {
  const { chat } = await stage.hosting('my-channel');
  await (await stage.visitor('my-channel', 'Ann', 'anns-secret')).say('one');
  await stage.settle();
  await stage.world.clock.sleep(days * DAY);
  await stage.visitor('my-channel', 'Ann', 'anns-secret');
  await stage.world.clock.sleep(60_000);
  const ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
  expect(shown(chat)).toHaveLength(1);
  await write(ann, 'again');
  await write(ann, 'and again');
  expect(shown(chat).slice(1)).toEqual([expected, 'Ann\nand again']);
});

test('a visitor who stays on the page for days is not back', async () => {
  const { chat } = await stage.hosting('my-channel');
  let ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
  await ann.say('one');
  await stage.settle();
  for (let hours = 0; hours < 72; hours += 2) {
    await stage.world.clock.sleep(2 * 3600_000);
    ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
  }
  await write(ann, 'two');
  expect(shown(chat)).toEqual(['Ann\none', 'Ann\ntwo']);
});

test('a conversation that moves to Telegram says so with the next message, once', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
  await ann.say('one');
  await stage.settle();
  const phone = await person('Ann', 'join__my-channel__anns-secret');
  await phone.say('/join my-channel anns-secret');
  expect(shown(chat)).toHaveLength(1);
  await phone.say('two');
  await phone.say('/join my-channel anns-secret');
  await phone.say('three');
  expect(shown(chat).slice(1)).toEqual(['Ann 🔔 now writes from Telegram\ntwo', 'Ann\nthree']);
});

describe('a visitor in Telegram who leaves', () => {
  const left = (chat: number) => stage.texts(chat).filter((text) => /^🔔 #[a-z0-9]{12} Tom has left$/.test(text));

  test('is said to have left, once for all that they wrote, in their topic', async () => {
    const { chat } = await stage.hosting('my-channel', 'forum');
    const tom = await person('Tom');
    await tom.say('one');
    for (let i = 0; i < 20; i++) for (const command of ['/leave', '/join my-channel']) await tom.say(command);
    const [topic, ...others] = stage.telegram.people.topics(chat);
    expect(others).toEqual([]);
    expect(stage.texts(chat, topic!.id)).toEqual([
      expect.stringMatching(/\none$/),
      expect.stringMatching(/Tom has left$/),
    ]);
    // So many commands in a minute are not all taken.
    stage.world.clock.time += 60_000;
    await tom.say('/join my-channel');
    await tom.say('two');
    expect(stage.last(chat).text).toMatch(/ Tom 🔔 back\ntwo$/);
    await tom.say('/leave');
    expect(left(chat)).toHaveLength(2);
    expect(stage.world.queue.items).toEqual([]);
  });

  test('is not mentioned if they have never written', async () => {
    const { chat } = await stage.hosting('my-channel', 'forum');
    const tom = await person('Tom');
    await tom.say('/leave');
    expect(left(chat)).toEqual([]);
    expect(stage.telegram.people.topics(chat)).toEqual([]);
  });

  test('takes no turn while messages wait for Telegram’s limit', async () => {
    const { chat } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await tom.say('one');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('hello');
    const items = stage.world.queue.items.splice(0);
    stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 30 } });
    await stage.operators.deliver(items[0]!, 1);
    await tom.say('/leave');
    const host = await stage.world.channels.host(chat.toString(36) as ChatId);
    for (const item of items) await stage.work(item);
    expect(left(chat)).toEqual([]);
    expect(host?.nextTurn ?? 0).toBeLessThanOrEqual(stage.world.clock.now());
    await tom.say('/join my-channel');
    await tom.say('two');
    expect(shown(chat)).toEqual(['Tom\none', 'Ann\nhello', 'Tom 🔔 back\ntwo']);
  });
});

describe('what is new about a visitor stands in the same message', () => {
  test('when its first attempt had no answer', async () => {
    const { chat } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('one');
    stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'reset' }, afterEffect: true });
    await stage.settle();
    await ann.say('two');
    await stage.settle();
    expect(shown(chat)).toEqual(['Ann\none', 'Ann\ntwo']);
  });

  test('after its author has corrected it', async () => {
    const { chat } = await stage.hosting('my-channel');
    const tom = await person('Tom');
    await tom.say('helo');
    const own = stage.telegram.people.messages(tom.here).find(({ text }) => text === 'helo')!;
    stage.telegram.people.edit({ chat: tom.here, message: own.message_id, text: 'hello' });
    await stage.settle();
    expect(shown(chat)).toEqual(['Tom\nhello']);
  });
});

test('a notice that a former version stored is not shown, makes no topic, and holds up nothing', async () => {
  const { chat } = await stage.hosting('my-channel', 'forum');
  const ann = await stage.visitor('my-channel', 'Ann', 'anns-secret');
  const conversation = stage.onlyConversation();
  await stage.world.messages.put({
    conversation,
    key: 'n#joined#2026-01-01T00:00:00.000Z',
    direction: 'to-host',
    at: '2026-01-01T00:00:00.000Z',
    order: 0,
    due: true,
    content: { kind: 'notice', notice: 'joined' },
  });
  await stage.work({ kind: 'to-host', ...conversation, message: 'n' });
  expect(stage.telegram.people.topics(chat)).toEqual([]);
  await ann.say('Hello');
  await stage.settle();
  expect(shown(chat)).toEqual(['Ann\nHello']);
});
