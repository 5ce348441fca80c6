import type { ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { MessengerFailure } from '../../../../lambdas/chat/messenger/port';
import { createVisitorSide } from '../../../../lambdas/chat/browser-side';
import { EFFECTS, Life } from '../crashing-world';
import { CHANNEL, GROUP, ChatFixture, type Instance } from '../chat-fixture';

const VISITOR = 'visitor-one';

/** A function instance of the fixture that is killed after so many side effects. */
function crashingWorld(fixture: ChatFixture, life: Life): Instance {
  const { world } = fixture;
  return {
    world: {
      ...world,
      channels: life.of('channels', world.channels, EFFECTS.channels),
      members: life.of('members', world.members, EFFECTS.members),
      messages: life.of('messages', world.messages, EFFECTS.messages),
      connections: life.of('connections', world.connections, ['open', 'join', 'close']),
      queue: life.of('queue', world.queue, EFFECTS.queue),
      files: life.of('files', world.files, EFFECTS.files),
      push: life.of('push', world.push, EFFECTS.push),
    },
    messenger: life.of('messenger', fixture.messenger, EFFECTS.messenger),
  };
}

/** Runs a task in an instance that is killed after `span` effects; undefined: it was. */
async function until<T>(fixture: ChatFixture, span: number, task: (instance: Instance) => Promise<T>) {
  const life = new Life(span);
  const outcome = await Promise.race([
    life.dead.then(() => undefined),
    task(crashingWorld(fixture, life)).then((value) => [value]),
  ]);
  return { finished: outcome !== undefined, value: outcome?.[0], effects: life.effects };
}

/** Tries every point at which a task can be cut off, in a fresh fixture each; `rounds` is how many there were. */
async function everyPoint(
  scenario: (fixture: ChatFixture, span: number) => Promise<{ finished: boolean }>,
): Promise<number> {
  for (let span = 0; ; span++) {
    if (span > 200) throw new Error('It never finishes');
    const { finished } = await scenario(await new ChatFixture().start(), span);
    if (finished) return span;
  }
}

async function joined(fixture: ChatFixture): Promise<ConnectionId> {
  const connection = await fixture.open(VISITOR);
  await fixture.join(connection, VISITOR);
  return connection;
}

/** What a client shows: each id once, with the text that came last. */
function conversation(fixture: ChatFixture): unknown[] {
  const shown = new Map<unknown, unknown>();
  for (const [tag, id, text] of fixture.got.get(VISITOR) ?? []) if (tag === 'TXT') shown.set(id, text);
  return [...shown.values()];
}

describe('killed between any two side effects', () => {
  test('a message: the client sends it again, the host gets it once', async () => {
    const points = await everyPoint(async (fixture, span) => {
      const connection = await joined(fixture);
      const run = await until(fixture, span, (instance) => fixture.say(connection, 'm1', 'hello', instance));
      if (!run.finished) {
        await fixture.say(connection, 'm0', 'another one meanwhile');
        expect((await fixture.say(connection, 'm1', 'hello'))?.[0]).toBe('ACK');
      }
      await fixture.settle();
      expect(fixture.shown().filter((text) => text === 'hello')).toHaveLength(1);
      return run;
    });
    expect(points).toBe(5);
  });

  test('a message that its client never sends again is not half delivered', async () => {
    await everyPoint(async (fixture, span) => {
      const connection = await joined(fixture);
      const run = await until(fixture, span, (instance) => fixture.say(connection, 'm1', 'hello', instance));
      await fixture.say(connection, 'm2', 'later');
      await fixture.settle();
      const shown = fixture.shown();
      expect([['later'], ['hello', 'later']]).toContainEqual(shown.filter((text) => /hello|later/.test(text)));
      return run;
    });
  });

  test('a JOIN: the next one replays what was missed, in order, and is told to the host', async () => {
    const points = await everyPoint(async (fixture, span) => {
      const first = await joined(fixture);
      await fixture.say(first, 'q', 'question');
      await fixture.settle();
      const question = fixture.messenger.messages(GROUP).at(-1)!;
      await fixture.close(first);
      for (let i = 1; i <= 3; i++) {
        fixture.world.clock.time += 5;
        await fixture.insist(fixture.written(`answer ${i}`, { replyTo: question.id }));
      }
      const second = await fixture.open(VISITOR);
      const run = await until(fixture, span, (instance) => fixture.join(second, VISITOR, instance));
      if (!run.finished) {
        await fixture.close(second, span % 2 === 0);
        const third = await fixture.open(VISITOR);
        await fixture.join(third, VISITOR);
        await fixture.insist(fixture.written('answer 4', { replyTo: question.id }));
      }
      await fixture.settle();
      const expected = ['answer 1', 'answer 2', 'answer 3', ...(run.finished ? [] : ['answer 4'])];
      expect({ effects: run.effects, got: conversation(fixture) }).toEqual({ effects: run.effects, got: expected });
      return run;
    });
    expect(points).toBeGreaterThan(7);
  });

  test('the first JOIN of all: the first message tells the host of the visitor, once', async () => {
    const points = await everyPoint(async (fixture, span) => {
      const first = await fixture.open(VISITOR);
      const run = await until(fixture, span, (instance) => fixture.join(first, VISITOR, instance));
      const connection = run.finished ? first : await fixture.open(VISITOR);
      if (!run.finished) await fixture.join(connection, VISITOR);
      expect(fixture.messenger.messages(GROUP)).toEqual([]);
      await fixture.say(connection, 'one', 'one');
      await fixture.settle();
      await fixture.say(connection, 'two', 'two');
      await fixture.settle();
      const told = fixture.messenger.messages(GROUP).map(({ text }) => text.replace(/^#\S+/, '#'));
      expect(told).toEqual([`# ${VISITOR}\none`, `# ${VISITOR}\ntwo`]);
      return run;
    });
    expect(points).toBeGreaterThan(3);
  });

  test('an unclean end of a connection: what was pushed to it comes again', async () => {
    const points = await everyPoint(async (fixture, span) => {
      const first = await joined(fixture);
      await fixture.say(first, 'q', 'question');
      await fixture.settle();
      const question = fixture.messenger.messages(GROUP).at(-1)!;
      await fixture.insist(fixture.written('answer', { replyTo: question.id }));
      fixture.got.get(VISITOR)!.splice(0);
      const run = await until(fixture, span, async ({ world }) => {
        await createVisitorSide(world).disconnect(first, 'lost');
      });
      await joined(fixture);
      expect(conversation(fixture)).toEqual(['answer']);
      return run;
    });
    expect(points).toBe(3);
  });

  test('a disconnect: messages wait for the next JOIN', async () => {
    const points = await everyPoint(async (fixture, span) => {
      const first = await joined(fixture);
      await fixture.say(first, 'q', 'question');
      await fixture.settle();
      const question = fixture.messenger.messages(GROUP).at(-1)!;
      fixture.world.push.close(first);
      const run = await until(fixture, span, async ({ world }) => {
        await createVisitorSide(world).disconnect(first);
      });
      await fixture.insist(fixture.written('answer', { replyTo: question.id }));
      await fixture.settle();
      await joined(fixture);
      expect(conversation(fixture)).toEqual(['answer']);
      return run;
    });
    expect(points).toBe(3);
  });

  test('a file: BIN is sent again, the host gets it once', async () => {
    await everyPoint(async (fixture, span) => {
      const connection = await joined(fixture);
      const offer = await fixture.frame(connection, ['UPL', 'u', 'a.png', 'image/png', 5, '2026-01-01T00:00:00Z']);
      const url = String(offer?.[2]);
      const key = url.slice(`${fixture.world.settings.apiUrl}/files/`.length);
      fixture.world.files.upload(key, new Uint8Array(5), 'image/png');
      const frame = ['BIN', 'b', url, 'a.png', 'image/png', 5, '2026-01-01T00:00:00Z'];
      const run = await until(fixture, span, (instance) => fixture.frame(connection, frame, instance));
      if (!run.finished) expect((await fixture.frame(connection, frame))?.[0]).toBe('ACK');
      await fixture.settle();
      expect(fixture.messenger.messages(GROUP).filter(({ kind }) => kind === 'file')).toHaveLength(1);
      return run;
    });
  });
});

describe('DynamoDB throttles, at any request', () => {
  /** The call number `at` of all stores fails once. */
  const throttled = (fixture: ChatFixture, at: number) => {
    const state = { calls: 0 };
    const wrap = <T extends object>(store: T): T =>
      new Proxy(store, {
        get: (object, property) => {
          const value: unknown = Reflect.get(object, property, object);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            if (state.calls++ === at) {
              const error = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
              return Promise.reject(error);
            }
            return value.apply(object, args);
          };
        },
      });
    const { world, messenger } = fixture;
    const instance: Instance = {
      world: {
        ...world,
        channels: wrap(world.channels),
        members: wrap(world.members),
        messages: wrap(world.messages),
        connections: wrap(world.connections),
        routes: wrap(world.routes),
      },
      messenger,
    };
    return { instance, hit: () => state.calls > at };
  };

  test('a message is refused with a reference, or accepted; sent again it arrives once', async () => {
    for (let at = 0; ; at++) {
      const fixture = await new ChatFixture().start();
      const connection = await joined(fixture);
      const { instance, hit } = throttled(fixture, at);
      const answer = await fixture.say(connection, 'm1', 'hello', instance);
      if (!hit()) break;
      if (answer?.[0] !== 'ACK') {
        expect(answer).toEqual(['ERR', expect.stringContaining('reference'), 500, 'm1']);
        expect((await fixture.say(connection, 'm1', 'hello'))?.[0]).toBe('ACK');
      }
      await fixture.settle();
      expect(fixture.shown().filter((text) => text === 'hello')).toHaveLength(1);
    }
  });

  test('a JOIN fails with a reference or succeeds; the next one gets everything', async () => {
    for (let at = 0; ; at++) {
      const fixture = await new ChatFixture().start();
      const first = await joined(fixture);
      await fixture.say(first, 'q', 'question');
      await fixture.settle();
      const question = fixture.messenger.messages(GROUP).at(-1)!;
      await fixture.close(first);
      await fixture.insist(fixture.written('answer', { replyTo: question.id }));
      const { instance, hit } = throttled(fixture, at);
      const second = await fixture.open(VISITOR);
      const answer = await fixture.join(second, VISITOR, instance);
      if (!hit()) break;
      if (answer) {
        expect(answer).toEqual(['ERR', expect.stringContaining('reference'), 500]);
        expect(await fixture.join(second, VISITOR)).toBeUndefined();
      }
      await fixture.settle();
      expect(conversation(fixture)).toEqual(['answer']);
    }
  });

  test('an answer of the operator reaches the visitor once', async () => {
    for (let at = 0; ; at++) {
      const fixture = await new ChatFixture().start();
      const connection = await joined(fixture);
      await fixture.say(connection, 'q', 'question');
      await fixture.settle();
      const question = fixture.messenger.messages(GROUP).at(-1)!;
      const update = fixture.written('answer', { replyTo: question.id });
      const { instance, hit } = throttled(fixture, at);
      const failed = await fixture.receive(update, instance).catch(() => 'failed');
      if (!hit()) break;
      if (failed !== 'handled') {
        await fixture.world.clock.sleep(1000);
        await fixture.insist(update);
      }
      await fixture.world.clock.sleep(11_000);
      await fixture.settle();
      await joined(fixture);
      await fixture.settle();
      expect(conversation(fixture)).toEqual(['answer']);
    }
  });
});

describe('API Gateway', () => {
  async function answeredWith(push: (tries: number) => 'sent' | 'gone' | Error) {
    const fixture = await new ChatFixture().start();
    const connection = await joined(fixture);
    await fixture.say(connection, 'q', 'question');
    await fixture.settle();
    const question = fixture.messenger.messages(GROUP).at(-1)!;
    const real = fixture.world.push.push.bind(fixture.world.push);
    let tries = 0;
    fixture.world.push.push = async (to, frame) => {
      const outcome = push(++tries);
      if (outcome instanceof Error) throw outcome;
      return outcome === 'gone' ? 'gone' : real(to, frame);
    };
    await fixture.insist(fixture.written('answer', { replyTo: question.id }));
    await fixture.settle();
    fixture.world.push.push = real;
    return fixture;
  }

  test('answers 410: the message waits for the next JOIN', async () => {
    const fixture = await answeredWith(() => 'gone');
    expect(conversation(fixture)).toEqual([]);
    await joined(fixture);
    expect(conversation(fixture)).toEqual(['answer']);
  });

  test('answers 500 or nothing for a while: the queue comes back to it', async () => {
    const fixture = await answeredWith((tries) => (tries <= 3 ? new Error('socket hang up') : 'sent'));
    expect(conversation(fixture)).toEqual(['answer']);
  });

  test('fails for longer: the message waits for the next JOIN', async () => {
    const fixture = await answeredWith(() => new Error('500'));
    expect(conversation(fixture)).toEqual([]);
    await joined(fixture);
    expect(conversation(fixture)).toEqual(['answer']);
  });
});

test('1,000 messages, each cut off somewhere and delivered again, Telegram failing: 1,000 arrive once each, in order', async () => {
  const fixture = await new ChatFixture().start();
  const visitors = Array.from({ length: 10 }, (_, i) => `visitor-${i}x`);
  const connections = new Map<string, ConnectionId>();
  for (const id of visitors) {
    const connection = await fixture.open(id);
    await fixture.join(connection, id);
    connections.set(id, connection);
    await fixture.say(connection, 'first', `question of ${id}`);
  }
  await fixture.settle();
  const questions = new Map(
    visitors.map((id) => [
      id,
      fixture.messenger.messages(GROUP).find(({ text }) => text.endsWith(`question of ${id}`))!,
    ]),
  );
  const failures = [
    { failure: new MessengerFailure('busy', 'Too Many Requests', { retryAfter: 3 }), posted: false },
    { failure: new MessengerFailure('uncertain', 'time-out'), posted: true },
    { failure: new MessengerFailure('uncertain', 'Internal Server Error'), posted: false },
    { failure: new MessengerFailure('unreachable', 'connection reset'), posted: false },
  ];
  let cuts = 0;
  for (let i = 0; i < 500; i++) {
    const id = visitors[i % 10]!;
    const connection = connections.get(id)!;
    fixture.world.clock.time += 2000;

    // A visitor's message, cut off, and sent again by the client.
    const said = `said ${i}`;
    const frame = await until(fixture, i % 6, (instance) => fixture.say(connection, said, said, instance));
    if (!frame.finished) {
      cuts++;
      expect((await fixture.say(connection, said, said))?.[0]).toBe('ACK');
    }
    // Its way through the queue, cut off, with Telegram failing now and then.
    const item = fixture.world.queue.items.shift()!;
    if (i % 7 === 3) fixture.messenger.faults.push(failures[((i / 7) % 4) | 0]!);
    const work = await until(fixture, i % 11, (instance) => fixture.deliver(item, 1, instance));
    if (!work.finished) {
      cuts++;
      await fixture.world.clock.sleep(180_000);
    }
    fixture.world.queue.items.unshift(item);
    await fixture.settle();

    // An operator's answer, cut off, and delivered again by Telegram.
    const update = fixture.written(`answer ${i}`, { replyTo: questions.get(id)!.id });
    const received = await until(fixture, i % 9, (instance) => fixture.receive(update, instance));
    if (!received.finished) {
      cuts++;
      await fixture.world.clock.sleep(31_000);
      await fixture.insist(update);
    }
    await fixture.settle();
  }
  expect(cuts).toBeGreaterThan(900);
  const shown = fixture.shown().filter((text) => text.startsWith('said '));
  expect(shown).toEqual(Array.from({ length: 500 }, (_, i) => `said ${i}`));
  for (const [n, id] of visitors.entries()) {
    const got = new Map(
      (fixture.got.get(id) ?? []).filter(([tag]) => tag === 'TXT').map(([, messageId, text]) => [messageId, text]),
    );
    expect([...got.values()]).toEqual(Array.from({ length: 50 }, (_, i) => `answer ${i * 10 + n}`));
  }
  expect(await fixture.world.channels.find(CHANNEL)).toMatchObject({ state: 'active' });
}, 60_000);

test('an earlier message that is stored a moment later than the next one is shown before it', async () => {
  const fixture = await new ChatFixture().start();
  const connection = await joined(fixture);
  const at = fixture.world.clock.now();
  const visitors = createVisitorSide(fixture.world);
  const frame = (id: string, text: string) => JSON.stringify(['TXT', id, text, '2026-01-01T00:00:00Z']);
  await visitors.receive(connection, frame('b', 'second'), at + 10);
  // The instance that has the first message is still starting when the queue hands over the second.
  const sleep = fixture.world.clock.sleep.bind(fixture.world.clock);
  let late: Promise<unknown> | undefined;
  fixture.world.clock.sleep = async (milliseconds) => {
    late ??= visitors.receive(connection, frame('a', 'first'), at);
    await late;
    await sleep(milliseconds);
  };
  await fixture.settle();
  expect(fixture.shown().filter((text) => /first|second/.test(text))).toEqual(['first', 'second']);
});
