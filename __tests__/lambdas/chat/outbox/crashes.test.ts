import { createTelegramOperatorSide } from '../../../../lambdas/adapters/telegram/operator-side';
import type { OperatorSide, QueueItem, World } from '../../../../lambdas/chat/ports';
import { Stage } from '../../adapters/telegram/stage';
import { EFFECTS, Life } from '../crashing-world';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

const said = (chat: number) => stage.visitorTexts(chat);

describe('killed between any two side effects', () => {
  interface Scenario {
    readonly kind: 'supergroup' | 'forum';
    readonly what: string;
    readonly text: string;
  }
  const scenarios: Scenario[] = [
    { kind: 'supergroup', what: 'a text', text: 'Hello' },
    { kind: 'supergroup', what: 'a text in two parts', text: 'long '.repeat(819) },
    { kind: 'forum', what: 'the first text, with its topic', text: 'Hello' },
  ];

  /** A message to be delivered to the host, with others before and after it. */
  async function prepare({ kind, text }: Scenario) {
    const place = await stage.hosting('my-channel', kind);
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say(text);
    const [item] = stage.world.queue.items.splice(0);
    return { ...place, ann, item: item! };
  }

  async function scenarioRun(scenario: Scenario, span: number) {
    const { chat, ann, item, operator } = await prepare(scenario);
    const life = new Life(span);
    const work = crashingWorld(life).deliver(item, 1);
    const ended = await Promise.race([life.dead, work]);
    if (ended !== 'dead') return { finished: true, chat, effects: life.effects };
    // Others go on meanwhile; then the queue gives the item to another instance.
    stage.telegram.people.send({ chat, from: operator, text: 'operators talk' });
    const bob = await stage.visitor('my-channel', 'Bob');
    await bob.say('I am Bob');
    await stage.settle();
    await stage.world.clock.sleep(180_000);
    await stage.work(item);
    await ann.say('and another');
    await stage.settle();
    return { finished: false, chat, effects: life.effects };
  }

  test.each(scenarios)('delivering to a $kind: $what', async (scenario) => {
    let points = 0;
    for (let span = 0; ; span++, points++) {
      await stage.stop();
      stage = await new Stage().start();
      const { finished, chat, effects } = await scenarioRun(scenario, span);
      if (finished) break;
      const [first, ...rest] = said(chat).filter((text) => text !== 'I am Bob' && text !== '');
      const whole = scenario.text.length > 4000 ? [first, rest.shift()].join(' ') : first;
      expect({ effects, whole, rest }).toEqual({ effects, whole: scenario.text.trim(), rest: ['and another'] });
      expect(stage.telegram.people.pinned(chat).length).toBe(2);
    }
    expect(points).toBeGreaterThan(5);
  });

  test.each(['a text', 'a correction'])('delivering to a visitor in Telegram: %s', async (what) => {
    let points = 0;
    for (let span = 0; ; span++, points++) {
      await stage.stop();
      stage = await new Stage().start();
      const { chat, operator } = await stage.hosting('my-channel');
      const user = stage.telegram.people.user({ firstName: 'Tom' }).id;
      const here = stage.telegram.people.start({ user, bot: 'kite_test_bot', payload: 'join__my-channel' });
      await stage.settle();
      stage.telegram.people.send({ chat: here, from: user, text: 'Hello' });
      await stage.settle();
      const replyTo = stage.last(chat).message_id;
      const before = stage.texts(here).length;
      let message = stage.telegram.people.send({ chat, from: operator, text: 'same', replyTo });
      await stage.settle();
      if (what === 'a text') message = stage.telegram.people.send({ chat, from: operator, text: 'same', replyTo });
      else stage.telegram.people.edit({ chat, message: message.message_id, text: 'other' });
      for (const update of await stage.updates()) await stage.receive(update);
      const [item] = stage.world.queue.items.splice(0);
      const life = new Life(span);
      const ended = await Promise.race([life.dead, crashingWorld(life).deliver(item!, 1)]);
      if (ended === 'dead') {
        stage.telegram.people.send({ chat: here, from: user, text: 'meanwhile' });
        await stage.settle();
        await stage.world.clock.sleep(180_000);
        await stage.work(item!);
        await stage.settle();
      }
      const shown = stage
        .texts(here)
        .slice(before)
        .filter((text) => text !== 'meanwhile');
      expect({ effects: life.effects, shown }).toEqual({
        effects: life.effects,
        shown: what === 'a text' ? ['same', 'same'] : ['other'],
      });
      if (ended !== 'dead') break;
    }
    expect(points).toBeGreaterThan(1);
  });

  test('/erase', async () => {
    for (let span = 0; ; span++) {
      await stage.stop();
      stage = await new Stage().start();
      const { chat, operator } = await stage.hosting('my-channel', 'forum');
      await (await stage.visitor('my-channel', 'Ann')).say('Hello');
      await stage.settle();
      stage.telegram.people.send({ chat, from: operator, text: '/erase', topic: stage.last(chat).message_thread_id! });
      await stage.settle();
      const { message_id: message, reply_markup } = stage.last(chat);
      const button = reply_markup!.inline_keyboard[0]![0]!.text;
      void stage.telegram.people.press({ chat, from: operator, message, button }).catch(() => undefined);
      for (const update of await stage.updates()) await stage.receive(update);
      const life = new Life(span);
      const side = crashingWorld(life);
      const run = async () => {
        for (let item = stage.world.queue.items[0]; item; item = stage.world.queue.items[0]) {
          const outcome = await side.deliver(item, 1);
          if (outcome.kind === 'done') stage.world.queue.items.shift();
          else await stage.world.clock.sleep(Math.ceil(outcome.retryAfter * 1000));
        }
        return 'done';
      };
      const ended = await Promise.race([life.dead, run()]);
      // The queue has the item that was being worked at.
      if (ended === 'dead') await stage.settle();
      const { members, messages, connections } = stage.world;
      const maps = [members.members, members.topics, messages.messages, messages.replies, connections.connections];
      const left = maps.map((map) => [...map.entries('')].length);
      expect({ effects: life.effects, left }).toEqual({ effects: life.effects, left: [0, 0, 0, 0, 0] });
      expect(stage.last(chat).text).toMatch(/^✅ #[a-z0-9]{12} is erased|^✅ Of #[a-z0-9]{12} nothing was left/);
      await expect(stage.visitor('my-channel', 'Ann', 'member-0')).resolves.toBeDefined();
      if (ended !== 'dead') break;
    }
  });

  test('a visitor in Telegram writes', async () => {
    for (let span = 0; ; span++) {
      await stage.stop();
      stage = await new Stage().start();
      const { chat } = await stage.hosting('my-channel');
      const user = stage.telegram.people.user({ firstName: 'Tom' }).id;
      const here = stage.telegram.people.start({ user, bot: 'kite_test_bot', payload: 'join__my-channel' });
      await stage.settle();
      const document = { content: Buffer.from('x'), name: 'x.pdf', mimeType: 'application/pdf' };
      stage.telegram.people.send({ chat: here, from: user, document, caption: 'see' });
      const [update] = (await stage.updates()).slice(-1);
      const life = new Life(span);
      const ended = await Promise.race([life.dead, crashingWorld(life).receiveUpdate(update)]);
      if (ended === 'dead') {
        await stage.world.clock.sleep(31_000);
        await stage.receive(update);
      }
      await stage.settle();
      expect(said(chat).filter(Boolean)).toEqual(['see']);
      expect([...stage.world.files.objects.keys()]).toHaveLength(1);
      if (ended !== 'dead') break;
    }
  });

  test('an operator’s answer', async () => {
    let points = 0;
    for (let span = 0; ; span++, points++) {
      await stage.stop();
      stage = await new Stage().start();
      const { chat, operator } = await stage.hosting('my-channel');
      const ann = await stage.visitor('my-channel', 'Ann');
      await ann.say('Hello');
      await stage.settle();
      stage.telegram.people.send({ chat, from: operator, text: 'Hi', replyTo: stage.last(chat).message_id });
      const [update] = (await stage.updates()).slice(-1);
      const life = new Life(span);
      const ended = await Promise.race([life.dead, crashingWorld(life).receiveUpdate(update)]);
      if (ended !== 'dead') break;
      await stage.world.clock.sleep(31_000);
      await stage.receive(update);
      await stage.settle();
      const got = ann.frames().filter((frame) => frame[0] === 'TXT');
      // A push that nobody could note down is pushed again, with the same id: that is for the client to see.
      expect({ effects: life.effects, ids: [...new Set(got.map((frame) => frame[1]))].length }).toEqual({
        effects: life.effects,
        ids: 1,
      });
      expect(got[0]?.[2]).toBe('Hi');
      expect(stage.telegram.people.pinned(chat)).toEqual([]);
    }
    expect(points).toBeGreaterThan(5);
  });

  test('/host', async () => {
    for (let span = 0; ; span++) {
      await stage.stop();
      stage = await new Stage().start();
      const { chat, operator } = stage.group();
      await stage.settle();
      stage.telegram.people.send({ chat, from: operator, text: '/host my-channel' });
      const [update] = (await stage.updates()).slice(-1);
      const life = new Life(span);
      const ended = await Promise.race([life.dead, crashingWorld(life).receiveUpdate(update)]);
      if (ended !== 'dead') break;
      await stage.receive(update);
      await stage.settle();
      expect(stage.last(chat).text).toContain('wss://ws.example.com/dev?c=my-channel');
      await expect(stage.visitor('my-channel', 'Ann')).resolves.toBeDefined();
    }
  });

  test('/drop', async () => {
    let points = 0;
    for (let span = 0; ; span++, points++) {
      await stage.stop();
      stage = await new Stage().start();
      const { chat, operator } = await stage.hosting('my-channel', 'forum');
      for (const name of ['Ann', 'Bob']) await (await stage.visitor('my-channel', name)).say('Hello');
      await stage.settle();
      stage.telegram.people.send({ chat, from: operator, text: '/drop' });
      await stage.settle();
      const message = stage.last(chat).message_id;
      void stage.telegram.people
        .press({ chat, from: operator, message, button: 'Remove my-channel' })
        .catch(() => undefined);
      const [update] = (await stage.updates()).slice(-1);
      const life = new Life(span);
      const side = crashingWorld(life);
      const run = async () => {
        await side.receiveUpdate(update);
        for (let item = stage.world.queue.items[0]; item; item = stage.world.queue.items[0]) {
          const outcome = await side.deliver(item, 1);
          if (outcome.kind === 'done') stage.world.queue.items.shift();
          else await stage.world.clock.sleep(Math.ceil(outcome.retryAfter * 1000));
        }
        return 'done';
      };
      const items: QueueItem[] = [];
      const { send } = stage.world.queue;
      stage.world.queue.send = async (item) => {
        items.push(item);
        await send.call(stage.world.queue, item);
      };
      const ended = await Promise.race([life.dead, run()]);
      if (ended !== 'dead') break;
      stage.world.queue.items.splice(0);
      await stage.receive(update);
      for (const item of items) await stage.work(item);
      await stage.settle();
      const { channels, members, messages } = stage.world;
      const left = [
        channels.channels,
        channels.hosts,
        members.members,
        members.topics,
        messages.messages,
        messages.replies,
      ];
      expect({ effects: life.effects, left: left.map((map) => [...map.entries('')].length) }).toEqual({
        effects: life.effects,
        left: [0, 0, 0, 0, 0, 0],
      });
    }
    expect(points).toBeGreaterThan(10);
  });
});

/** The operators' side of a function instance that will be killed. */
function crashingWorld(life: Life): OperatorSide {
  const { world } = stage;
  const parts = Object.entries(EFFECTS).filter(([name]) => name !== 'messenger');
  const crashingParts = parts.map(([name, tasks]) => [name, life.of(name, world[name as keyof World], tasks)] as const);
  const messenger = life.of('messenger', stage.messenger, EFFECTS.messenger);
  return createTelegramOperatorSide({ ...world, ...Object.fromEntries(crashingParts) }, { messenger });
}
