import { createVisitorSide, type VisitorSide } from '../../../../lambdas/chat/browser-side';
import { addressOf, Guard } from '../../../../lambdas/chat/visitor/guard';
import type { ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { RATE_LIMITS } from '../../../../lambdas/chat/model/limits';
import type { World } from '../../../../lambdas/chat/ports';
import { CHANNEL, ChatFixture, GROUP } from '../chat-fixture';

const NOW = '2026-01-02T03:04:05Z';
const STRANGER = '203.0.113.7';

let fixture: ChatFixture;
let visitors: VisitorSide;
let opened: number;
beforeEach(async () => {
  fixture = await new ChatFixture().start();
  visitors = createVisitorSide(fixture.world);
  opened = 0;
});

async function connect(sourceIp = STRANGER, origin?: string): Promise<ConnectionId> {
  const connection: ConnectionId = `ws:s${opened++}`;
  fixture.world.push.open(connection);
  await visitors.connect({ connection, protocols: [], sourceIp, ...(origin === undefined ? {} : { origin }) });
  return connection;
}

async function send(connection: ConnectionId, frame: unknown, { from = STRANGER, by = visitors } = {}) {
  const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
  const answer = await by.receive(connection, text, fixture.world.clock.now(), from);
  return answer === undefined || answer === 'OK' ? answer : (JSON.parse(answer) as unknown[]);
}

async function joined(id: string, from = STRANGER): Promise<ConnectionId> {
  const connection = await connect(from);
  await send(connection, ['JOIN', id, id, CHANNEL], { from });
  return connection;
}

const say = (connection: ConnectionId, id: string, from?: string) =>
  send(connection, ['TXT', id, 'hello', NOW], from === undefined ? {} : { from });
const refusal = (code: number, id?: string) => ['ERR', expect.any(String), code, ...(id === undefined ? [] : [id])];
const closed = () => fixture.world.push.closed;
const countedMessages = async () => (await fixture.world.channels.find(CHANNEL))?.messages;
const nextMinute = () => fixture.world.clock.sleep(60_000 - (fixture.world.clock.now() % 60_000));

/** What the stores are asked while something happens. */
async function requests(work: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const watched = (name: 'channels' | 'members' | 'connections' | 'messages') =>
    new Proxy(fixture.world[name], {
      get: (store, method) => {
        const value: unknown = Reflect.get(store, method);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          seen.push(`${name}.${String(method)}`);
          return Reflect.apply(value, store, given) as unknown;
        };
      },
    });
  const { world } = fixture;
  const stores = {
    channels: watched('channels'),
    members: watched('members'),
    connections: watched('connections'),
    messages: watched('messages'),
  };
  visitors = createVisitorSide({ ...world, ...stores } as World);
  await work();
  return seen;
}

describe('one visitor’s refused messages cost the others nothing', () => {
  test('over the own limit', async () => {
    const connection = await joined('flooder');
    const answers = [];
    for (let i = 0; i < 75; i++) answers.push((await say(connection, `m${i}`))?.[0]);
    expect(answers.filter((tag) => tag === 'ACK')).toHaveLength(RATE_LIMITS.messagesPerVisitor);
    expect(await countedMessages()).toBeGreaterThan(50);
    expect(await countedMessages()).toBeLessThanOrEqual(60);
  });

  test('banned, of another website, or in a channel whose operators have left', async () => {
    const connection = await joined('flooder');
    const member = [...fixture.world.members.members.entries()][0]![1];
    await fixture.world.members.change(member, { banned: true });
    expect(await say(connection, 'a')).toEqual(refusal(403, 'a'));
    await fixture.world.members.change(member, { banned: false });
    await fixture.world.channels.change(CHANNEL, GROUP, { state: 'suspended' });
    expect(await say(connection, 'b')).toEqual(refusal(502, 'b'));
    await fixture.world.channels.change(CHANNEL, GROUP, { state: 'active', origins: ['https://shop.example'] });
    expect(await say(connection, 'c')).toEqual(refusal(403, 'c'));
    expect(await countedMessages()).toBe(0);
  });

  test('joining again and again is not counted as writing', async () => {
    const connection = await joined('returning');
    for (let i = 0; i < 20; i++) await send(connection, ['JOIN', 'returning', null, CHANNEL]);
    expect(await countedMessages()).toBe(0);
  });

  test('a message that cannot be counted is accepted', async () => {
    const connection = await joined('ann');
    fixture.world.channels.use = async () => {
      throw new Error('throttled');
    };
    expect((await say(connection, 'a'))?.[0]).toBe('ACK');
  });
});

test('messages of a busy channel are counted, ten at a time, and the channel’s limit holds', async () => {
  visitors = createVisitorSide(fixture.world, { ...RATE_LIMITS, messagesPerChannel: 30, messagesPerAddress: 1000 });
  await fixture.world.clock.sleep(60_000 - (fixture.world.clock.now() % 60_000));
  const connection = await joined('busy');
  const answers = [];
  for (let i = 0; i < 60; i++) answers.push((await say(connection, `m${i}`))?.[0]);
  const accepted = answers.filter((tag) => tag === 'ACK').length;
  expect(accepted).toBeGreaterThanOrEqual(30);
  expect(accepted).toBeLessThan(30 + 10);
  await nextMinute();
  expect((await say(await joined('other', '198.51.100.1'), 'x', '198.51.100.1'))?.[0]).toBe('ACK');
});

describe('a connection that floods is closed', () => {
  test.each([
    ['PING', '["PING"]'],
    ['Hi', 'Hi'],
    ['a malformed frame', '["NOPE"]'],
    ['a message without JOIN', JSON.stringify(['TXT', 'x', 'hello', NOW])],
    ['JOIN of a channel that does not exist', JSON.stringify(['JOIN', 'x', null, 'no-such-channel'])],
  ])('%s', async (_, frame) => {
    const connection = await connect();
    const [before, answers] = [fixture.world.clock.now(), [] as unknown[]];
    const asked = await requests(async () => {
      for (let i = 0; i < 3000; i++) answers.push(await send(connection, frame));
    });
    expect(closed()).toEqual([connection]);
    expect(answers.filter((answer) => answer !== undefined).length).toBeLessThanOrEqual(240);
    expect(asked.length).toBeLessThan(200);
    expect(fixture.world.clock.now() - before).toBeLessThan(15_000);
  });

  test('thirty refused frames leave it usable, so that a client with a mistake can be mended', async () => {
    const connection = await joined('developer');
    for (let i = 0; i < 30; i++) expect(await send(connection, 'nonsense')).toEqual(refusal(400));
    expect((await say(connection, 'a'))?.[0]).toBe('ACK');
    expect(await send(connection, 'nonsense')).toBeUndefined();
    expect(closed()).toEqual([connection]);
  });

  test('a failure of the server is not the visitor’s fault', async () => {
    const connection = await joined('ann');
    const { put } = fixture.world.messages;
    fixture.world.messages.put = async () => {
      throw new Error('throttled');
    };
    for (let i = 0; i < 40; i++) expect((await say(connection, `m${i}`))?.[2]).toBe(500);
    fixture.world.messages.put = put;
    expect(closed()).toEqual([]);
  });

  test('a connection from this machine is never closed, and each bad frame gets its error', async () => {
    const connection = await connect('127.0.0.1');
    for (let i = 0; i < 300; i++) expect((await send(connection, '["NO"]', { from: '127.0.0.1' }))?.[0]).toBe('ERR');
    expect(closed()).toEqual([]);
  });

  test('a connection that the gateway cannot close is ignored', async () => {
    const connection = await connect();
    fixture.world.push.disconnect = async () => {
      throw new Error('throttled');
    };
    for (let i = 0; i < 300; i++) await send(connection, '["PING"]');
    expect(await send(connection, '["PING"]')).toBeUndefined();
    await nextMinute();
    expect(await send(connection, '["PING"]')).toEqual(['PONG']);
  });

  test('many connections of one address together are limited as well, others are not', async () => {
    for (let i = 0; i < 10; i++) {
      const connection = await connect();
      for (let n = 0; n < 200; n++) await send(connection, '["PING"]');
    }
    expect(closed()).toHaveLength(4);
    const other = await connect('198.51.100.1');
    expect(await send(other, '["PING"]', { from: '198.51.100.1' })).toEqual(['PONG']);
  });
});

test('an address that connects again and again is refused with 429 for the rest of the minute', async () => {
  const handshake = (sourceIp: string) => visitors.connect({ connection: `ws:h${opened++}`, protocols: [], sourceIp });
  for (let i = 0; i < 300; i++) expect(await handshake(STRANGER)).toMatchObject({ kind: 'accepted' });
  expect(await handshake(STRANGER)).toMatchObject({ kind: 'refused', code: 429 });
  expect(await handshake('198.51.100.1')).toMatchObject({ kind: 'accepted' });
  await nextMinute();
  expect(await handshake(STRANGER)).toMatchObject({ kind: 'accepted' });
});

test('one address under many names cannot use up the limit of a channel', async () => {
  let accepted = 0;
  for (let id = 0; id < 40; id++) {
    const connection = await joined(`name-${id}`);
    const { conversation } = (await fixture.world.connections.find(connection))!;
    await fixture.world.members.change(conversation!, { announcedAt: NOW });
    for (let i = 0; i < 10; i++) if ((await say(connection, `m${i}`))?.[0] === 'ACK') accepted++;
  }
  expect(accepted).toBe(RATE_LIMITS.messagesPerAddress);
  expect((await say(await joined('ann', '198.51.100.1'), 'x', '198.51.100.1'))?.[0]).toBe('ACK');
});

test('upload addresses are limited', async () => {
  const connection = await joined('uploader');
  const codes = [];
  for (let i = 0; i < 40; i++) {
    const answer = await send(connection, ['UPL', `u${i}`, 'a.pdf', 'application/pdf', 1000, NOW]);
    codes.push(answer?.[0] === 'UPL' ? 'UPL' : answer?.[2]);
  }
  expect(codes).toEqual([...Array.from({ length: 30 }, () => 'UPL'), ...Array.from({ length: 10 }, () => 429)]);
});

describe('frames that wait for a JOIN', () => {
  test('are few at a time: the others are answered 401 at once', async () => {
    const sleeping = jest.spyOn(fixture.world.clock, 'sleep').mockImplementation(() => new Promise(() => undefined));
    const answers: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      const connection = await connect();
      // Another function instance each time.
      const by = createVisitorSide(fixture.world);
      void send(connection, ['TXT', 'x', 'hello', NOW], { by }).then((answer) => answers.push(answer));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(sleeping).toHaveBeenCalledTimes(6);
    expect(answers).toEqual(Array.from({ length: 14 }, () => refusal(401, 'x')));
    sleeping.mockRestore();
    const other = await connect('198.51.100.1');
    const before = fixture.world.clock.now();
    await say(other, 'x', '198.51.100.1');
    expect(fixture.world.clock.now() - before).toBe(2000);
  });

  test('JOINs for one id at once are refused fast when many wait already', async () => {
    await joined('wanted');
    const member = [...fixture.world.members.members.entries()][0]![1];
    const { world } = fixture;
    const lease = { holder: 'another instance', until: world.clock.now() + 3_600_000 };
    await world.members.requestDelivery(member, lease, world.clock.now());
    const sleeping = jest.spyOn(world.clock, 'sleep').mockImplementation(() => new Promise(() => undefined));
    const answers: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      const connection = await connect();
      void send(connection, ['JOIN', 'wanted', null, CHANNEL]).then((answer) => answers.push(answer));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(sleeping).toHaveBeenCalledTimes(6);
    expect(answers).toEqual(Array.from({ length: 14 }, () => refusal(429)));
  });
});

describe('names and connections', () => {
  test('a connection can be a few visitors, one after the other, and no more', async () => {
    const connection = await connect();
    for (const id of ['a', 'b', 'c', 'd', 'a']) {
      expect(await send(connection, ['JOIN', id, null, CHANNEL])).toBeUndefined();
    }
    expect(await send(connection, ['JOIN', 'e', null, CHANNEL])).toEqual(refusal(403));
    expect(fixture.world.members.members.size).toBe(4);
    expect((await say(connection, 'x'))?.[0]).toBe('ACK');
  });

  test('the eleventh browser of a visitor closes the oldest, after those that are gone', async () => {
    const connections: ConnectionId[] = [];
    for (let i = 0; i < 10; i++) {
      connections.push(await joined('tabs'));
      await fixture.world.clock.sleep(1000);
    }
    await fixture.world.connections.close(connections[3]!);
    connections.push(await joined('tabs'));
    const member = () => [...fixture.world.members.members.entries()][0]![1];
    expect(member().connections).toHaveLength(10);
    expect(member().connections).not.toContain(connections[3]);
    connections.push(await joined('tabs'));
    expect(closed()).toEqual([connections[3], connections[0]]);
    expect(member().connections).toHaveLength(10);
    expect((await say(connections[11]!, 'x'))?.[0]).toBe('ACK');
  });
});

test('a website that is taken off the list loses its connections with their next message', async () => {
  await fixture.world.channels.change(CHANNEL, GROUP, { origins: ['https://shop.example'] });
  const connection = await connect(STRANGER, 'https://shop.example');
  await send(connection, ['JOIN', 'ann', null, CHANNEL]);
  expect((await say(connection, 'a'))?.[0]).toBe('ACK');
  await fixture.world.channels.change(CHANNEL, GROUP, { origins: ['https://other.example'] });
  expect(await say(connection, 'b')).toEqual(refusal(403, 'b'));
  expect(closed()).toEqual([connection]);
  expect(await send(connection, '["PING"]')).toBeUndefined();
});

test('an address is what one customer has: a whole IPv4 address, 64 bits of IPv6, nothing on this machine', () => {
  expect(addressOf('203.0.113.7')).toBe('203.0.113.7');
  expect(addressOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
  expect(addressOf('2001:db8:0:1:aaaa::1')).toBe('2001:db8:0:1::/64');
  expect(addressOf('2001:0DB8:0000:0001:ffff:ffff:ffff:ffff')).toBe('2001:db8:0:1::/64');
  expect(addressOf('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', undefined].map(addressOf)).toEqual(Array(4).fill(undefined));
});

test('the memory of the limits is free again when the minute is over', () => {
  const guard = new Guard(RATE_LIMITS);
  for (let i = 0; i < 5000; i++) guard.frame(`ws:${i}`, `10.0.${i % 250}.1`, 0);
  guard.frame('ws:next', '10.0.0.1', 60_000);
  expect(guard.counts.size).toBe(2);
});
