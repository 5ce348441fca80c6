import type { ChannelName, ChatId, ConnectionId, Handle } from '../../../../lambdas/chat/model/identifiers';
import { CHANNEL_LIFE, CONNECTION_LIFE, DAY, UPDATE_LIFE } from '../../../../lambdas/chat/model/lifetimes';
import {
  conversationKey,
  messageRef,
  OPEN_CONVERSATIONS,
  type Channel,
  type Conversation,
  type Message,
} from '../../../../lambdas/chat/model/records';
import type { Attachment, Stores } from '../../../../lambdas/chat/ports';
import { SHARE } from '../../../../lambdas/chat/model/share';
import { MemoryClock } from '../../../memory/world';

/** Makes stores on a clock that the tests move; they may hold what other tests left. */
export type MakeStores = (clock: MemoryClock) => Promise<Stores>;

const RETENTION_DAYS = 90;
const YESTERDAY = '2025-12-31T00:00:00.000Z';

/** What every implementation of the stores must do, whatever it stores in. */
export function storeContract(makeStores: MakeStores): void {
  let clock: MemoryClock;
  let stores: Stores;
  let serial = 0;

  beforeEach(async () => {
    clock = new MemoryClock(Date.now());
    stores = await makeStores(clock);
  });

  const unique = () => `${Date.now().toString(36)}${(serial++).toString(36)}`;
  const channelName = () => `line-${unique()}` as ChannelName;
  const chat = () => `chat${unique()}` as ChatId;
  const at = (where: string, ...ids: number[]) => ids.map((id) => messageRef(where as ChatId, String(id)));
  const isoNow = () => new Date(clock.now()).toISOString();
  const conversation = (): Conversation => ({ channel: channelName(), handle: 'abcdefghijkl' as Handle });

  const channel = (over: Partial<Channel> = {}): Channel => ({
    name: channelName(),
    host: chat(),
    handleKey: 'a2V5',
    state: 'active',
    forum: false,
    origins: [],
    messages: 0,
    createdAt: isoNow(),
    ...over,
  });

  const attachment = (over: Partial<Attachment> = {}): Attachment => ({
    proof: 'proof-1',
    connector: 'ws',
    name: 'Amber Otter',
    connection: 'ws:c1',
    now: clock.now(),
    ...over,
  });

  const message = (of: Conversation, key: string, over: Partial<Message> = {}): Message => ({
    conversation: of,
    key,
    direction: 'to-host',
    content: { kind: 'text', text: `text of ${key}` },
    at: isoNow(),
    order: 1,
    due: true,
    ...over,
  });

  const lease = (holder = 'holder-1', milliseconds = 10_000) => ({ holder, until: clock.now() + milliseconds });

  /** Read in pages of so many. */
  const historyOf = async (of: Conversation, limit = 4): Promise<Message[]> => {
    const all: Message[] = [];
    let after: string | undefined;
    do {
      const { entries, next } = await stores.messages.history(of, after, limit);
      all.push(...entries.map(({ message }) => message));
      after = next;
    } while (after !== undefined);
    return all;
  };

  const keys = (messages: readonly Message[]) => messages.map(({ key }) => key);

  describe('channels', () => {
    test('a channel is found as it was made, and so is its host', async () => {
      const made = channel({ origins: ['https://a.example', 'https://b.example'], forum: true });
      expect(await stores.channels.find(made.name)).toBeUndefined();
      expect(await stores.channels.create(made)).toBe('created');
      expect(await stores.channels.find(made.name)).toEqual(made);
      expect(await stores.channels.host(made.host)).toEqual({
        chat: made.host,
        channel: made.name,
        open: {},
        blockedUntil: 0,
        nextTurn: 0,
      });
    });

    test('a name belongs to one host, and a chat hosts one channel', async () => {
      const first = channel();
      await stores.channels.create(first);
      const taken = channel({ name: first.name });
      expect(await stores.channels.create(taken)).toBe('name taken');
      expect(await stores.channels.host(taken.host)).toBeUndefined();
      expect(await stores.channels.create(channel({ host: first.host }))).toBe('already hosting');
      expect(await stores.channels.create({ ...first, handleKey: 'b3RoZXI' })).toBe('already hosting');
      expect(await stores.channels.find(first.name)).toEqual(first);
    });

    test('of many who want one name at once, one gets it', async () => {
      const name = channelName();
      const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => stores.channels.create(channel({ name }))));
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'name taken')).toHaveLength(4);
    });

    test('of many channels that one chat wants at once, it gets one', async () => {
      const host = chat();
      const wanted = [1, 2, 3, 4].map(() => channel({ host }));
      const outcomes = await Promise.all(wanted.map((one) => stores.channels.create(one)));
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      const found = (await Promise.all(wanted.map(({ name }) => stores.channels.find(name)))).filter(Boolean);
      expect(found).toHaveLength(1);
      expect((await stores.channels.host(host))?.channel).toBe(found[0]?.name);
    });

    test('a dropped channel is gone, and its name and its host are free again', async () => {
      const first = channel();
      await stores.channels.create(first);
      await stores.channels.remove(first.name, first.host);
      expect(await stores.channels.find(first.name)).toBeUndefined();
      expect(await stores.channels.host(first.host)).toBeUndefined();
      expect(await stores.channels.create(channel({ name: first.name }))).toBe('created');
      expect(await stores.channels.create(channel({ host: first.host }))).toBe('created');
    });

    test('every message is counted; a change keeps what it does not name', async () => {
      const made = channel({ origins: ['https://a.example'] });
      await stores.channels.create(made);
      await Promise.all([1, 1, 2].map((messages) => stores.channels.use(made.name, messages, clock.now(), 60_000)));
      expect(await stores.channels.find(made.name)).toMatchObject({ ...made, messages: 4 });
      await stores.channels.change(made.name, made.host, { state: 'suspended' });
      await stores.channels.change(made.name, made.host, { forum: true });
      expect(await stores.channels.find(made.name)).toMatchObject({
        ...made,
        messages: 4,
        state: 'suspended',
        forum: true,
      });
      await stores.channels.change(made.name, made.host, { origins: [] });
      expect((await stores.channels.find(made.name))?.origins).toEqual([]);
    });

    test('a line takes its share of a host chat at once, then at its pace; other lines have their own', async () => {
      const made = channel();
      await stores.channels.create(made);
      const claim = async (line: string, weight = 1) =>
        (await stores.channels.claimShare(made.host, line, weight, clock.now()))?.wait;
      const taken = await Promise.all(Array.from({ length: SHARE.posts + 2 }, () => claim('one')));
      expect(taken.sort()).toEqual([...Array.from({ length: SHARE.posts }, () => 0), SHARE.pace, SHARE.pace]);
      expect(await claim('two', SHARE.posts - 1)).toBe(0);
      expect(await claim('two', 2)).toBe(SHARE.pace);
      expect(await claim('two')).toBe(0);
      clock.time += SHARE.pace - 1;
      expect(await claim('one')).toBe(1);
      clock.time += 1;
      expect([await claim('one'), await claim('one')]).toEqual([0, SHARE.pace]);
      clock.time += SHARE.posts * SHARE.pace;
      expect(await claim('one', SHARE.posts)).toBe(0);
      expect(await stores.channels.claimShare(chat(), 'one', 1, clock.now())).toBeUndefined();
      const { host } = (await stores.channels.claimShare(made.host, 'three', 1, clock.now()))!;
      expect(host).toEqual(await stores.channels.host(made.host));
    });

    test('hundreds of lines, one after the other, leave a host chat’s item small', async () => {
      const made = channel();
      await stores.channels.create(made);
      for (let line = 0; line < 120; line++) {
        expect((await stores.channels.claimShare(made.host, `l${line}`, 1, clock.now()))?.wait).toBe(0);
        clock.time += SHARE.pace;
      }
      expect((await stores.channels.claimShare(made.host, 'l0', SHARE.posts, clock.now()))?.wait).toBe(0);
    });

    test('a host that is away says so itself, until it is back; nobody else suspends its channel', async () => {
      const made = channel();
      await stores.channels.create(made);
      const now = async () => [(await stores.channels.find(made.name))?.state, await stores.channels.host(made.host)];
      await stores.channels.resume(made.name, made.host);
      expect(await now()).toMatchObject(['active', { channel: made.name }]);
      await stores.channels.suspend(made.name, chat());
      await stores.channels.suspend(channelName(), made.host);
      const [state, host] = await now();
      expect([state, host]).toEqual(['active', expect.not.objectContaining({ away: true })]);
      await stores.channels.suspend(made.name, made.host);
      await stores.channels.suspend(made.name, made.host);
      expect(await now()).toMatchObject(['suspended', { away: true }]);
      expect((await stores.routes.route(made.host, {})).host?.away).toBe(true);
      await stores.channels.resume(made.name, made.host);
      expect(await now()).toEqual(['active', expect.not.objectContaining({ away: expect.anything() })]);
      await stores.channels.change(made.name, made.host, { state: 'dropping' });
      await stores.channels.suspend(made.name, made.host);
      await stores.channels.resume(made.name, made.host);
      expect((await now())[0]).toBe('dropping');
    });

    test('what does not exist is neither used nor changed into being', async () => {
      const name = channelName();
      await stores.channels.use(name, 1, clock.now(), 60_000);
      expect(await stores.channels.look(name, clock.now(), 60_000)).toBeUndefined();
      expect(await stores.channels.change(name, chat(), { forum: true })).toBeUndefined();
      await stores.channels.openConversation({ chat: chat(), open: {} }, 'abc' as Handle, isoNow(), YESTERDAY);
      expect(await stores.channels.find(name)).toBeUndefined();
    });

    test('a channel in use does not expire; an unused one frees its name', async () => {
      const [used, unused] = [channel(), channel()];
      await stores.channels.create(used);
      await stores.channels.create(unused);
      clock.time += CHANNEL_LIFE - DAY;
      await stores.channels.use(used.name, 1, clock.now(), 60_000);
      clock.time += 2 * DAY;
      expect(await stores.channels.find(used.name)).toBeDefined();
      expect(await stores.channels.find(unused.name)).toBeUndefined();
      expect(await stores.channels.create(channel({ name: unused.name }))).toBe('created');
      expect(await stores.channels.create(channel({ name: used.name }))).toBe('name taken');
    });

    test('a channel follows its host to a supergroup, however often it is told to', async () => {
      const made = channel();
      const to = chat();
      await stores.channels.create(made);
      await stores.channels.openConversation(
        { chat: made.host, open: {} },
        'abc' as Handle,
        '2026-01-01T00:00:00.000Z',
        YESTERDAY,
      );
      expect(await stores.channels.moveHost(made.host, to)).toBe(true);
      expect(await stores.channels.moveHost(made.host, to)).toBe(false);
      expect((await stores.channels.find(made.name))?.host).toBe(to);
      expect(await stores.channels.host(made.host)).toBeUndefined();
      expect(await stores.channels.host(to)).toMatchObject({
        channel: made.name,
        open: { abc: '2026-01-01T00:00:00.000Z' },
      });
    });

    describe('open conversations', () => {
      const since = '2026-05-05T00:00:00.000Z';
      const at = (minute: number) => new Date(Date.parse(since) + minute * 60_000).toISOString();
      const visitor = (i: number) => `visitor${i}` as Handle;

      /** A host chat with one open conversation per time, which is a minute counted from `since`. */
      async function opened(...minutes: number[]) {
        const { name, host } = channel();
        await stores.channels.create(channel({ name, host }));
        const open = (i: number, minute: number) =>
          stores.channels.openConversation(
            { chat: host, open: {} },
            visitor(i),
            at(minute),
            minute < 0 ? at(-9999) : since,
          );
        for (const [i, minute] of minutes.entries()) await open(i, minute);
        return { host, open, read: async () => (await stores.channels.host(host))! };
      }
      const times = (count: number, minute: number) => Array.from({ length: count }, () => minute);

      test('are noted up to a number; beyond it only that there are more', async () => {
        const { host, open, read } = await opened(...times(OPEN_CONVERSATIONS, 1));
        expect((await read()).manyAt).toBeUndefined();
        await open(99, 3);
        await open(98, 2);
        await open(0, 4);
        const full = await read();
        expect(Object.keys(full.open).sort()).toEqual(
          times(OPEN_CONVERSATIONS, 0)
            .map((_, i) => visitor(i))
            .sort(),
        );
        expect(full.open['visitor0']).toBe(at(4));
        expect(full.manyAt).toBe(at(3));
        await stores.channels.closeConversation(host, visitor(99), at(4));
        expect(await read()).toEqual(full);
        await stores.channels.closeConversation(host, visitor(3), at(5));
        await stores.channels.closeConversation(host, visitor(3), at(6));
        expect(await read()).toMatchObject({ closedAt: at(5) });
        expect((await read()).open).not.toHaveProperty('visitor3');
      });

      test('that have ended make room for one that begins, the others stay', async () => {
        const { open, read } = await opened(...times(OPEN_CONVERSATIONS - 2, -5), 1, 2);
        await open(99, 3);
        const { open: left, manyAt, openedAt } = await read();
        expect(left).toEqual({ visitor18: at(1), visitor19: at(2), visitor99: at(3) });
        expect(manyAt).toBeUndefined();
        expect(openedAt).toBe(at(3));
      });

      test('only a conversation that was not open begins; its time never goes back', async () => {
        const { open, read } = await opened(-5, 1);
        await open(1, 7);
        await open(1, 6);
        expect(await read()).toMatchObject({ open: { visitor0: at(-5), visitor1: at(7) }, openedAt: at(1) });
        await open(0, 8);
        expect(await read()).toMatchObject({ open: { visitor0: at(8), visitor1: at(7) }, openedAt: at(8) });
      });

      test('none that is open is forgotten, however many begin and go on at once', async () => {
        const { open, read } = await opened(...times(OPEN_CONVERSATIONS, -5));
        const alive = [0, 3, 5, 30, 31, 32, 33];
        await Promise.all(alive.map((i) => open(i, i + 1)));
        const { open: left, manyAt } = await read();
        expect(left).toMatchObject(Object.fromEntries(alive.map((i) => [visitor(i), at(i + 1)])));
        expect(manyAt).toBeUndefined();
        // One place is left, for four that begin at once.
        for (let i = 0; i < OPEN_CONVERSATIONS - alive.length - 1; i++) await open(50 + i, 50);
        await Promise.all([100, 101, 102, 103].map((i) => open(i, 60)));
        const full = await read();
        expect(Object.keys(full.open)).toHaveLength(OPEN_CONVERSATIONS);
        expect(full.open).toMatchObject(Object.fromEntries(alive.map((i) => [visitor(i), at(i + 1)])));
        expect(full.manyAt).toBe(at(60));
      }, 30_000);
    });

    test('a block is never shortened', async () => {
      const made = channel();
      await stores.channels.create(made);
      await stores.channels.blockHost(made.host, 2000);
      await stores.channels.blockHost(made.host, 1000);
      expect((await stores.channels.host(made.host))?.blockedUntil).toBe(2000);
    });

    test('turns are taken one after the other, by however many at once', async () => {
      const made = channel();
      await stores.channels.create(made);
      const turns = await Promise.all(Array.from({ length: 8 }, () => stores.channels.takeTurn(made.host, 1000, 100)));
      expect([...turns].sort((one, other) => one - other)).toEqual([1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700]);
      expect((await stores.channels.host(made.host))?.nextTurn).toBe(1800);
      expect(await stores.channels.takeTurn(made.host, 1750, 100)).toBe(1800);
      expect(await stores.channels.takeTurn(made.host, 5000, 100)).toBe(5000);
      expect(await stores.channels.takeTurn(made.host, 5100, 100)).toBe(5100);
    });

    test('a chat that hosts nothing gives turns, and is not made by it', async () => {
      const nobody = chat();
      expect(await stores.channels.takeTurn(nobody, 1000, 100)).toBe(1000);
      expect(await stores.channels.host(nobody)).toBeUndefined();
    });
  });

  describe('members', () => {
    test('the first JOIN makes a member, the next one finds it as it is', async () => {
      const who = conversation();
      const first = await stores.members.attach(who, attachment());
      expect(first).toMatchObject({ kind: 'attached', before: undefined });
      await stores.members.countSent(who, clock.now(), 60_000);
      await stores.members.change(who, { announcedAt: '2026-01-01T00:00:00.000Z', pinned: '5' });
      const second = await stores.members.attach(who, attachment({ connection: 'ws:c2', name: 'New Name' }));
      expect(second).toMatchObject({
        kind: 'attached',
        before: { name: 'Amber Otter', connections: ['ws:c1'], sent: 1 },
        member: { name: 'New Name', connections: ['ws:c1', 'ws:c2'], sent: 1, pinned: '5' },
      });
      expect(await stores.members.find(who)).toEqual(second.kind === 'attached' && second.member);
    });

    test('a connection that was lost is remembered until a browser joins again', async () => {
      const who = conversation();
      const lostAt = '2026-01-01T00:00:00.000Z';
      await stores.members.attach(who, attachment());
      await stores.members.detach(who, 'ws:c1', lostAt);
      await stores.members.detach(who, 'ws:c1');
      expect(await stores.members.find(who)).toMatchObject({ lostAt, connections: [] });
      const chat = await stores.members.attach(who, attachment({ connection: 'tg:aa' }));
      expect(chat).toMatchObject({ before: { lostAt }, member: { lostAt } });
      const browser = await stores.members.attach(who, attachment({ connection: 'ws:c2' }));
      expect(browser).toMatchObject({ kind: 'attached', before: { lostAt } });
      expect(await stores.members.find(who)).toEqual(browser.kind === 'attached' && browser.member);
      expect(await stores.members.find(who)).not.toHaveProperty('lostAt');
      const nobody = conversation();
      await stores.members.detach(nobody, 'ws:c1', lostAt);
      expect(await stores.members.find(nobody)).toBeUndefined();
    });

    test('what was pushed last is remembered with the end of a delivery, and stays', async () => {
      const who = conversation();
      const pushed = { id: 'x1', at: '2026-01-01T00:00:00.000Z' };
      const lease = { holder: 'a', until: clock.now() + 10_000 };
      await stores.members.attach(who, attachment());
      await stores.members.requestDelivery(who, lease, clock.now());
      expect(await stores.members.releaseDelivery(who, 'b', 1, true, { ...pushed, id: 'no' })).toEqual({
        kind: 'lost',
      });
      expect(await stores.members.releaseDelivery(who, 'a', 1, true, pushed)).toEqual({ kind: 'released' });
      expect(await stores.members.find(who)).toMatchObject({ pushed, delivery: { tickets: 1, drained: 1 } });
      await stores.members.requestDelivery(who, lease, clock.now());
      await stores.members.releaseDelivery(who, 'a', 2, false);
      expect(await stores.members.find(who)).toMatchObject({ pushed, delivery: { tickets: 2, drained: 1 } });
    });

    test('the chat that joined last is remembered, whatever the order of ids', async () => {
      const who = conversation();
      for (const connection of ['tg:zz', 'ws:c9', 'tg:aa', 'ws:c1'] as const) {
        await stores.members.attach(who, attachment({ connection }));
      }
      expect(await stores.members.find(who)).toMatchObject({ chat: 'aa' });
      const again = await stores.members.attach(who, attachment({ connection: 'tg:zz' }));
      expect(again).toMatchObject({ kind: 'attached', before: { chat: 'aa' }, member: { chat: 'zz' } });
      await stores.members.detach(who, 'tg:zz');
      expect((await stores.members.find(who))?.connections).toEqual(['tg:aa', 'ws:c1', 'ws:c9']);
    });

    test('what is new about a member is remembered until it is told', async () => {
      const who = conversation();
      await stores.members.attach(who, attachment());
      expect(await stores.members.find(who)).not.toHaveProperty('presence');
      await stores.members.change(who, { presence: 'back' });
      await stores.members.attach(who, attachment());
      expect(await stores.members.find(who)).toMatchObject({ presence: 'back', announcedAt: '' });
      await stores.members.change(who, { presence: null, announcedAt: '2026-01-01T00:00:00.000Z' });
      expect(await stores.members.find(who)).not.toHaveProperty('presence');
    });

    test('another member id with the same handle is turned away, a banned one too', async () => {
      const who = conversation();
      await stores.members.attach(who, attachment());
      expect(await stores.members.attach(who, attachment({ proof: 'proof-2' }))).toEqual({ kind: 'taken' });
      await stores.members.change(who, { banned: true });
      expect(await stores.members.attach(who, attachment({ connection: 'ws:c2' }))).toEqual({ kind: 'banned' });
      await stores.members.change(who, { banned: false });
      expect(await stores.members.attach(who, attachment())).toMatchObject({ kind: 'attached' });
    });

    test('connections that come and go at once are all accounted for', async () => {
      const who = conversation();
      const ids = Array.from({ length: 10 }, (_, i): ConnectionId => `ws:c${i}`);
      await Promise.all(ids.map((connection) => stores.members.attach(who, attachment({ connection }))));
      expect((await stores.members.find(who))?.connections).toEqual(ids);
      await Promise.all(ids.slice(1).map((id) => stores.members.detach(who, id)));
      expect((await stores.members.find(who))?.connections).toEqual(['ws:c0']);
      await stores.members.detach(who, 'ws:c0');
      expect((await stores.members.find(who))?.connections).toEqual([]);
      await stores.members.detach({ ...who, handle: 'nobody' as Handle }, 'ws:c0');
      expect(await stores.members.find({ ...who, handle: 'nobody' as Handle })).toBeUndefined();
    });

    test('each message is counted once, also while others are counted', async () => {
      const who = conversation();
      expect(await stores.members.countSent(who, clock.now(), 60_000)).toBeUndefined();
      await stores.members.attach(who, attachment());
      const counted = await Promise.all(
        Array.from({ length: 8 }, () => stores.members.countSent(who, clock.now(), 60_000)),
      );
      expect(counted.map((member) => member?.sent).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    test('what was sent in the running window is counted exactly, in others not, for members and channels', async () => {
      const made = channel();
      const who = { channel: made.name, handle: 'abcdefghijkl' as Handle };
      await stores.channels.create(made);
      await stores.members.attach(who, attachment());
      const counts = async (times: number) => {
        const now = clock.now();
        const counted = await Promise.all(
          Array.from({ length: times }, async () => [
            (await stores.members.countSent(who, now, 1000))?.rate?.count,
            await stores.channels.use(made.name, 2, now, 1000),
          ]),
        );
        expect((await stores.channels.look(made.name, now, 1000))?.rate?.count).toBe(
          2 * Math.max(...counted.map(([member]) => Number(member))),
        );
        return counted.map(([member]) => member).sort();
      };
      clock.time = Math.ceil(clock.time / 1000) * 1000;
      expect(await counts(3)).toEqual([1, 2, 3]);
      clock.time += 999;
      expect(await counts(2)).toEqual([4, 5]);
      clock.time += 1;
      expect(await counts(2)).toEqual([1, 2]);
      for (let pause = 0; pause < 35; pause++) {
        clock.time += 2000;
        expect(await counts(1)).toEqual([1]);
      }
      expect((await stores.members.countSent(who, clock.now(), 1000))?.rate).toEqual({
        count: 2,
        until: clock.time + 1000,
      });
    });

    test('one at a time delivers, and nobody lets go while there is something new', async () => {
      const who = conversation();
      expect(await stores.members.requestDelivery(who, lease(), clock.now())).toBeUndefined();
      await stores.members.attach(who, attachment());
      const one = await stores.members.requestDelivery(who, lease('one'), clock.now());
      expect(one).toMatchObject({ leased: true, member: { delivery: { tickets: 1, drained: 0 } } });
      const two = await stores.members.requestDelivery(who, lease('two'), clock.now());
      expect(two).toMatchObject({ leased: false, member: { delivery: { tickets: 2 } } });
      expect(await stores.members.releaseDelivery(who, 'two', 2, true)).toEqual({ kind: 'lost' });
      expect(await stores.members.releaseDelivery(who, 'one', 1, true)).toMatchObject({
        kind: 'again',
        member: { delivery: { tickets: 2 } },
      });
      expect(await stores.members.releaseDelivery(who, 'one', 2, true)).toEqual({ kind: 'released' });
      expect((await stores.members.find(who))?.delivery).toEqual({ tickets: 2, drained: 2 });
    });

    test('a JOIN waits for the lease, but not for one that a crashed instance left', async () => {
      const who = conversation();
      await stores.members.attach(who, attachment());
      await stores.members.requestDelivery(who, lease('one', 10_000), clock.now());
      const join = () => stores.members.attach(who, attachment({ now: clock.now(), lease: lease('two') }));
      expect(await join()).toEqual({ kind: 'busy' });
      clock.time += 10_000;
      expect(await join()).toMatchObject({ kind: 'attached', member: { delivery: { lease: { holder: 'two' } } } });
      expect(await stores.members.releaseDelivery(who, 'one', 1, false)).toEqual({ kind: 'lost' });
      expect(await stores.members.releaseDelivery(who, 'two', 1, false)).toEqual({ kind: 'released' });
      expect((await stores.members.find(who))?.delivery).toEqual({ tickets: 1, drained: 0 });
    });

    test('the first JOIN can hold the lease and let go of it', async () => {
      const who = conversation();
      await stores.members.attach(who, attachment({ lease: lease('join') }));
      expect(await stores.members.releaseDelivery(who, 'join', 0, true)).toEqual({ kind: 'released' });
    });

    test('one of many makes the topic, and again only after it was taken away', async () => {
      const who = conversation();
      await stores.members.attach(who, attachment());
      const claims = await Promise.all(
        ['a', 'b', 'c'].map((holder) => stores.members.claimTopic(who, lease(holder), clock.now())),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
      const topic = { chat: chat(), thread: '77', linkedAt: isoNow() };
      await stores.members.change(who, { topic });
      expect(await stores.members.find(who)).toMatchObject({ topic });
      expect(await stores.members.claimTopic(who, lease('d'), clock.now())).toBe(false);
      await stores.members.change(who, { topic: null });
      expect((await stores.members.find(who))?.topic).toBeUndefined();
      expect(await stores.members.claimTopic(who, lease('e'), clock.now())).toBe(true);
    });

    test('a burst makes one pin', async () => {
      const who = conversation();
      await stores.members.attach(who, attachment());
      const claims = await Promise.all(['1', '2', '3'].map((id) => stores.members.claimPin(who, id)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      await stores.members.change(who, { pinned: null });
      expect(await stores.members.claimPin(who, '4')).toBe(true);
      expect((await stores.members.find(who))?.pinned).toBe('4');
    });

    test('a channel’s members are read page by page, also while they are removed', async () => {
      const name = channelName();
      const handles = Array.from({ length: 120 }, (_, i) => `member${String(i).padStart(4, '0')}` as Handle);
      for (const handle of handles) {
        await stores.members.attach({ channel: name, handle }, attachment({ proof: handle }));
      }
      await stores.members.attach({ channel: `${name}2` as ChannelName, handle: 'other' as Handle }, attachment());
      const read = async (remove: boolean) => {
        const found: Handle[] = [];
        let from: string | undefined;
        do {
          const page = await stores.members.page({ channel: name }, from);
          found.push(...page.members.map(({ handle }) => handle));
          for (const member of remove ? page.members : []) await stores.members.remove(member);
          from = page.next;
        } while (from !== undefined);
        return found.sort();
      };
      expect(await read(false)).toEqual(handles);
      expect(await read(true)).toEqual(handles);
      expect(await read(false)).toEqual([]);
    }, 30_000);

    test('pages tell what leads to a channel’s members, or to one of them, also after the member is gone', async () => {
      const [who, stranger] = [conversation(), conversation()];
      const other = { channel: who.channel, handle: 'other0000000' as Handle };
      const [home, away] = [chat(), chat()];
      await stores.members.attach(who, attachment());
      await stores.members.attach(other, attachment());
      await stores.members.linkTopic(home, '5', who);
      await stores.members.linkChat(away, who);
      await stores.members.linkTopic(home, '6', other);
      await stores.members.linkTopic(home, '7', stranger);
      await stores.members.remove(who);
      clock.time += RETENTION_DAYS * DAY + 1000;
      const removed = async (of: Parameters<typeof stores.members.page>[0]) => {
        let count = 0;
        let from: string | undefined;
        do {
          const page = await stores.members.page(of, from);
          await stores.members.removePointers(page.pointers);
          count += page.pointers.length;
          from = page.next;
        } while (from !== undefined);
        return count;
      };
      expect([await removed(who), await removed(who), await removed({ channel: who.channel })]).toEqual([2, 0, 1]);
      expect(await removed(stranger)).toBe(1);
    });

    test('an expelled member is nobody, and nobody becomes them before they are removed', async () => {
      const [who, stranger] = [conversation(), conversation()];
      const topic = { chat: chat(), thread: '5', linkedAt: isoNow() };
      await stores.members.attach(who, attachment());
      await stores.members.change(who, { topic });
      for (const expelled of [await stores.members.expel(who), await stores.members.expel(who)]) {
        expect(expelled).toMatchObject({ connections: [attachment().connection], topic });
      }
      expect(await stores.members.find(who)).toBeUndefined();
      expect(await stores.members.countSent(who, clock.now(), 60_000)).toBeUndefined();
      expect(await stores.members.change(who, { banned: true })).toBeUndefined();
      expect(await stores.members.requestDelivery(who, lease(), clock.now())).toBeUndefined();
      expect(await stores.members.attach(who, attachment())).toEqual({ kind: 'erasing' });
      expect((await stores.members.expel(stranger)).connections).toEqual([]);
      expect(await stores.members.attach(stranger, attachment())).toEqual({ kind: 'erasing' });
      await stores.members.remove(who);
      expect(await stores.members.attach(who, attachment())).toMatchObject({ kind: 'attached', before: undefined });
      expect(await stores.members.find(who)).not.toHaveProperty('topic');
    });

    test('chats and topics lead to their members until they are unlinked', async () => {
      const [who, other, home] = [conversation(), conversation(), chat()];
      await stores.members.linkChat(home, who);
      expect(await stores.members.ofChat(home)).toEqual(who);
      await stores.members.linkChat(home, other);
      await stores.members.unlinkChat(home, who);
      expect(await stores.members.ofChat(home)).toEqual(other);
      await stores.members.unlinkChat(home, other);
      expect(await stores.members.ofChat(home)).toBeUndefined();
      await stores.members.linkTopic(home, '5', who);
      expect((await stores.routes.route(home, { thread: '5' })).topic).toEqual(who);
      await stores.members.unlinkTopic(home, '5');
      expect((await stores.routes.route(home, { thread: '5' })).topic).toBeUndefined();
    });
  });

  describe('connections', () => {
    test('a connection is found as it was opened, joined, and closed for good', async () => {
      const id: ConnectionId = `ws:${unique()}`;
      const [who, other] = [conversation(), conversation()];
      const visitors = [conversationKey(who)];
      const opened = {
        id,
        channel: who.channel,
        origin: 'https://a.example',
        subprotocol: 'k1te.chat.v1',
        openedAt: 'x',
      };
      await stores.connections.open(opened);
      expect(await stores.connections.find(id)).toEqual(opened);
      expect(await stores.connections.join(id, who, 1)).toBe(true);
      expect(await stores.connections.find(id)).toEqual({ ...opened, conversation: who, visitors });
      expect(await stores.connections.join(id, who, 1)).toBe(true);
      expect(await stores.connections.join(id, other, 1)).toBe(false);
      expect(await stores.connections.join(id, other, 2)).toBe(true);
      expect(await stores.connections.join(id, who, 2)).toBe(true);
      visitors.push(conversationKey(other));
      expect(await stores.connections.close(id)).toEqual({ ...opened, conversation: who, visitors: visitors.sort() });
      expect(await stores.connections.close(id)).toBeUndefined();
      expect(await stores.connections.join(id, who, 1)).toBe(false);
      expect(await stores.connections.find(id)).toBeUndefined();
    });

    test('what is limited is counted in its window, also while it is counted elsewhere', async () => {
      const [what, other] = [unique(), unique()];
      clock.time = Math.ceil(clock.time / 1000) * 1000;
      const counts = (name: string) =>
        Promise.all([1, 2, 3].map(() => stores.connections.count(name, clock.now(), 1000)));
      expect((await counts(what)).sort()).toEqual([1, 2, 3]);
      expect((await counts(other)).sort()).toEqual([1, 2, 3]);
      clock.time += 1000;
      expect((await counts(what)).sort()).toEqual([1, 2, 3]);
    });

    test('a connection whose end was never told is forgotten after a day', async () => {
      const id: ConnectionId = `ws:${unique()}`;
      await stores.connections.open({ id, openedAt: isoNow() });
      clock.time += CONNECTION_LIFE + 1000;
      expect(await stores.connections.find(id)).toBeUndefined();
    });
  });

  describe('messages', () => {
    test('a message is stored once; the second time tells what is there', async () => {
      const who = conversation();
      const first = message(who, 'v#1', { order: 12, attemptedAt: isoNow() });
      expect(await stores.messages.put(first)).toEqual({ stored: true, message: first });
      const again = message(who, 'v#1', { content: { kind: 'text', text: 'something else' } });
      expect(await stores.messages.put(again)).toEqual({ stored: false, message: first });
      expect(await stores.messages.find(who, 'v#1')).toEqual(first);
      expect(await stores.messages.find(who, 'v#2')).toBeUndefined();
    });

    test('every kind of content survives', async () => {
      const who = conversation();
      const file = { key: 'a/b/c/d.png', name: 'ключ.png', type: 'image/png', size: 5 };
      const contents: Message['content'][] = [
        { kind: 'text', text: 'Grüße 👋\n"quoted"' },
        { kind: 'file', file },
        { kind: 'file', file, caption: 'look' },
        { kind: 'notice', notice: 'joined' },
        { kind: 'correction', of: 't#a#1', text: 'better' },
      ];
      for (const [i, content] of contents.entries()) await stores.messages.put(message(who, `k${i}`, { content }));
      const found = await Promise.all(contents.map((_, i) => stores.messages.find(who, `k${i}`)));
      expect(found.map((one) => one?.content)).toEqual(contents);
    });

    test('what is due is read oldest first, each side apart, until it is delivered', async () => {
      const who = conversation();
      const [early, late] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'];
      await stores.messages.put(message(who, 'v#c', { at: late, order: 9 }));
      await stores.messages.put(message(who, 'v#b', { at: early, order: 10 }));
      await stores.messages.put(message(who, 'v#a', { at: early, order: 9 }));
      await stores.messages.put(message(who, 't#x', { direction: 'to-visitor', at: early }));
      await stores.messages.put(message(who, 't#y', { direction: 'to-visitor', at: early, due: false }));
      expect(keys(await stores.messages.due(who, 'to-host', 10))).toEqual(['v#a', 'v#b', 'v#c']);
      expect(keys(await stores.messages.due(who, 'to-host', 2))).toEqual(['v#a', 'v#b']);
      expect(keys(await stores.messages.due(who, 'to-visitor', 10))).toEqual(['t#x']);
      await stores.messages.delivered(who, 'v#a', { places: at('home', 5, 6) });
      await stores.messages.delivered(who, 'v#a', { places: at('home', 5, 6) });
      expect(keys(await stores.messages.due(who, 'to-host', 10))).toEqual(['v#b', 'v#c']);
      const deliveredAt = new Date(Math.floor(clock.now() / 1000) * 1000).toISOString();
      expect(await stores.messages.find(who, 'v#a')).toMatchObject({
        due: false,
        places: at('home', 5, 6),
        deliveredAt,
      });
      expect(await stores.messages.find(who, 'v#b')).not.toHaveProperty('deliveredAt');
    });

    test('a message and its edit of the same moment stand in one order wherever they are read', async () => {
      const who = conversation();
      const sent = ['t#a#1', 't#a#1#edit#0', 't#a#1#edit#1', 't#b#1', 't#c#1'];
      for (const key of [...sent].reverse()) await stores.messages.put(message(who, key, { direction: 'to-visitor' }));
      expect(keys(await stores.messages.due(who, 'to-visitor', 10))).toEqual(sent);
      expect(keys(await stores.messages.due(who, 'to-visitor', 2))).toEqual(sent.slice(0, 2));
      for (const key of [...sent].reverse()) await stores.messages.delivered(who, key);
      expect(keys(await historyOf(who))).toEqual(sent);
      expect(keys(await stores.messages.latest(who, 2))).toEqual(sent.slice(-2));
    });

    test('an attempt is marked while the message is due, given up, or ends in parts', async () => {
      const who = conversation();
      await stores.messages.put(message(who, 'v#1'));
      expect(await stores.messages.attempt(who, 'v#1', '2026-01-01T00:00:00.000Z')).toBe(true);
      expect((await stores.messages.find(who, 'v#1'))?.attemptedAt).toBe('2026-01-01T00:00:00.000Z');
      await stores.messages.abandonAttempt(who, 'v#1');
      expect((await stores.messages.find(who, 'v#1'))?.attemptedAt).toBeUndefined();
      await stores.messages.attempt(who, 'v#1', '2026-01-01T00:00:00.000Z');
      await stores.messages.partDelivered(who, 'v#1', { places: at('home', 7) });
      const part = await stores.messages.find(who, 'v#1');
      expect(part).toMatchObject({ due: true, places: at('home', 7) });
      expect(part?.attemptedAt).toBeUndefined();
      await stores.messages.delivered(who, 'v#1');
      expect(await stores.messages.attempt(who, 'v#1', '2026-01-01T00:00:00.000Z')).toBe(false);
      expect(await stores.messages.attempt(who, 'v#2', '2026-01-01T00:00:00.000Z')).toBe(false);
      await stores.messages.delivered(who, 'v#2');
      await stores.messages.abandonAttempt(who, 'v#2');
      expect(await stores.messages.find(who, 'v#2')).toBeUndefined();
    });

    test('a text, and the caption of a file, can be corrected', async () => {
      const who = conversation();
      const file = { key: 'a/b/c/d.png', name: 'd.png', type: 'image/png', size: 5 };
      await stores.messages.put(message(who, 't#1'));
      await stores.messages.put(message(who, 't#2', { content: { kind: 'file', file, caption: 'old' } }));
      expect(await stores.messages.correct(who, 't#1', 'new text')).toBe(true);
      expect(await stores.messages.correct(who, 't#2', 'new caption')).toBe(true);
      expect(await stores.messages.correct(who, 't#3', 'nothing')).toBe(false);
      expect((await stores.messages.find(who, 't#1'))?.content).toEqual({ kind: 'text', text: 'new text' });
      expect((await stores.messages.find(who, 't#2'))?.content).toEqual({ kind: 'file', file, caption: 'new caption' });
      expect(await stores.messages.find(who, 't#3')).toBeUndefined();
    });

    test('what a message tells about its author stays with it', async () => {
      const who = conversation();
      await stores.messages.put(message(who, 'v#1'));
      await stores.messages.attempt(who, 'v#1', '2026-01-01T00:00:00.000Z', undefined, 'back');
      await stores.messages.abandonAttempt(who, 'v#1');
      await stores.messages.attempt(who, 'v#1', '2026-01-01T00:00:01.000Z');
      await stores.messages.delivered(who, 'v#1', { places: at('home', 5) });
      expect(await stores.messages.find(who, 'v#1')).toMatchObject({ presence: 'back' });
      expect((await stores.messages.due(who, 'to-host', 1)).length).toBe(0);
    });

    test('an attempt begins only as long as the message says what was read', async () => {
      const who = conversation();
      const file = { key: 'a/b/c/d.png', name: 'd.png', type: 'image/png', size: 5 };
      const at = '2026-01-01T00:00:00.000Z';
      await stores.messages.put(message(who, 't#1', { content: { kind: 'text', text: 'old' } }));
      await stores.messages.put(message(who, 't#2', { content: { kind: 'file', file } }));
      expect(await stores.messages.attempt(who, 't#2', at, { kind: 'file', file, caption: 'seen' })).toBe(false);
      expect(await stores.messages.attempt(who, 't#2', at, { kind: 'file', file })).toBe(true);
      expect(await stores.messages.correct(who, 't#1', 'new')).toBe(true);
      expect(await stores.messages.attempt(who, 't#1', at, { kind: 'text', text: 'old' })).toBe(false);
      expect((await stores.messages.find(who, 't#1'))?.attemptedAt).toBeUndefined();
      expect(await stores.messages.attempt(who, 't#1', at, { kind: 'text', text: 'new' })).toBe(true);
    });

    test('a message is not corrected while nobody knows whether it arrived; afterwards it is', async () => {
      const who = conversation();
      await stores.messages.put(message(who, 't#1', { content: { kind: 'text', text: 'old' } }));
      await stores.messages.attempt(who, 't#1', '2026-01-01T00:00:00.000Z');
      expect(await stores.messages.correct(who, 't#1', 'new')).toBe(false);
      expect(await stores.messages.correctUnsent(who, 't#1', 'new')).toBe(false);
      expect((await stores.messages.find(who, 't#1'))?.content).toEqual({ kind: 'text', text: 'old' });
      await stores.messages.delivered(who, 't#1');
      expect(await stores.messages.correct(who, 't#1', 'new')).toBe(true);
      expect((await stores.messages.find(who, 't#1'))?.content).toEqual({ kind: 'text', text: 'new' });
    });

    test('only a message to the host of which nothing was sent goes out with another text', async () => {
      const who = conversation();
      const receipt = { places: at('home', 7) };
      await stores.messages.put(message(who, 'v#1'));
      await stores.messages.put(message(who, 'v#2'));
      await stores.messages.put(message(who, 'v#3'));
      await stores.messages.put(message(who, 't#1', { direction: 'to-visitor' }));
      await stores.messages.partDelivered(who, 'v#2', receipt);
      await stores.messages.delivered(who, 'v#3', receipt);
      const corrected = [];
      for (const key of ['v#1', 'v#2', 'v#3', 't#1', 'v#4']) {
        corrected.push(await stores.messages.correctUnsent(who, key, 'new'));
      }
      expect(corrected).toEqual([true, false, false, false, false]);
      expect((await stores.messages.find(who, 'v#1'))?.content).toEqual({ kind: 'text', text: 'new' });
      expect(await stores.messages.find(who, 'v#4')).toBeUndefined();
    });

    test('which conversations wait for a host is known until each is forgotten, however many there are', async () => {
      const channel = conversation().channel;
      const handles = Array.from({ length: 60 }, (_, i) => `visitor${String(i).padStart(3, '0')}` as Handle);
      for (const handle of handles) await stores.messages.noteWaiting({ channel, handle }, 'first');
      const [one, other, erased] = handles.map((handle) => ({ channel, handle }));
      await stores.messages.noteWaiting(one!, 'second');
      await stores.messages.forgetWaiting(one!, 'first');
      await stores.messages.forgetWaiting(other!, 'first');
      await stores.messages.removeSome(erased!, 10);
      await stores.messages.noteWaiting({ channel: `${channel}x` as ChannelName, handle: handles[0]! }, 'other');
      const found = [];
      for await (const note of stores.messages.waiting(channel)) found.push(note);
      expect(found.sort((a, b) => (a.conversation.handle < b.conversation.handle ? -1 : 1))).toEqual([
        { conversation: one, mark: 'second' },
        ...handles.slice(3).map((handle) => ({ conversation: { channel, handle }, mark: 'first' })),
      ]);
    });

    test('history and the latest are in order of time, delivered or not', async () => {
      const who = conversation();
      const at = (second: number) => new Date(Date.parse('2026-01-01T00:00:00.000Z') + second * 1000).toISOString();
      const seconds = [35, 36, 1, 1296, 2, 9, 10, 99, 100];
      for (const [i, second] of seconds.entries()) {
        const direction = i % 3 === 0 ? 'to-visitor' : 'to-host';
        await stores.messages.put(message(who, `m${second}`, { at: at(second), direction, due: i % 2 === 0 }));
      }
      const inOrder = [...seconds].sort((a, b) => a - b).map((second) => `m${second}`);
      expect(keys(await historyOf(who))).toEqual(inOrder);
      expect(keys(await stores.messages.latest(who, 4))).toEqual(inOrder.slice(-4));
    });

    test('history is read in pages: what is delivered meanwhile, or has expired, neither hides nor doubles a message', async () => {
      const who = conversation();
      const made = async (name: string, count: number, due: (i: number) => boolean) => {
        for (let i = 0; i < count; i++) {
          const direction = i % 3 === 0 ? 'to-visitor' : 'to-host';
          await stores.messages.put(
            message(who, `${name}#${String(i).padStart(2, '0')}`, { due: due(i), order: i, direction }),
          );
        }
        return Array.from({ length: count }, (_, i) => `${name}#${String(i).padStart(2, '0')}`);
      };
      await made('expired', 12, (i) => i % 2 === 0);
      clock.time += RETENTION_DAYS * DAY + 1000;
      const all = await made('now', 20, (i) => i % 4 === 0);
      const read: Message[] = [];
      let after: string | undefined;
      do {
        const { entries, next } = await stores.messages.history(who, after, 3);
        read.push(...entries.map((entry) => entry.message));
        if (read.length > 0) await Promise.all(all.slice(0, 13).map((key) => stores.messages.delivered(who, key)));
        after = next;
      } while (after !== undefined);
      expect(keys(read)).toEqual(all);
    });

    test('erasing leaves neither messages nor what leads to them, and nobody else loses any', async () => {
      const [who, other] = [conversation(), conversation()];
      const home = chat();
      for (let i = 0; i < 60; i++) {
        await stores.messages.put(message(who, `v#${i}`, { due: i % 2 === 0, order: i }));
        await stores.messages.pointReply(messageRef(home, String(i)), { ...who, message: `v#${i}` });
        await stores.messages.delivered(who, `v#${i}`, { places: at(home, i) });
      }
      await stores.messages.put(message(other, 'v#1'));
      for (let round = 0; !(await stores.messages.removeSome(who, 25)).done; round++) expect(round).toBeLessThan(10);
      expect(await historyOf(who)).toEqual([]);
      expect(await stores.messages.replyTarget(messageRef(home, '17'))).toBeUndefined();
      expect(keys(await historyOf(other))).toEqual(['v#1']);
    });

    test('erasing ends, and leaves nothing, also where messages have expired', async () => {
      const who = conversation();
      for (let i = 0; i < 60; i++) await stores.messages.put(message(who, `v#${String(i).padStart(2, '0')}`));
      clock.time += RETENTION_DAYS * DAY + 1000;
      for (let i = 60; i < 70; i++) await stores.messages.put(message(who, `v#${i}`));
      for (let round = 0; !(await stores.messages.removeSome(who, 25)).done; round++) expect(round).toBeLessThan(4);
      clock.time -= RETENTION_DAYS * DAY + 1000;
      expect(await historyOf(who)).toEqual([]);
    });

    test('messages that have expired do not hide those that are due', async () => {
      const who = conversation();
      for (let i = 0; i < 60; i++) await stores.messages.put(message(who, `v#${i}`, { order: i }));
      clock.time += RETENTION_DAYS * DAY + 1000;
      for (const key of ['v#a', 'v#b', 'v#c'])
        await stores.messages.put(message(who, key, { order: key.charCodeAt(2) }));
      expect(keys(await stores.messages.due(who, 'to-host', 2))).toEqual(['v#a', 'v#b']);
      expect(keys(await stores.messages.due(who, 'to-host', 20))).toEqual(['v#a', 'v#b', 'v#c']);
    });

    test('a reply finds the message it is about', async () => {
      const who = conversation();
      const home = chat();
      await stores.messages.pointReply(messageRef(home, '41'), { ...who, message: 'v#1' });
      expect(await stores.messages.replyTarget(messageRef(home, '41'))).toEqual({ ...who, message: 'v#1' });
      expect(await stores.messages.replyTarget(messageRef(home, '42'))).toBeUndefined();
      expect(await stores.messages.replyTargets(at(home, 40, 41, 42))).toEqual(
        new Map([['41', { ...who, message: 'v#1' }]]),
      );
      expect(await stores.messages.replyTargets([])).toEqual(new Map());
    });

    test('an update is claimed by one, finished once, and remembered for a day', async () => {
      const bot = unique();
      const claim = (holder: string) => stores.messages.claimUpdate(bot, '7', lease(holder, 5000), clock.now());
      const claims = await Promise.all(['a', 'b', 'c'].map(claim));
      expect([...claims].sort()).toEqual(['busy', 'busy', 'claimed']);
      clock.time += 5000;
      expect(await claim('d')).toBe('claimed');
      await stores.messages.finishUpdate(bot, '7');
      clock.time += UPDATE_LIFE - 10_000;
      expect(await claim('e')).toBe('done');
      clock.time += 20_000;
      expect(await claim('f')).toBe('claimed');
    });

    test('an update that was not handled after all may be claimed at once, but only by leave of who claimed it', async () => {
      const bot = unique();
      const claim = (holder: string) => stores.messages.claimUpdate(bot, '8', lease(holder, 5000), clock.now());
      expect(await claim('a')).toBe('claimed');
      await stores.messages.releaseUpdate(bot, '8', lease('b', 5000));
      expect(await claim('b')).toBe('busy');
      await stores.messages.releaseUpdate(bot, '8', lease('a', 5000));
      expect(await claim('b')).toBe('claimed');
      await stores.messages.finishUpdate(bot, '8');
      await stores.messages.releaseUpdate(bot, '8', lease('b', 5000));
      expect(await claim('c')).toBe('done');
    });

    test('a message ends with the retention setting', async () => {
      const who = conversation();
      await stores.messages.put(message(who, 'v#1'));
      clock.time += RETENTION_DAYS * DAY + 1000;
      expect(await stores.messages.find(who, 'v#1')).toBeUndefined();
      expect(await stores.messages.due(who, 'to-host', 5)).toEqual([]);
      expect((await stores.messages.put(message(who, 'v#1'))).stored).toBe(true);
    });
  });

  describe('what has ended and is not removed yet', () => {
    test('a member is gone for a read; a write finds it, and its life begins anew', async () => {
      const who = conversation();
      await stores.members.attach(who, attachment());
      await stores.members.countSent(who, clock.now(), 60_000);
      clock.time += RETENTION_DAYS * DAY + 1000;
      expect(await stores.members.find(who)).toBeUndefined();
      expect(await stores.members.attach(who, attachment({ connection: 'ws:c2' }))).toMatchObject({
        kind: 'attached',
        before: { sent: 1, connections: ['ws:c1'] },
        member: { sent: 1, connections: ['ws:c1', 'ws:c2'] },
      });
      clock.time += DAY;
      expect(await stores.members.find(who)).toMatchObject({ sent: 1 });
    });

    test('a message can be delivered, and ends no later for it', async () => {
      const who = conversation();
      await stores.messages.put(message(who, 'v#1'));
      clock.time += RETENTION_DAYS * DAY - DAY;
      expect(await stores.messages.attempt(who, 'v#1', isoNow())).toBe(true);
      clock.time += DAY + 1000;
      expect(await stores.messages.find(who, 'v#1')).toBeUndefined();
      await stores.messages.abandonAttempt(who, 'v#1');
      expect(await stores.messages.attempt(who, 'v#1', isoNow())).toBe(true);
      await stores.messages.delivered(who, 'v#1');
      expect(await stores.messages.attempt(who, 'v#1', isoNow())).toBe(false);
    });

    test('a page of members has it, so that a removed channel leaves nothing', async () => {
      const who = conversation();
      await stores.members.attach(who, attachment());
      clock.time += RETENTION_DAYS * DAY + 1000;
      const found = [];
      let from: string | undefined;
      do {
        const page = await stores.members.page({ channel: who.channel }, from);
        found.push(...page.members.map(({ handle }) => handle));
        from = page.next;
      } while (from !== undefined);
      expect(found).toEqual([who.handle]);
    });

    test('a connection that is closed says whose it was', async () => {
      const id: ConnectionId = `ws:${unique()}`;
      const who = conversation();
      await stores.connections.open({ id, openedAt: isoNow() });
      await stores.connections.join(id, who, 1);
      clock.time += CONNECTION_LIFE + 1000;
      expect(await stores.connections.close(id)).toMatchObject({ conversation: who });
    });
  });

  test('what is asked again because its answer was lost succeeds again', async () => {
    const who = conversation();
    await stores.members.attach(who, attachment({ lease: lease('join') }));
    expect(await stores.members.attach(who, attachment({ lease: lease('join') }))).toMatchObject({ kind: 'attached' });
    expect(await stores.members.requestDelivery(who, lease('join'), clock.now())).toMatchObject({ leased: true });
    expect(await stores.members.claimTopic(who, lease('topic'), clock.now())).toBe(true);
    expect(await stores.members.claimTopic(who, lease('topic'), clock.now())).toBe(true);
    expect(await stores.members.claimPin(who, '4')).toBe(true);
    expect(await stores.members.claimPin(who, '4')).toBe(true);
    const bot = unique();
    expect(await stores.messages.claimUpdate(bot, '7', lease('a'), clock.now())).toBe('claimed');
    expect(await stores.messages.claimUpdate(bot, '7', lease('a'), clock.now())).toBe('claimed');
  });

  test('a full page of removed messages does not tell that it was the last', async () => {
    const who = conversation();
    for (let i = 0; i < 25; i++) await stores.messages.put(message(who, `v#${i}`));
    expect(await stores.messages.removeSome(who, 25)).toEqual({ removed: 25, done: false });
    expect(await stores.messages.removeSome(who, 25)).toEqual({ removed: 0, done: true });
  });

  test('only a count tells the rate; a member and a channel that are found say nothing about it', async () => {
    const made = channel();
    const who = { channel: made.name, handle: 'abcdefghijkl' as Handle };
    await stores.channels.create(made);
    await stores.members.attach(who, attachment());
    expect((await stores.members.countSent(who, clock.now(), 1000))?.rate?.count).toBe(1);
    await stores.channels.use(made.name, 1, clock.now(), 1000);
    expect((await stores.channels.look(made.name, clock.now(), 1000))?.rate?.count).toBe(1);
    expect((await stores.members.find(who))?.rate).toBeUndefined();
    expect((await stores.channels.find(made.name))?.rate).toBeUndefined();
  });

  test('only the host of a channel removes it; a host that moved takes along what it knew', async () => {
    const made = channel();
    const [stranger, to] = [chat(), chat()];
    await stores.channels.create(made);
    await stores.channels.remove(made.name, stranger);
    expect(await stores.channels.find(made.name)).toEqual(made);
    await stores.channels.blockHost(made.host, 2000);
    await stores.channels.moveHost(made.host, to);
    expect(await stores.channels.host(to)).toMatchObject({ channel: made.name, blockedUntil: 2000 });
  });

  test('a chat whose channel was removed elsewhere begins anew, without anything from the old one', async () => {
    const [old, taken] = [channel(), channel()];
    await stores.channels.create(old);
    await stores.channels.create(taken);
    await stores.channels.blockHost(old.host, 2000);
    await stores.channels.moveHost(old.host, chat());
    expect(await stores.channels.create(channel({ name: taken.name, host: old.host }))).toBe('name taken');
    expect(await stores.channels.host(old.host)).toBeUndefined();
    expect(await stores.channels.create(channel({ host: old.host }))).toBe('created');
    expect(await stores.channels.host(old.host)).toMatchObject({ blockedUntil: 0, open: {} });
  });

  test('routing reads host, member, reply and topic at once', async () => {
    const made = channel();
    const [a, b, c] = [conversation(), conversation(), conversation()];
    await stores.channels.create(made);
    await stores.members.linkChat(made.host, a);
    await stores.members.linkTopic(made.host, '9', b);
    await stores.messages.pointReply(messageRef(made.host, '100'), { ...c, message: 'v#1' });
    expect(await stores.routes.route(made.host, { replyTo: '100', thread: '9' })).toEqual({
      host: { chat: made.host, channel: made.name, open: {}, blockedUntil: 0, nextTurn: 0 },
      member: a,
      topic: b,
      reply: { ...c, message: 'v#1' },
    });
    expect(await stores.routes.route(chat(), { replyTo: '1', thread: '1' })).toEqual({});
  });
}
