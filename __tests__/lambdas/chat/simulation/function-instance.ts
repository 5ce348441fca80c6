import { type Messenger, MessengerFailure } from '../../../../lambdas/chat/messenger/port';
import type { World } from '../../../../lambdas/chat/ports';
import type { Instance } from '../chat-fixture';
import { randomOf, type VirtualTime } from './virtual-time';

/** How a function instance ends early: at its call number `call` (from 1) of a store, the queue, a push or the messenger. */
export interface Fate {
  /** `killed`: nothing is done any more. `fails`: that one call fails. */
  readonly kind: 'killed' | 'fails';
  readonly call: number;
  /** Whether that call still takes effect. */
  readonly done: boolean;
}

/** A fault of the messenger at its next call of this kind. */
export interface MessengerFault {
  readonly call: 'post' | 'rewrite' | 'createTopic' | 'unpin';
  readonly failure: MessengerFailure;
  /** Whether it was done all the same. */
  readonly done: boolean;
  /** How long there is no answer, milliseconds. */
  readonly slow: number;
}

/** What became of an invocation. */
export type Ended<T> =
  { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'failed' } | { readonly kind: 'killed' };

/** What an invocation needs. */
export interface InvocationOptions {
  readonly world: World;
  readonly messenger: Messenger;
  readonly time: VirtualTime;
  /** Faults of the messenger that are still to come. */
  readonly faults: MessengerFault[];
  /** The same for the same invocation of another run. */
  readonly label: string;
  /** How far the clock of this instance is ahead, milliseconds. */
  readonly skew: number;
  readonly fate?: Fate | undefined;
  /** It has come to pass. */
  readonly onFate: () => void;
}

/** Lambda ends a function after so long, milliseconds. */
const LIMIT = 30_000;

/** Calls that answer with something else than a promise: they take no time. */
const STREAMS = ['history', 'waiting', 'read'];

/** Runs a task in a function instance whose calls take time, so that those of others come between them. */
export function invoke<T>(options: InvocationOptions, task: (instance: Instance) => Promise<T>): Promise<Ended<T>> {
  return new Promise((resolve) => {
    const end = () => resolve({ kind: 'killed' });
    const instance = createInstance(options, end);
    task(instance).then(
      (value) => resolve({ kind: 'answered', value }),
      () => resolve({ kind: 'failed' }),
    );
  });
}

function createInstance({ time, skew, fate, onFate, label, faults, ...real }: InvocationOptions, end: () => void) {
  const random = randomOf(label);
  const deadline = time.now + LIMIT;
  let calls = 0;
  let killed = false;
  const die = (): Promise<never> => {
    killed = true;
    end();
    return new Promise(() => undefined);
  };
  const sleep = async (milliseconds: number) => {
    if (killed) return die();
    await time.sleep(milliseconds);
    if (killed || time.now > deadline) await die();
  };
  /** A call that takes up to twice `longest` milliseconds. */
  const call = async (longest: number, act: () => unknown, failure: () => Error): Promise<unknown> => {
    await sleep(1 + random() * longest);
    const ends = ++calls === fate?.call;
    if (ends) onFate();
    if (ends && !fate.done) return fate.kind === 'killed' ? die() : Promise.reject(failure());
    const result: unknown = await act();
    if (ends && fate.kind === 'killed') return die();
    await sleep(1 + random() * longest);
    if (ends) throw failure();
    return result;
  };
  const slow = <O extends object>(target: O, longest: number, prepare = (_: string, act: () => unknown) => act()): O =>
    new Proxy(target, {
      get: (object, property) => {
        const value: unknown = Reflect.get(object, property, object);
        if (typeof value !== 'function') return value;
        const name = String(property);
        return (...args: unknown[]) => {
          const act = () => value.apply(object, args) as unknown;
          if (STREAMS.includes(name)) return act();
          const failure = () =>
            target === real.messenger ? new MessengerFailure('uncertain', 'no answer') : new Error('no answer');
          return call(longest, () => prepare(name, act), failure);
        };
      },
    });
  const faulty = async (name: string, act: () => unknown): Promise<unknown> => {
    const place = faults.findIndex((each) => each.call === name);
    const [fault] = place < 0 ? [] : faults.splice(place, 1);
    if (!fault) return act();
    if (fault.done) await act();
    await sleep(fault.slow);
    throw fault.failure;
  };
  const { world } = real;
  return {
    world: {
      ...world,
      channels: slow(world.channels, 10),
      members: slow(world.members, 10),
      connections: slow(world.connections, 10),
      messages: slow(world.messages, 10),
      routes: slow(world.routes, 10),
      queue: slow(world.queue, 10),
      push: slow(world.push, 20),
      files: slow(world.files, 20),
      clock: { now: () => Math.floor(time.now + skew), sleep },
    },
    messenger: slow(real.messenger, 100, faulty),
  };
}
