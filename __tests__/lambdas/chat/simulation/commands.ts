import fc from 'fast-check';
import { MessengerFailure } from '../../../../lambdas/chat/messenger/port';
import type { Promises } from './promises';
import type { Person, SimulatedChat } from './simulated-chat';

/** Something that somebody does, and how long nothing else is begun then. */
class Command implements fc.AsyncCommand<Promises, SimulatedChat> {
  constructor(
    private readonly words: string,
    private readonly act: (chat: SimulatedChat) => unknown,
    /** Milliseconds. */
    private readonly pause: number,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_: Promises, chat: SimulatedChat): Promise<void> {
    void this.act(chat);
    await chat.time.pass(this.pause);
  }

  toString(): string {
    return `${this.words}; ${this.pause} ms`;
  }
}

/** From two at once to the end of every lease. */
const pause = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 3, arbitrary: fc.integer({ min: 100, max: 3_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 3_000, max: 40_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 40_000, max: 300_000 }) },
);

type Act<T> = (chat: SimulatedChat, how: T) => unknown;

function command<T>(words: (how: T) => string, how: fc.Arbitrary<T>, act: Act<T>): fc.Arbitrary<Command> {
  return fc.tuple(how, pause).map(([value, rest]) => new Command(words(value), (chat) => act(chat, value), rest));
}

type OfPerson<T> = (chat: SimulatedChat, person: Person, how: T) => unknown;

/** One of the visitors who came by the website does something. */
function visitor<T>(words: (how: T) => string, how: fc.Arbitrary<T>, act: OfPerson<T>) {
  return ofPerson(fc.nat(1), words, how, act);
}

/** Somebody does something with any visitor. */
function anyone<T>(words: (how: T) => string, how: fc.Arbitrary<T>, act: OfPerson<T>) {
  return ofPerson(fc.nat(2), words, how, act);
}

function ofPerson<T>(who: fc.Arbitrary<number>, words: (how: T) => string, how: fc.Arbitrary<T>, act: OfPerson<T>) {
  return command(
    ([person, value]) => `visitor ${person}: ${words(value)}`,
    fc.tuple(who, how),
    (chat, [person, value]) => act(chat, chat.people[person]!, value),
  );
}

const nothing = fc.constant(undefined);
const one = <T extends string>(...values: T[]) => fc.constantFrom(...values);
/** Names whose headers are of different lengths. */
const name = one('Ann', 'Ann with a name that is as long as the name of a visitor may be');

const failure = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map((retryAfter) => ({
    words: `429 for ${retryAfter} s`,
    failure: new MessengerFailure('busy', 'too many requests', { retryAfter }),
    done: false,
    slow: 0,
  })),
  fc.tuple(fc.boolean(), fc.constantFrom(0, 20_000)).map(([done, slow]) => ({
    words: `no answer for ${slow} ms, ${done ? 'done' : 'not done'}`,
    failure: new MessengerFailure('uncertain', 'no answer'),
    done,
    slow,
  })),
  fc.constant({
    words: 'unreachable',
    failure: new MessengerFailure('unreachable', 'not there'),
    done: false,
    slow: 0,
  }),
);

/** Everything that may happen, as often as its weight says. */
export const commands: fc.Arbitrary<fc.AsyncCommand<Promises, SimulatedChat>>[] = [
  ...often(
    3,
    visitor(
      () => 'opens a tab',
      nothing,
      (chat, person) => chat.openTab(person),
    ),
  ),
  ...often(
    6,
    visitor(
      (what) => `says a ${what}`,
      one('text', 'text', 'text', 'long text', 'file'),
      (chat, person, what) => chat.say(person, what),
    ),
  ),
  visitor(
    (clean) => `closes a tab${clean ? '' : ', and nobody hears of it'}`,
    fc.boolean(),
    (chat, person, clean) => chat.closeTab(person, clean),
  ),
  visitor(
    (to) => `is called ${to} from now on`,
    name,
    (chat, person, to) => {
      person.name = to;
      return chat.openTab(person);
    },
  ),
  ...often(
    2,
    anyone(
      (which) => `/join in chat ${which}`,
      fc.nat(1),
      (chat, person, which) => chat.continueInTelegram(person, which),
    ),
  ),
  anyone(
    () => '/leave',
    nothing,
    (chat, person) => chat.leaveTelegram(person),
  ),
  ...often(
    4,
    anyone(
      ([which, what]) => `says a ${what} in chat ${which}`,
      fc.tuple(fc.nat(1), one('text', 'text', 'text', 'long text', 'file', 'file with caption')),
      (chat, person, [which, what]) => chat.sayInTelegram(person, which, what),
    ),
  ),
  ...often(
    2,
    anyone(
      () => 'edits their text',
      nothing,
      (chat, person) => chat.editOwn(person),
    ),
  ),
  ...often(
    6,
    anyone(
      (what) => `an operator answers with a ${what}`,
      one('text', 'text', 'file', 'file with caption'),
      (chat, person, what) => chat.answer(person, what),
    ),
  ),
  ...often(
    2,
    anyone(
      () => 'an operator edits the answer',
      nothing,
      (chat, person) => chat.editAnswer(person),
    ),
  ),
  command(
    () => 'an operator writes to nobody',
    nothing,
    (chat) => chat.writeUntargeted(),
  ),
  anyone(
    () => 'an operator deletes the topic',
    nothing,
    (chat, person) => chat.deleteTopic(person),
  ),
  anyone(
    () => 'an operator closes the topic',
    nothing,
    (chat, person) => chat.closeTopic(person),
  ),
  anyone(
    () => '/ban',
    nothing,
    (chat, person) => chat.ban(person),
  ),
  ...often(
    2,
    anyone(
      () => '/unban',
      nothing,
      (chat, person) => chat.unban(person),
    ),
  ),
  command(
    () => 'the bot is removed',
    nothing,
    (chat) => chat.removeBot(),
  ),
  ...often(
    2,
    command(
      (then) => `the bot is back, then ${then}`,
      one('nothing', '/host', 'a message'),
      (chat, then) => chat.returnBot(then),
    ),
  ),
  command(
    () => 'the group becomes a supergroup',
    nothing,
    (chat) => chat.migrate(),
  ),
  ...often(
    2,
    command(
      ([call, { words }]) => `the next ${call}: ${words}`,
      fc.tuple(one('post', 'post', 'rewrite', 'createTopic', 'unpin'), failure),
      (chat, [call, { failure: error, done, slow }]) => chat.faults.push({ call, failure: error, done, slow }),
    ),
  ),
  ...often(
    3,
    command(
      ([kind, fate]) =>
        `the next ${kind} ${fate.kind === 'killed' ? 'is killed' : 'has an error'} at call ${fate.call}, ${fate.done ? 'done' : 'not done'}`,
      fc.tuple(
        one('frame', 'update', 'delivery', 'delivery'),
        fc.record({ kind: one('killed', 'fails'), call: fc.integer({ min: 1, max: 16 }), done: fc.boolean() }),
      ),
      (chat, [kind, fate]) => chat.fates[kind].push(fate),
    ),
  ),
  command(
    (kind) => `the next ${kind} comes twice`,
    one('update', 'delivery'),
    (chat, kind) => chat.twice[kind]++,
  ),
  command(
    (how) => `the next push has no answer, and ${how === 'lost' ? 'does not arrive' : how}`,
    one('lost', 'arrives'),
    (chat, how) => chat.pushFaults.push(how),
  ),
];

function often<T>(times: number, value: T): T[] {
  return Array.from({ length: times }, () => value);
}
