import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../bench/queue/virtual-clock';
import { openDatabase, type Database } from '../../../emulators/aws/data-folder';
import { QueuePoller } from '../../../emulators/aws/lambda/queue-poller';
import { FifoQueue } from '../../../emulators/aws/sqs/fifo-queue';
import { queueSource } from '../../../emulators/aws/sqs/queue-service';
import { createTelegram, type Telegram } from '../../../emulators/telegram';
import { TELEGRAM_FLOOD_LIMITS } from '../../../emulators/telegram/flood-control';
import type { ProxyAnswer } from '../../../lambdas/adapters/lambda-events/websocket';
import { webhookSecret } from '../../../lambdas/adapters/telegram/webhook-secret';
import type { ConnectionId } from '../../../lambdas/chat/model/identifiers';
import { createRequestDispatcher, type DispatcherHandler } from '../../../lambdas/request-dispatcher/wiring';
import { fifoDelivery } from '../../../local/fifo-delivery';
import { DELIVERY_QUEUE } from '../../../local/stage-cloud';
import { createMemoryWorld, type MemoryWorld } from '../../memory/world';
import { memoryEnvironment } from './memory-environment';

const TOKEN = '1000000001:attacked-stage';
const BOT = 'kite_attacked_bot';

/** What a new account has. */
const EXECUTIONS = 10;

/** Batches of deliveries at once, as `constructs/function/delivery-queue.ts` sets it. */
const BATCHES = 4;

/** How long things take, milliseconds. */
const TIMES = { coldStart: 400, invocation: 3, request: 6, push: 15, queue: 10, telegram: 100, file: 4000 };

const SECOND = 1000;

/** What became of the texts of two visitors who have nothing to do with an attack, one in the channel and one in another. */
export interface Experience {
  readonly texts: number;
  /** How long the slowest took until its acknowledgement, and until it was in the group, milliseconds. */
  readonly acknowledged: number;
  readonly shown: number;
  /** Frames that the attacker sent, or messages. */
  readonly attempts: number;
  /** Events for which there was no execution. */
  readonly throttled: number;
  /** The part of the executions' time that was used. */
  readonly busy: number;
  /** Connections that the function closed. */
  readonly closed: number;
}

/** A visitor's browser that reconnects when its connection ends. */
export class Browser {
  private connection: string | undefined;

  constructor(
    private readonly stage: AttackedStage,
    readonly sourceIp: string,
    private readonly channel?: string,
    private readonly origin = 'https://shop.example',
  ) {}

  /** Sends a frame, over a new connection if the last one is closed; what came as its answer. */
  async send(frame: unknown): Promise<unknown[] | undefined> {
    if (this.connection === undefined || !this.stage.isOpen(this.connection)) {
      this.connection = await this.stage.connect(this.sourceIp, this.channel, this.origin);
    }
    if (this.connection === undefined) return undefined;
    return this.stage.frame(this.connection, this.sourceIp, frame);
  }

  async join(id: string, channel: string): Promise<void> {
    await this.send(['JOIN', id, id, channel]);
  }
}

/** A stage under attack: the dispatcher's own code in ten executions, in virtual time. */
export class AttackedStage {
  readonly world: MemoryWorld;
  private readonly idle: { handler: DispatcherHandler; cold: boolean }[] = [];
  private readonly shown = new Map<string, number>();
  private readonly open = new Set<string>();
  private readonly poller: QueuePoller;
  private started = 0;
  private connections = 0;
  private throttled = 0;
  private busy = 0;
  private closed = 0;
  /** See {@link Experience.attempts}. */
  attempts = 0;

  /** Lets an attack run for a minute, while two visitors write; without one, it is a quiet minute. */
  static async during(attack: (stage: AttackedStage) => Promise<unknown>): Promise<Experience> {
    const folder = await mkdtemp(join(tmpdir(), 'kite-attack-'));
    const clock = new VirtualClock();
    const { fetch } = globalThis;
    const telegram = createTelegram({
      bots: [{ token: TOKEN, username: BOT, privacyMode: false }],
      clock: () => clock.now(),
      floodLimits: TELEGRAM_FLOOD_LIMITS,
    });
    const database = await openDatabase(folder);
    try {
      const { apiRoot } = await telegram.listen();
      const stage = await AttackedStage.start(clock, database, telegram, apiRoot);
      globalThis.fetch = stage.distant(fetch);
      return await clock.run(stage.play(attack));
    } finally {
      globalThis.fetch = fetch;
      await telegram.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    }
  }

  private static async start(clock: VirtualClock, database: Database, telegram: Telegram, apiRoot: string) {
    const queue = await FifoQueue.open(database, {
      name: 'delivery.fifo',
      now: () => clock.now(),
      visibilityTimeout: DELIVERY_QUEUE.visibilityTimeout,
    });
    return new AttackedStage(clock, telegram, apiRoot, queue);
  }

  private constructor(
    readonly clock: VirtualClock,
    readonly telegram: Telegram,
    private readonly apiRoot: string,
    private readonly queue: FifoQueue,
  ) {
    this.world = createMemoryWorld({ clock, secrets: { botToken: async () => TOKEN } });
    const source = queueSource(queue, 'eu-north-1');
    this.poller = new QueuePoller({
      source: {
        ...source,
        receive: (count) => clock.really(() => source.receive(count)),
        remove: (messages) => clock.really(() => source.remove(messages)),
      },
      concurrency: BATCHES,
      timer: (wake, milliseconds) => clock.timer(wake, milliseconds),
      invoke: async (event) => {
        for (;;) {
          const answer = await this.invoke(event);
          if (answer !== undefined) return answer;
          await clock.sleep(SECOND);
        }
      },
    });
  }

  /** A group of operators that hosts a channel. */
  async hosting(channel: string): Promise<void> {
    const { people } = this.telegram;
    const operator = people.user({ firstName: 'Olena' }).id;
    const chat = people.group({ title: channel, owner: operator, kind: 'supergroup' });
    people.addBot({ chat, by: operator, bot: BOT, administrator: true });
    people.send({ chat, from: operator, text: `/host ${channel}` });
    await this.updates();
  }

  /** Somebody's private chat with the bot, as a visitor of a channel. */
  async account(channel: string): Promise<{ user: number; chat: string | number }> {
    const user = this.telegram.people.user({ firstName: 'Mallory' }).id;
    const chat = this.telegram.people.start({ user, bot: BOT, payload: `join__${channel}` });
    await this.updates();
    return { user, chat };
  }

  /** Brings what happened in Telegram, as its webhook does. */
  async updates(): Promise<void> {
    await Promise.all(
      this.telegram.takeUpdates(BOT).map((update) =>
        this.invoke({
          requestContext: { http: { method: 'POST', path: '/dev/tg' }, stage: 'dev' },
          headers: { 'x-telegram-bot-api-secret-token': webhookSecret(TOKEN, 'dev') },
          body: JSON.stringify(update),
        }),
      ),
    );
  }

  browser(sourceIp: string, channel?: string, origin?: string): Browser {
    return new Browser(this, sourceIp, channel, origin);
  }

  isOpen(connection: string): boolean {
    return this.open.has(connection);
  }

  /** The id of a new connection; undefined: it was refused. */
  async connect(sourceIp: string, channel: string | undefined, origin: string): Promise<string | undefined> {
    const connection = `c${this.connections++}`;
    const answer = await this.invoke({
      ...this.event('CONNECT', connection, sourceIp),
      headers: { Origin: origin },
      ...(channel === undefined ? {} : { queryStringParameters: { c: channel } }),
    });
    if ((answer as ProxyAnswer | undefined)?.statusCode !== 200) return undefined;
    this.open.add(connection);
    this.world.push.open(`ws:${connection}`);
    return connection;
  }

  async frame(connection: string, sourceIp: string, frame: unknown): Promise<unknown[] | undefined> {
    this.attempts++;
    const body = typeof frame === 'string' ? frame : JSON.stringify(frame);
    const answer = (await this.invoke({ ...this.event('MESSAGE', connection, sourceIp), body })) as
      ProxyAnswer | undefined;
    const text = answer?.body;
    return text === undefined || !text.startsWith('[') ? undefined : (JSON.parse(text) as unknown[]);
  }

  /** Does something so many times within a minute, whether or not the time before has ended. */
  async everyMinute(times: number, what: (i: number) => Promise<unknown>): Promise<void> {
    const begin = this.clock.now();
    for (let i = 0; i < times; i++) {
      await this.clock.until(begin + Math.floor((i * 60 * SECOND) / times));
      void what(i);
    }
  }

  private async play(attack: (stage: AttackedStage) => Promise<unknown>): Promise<Experience> {
    await this.hosting('attacked-shop');
    await this.hosting('another-shop');
    const visitors = [
      { name: 'ann', browser: this.browser('198.51.100.1', 'attacked-shop'), channel: 'attacked-shop' },
      { name: 'bob', browser: this.browser('198.51.100.2', 'another-shop'), channel: 'another-shop' },
    ];
    for (const { name, browser, channel } of visitors) await browser.join(name, channel);
    await this.clock.sleep(60 * SECOND);
    const [busy, begin] = [this.busy, this.clock.now()];
    void attack(this);
    const acknowledged: number[] = [];
    const sent = new Map<string, number>();
    await Promise.all(
      visitors.map(async ({ name, browser }, offset) => {
        for (let i = 0; i < 6; i++) {
          await this.clock.until(begin + (5 + 10 * i) * SECOND + offset * 37);
          const text = `${name}-${i}`;
          const at = this.clock.now();
          sent.set(text, at);
          // As the widget does: again after a second, with the same id.
          while ((await browser.send(['TXT', text, text, '2026-01-01T00:00:00Z']))?.[0] !== 'ACK') {
            await this.clock.sleep(SECOND);
          }
          acknowledged.push(this.clock.now() - at);
        }
      }),
    );
    const used = (this.busy - busy) / (EXECUTIONS * (this.clock.now() - begin));
    for (let waits = 0; waits < 600 && this.shown.size < sent.size; waits++) await this.clock.sleep(SECOND);
    await this.poller.stop();
    const delays = [...sent].map(([text, at]) => (this.shown.get(text) ?? Infinity) - at);
    return {
      acknowledged: Math.max(...acknowledged),
      shown: Math.max(...delays),
      texts: sent.size,
      attempts: this.attempts,
      throttled: this.throttled,
      busy: Math.round(100 * used) / 100,
      closed: this.closed,
    };
  }

  private event(eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT', connectionId: string, sourceIp: string) {
    return {
      requestContext: { eventType, connectionId, requestTimeEpoch: this.clock.now(), identity: { sourceIp } },
    };
  }

  /** Runs the function, in the execution that was used last; undefined: none is free. */
  private async invoke(event: unknown): Promise<unknown> {
    const instance = this.idle.pop() ?? (this.started < EXECUTIONS ? this.newInstance() : undefined);
    if (!instance) {
      this.throttled++;
      return undefined;
    }
    const begin = this.clock.now();
    await this.clock.sleep(instance.cold ? TIMES.coldStart : TIMES.invocation);
    instance.cold = false;
    try {
      return await instance.handler(event);
    } finally {
      this.busy += this.clock.now() - begin;
      this.idle.push(instance);
    }
  }

  private newInstance() {
    this.started++;
    const { world, clock } = this;
    const delivery = fifoDelivery(this.queue);
    const handler = createRequestDispatcher(memoryEnvironment(world.settings, this.apiRoot, 'ERROR'), {
      ...world,
      channels: this.remote(world.channels, TIMES.request),
      members: this.remote(world.members, TIMES.request),
      connections: this.remote(world.connections, TIMES.request),
      messages: this.remote(world.messages, TIMES.request),
      routes: this.remote(world.routes, TIMES.request),
      files: this.remote(world.files, TIMES.push),
      push: {
        push: async (to, text) => (await clock.sleep(TIMES.push), world.push.push(to, text)),
        disconnect: async (connection) => (await clock.sleep(TIMES.push), this.disconnect(connection)),
      },
      queue: { send: async (item) => (await clock.sleep(TIMES.queue), clock.really(() => delivery.send(item))) },
      delayQueueItem: async (receipt, seconds) => {
        await clock.sleep(TIMES.queue);
        await clock.really(() => this.queue.hide(receipt, seconds * SECOND));
      },
    });
    return { handler, cold: true };
  }

  /** Closes a connection, of which the gateway tells the function. */
  private disconnect(connection: ConnectionId): void {
    const id = connection.slice('ws:'.length);
    if (!this.open.delete(id)) return;
    this.closed++;
    this.world.push.close(connection);
    void this.invoke(this.event('DISCONNECT', id, ''));
  }

  /** A service some way off. */
  private remote<T extends object>(service: T, milliseconds: number): T {
    const { clock } = this;
    return new Proxy(service, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        if (['history', 'waiting', 'read'].includes(String(name))) return method.bind(target) as unknown;
        return async (...given: unknown[]) => {
          await clock.sleep(milliseconds);
          return Reflect.apply(method, target, given) as unknown;
        };
      },
    });
  }

  /** Telegram some way off. Notes when a visitor's text has arrived. */
  private distant(real: typeof fetch): typeof fetch {
    const { clock, shown } = this;
    return async (input, init) => {
      const { method } = new URL(String(input)).pathname.match(/\/(?<method>\w+)$/)?.groups ?? {};
      await clock.sleep(method === 'sendDocument' ? TIMES.file : TIMES.telegram);
      const response = await clock.really(async () => {
        const answer = await real(input, init);
        return new Response(await answer.arrayBuffer(), answer);
      });
      const text = method === 'sendMessage' && response.ok && /(ann|bob)-\d+/.exec(String(init?.body))?.[0];
      if (text && !shown.has(text)) shown.set(text, clock.now());
      return response;
    };
  }
}
