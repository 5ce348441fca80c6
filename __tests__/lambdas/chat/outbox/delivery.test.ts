import type { Fault } from '../../../../emulators/telegram/faults';
import { Stage } from '../../adapters/telegram/stage';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

const said = (chat: number) => stage.visitorTexts(chat);

const FAULTS: [string, Fault][] = [
  ['answers 429', { kind: 'tooManyRequests', retryAfter: 7 }],
  ['answers 500', { kind: 'serverError' }],
  ['does not answer', { kind: 'timeout' }],
  ['resets the connection', { kind: 'reset' }],
];

/** Lets the next calls of each method with which messages are delivered fail. */
function inject(plan: { fault: Fault; times: number; when?: () => boolean }): void {
  for (const method of ['sendMessage', 'createForumTopic', 'pinChatMessage', 'forwardMessage', 'deleteMessage']) {
    stage.telegram.faults.inject({ ...plan, method });
  }
}

describe.each(['supergroup', 'forum', 'group'] as const)('in a %s', (kind) => {
  describe.each(FAULTS)('Telegram %s', (_what, fault) => {
    // Each time-out is really waited for.
    const slow = fault.kind === 'timeout';
    if (slow && kind === 'group') return;
    beforeEach(async () => {
      if (!slow) return;
      await stage.stop();
      stage = await new Stage({ patience: 0.15 }).start();
    });

    test.each(slow ? [1] : [1, 3])(
      '%s times before it does anything: every message arrives once, in order',
      async (times) => {
        const { chat } = await stage.hosting('my-channel', kind);
        const ann = await stage.visitor('my-channel', 'Ann');
        for (const text of ['one', 'two', 'three']) await ann.say(text);
        inject({ fault, times });
        await stage.settle();
        expect(said(chat)).toEqual(['one', 'two', 'three']);
      },
    );

    // An answer of 429 means that nothing was done.
    if (fault.kind === 'tooManyRequests') return;
    test.each([1, 2])(
      '%s times after it has done what it was asked for: every message still stands there once',
      async (times) => {
        const { chat, operator } = await stage.hosting('my-channel', kind);
        const ann = await stage.visitor('my-channel', 'Ann');
        const bob = await stage.visitor('my-channel', 'Bob');
        await ann.say('the same');
        await stage.settle();
        await ann.say('the same');
        await bob.say('the same');
        stage.telegram.faults.inject({ method: 'sendMessage', fault, times, afterEffect: true });
        const [first, ...others] = stage.world.queue.items.splice(0);
        const outcome = await stage.operators.deliver(first!, 1);
        expect(outcome.kind).toBe('retry');
        // Life goes on meanwhile.
        stage.telegram.people.send({ chat, from: operator, text: 'operators talk' });
        for (const item of others) await stage.work(item);
        await stage.world.clock.sleep(10_000);
        await stage.work(first!);
        await stage.settle();
        expect(said(chat).filter((text) => text === 'the same')).toHaveLength(3);
      },
    );
  });
});

describe('a visitor who changes their name between two parts of a long text', () => {
  const words = (chat: number) =>
    stage
      .texts(chat)
      .filter((text) => text.startsWith('#'))
      .flatMap((text) => text.split('\n')[1]!.split(' '));

  test.each([
    ['is refused for a while', { fault: { kind: 'tooManyRequests', retryAfter: 5 } }],
    ['is posted without an answer', { fault: { kind: 'reset' }, afterEffect: true }],
  ] as const)('the second of which %s: nothing is lost, nothing comes twice', async (_what, fault) => {
    const { chat } = await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'A', 'anns-secret');
    const text = Array.from({ length: 818 }, (_, i) => `${i}`.padStart(4, '0')).join(' ');
    await ann.say(text);
    await stage.world.clock.sleep(1000);
    const [item] = stage.world.queue.items.splice(0);
    let posted = 0;
    stage.telegram.faults.inject({ method: 'sendMessage', ...fault, when: () => ++posted === 2 });
    const outcome = await stage.operators.deliver(item!, 1);
    expect(outcome.kind).toBe('retry');
    await stage.visitor('my-channel', 'A much longer name than before', 'anns-secret');
    await stage.world.clock.sleep(10_000);
    await stage.work(item!);
    expect(words(chat)).toEqual(text.split(' '));
  });
});

describe('429', () => {
  test('retry_after is honoured, by all visitors of the group', async () => {
    await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    const bob = await stage.visitor('my-channel', 'Bob');
    await ann.say('one');
    await bob.say('two');
    const [toAnn, toBob] = stage.world.queue.items.splice(0);
    stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 33 } });
    const before = stage.telegram.calls('sendMessage').length;
    await expect(stage.operators.deliver(toAnn!, 1)).resolves.toEqual({ kind: 'retry', retryAfter: 33 });
    await stage.world.clock.sleep(13_000);
    // His turn comes after hers.
    await expect(stage.operators.deliver(toBob!, 1)).resolves.toEqual({ kind: 'retry', retryAfter: 23.1 });
    expect(stage.telegram.calls('sendMessage')).toHaveLength(before + 1);
    await stage.world.clock.sleep(23_100);
    await expect(stage.operators.deliver(toBob!, 2)).resolves.toEqual({ kind: 'done' });
  });

  test('a poke that has waited often begins again, so that the queue does not give up on it', async () => {
    await stage.hosting('my-channel');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('one');
    const [item] = stage.world.queue.items.splice(0);
    stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 33 } });
    await expect(stage.operators.deliver(item!, 49)).resolves.toMatchObject({ kind: 'retry' });
    expect(stage.world.queue.items).toEqual([]);
    await expect(stage.operators.deliver(item!, 50)).resolves.toEqual({ kind: 'done' });
    expect(stage.world.queue.items).toEqual([{ ...item, message: expect.stringMatching(/^more#/) }]);
  });

  test('a hundred messages against a limit of twenty a minute: all arrive, in order', async () => {
    const { chat } = await stage.hosting('my-channel');
    const visitors = await Promise.all(['Ann', 'Bob', 'Cem', 'Dan'].map((name) => stage.visitor('my-channel', name)));
    for (let i = 0; i < 25; i++) for (const visitor of visitors) await visitor.say(`${i}`);
    const sent: number[] = [];
    stage.telegram.faults.inject({
      method: 'sendMessage',
      times: Infinity,
      fault: { kind: 'tooManyRequests', retryAfter: 5 },
      when: () => {
        const now = stage.world.clock.now();
        while (sent.length > 0 && now - sent[0]! >= 60_000) sent.shift();
        if (sent.length >= 20) return true;
        sent.push(now);
        return false;
      },
    });
    await stage.settle();
    const texts = stage.texts(chat).filter((text) => text.startsWith('#'));
    expect(texts).toHaveLength(100);
    for (const name of ['Ann', 'Bob', 'Cem', 'Dan']) {
      const own = texts.filter((text) => text.split('\n')[0]!.includes(` ${name}`)).map((text) => text.split('\n')[1]);
      expect(own).toEqual(Array.from({ length: 25 }, (_, i) => `${i}`));
    }
  });
});

test('an hour of outage: nothing is lost, and the pauses grow to a quarter of an hour', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('one');
  await ann.say('two');
  const end = stage.world.clock.now() + 3600_000;
  inject({
    times: Infinity,
    fault: { kind: 'serverError' },
    when: () => stage.world.clock.now() < end,
  });
  await stage.settle();
  expect(said(chat)).toEqual(['one', 'two']);
  expect(Math.max(...stage.waits)).toBe(900);
  expect(stage.waits.length).toBeLessThan(20);
});

describe('topics', () => {
  test('one that was deleted is made again, and the message is sent again, once', async () => {
    const { chat, operator } = await stage.hosting('my-channel', 'forum');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('one');
    await stage.settle();
    stage.telegram.people.deleteTopic({ chat, topic: stage.telegram.people.topics(chat)[0]!.id });
    await ann.say('two');
    await stage.settle();
    const topics = stage.telegram.people.topics(chat);
    expect(topics).toHaveLength(1);
    expect(stage.texts(chat, topics[0]!.id)).toEqual([expect.stringMatching(/Ann\ntwo$/)]);
    stage.telegram.people.send({ chat, from: operator, text: 'Hi', topic: topics[0]!.id });
    await stage.settle();
    expect(ann.frames().map((frame) => frame[2])).toEqual(['Hi']);
  });

  test('one that was closed is opened again', async () => {
    const { chat, operator } = await stage.hosting('my-channel', 'forum');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('one');
    await stage.settle();
    const topic = stage.telegram.people.topics(chat)[0]!.id;
    stage.telegram.people.setTopicClosed({ chat, by: operator, topic, closed: true });
    stage.telegram.faults.inject({
      method: 'sendMessage',
      fault: { kind: 'refuse', description: 'Bad Request: TOPIC_CLOSED' },
    });
    await ann.say('two');
    await stage.settle();
    expect(stage.texts(chat, topic).at(-1)).toMatch(/Ann\ntwo$/);
    expect(stage.telegram.people.topics(chat)).toEqual([expect.objectContaining({ closed: false })]);
  });

  test('two first messages at the same time make one', async () => {
    const { chat } = await stage.hosting('my-channel', 'forum');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('one');
    await ann.say('two');
    // Not even if the queue let two functions work at one conversation.
    const items = stage.world.queue.items.splice(0);
    await Promise.all(items.map((item) => stage.operators.deliver(item, 1)));
    for (const item of items) await stage.work(item);
    expect(stage.telegram.people.topics(chat)).toHaveLength(1);
  });

  test('turned on and off: messages go where they can be seen', async () => {
    const { chat, operator } = await stage.hosting('my-channel', 'supergroup');
    const ann = await stage.visitor('my-channel', 'Ann');
    await ann.say('plain');
    await stage.settle();
    stage.telegram.people.setForum({ chat, by: operator, forum: true });
    await ann.say('noticed');
    await stage.settle();
    await ann.say('in a topic');
    await stage.settle();
    const topic = stage.telegram.people.topics(chat)[0]!.id;
    expect(stage.texts(chat, topic)).toEqual([expect.stringContaining('in a topic')]);
    stage.telegram.people.setForum({ chat, by: operator, forum: false });
    await ann.say('plain again');
    await stage.settle();
    expect(said(chat).filter(Boolean)).toEqual(['plain', 'noticed', 'in a topic', 'plain again']);
  });

  test('turned on: that this could not be noted posts nothing twice', async () => {
    const { chat, operator } = await stage.hosting('my-channel', 'supergroup');
    const ann = await stage.visitor('my-channel', 'Ann');
    stage.telegram.people.setForum({ chat, by: operator, forum: true });
    await ann.say('noticed');
    const { channels } = stage.world;
    const change = channels.change.bind(channels);
    channels.change = async () => {
      channels.change = change;
      throw new Error('not noted');
    };
    const [item] = stage.world.queue.items.splice(0);
    await expect(stage.operators.deliver(item!, 1)).rejects.toThrow('not noted');
    await stage.work(item!);
    const posts = stage.telegram
      .calls('sendMessage')
      .filter(({ parameters }) => /noticed/.test(`${parameters['text']}`));
    expect(posts).toHaveLength(1);
  });
});

test('what was overtaken in the queue is put right', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  for (const text of ['one', 'two', 'three']) {
    await ann.say(text);
    await stage.world.clock.sleep(1);
  }
  stage.world.queue.items.reverse();
  await stage.settle();
  expect(said(chat)).toEqual(['one', 'two', 'three']);
});
