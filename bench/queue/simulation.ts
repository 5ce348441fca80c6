import { createMemoryStores } from '../../__tests__/memory/stores';
import { MemoryFiles, MemoryLogger, MemoryPush, repeatableRandomness } from '../../__tests__/memory/world';
import { answerQueue, type QueueEvent } from '../../lambdas/adapters/lambda-events/queue';
import { createTelegramOperatorSide } from '../../lambdas/adapters/telegram/operator-side';
import { createTelegramMessenger } from '../../lambdas/adapters/telegram/telegram-messenger';
import { DEFAULT_FILE_LIMITS } from '../../lambdas/chat/model/file-limits';
import type { ConnectionId } from '../../lambdas/chat/model/identifiers';
import type { Messenger } from '../../lambdas/chat/messenger/port';
import type { OperatorSide, World } from '../../lambdas/chat/ports';
import { createVisitorSide, type VisitorSide } from '../../lambdas/chat/browser-side';
import { openDatabase, type Database } from '../../emulators/aws/data-folder';
import { QueuePoller, type MessageSource } from '../../emulators/aws/lambda/queue-poller';
import { FifoQueue } from '../../emulators/aws/sqs/fifo-queue';
import { queueSource } from '../../emulators/aws/sqs/queue-service';
import { createTelegram, type Telegram } from '../../emulators/telegram';
import { TELEGRAM_FLOOD_LIMITS } from '../../emulators/telegram/flood-control';
import { fifoDelivery } from '../../local/fifo-delivery';
import { DELIVERY_QUEUE } from '../../local/stage-cloud';
import { quantile } from '../statistics';
import { inTemporaryFolder } from '../temporary-folder';
import { arrivals, unavoidableDelays } from './arrivals';
import { VirtualClock } from './virtual-clock';

/** What visitors do. */
export interface QueueLoad {
  /** Messages a minute, in parts of what Telegram takes for one group (20). */
  readonly factor: number;
  /** How long they write, minutes; then the queue is let run empty. */
  readonly minutes: number;
  readonly visitors: number;
  readonly seed: number;
  /** The operators' group. */
  readonly group: 'supergroup' | 'forum';
}

/** Milliseconds. */
export interface Delays {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** What came of it. */
export interface QueueRun {
  readonly load: QueueLoad;
  readonly accepted: number;
  /** Messages that an operator never sees. */
  readonly lost: number;
  /** Copies beyond the first. */
  readonly repeated: number;
  /** Messages that an operator sees before an earlier one of the same visitor. */
  readonly overtaken: number;
  readonly deadLetters: number;
  /** From the acknowledgement to the group. */
  readonly delays: Delays;
  /** What the limit alone makes of the same messages. */
  readonly unavoidable: Delays;
  /** The median delay of the visitor who waited longest, and of the one who waited shortest. */
  readonly visitors: { readonly slowest: number; readonly quickest: number };
  /** From the last message until the queue was empty, milliseconds. */
  readonly drained: number;
  /** Calls that Telegram answered with 429. */
  readonly refused: number;
  readonly invocations: number;
  /** Of an invocation, milliseconds; Lambda ends it after 30 s. */
  readonly longestInvocation: number;
}

const TOKEN = '1000000001:queue-simulation';
const BOT = 'kite_queue_bot';
const CHANNEL = 'simulation';
const LIMIT = TELEGRAM_FLOOD_LIMITS.groupPerMinute;
const MINUTE = 60_000;

/** How long a call of the Bot API takes, milliseconds. */
const TELEGRAM_LATENCY = 100;

/**
 * Visitors write faster than Telegram takes it; then the queue runs empty. The code of the functions and the queue's are
 * the real ones, Telegram is the emulator with its flood control, the time is virtual.
 */
export function simulateQueue(load: QueueLoad): Promise<QueueRun> {
  return inTemporaryFolder((folder) => simulate(load, folder));
}

async function simulate(load: QueueLoad, folder: string): Promise<QueueRun> {
  const clock = new VirtualClock();
  const telegram = createTelegram({
    bots: [{ token: TOKEN, username: BOT, privacyMode: false }],
    clock: () => clock.now(),
    floodLimits: TELEGRAM_FLOOD_LIMITS,
  });
  try {
    const database = await openDatabase(folder);
    const { apiRoot } = await telegram.listen();
    try {
      const stage = await Simulation.open(clock, database, telegram, apiRoot);
      return await clock.run(stage.play(load));
    } finally {
      await database.close();
    }
  } finally {
    await telegram.close();
  }
}

class Simulation {
  /** When a text was first seen in the group. */
  private readonly seen = new Map<string, number>();
  private readonly world: World;
  private readonly push = new MemoryPush();
  private readonly visitors: VisitorSide;
  private readonly operators: OperatorSide;
  private readonly poller: QueuePoller;
  private invocations = 0;
  /** Of an invocation, milliseconds. */
  private longestInvocation = 0;

  static async open(clock: VirtualClock, database: Database, telegram: Telegram, apiRoot: string): Promise<Simulation> {
    const now = () => clock.now();
    const deadLetters = await FifoQueue.open(database, { name: 'dead-letters.fifo', now });
    const queue = await FifoQueue.open(database, {
      name: 'delivery.fifo',
      now,
      visibilityTimeout: DELIVERY_QUEUE.visibilityTimeout,
      redrive: { to: deadLetters, maxReceiveCount: DELIVERY_QUEUE.maxReceiveCount },
    });
    return new Simulation(clock, telegram, apiRoot, queue, deadLetters);
  }

  private constructor(
    private readonly clock: VirtualClock,
    private readonly telegram: Telegram,
    apiRoot: string,
    private readonly queue: FifoQueue,
    private readonly deadLetters: FifoQueue,
  ) {
    const delivery = fifoDelivery(queue);
    this.world = {
      ...createMemoryStores(clock),
      push: this.push,
      queue: { send: (item) => clock.really(() => delivery.send(item)) },
      files: new MemoryFiles(),
      secrets: { botToken: async () => TOKEN },
      clock,
      random: repeatableRandomness(),
      logger: new MemoryLogger(),
      settings: {
        stage: 'dev',
        websocketUrl: 'wss://example.com/dev',
        apiUrl: 'https://example.com',
        retentionDays: 90,
        fileLimits: DEFAULT_FILE_LIMITS,
      },
    };
    const messenger = this.distant(createTelegramMessenger({ secrets: this.world.secrets, apiRoot }));
    this.visitors = createVisitorSide(this.world);
    this.operators = createTelegramOperatorSide(this.world, { messenger });
    this.poller = new QueuePoller({
      source: virtualSource(queue, clock),
      concurrency: Infinity,
      timer: (wake, milliseconds) => clock.timer(wake, milliseconds),
      invoke: (event) => this.invoke(event as QueueEvent),
    });
  }

  async play(load: QueueLoad): Promise<QueueRun> {
    const chat = await this.openChannel(load.group);
    const connections = await this.welcome(load.visitors);
    await this.emptied();
    // The visitors' arrival no longer counts against the limit.
    await this.clock.sleep(2 * MINUTE);
    const [callsBefore, invocationsBefore] = [this.refused, this.invocations];
    const begin = this.clock.now();
    const made = arrivals({ ...load, perMinute: load.factor * LIMIT });
    for (const [i, { at, visitor }] of made.entries()) {
      await this.clock.until(begin + at);
      await this.say(connections[visitor], i);
    }
    const end = this.clock.now();
    await this.emptied();
    await this.poller.stop();

    const texts = this.telegram.people.messages(chat).flatMap(({ text = '' }) => /m(\d+)$/.exec(text)?.[1] ?? []);
    const numbers = texts.map(Number);
    const delays = made.map(({ at }, i) => (this.seen.get(`m${i}`) ?? Infinity) - begin - at);
    const medians = connections.map((_, visitor) =>
      quantile(
        delays.filter((_, i) => made[i]?.visitor === visitor),
        0.5,
      ),
    );
    return {
      load,
      accepted: made.length,
      lost: made.length - new Set(numbers).size,
      repeated: numbers.length - new Set(numbers).size,
      overtaken: overtaken(numbers, (number) => made[number]?.visitor),
      deadLetters: this.deadLetters.size,
      delays: summary(delays),
      unavoidable: summary(unavoidableDelays(made, LIMIT)),
      visitors: {
        slowest: Math.max(...medians.filter(Number.isFinite)),
        quickest: Math.min(...medians.filter(Number.isFinite)),
      },
      drained: this.clock.now() - end,
      refused: this.refused - callsBefore,
      invocations: this.invocations - invocationsBefore,
      longestInvocation: this.longestInvocation,
    };
  }

  /** Works off a batch as the deployed function does. */
  private async invoke(event: QueueEvent): Promise<unknown> {
    const { clock, queue, operators } = this;
    const begun = clock.now();
    const fail = (error: unknown): never => {
      throw error;
    };
    const answer = await answerQueue(event, {
      deliver: async (item, attempt) => operators.deliver(item, attempt),
      onError: fail,
      onNotHidden: fail,
      now: () => clock.now(),
      delay: async (receipt, seconds) => {
        await clock.really(() => queue.hide(receipt, seconds * 1000));
      },
    });
    this.invocations++;
    this.longestInvocation = Math.max(this.longestInvocation, clock.now() - begun);
    return answer;
  }

  private get refused(): number {
    return this.telegram.calls().filter(({ code }) => code === 429).length;
  }

  /** A group whose operator makes it a channel's host. */
  private async openChannel(kind: QueueLoad['group']): Promise<number> {
    const { people } = this.telegram;
    const operator = people.user({ firstName: 'Olena' }).id;
    const chat = people.group({ title: 'Support', owner: operator, kind });
    people.addBot({ chat, by: operator, bot: BOT, administrator: true });
    const { message_id } = people.send({ chat, from: operator, text: `/host ${CHANNEL}` });
    const group = { id: chat, type: 'supergroup', title: 'Support', is_forum: kind === 'forum' };
    await this.operators.receiveUpdate({
      update_id: 1,
      message: {
        message_id,
        date: Math.floor(this.clock.now() / 1000),
        chat: group,
        from: { id: operator, is_bot: false, first_name: 'Olena' },
        text: `/host ${CHANNEL}`,
        entities: [{ type: 'bot_command', offset: 0, length: 5 }],
      },
    });
    return chat;
  }

  /** Visitors who have joined. */
  private async welcome(count: number): Promise<ConnectionId[]> {
    const connections: ConnectionId[] = [];
    for (let i = 0; i < count; i++) {
      const connection: ConnectionId = `ws:${i}`;
      this.push.open(connection);
      await this.visitors.connect({ connection, protocols: [] });
      await this.frame(connection, ['JOIN', `visitor-${i}`, `Visitor ${i}`, CHANNEL], undefined);
      connections.push(connection);
      await this.clock.sleep((2 * MINUTE) / LIMIT);
    }
    return connections;
  }

  private async say(connection: ConnectionId | undefined, number: number): Promise<void> {
    if (connection === undefined) throw new Error(`There is no visitor who says message ${number}.`);
    await this.frame(connection, ['TXT', `m${number}`, `m${number}`, '2026-01-02T03:00:00Z'], 'ACK');
  }

  private async frame(connection: ConnectionId, frame: unknown, expected: string | undefined): Promise<void> {
    const answer = await this.visitors.receive(connection, JSON.stringify(frame), this.clock.now());
    const tag = answer === undefined ? undefined : (JSON.parse(answer) as unknown[])[0];
    if (tag !== expected) throw new Error(`A frame was answered ${answer ?? 'nothing'}`);
  }

  private async emptied(): Promise<void> {
    while (this.queue.size > 0) await this.clock.sleep(1000);
  }

  /** Telegram as the functions see it: some way off. Notes when a text has arrived. */
  private distant(messenger: Messenger): Messenger {
    const { clock, seen } = this;
    return new Proxy(messenger, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...parameters: unknown[]) => {
          await clock.sleep(TELEGRAM_LATENCY);
          const result: unknown = await clock.really(async () => Reflect.apply(method, target, parameters));
          const text =
            name === 'post' ? /m\d+$/.exec(JSON.stringify(textOf(parameters[1])).slice(1, -1))?.[0] : undefined;
          if (text !== undefined && !seen.has(text)) seen.set(text, clock.now());
          return result;
        };
      },
    });
  }
}

/** The queue as Lambda's poller sees it; virtual time stands still while the disk is written. */
function virtualSource(queue: FifoQueue, clock: VirtualClock): MessageSource {
  const source = queueSource(queue, 'eu-north-1');
  return {
    ...source,
    receive: (count) => clock.really(() => source.receive(count)),
    remove: (messages) => clock.really(() => source.remove(messages)),
  };
}

function textOf(post: unknown): unknown {
  const { text } = (post ?? {}) as { text?: { text?: unknown } };
  return text?.text ?? '';
}

/** How many stand after a later one of the same visitor. */
function overtaken(numbers: readonly number[], visitorOf: (number: number) => number | undefined): number {
  const latest = new Map<number | undefined, number>();
  let count = 0;
  for (const number of numbers) {
    const visitor = visitorOf(number);
    const before = latest.get(visitor) ?? -1;
    if (number < before) count++;
    latest.set(visitor, Math.max(before, number));
  }
  return count;
}

function summary(delays: readonly number[]): Delays {
  return { median: quantile(delays, 0.5), p95: quantile(delays, 0.95), max: quantile(delays, 1) };
}
