import type { ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { HostFailure } from '../../../../lambdas/chat/messenger/port';
import { createVisitorSide } from '../../../../lambdas/chat/browser-side';
import { DEEDS, Life } from '../crashing-world';
import { CHANNEL, GROUP, Town, type Instance } from '../chat-fixture';

const VISITOR = 'visitor-one';

/** A function instance of the town that is killed after so many side effects. */
function mortal(town: Town, life: Life): Instance {
  const { world } = town;
  return {
    world: {
      ...world,
      channels: life.of('channels', world.channels, DEEDS.channels),
      members: life.of('members', world.members, DEEDS.members),
      messages: life.of('messages', world.messages, DEEDS.messages),
      connections: life.of('connections', world.connections, ['open', 'join', 'close']),
      queue: life.of('queue', world.queue, DEEDS.queue),
      files: life.of('files', world.files, DEEDS.files),
      push: life.of('push', world.push, DEEDS.push),
    },
    host: life.of('host', town.host, DEEDS.host),
  };
}

/** Runs a deed in an instance that is killed after `span` effects; undefined: it was. */
async function until<T>(town: Town, span: number, deed: (instance: Instance) => Promise<T>) {
  const life = new Life(span);
  const outcome = await Promise.race([
    life.dead.then(() => undefined),
    deed(mortal(town, life)).then((value) => [value]),
  ]);
  return { finished: outcome !== undefined, value: outcome?.[0], effects: life.effects };
}

/** Tries every point at which a deed can be cut off, in a fresh town each; `rounds` is how many there were. */
async function everyPoint(scenario: (town: Town, span: number) => Promise<{ finished: boolean }>): Promise<number> {
  for (let span = 0; ; span++) {
    if (span > 200) throw new Error('It never finishes');
    const { finished } = await scenario(await new Town().start(), span);
    if (finished) return span;
  }
}

async function joined(town: Town): Promise<ConnectionId> {
  const connection = await town.open(VISITOR);
  await town.join(connection, VISITOR);
  return connection;
}

/** What a client shows: each id once, with the text that came last. */
function conversation(town: Town): unknown[] {
  const shown = new Map<unknown, unknown>();
  for (const [tag, id, text] of town.got.get(VISITOR) ?? []) if (tag === 'TXT') shown.set(id, text);
  return [...shown.values()];
}

describe('killed between any two side effects', () => {
  test('a message: the client sends it again, the host gets it once', async () => {
    const points = await everyPoint(async (town, span) => {
      const connection = await joined(town);
      const run = await until(town, span, (instance) => town.say(connection, 'm1', 'hello', instance));
      if (!run.finished) {
        await town.say(connection, 'm0', 'another one meanwhile');
        expect((await town.say(connection, 'm1', 'hello'))?.[0]).toBe('ACK');
      }
      await town.settle();
      expect(town.shown().filter((text) => text === 'hello')).toHaveLength(1);
      return run;
    });
    expect(points).toBe(5);
  });

  test('a message that its client never sends again is not half delivered', async () => {
    await everyPoint(async (town, span) => {
      const connection = await joined(town);
      const run = await until(town, span, (instance) => town.say(connection, 'm1', 'hello', instance));
      await town.say(connection, 'm2', 'later');
      await town.settle();
      const shown = town.shown();
      expect([['later'], ['hello', 'later']]).toContainEqual(shown.filter((text) => /hello|later/.test(text)));
      return run;
    });
  });

  test('a JOIN: the next one replays what was missed, in order, and is told to the host', async () => {
    const points = await everyPoint(async (town, span) => {
      const first = await joined(town);
      await town.say(first, 'q', 'question');
      await town.settle();
      const question = town.host.messages(GROUP).at(-1)!;
      await town.close(first);
      for (let i = 1; i <= 3; i++) {
        town.world.clock.time += 5;
        await town.insist(town.written(`answer ${i}`, { replyTo: question.id }));
      }
      const second = await town.open(VISITOR);
      const run = await until(town, span, (instance) => town.join(second, VISITOR, instance));
      if (!run.finished) {
        await town.close(second, span % 2 === 0);
        const third = await town.open(VISITOR);
        await town.join(third, VISITOR);
        await town.insist(town.written('answer 4', { replyTo: question.id }));
      }
      await town.settle();
      const expected = ['answer 1', 'answer 2', 'answer 3', ...(run.finished ? [] : ['answer 4'])];
      expect({ effects: run.effects, got: conversation(town) }).toEqual({ effects: run.effects, got: expected });
      return run;
    });
    expect(points).toBeGreaterThan(7);
  });

  test('the first JOIN of all: the host is told of the visitor', async () => {
    await everyPoint(async (town, span) => {
      const first = await town.open(VISITOR);
      const run = await until(town, span, (instance) => town.join(first, VISITOR, instance));
      if (!run.finished) await town.join(await town.open(VISITOR), VISITOR);
      await town.settle();
      expect(town.host.messages(GROUP).filter(({ text }) => text.includes(VISITOR)).length).toBeGreaterThan(0);
      return run;
    });
  });

  test('a disconnect: messages wait for the next JOIN', async () => {
    const points = await everyPoint(async (town, span) => {
      const first = await joined(town);
      await town.say(first, 'q', 'question');
      await town.settle();
      const question = town.host.messages(GROUP).at(-1)!;
      town.world.push.close(first);
      const run = await until(town, span, async ({ world }) => {
        await createVisitorSide(world).disconnect(first);
      });
      await town.insist(town.written('answer', { replyTo: question.id }));
      await town.settle();
      await joined(town);
      expect(conversation(town)).toEqual(['answer']);
      return run;
    });
    expect(points).toBe(3);
  });

  test('a file: BIN is sent again, the host gets it once', async () => {
    await everyPoint(async (town, span) => {
      const connection = await joined(town);
      const offer = await town.frame(connection, ['UPL', 'u', 'a.png', 'image/png', 5, '2026-01-01T00:00:00Z']);
      const url = String(offer?.[2]);
      const key = url.slice(`${town.world.settings.apiUrl}/files/`.length);
      await town.world.files.write(key, new Uint8Array(5), 'image/png');
      const frame = ['BIN', 'b', url, 'a.png', 'image/png', 5, '2026-01-01T00:00:00Z'];
      const run = await until(town, span, (instance) => town.frame(connection, frame, instance));
      if (!run.finished) expect((await town.frame(connection, frame))?.[0]).toBe('ACK');
      await town.settle();
      expect(town.host.messages(GROUP).filter(({ kind }) => kind === 'file')).toHaveLength(1);
      return run;
    });
  });
});

describe('DynamoDB throttles, at any request', () => {
  /** The call number `at` of all stores fails once. */
  const throttled = (town: Town, at: number) => {
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
    const { world, host } = town;
    const instance: Instance = {
      world: {
        ...world,
        channels: wrap(world.channels),
        members: wrap(world.members),
        messages: wrap(world.messages),
        connections: wrap(world.connections),
        routes: wrap(world.routes),
      },
      host,
    };
    return { instance, hit: () => state.calls > at };
  };

  test('a message is refused with a reference, or accepted; sent again it arrives once', async () => {
    for (let at = 0; ; at++) {
      const town = await new Town().start();
      const connection = await joined(town);
      const { instance, hit } = throttled(town, at);
      const answer = await town.say(connection, 'm1', 'hello', instance);
      if (!hit()) break;
      if (answer?.[0] !== 'ACK') {
        expect(answer).toEqual(['ERR', expect.stringContaining('reference'), 500, 'm1']);
        expect((await town.say(connection, 'm1', 'hello'))?.[0]).toBe('ACK');
      }
      await town.settle();
      expect(town.shown().filter((text) => text === 'hello')).toHaveLength(1);
    }
  });

  test('a JOIN fails with a reference or succeeds; the next one gets everything', async () => {
    for (let at = 0; ; at++) {
      const town = await new Town().start();
      const first = await joined(town);
      await town.say(first, 'q', 'question');
      await town.settle();
      const question = town.host.messages(GROUP).at(-1)!;
      await town.close(first);
      await town.insist(town.written('answer', { replyTo: question.id }));
      const { instance, hit } = throttled(town, at);
      const second = await town.open(VISITOR);
      const answer = await town.join(second, VISITOR, instance);
      if (!hit()) break;
      if (answer) {
        expect(answer).toEqual(['ERR', expect.stringContaining('reference'), 500]);
        expect(await town.join(second, VISITOR)).toBeUndefined();
      }
      await town.settle();
      expect(conversation(town)).toEqual(['answer']);
    }
  });

  test('an answer of the operator reaches the visitor once', async () => {
    for (let at = 0; ; at++) {
      const town = await new Town().start();
      const connection = await joined(town);
      await town.say(connection, 'q', 'question');
      await town.settle();
      const question = town.host.messages(GROUP).at(-1)!;
      const update = town.written('answer', { replyTo: question.id });
      const { instance, hit } = throttled(town, at);
      const failed = await town.receive(update, instance).catch(() => 'failed');
      if (!hit()) break;
      if (failed !== 'handled') {
        await town.world.clock.sleep(1000);
        await town.insist(update);
      }
      await town.world.clock.sleep(11_000);
      await town.settle();
      await joined(town);
      await town.settle();
      expect(conversation(town)).toEqual(['answer']);
    }
  });
});

describe('API Gateway', () => {
  async function answeredWith(push: (tries: number) => 'sent' | 'gone' | Error) {
    const town = await new Town().start();
    const connection = await joined(town);
    await town.say(connection, 'q', 'question');
    await town.settle();
    const question = town.host.messages(GROUP).at(-1)!;
    const real = town.world.push.push.bind(town.world.push);
    let tries = 0;
    town.world.push.push = async (to, frame) => {
      const outcome = push(++tries);
      if (outcome instanceof Error) throw outcome;
      return outcome === 'gone' ? 'gone' : real(to, frame);
    };
    await town.insist(town.written('answer', { replyTo: question.id }));
    await town.settle();
    town.world.push.push = real;
    return town;
  }

  test('answers 410: the message waits for the next JOIN', async () => {
    const town = await answeredWith(() => 'gone');
    expect(conversation(town)).toEqual([]);
    await joined(town);
    expect(conversation(town)).toEqual(['answer']);
  });

  test('answers 500 or nothing for a while: the queue comes back to it', async () => {
    const town = await answeredWith((tries) => (tries <= 3 ? new Error('socket hang up') : 'sent'));
    expect(conversation(town)).toEqual(['answer']);
  });

  test('fails for longer: the message waits for the next JOIN', async () => {
    const town = await answeredWith(() => new Error('500'));
    expect(conversation(town)).toEqual([]);
    await joined(town);
    expect(conversation(town)).toEqual(['answer']);
  });
});

test('1,000 messages, each cut off somewhere and delivered again, Telegram failing: 1,000 arrive once each, in order', async () => {
  const town = await new Town().start();
  const visitors = Array.from({ length: 10 }, (_, i) => `visitor-${i}x`);
  const connections = new Map<string, ConnectionId>();
  for (const id of visitors) {
    const connection = await town.open(id);
    await town.join(connection, id);
    connections.set(id, connection);
    await town.say(connection, 'first', `question of ${id}`);
  }
  await town.settle();
  const questions = new Map(
    visitors.map((id) => [id, town.host.messages(GROUP).find(({ text }) => text.endsWith(`question of ${id}`))!]),
  );
  const failures = [
    { failure: new HostFailure('busy', 'Too Many Requests', { retryAfter: 3 }), posted: false },
    { failure: new HostFailure('uncertain', 'time-out'), posted: true },
    { failure: new HostFailure('uncertain', 'Internal Server Error'), posted: false },
    { failure: new HostFailure('unreachable', 'connection reset'), posted: false },
  ];
  let cuts = 0;
  for (let i = 0; i < 500; i++) {
    const id = visitors[i % 10]!;
    const connection = connections.get(id)!;
    town.world.clock.time += 2000;

    // A visitor's message, cut off, and sent again by the client.
    const said = `said ${i}`;
    const frame = await until(town, i % 6, (instance) => town.say(connection, said, said, instance));
    if (!frame.finished) {
      cuts++;
      expect((await town.say(connection, said, said))?.[0]).toBe('ACK');
    }
    // Its way through the queue, cut off, with Telegram failing now and then.
    const item = town.world.queue.items.shift()!;
    if (i % 7 === 3) town.host.faults.push(failures[((i / 7) % 4) | 0]!);
    const work = await until(town, i % 11, (instance) => town.deliver(item, 1, instance));
    if (!work.finished) {
      cuts++;
      await town.world.clock.sleep(180_000);
    }
    town.world.queue.items.unshift(item);
    await town.settle();

    // An operator's answer, cut off, and delivered again by Telegram.
    const update = town.written(`answer ${i}`, { replyTo: questions.get(id)!.id });
    const received = await until(town, i % 9, (instance) => town.receive(update, instance));
    if (!received.finished) {
      cuts++;
      await town.world.clock.sleep(31_000);
      await town.insist(update);
    }
    await town.settle();
  }
  expect(cuts).toBeGreaterThan(900);
  const shown = town.shown().filter((text) => text.startsWith('said '));
  expect(shown).toEqual(Array.from({ length: 500 }, (_, i) => `said ${i}`));
  for (const [n, id] of visitors.entries()) {
    const got = new Map(
      (town.got.get(id) ?? []).filter(([tag]) => tag === 'TXT').map(([, messageId, text]) => [messageId, text]),
    );
    expect([...got.values()]).toEqual(Array.from({ length: 50 }, (_, i) => `answer ${i * 10 + n}`));
  }
  expect(await town.world.channels.find(CHANNEL)).toMatchObject({ state: 'active' });
}, 60_000);

test('D12 an earlier message that is stored a moment later than the next one is shown before it', async () => {
  const town = await new Town().start();
  const connection = await joined(town);
  const at = town.world.clock.now();
  const visitors = createVisitorSide(town.world);
  const frame = (id: string, text: string) => JSON.stringify(['TXT', id, text, '2026-01-01T00:00:00Z']);
  await visitors.receive(connection, frame('b', 'second'), at + 10);
  // The instance that has the first message is still starting when the queue hands over the second.
  const sleep = town.world.clock.sleep.bind(town.world.clock);
  let late: Promise<unknown> | undefined;
  town.world.clock.sleep = async (milliseconds) => {
    late ??= visitors.receive(connection, frame('a', 'first'), at);
    await late;
    await sleep(milliseconds);
  };
  await town.settle();
  expect(town.shown().filter((text) => /first|second/.test(text))).toEqual(['first', 'second']);
});
