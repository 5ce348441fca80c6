import fc from 'fast-check';
import { createTelegramOperatorSide } from '../../../lambdas/adapters/telegram/operator-side';
import type { ConnectionId } from '../../../lambdas/chat/model/identifiers';
import { createVisitorSide } from '../../../lambdas/chat/browser-side';
import { RATE_LIMITS, type RateLimits } from '../../../lambdas/chat/model/limits';
import { CHANNEL, GROUP, ChatFixture } from './chat-fixture';

/** `PROPERTY_RUNS=10` runs each property ten times as often; a failure prints the seed for `PROPERTY_SEED`. */
const { PROPERTY_RUNS = '1', PROPERTY_SEED = '20260102' } = process.env;
const runs = (few: number) => ({ seed: Number(PROPERTY_SEED), numRuns: Math.ceil(few * Number(PROPERTY_RUNS)) });
/** Milliseconds. */
const patience = 60_000 * Math.max(1, Number(PROPERTY_RUNS));

type Action =
  | { readonly kind: 'say'; readonly visitor: number }
  | { readonly kind: 'answer'; readonly operator: number; readonly pick: number }
  | { readonly kind: 'untargeted'; readonly operator: number }
  | { readonly kind: 'leave'; readonly visitor: number; readonly silent: boolean }
  | { readonly kind: 'come'; readonly visitor: number }
  | { readonly kind: 'wait'; readonly seconds: number };

/** Visitors and operators doing random things, several at once. */
class Crowd {
  readonly fixture: ChatFixture;
  readonly tabs = new Map<number, ConnectionId[]>();
  readonly said = new Map<number, string[]>();
  readonly answered = new Map<number, string[]>();
  #serial = 0;

  constructor(forum: boolean) {
    this.fixture = new ChatFixture(forum);
  }

  memberId(visitor: number): string {
    return `visitor-${String(visitor).padStart(3, '0')}`;
  }

  async act(action: Action): Promise<void> {
    const { fixture } = this;
    switch (action.kind) {
      case 'come': {
        const connection = await fixture.open(this.memberId(action.visitor));
        await fixture.join(connection, this.memberId(action.visitor));
        this.tabs.set(action.visitor, [...(this.tabs.get(action.visitor) ?? []), connection]);
        return;
      }
      case 'leave': {
        const [first, ...rest] = this.tabs.get(action.visitor) ?? [];
        this.tabs.set(action.visitor, rest);
        return first && fixture.close(first, action.silent);
      }
      case 'say': {
        const connection = this.tabs.get(action.visitor)?.at(-1);
        if (!connection) return;
        const text = `from ${action.visitor}: ${this.#serial++}`;
        const answer = await fixture.say(connection, text, text);
        if (answer?.[0] === 'ACK') this.said.set(action.visitor, [...(this.said.get(action.visitor) ?? []), text]);
        return;
      }
      case 'answer': {
        const questions = fixture.messenger.messages(GROUP).filter(({ own, text }) => own && text.includes('\nfrom '));
        const question = questions[action.pick % Math.max(1, questions.length)];
        if (!question) return;
        const visitor = Number(/\nfrom (\d+):/.exec(question.text)?.[1]);
        const text = `to ${visitor}: ${this.#serial++}`;
        this.answered.set(visitor, [...(this.answered.get(visitor) ?? []), text]);
        const { thread } = question;
        return fixture.insist(fixture.written(text, thread === undefined ? { replyTo: question.id } : { thread }));
      }
      case 'untargeted':
        return fixture.insist(fixture.written(`to nobody: ${this.#serial++}`));
      case 'wait':
        await fixture.world.clock.sleep(action.seconds * 1000);
        return fixture.settle();
    }
  }
}

const action = (visitors: number): fc.Arbitrary<Action> => {
  const visitor = fc.nat(visitors - 1);
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('say' as const), visitor }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('answer' as const), operator: fc.nat(2), pick: fc.nat(1000) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('untargeted' as const), operator: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), visitor, silent: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('come' as const), visitor }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 30 }) }),
    },
  );
};

test.each([
  ['a group', false],
  ['a forum', true],
])(
  'fifty visitors and three operators do random things in %s: every frame belongs to the visitor who gets it',
  async (_, forum) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(action(50), { minLength: 1, maxLength: 6 }), { minLength: 40, maxLength: 80 }),
        async (rounds) => {
          const crowd = new Crowd(forum);
          const { fixture } = crowd;
          await fixture.start();
          for (let visitor = 0; visitor < 50; visitor++) await crowd.act({ kind: 'come', visitor });
          // All of a round at once.
          for (const round of rounds) await Promise.all(round.map((one) => crowd.act(one)));
          await fixture.settle();
          for (let visitor = 0; visitor < 50; visitor++) {
            await crowd.act({ kind: 'come', visitor });
            await fixture.settle();
            const texts = fixture.texts(crowd.memberId(visitor));
            const mine = crowd.answered.get(visitor) ?? [];
            // A text that names nobody may go to the only one whose conversation is open.
            const own = texts.filter((text) => !String(text).startsWith('to nobody'));
            expect(new Set(own)).toEqual(new Set(mine));
          }
          const shown = fixture.shown().filter((text) => text.startsWith('from '));
          expect(shown.sort()).toEqual([...crowd.said.values()].flat().sort());
        },
      ),
      runs(1),
    );
  },
  patience,
);

test(
  'whatever comes and goes, each message is delivered once, in order',
  async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant('write' as const) },
      { weight: 2, arbitrary: fc.constant('leave' as const) },
      { weight: 1, arbitrary: fc.constant('vanish' as const) },
      { weight: 3, arbitrary: fc.constant('come' as const) },
      { weight: 1, arbitrary: fc.constant('late disconnect' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const fixture = await new ChatFixture().start();
        let connection: ConnectionId | undefined = await fixture.open('visitor-one');
        const old: ConnectionId[] = [];
        await fixture.join(connection, 'visitor-one');
        await fixture.say(connection, 'q', 'from 1: question');
        await fixture.settle();
        const question = fixture.messenger.messages(GROUP).find(({ text }) => text.includes('question'))!;
        const expected: string[] = [];
        for (const what of steps) {
          fixture.world.clock.time += 7;
          switch (what) {
            case 'write': {
              const text = `answer ${expected.length}`;
              expected.push(text);
              await fixture.insist(fixture.written(text, { replyTo: question.id }));
              break;
            }
            case 'leave':
            case 'vanish':
              if (!connection) break;
              if (what === 'leave') await fixture.close(connection);
              else {
                // API Gateway will say so later, if at all.
                await fixture.close(connection, true);
                old.push(connection);
              }
              connection = undefined;
              break;
            case 'come':
              if (connection) break;
              connection = await fixture.open('visitor-one');
              await fixture.join(connection, 'visitor-one');
              break;
            case 'late disconnect': {
              const gone = old.shift();
              if (gone) await fixture.close(gone);
            }
          }
        }
        connection ??= await fixture.open('visitor-one');
        await fixture.join(connection, 'visitor-one');
        await fixture.settle();
        // What a lost connection may not have shown comes again, under the same id.
        expect([...new Set(fixture.texts('visitor-one'))]).toEqual(expected);
      }),
      runs(25),
    );
  },
  patience,
);

/** Frames of which the right answer is known: what is wrong with them is put in on purpose. */
const badFrame: fc.Arbitrary<{ text: string; codes: readonly number[]; id?: string }> = (() => {
  const id = fc.string({ minLength: 1, maxLength: 40 });
  const now = fc.constant('2026-01-02T03:04:05Z');
  const notText = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.object(), fc.array(fc.integer()));
  const frame = (elements: readonly unknown[], codes: readonly number[], messageId?: string) => ({
    text: JSON.stringify(elements),
    codes,
    ...(messageId === undefined ? {} : { id: messageId }),
  });
  const isArray = (text: string) => {
    try {
      return Array.isArray(JSON.parse(text));
    } catch {
      return false;
    }
  };
  return fc.oneof(
    fc
      .string({ unit: 'binary', maxLength: 300 })
      .filter((text) => text !== 'Hi' && !isArray(text))
      .map((text) => ({ text, codes: [400] })),
    fc
      .json()
      .filter((text) => !isArray(text))
      .map((text) => ({ text, codes: [400] })),
    fc
      .array(fc.jsonValue(), { maxLength: 8 })
      .filter(([tag]) => typeof tag !== 'string' || !['PING', 'JOIN', 'TXT', 'UPL', 'BIN'].includes(tag))
      .map((elements) => frame(elements, [400])),
    fc.tuple(id, notText, now).map(([m, value, at]) => frame(['TXT', m, value, at], [400], m)),
    fc.tuple(notText, fc.string(), now).map(([m, text, at]) => frame(['TXT', m, text, at], [400, 413])),
    fc
      .tuple(id, fc.string({ minLength: 4097, maxLength: 6000 }), now)
      .map(([m, text, at]) => frame(['TXT', m, text, at], [413], m)),
    fc
      .tuple(id, fc.constantFrom('', ' ', '\n\t ', '\u00a0'), now)
      .map(([m, text, at]) => frame(['TXT', m, text, at], [400], m)),
    fc
      .tuple(id, fc.oneof(notText, fc.constantFrom('', 'yesterday', '12:30')))
      .map(([m, at]) => frame(['TXT', m, 'text', at], [400], m)),
    fc
      .tuple(id, notText)
      .map(([m, name]) => frame(['JOIN', m, typeof name === 'object' && name === null ? 5 : name, CHANNEL], [400])),
    fc
      .tuple(
        id,
        fc.oneof(
          notText,
          fc.string().filter((text) => !/^[\w-]{8,32}$/.test(text)),
        ),
      )
      .map(([m, channel]) => frame(['JOIN', m, null, channel], [400])),
    id.map((m) => frame(['JOIN', m, null, 'no-such-channel'], [404])),
    fc
      .tuple(id, fc.string({ minLength: 1, maxLength: 40 }), now)
      .map(([m, type, at]) => frame(['UPL', m, 'a.bin', type, 5, at], [400], m)),
    fc
      .tuple(id, fc.oneof(fc.double(), fc.constantFrom('5', null, -1, 0, 1.5, 1e99)), now)
      .map(([m, size, at]) =>
        frame(
          [
            'UPL',
            m,
            'a.png',
            'image/png',
            typeof size === 'number' && size >= 1 && Number.isInteger(size) ? -size : size,
            at,
          ],
          [400],
          m,
        ),
      ),
    fc
      .tuple(id, fc.integer({ min: 5 * 1024 * 1024 + 1 }), now)
      .map(([m, size, at]) => frame(['UPL', m, 'a.png', 'image/png', size, at], [413], m)),
    fc.tuple(id, fc.webUrl(), now).map(([m, url, at]) => frame(['BIN', m, url, 'a.png', 'image/png', 5, at], [403], m)),
    fc.nat(100).map((more) => ({ text: `["TXT","m","${'x'.repeat(32 * 1024 + more)}"]`, codes: [413] })),
    fc.integer({ min: 1000, max: 16_000 }).map((depth) => ({ text: '['.repeat(depth), codes: [400] })),
  );
})();

test(
  'malformed frames: each gets one ERR with the right code, and the connection stays usable',
  async () => {
    const fixture = await new ChatFixture().start();
    const connection = await fixture.open('visitor-one');
    await fixture.join(connection, 'visitor-one');
    const unlimited = Object.fromEntries(
      Object.entries(RATE_LIMITS).map(([name, limit]) => [name, name === 'window' ? limit : 1e9]),
    ) as unknown as RateLimits;
    const visitors = createVisitorSide(fixture.world, unlimited);
    const got = fixture.got.get('visitor-one')!;
    got.length = 0;
    let frames = 0;
    await fc.assert(
      fc.asyncProperty(badFrame, async ({ text, codes, id }) => {
        frames++;
        const answer = JSON.parse((await visitors.receive(connection, text, 0)) ?? 'null');
        expect(answer.slice(0, 2)).toEqual(['ERR', expect.stringMatching(/^\u26d4 ./)]);
        expect(codes).toContain(answer[2]);
        if (id !== undefined) expect(answer[3]).toBe(id);
        expect(got).toEqual([]);
        if (frames % 100 === 0) {
          expect(await visitors.receive(connection, '["PING"]', 0)).toBe('["PONG"]');
          expect((await fixture.say(connection, `ok${frames}`, 'still here'))?.[0]).toMatch(/ACK|ERR/);
        }
      }),
      runs(1000),
    );
    expect(fixture.world.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(fixture.world.members.members.size).toBe(1);
  },
  patience,
);

test(
  'malformed updates: each is taken, none is an error, nobody hears of it',
  async () => {
    const fixture = await new ChatFixture().start();
    const connection = await fixture.open('visitor-one');
    await fixture.join(connection, 'visitor-one');
    await fixture.say(connection, 'q', 'question');
    await fixture.settle();
    const operators = createTelegramOperatorSide(fixture.world, { messenger: fixture.messenger });
    const before = JSON.stringify([fixture.messenger.messages(GROUP), fixture.got.get('visitor-one')]);
    const chat = fc.oneof(
      fc.record(
        { id: fc.oneof(fc.integer(), fc.jsonValue()), type: fc.constantFrom('group', 'supergroup', 'channel', 'x', 5) },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    const message = fc.record(
      {
        message_id: fc.oneof(fc.nat(), fc.jsonValue()),
        date: fc.oneof(fc.nat(), fc.jsonValue()),
        chat,
        from: fc.jsonValue(),
        text: fc.jsonValue(),
        caption: fc.jsonValue(),
        entities: fc.jsonValue(),
        photo: fc.jsonValue(),
        document: fc.jsonValue(),
        sticker: fc.jsonValue(),
        reply_to_message: fc.jsonValue(),
        message_thread_id: fc.jsonValue(),
        media_group_id: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const update = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          update_id: fc.oneof(fc.nat(), fc.jsonValue()),
          message: fc.oneof(message, fc.jsonValue()),
          edited_message: fc.oneof(message, fc.jsonValue()),
          channel_post: message,
          edited_channel_post: fc.jsonValue(),
          callback_query: fc.oneof(
            fc.jsonValue(),
            fc.record(
              { id: fc.jsonValue(), data: fc.jsonValue(), from: fc.jsonValue(), message },
              { requiredKeys: [] },
            ),
          ),
          my_chat_member: fc.oneof(fc.jsonValue(), fc.record({ chat, new_chat_member: fc.jsonValue() })),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(update, async (one) => {
        expect(await operators.receiveUpdate(one)).toBe('handled');
      }),
      runs(1000),
    );
    await fixture.settle();
    expect(JSON.stringify([fixture.messenger.messages(GROUP), fixture.got.get('visitor-one')])).toBe(before);
    expect(fixture.world.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  },
  patience,
);
