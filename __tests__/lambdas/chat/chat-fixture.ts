import { createMemoryWorld, type MemoryWorld } from '../../memory/world';
import { type ChannelName, type ConnectionId } from '../../../lambdas/chat/model/identifiers';
import type { Messenger } from '../../../lambdas/chat/messenger/port';
import { messageRef } from '../../../lambdas/chat/model/records';
import type { Incoming } from '../../../lambdas/chat/messenger/incoming';
import { createOperatorDomain } from '../../../lambdas/chat/messenger-side';
import type { QueueItem, World } from '../../../lambdas/chat/ports';
import { createVisitorSide } from '../../../lambdas/chat/browser-side';
import { FakeMessenger } from './fake-messenger';

export const CHANNEL = 'my-channel' as ChannelName;
export const GROUP = FakeMessenger.chat('support');
const SENT_AT = '2026-01-02T03:04:05Z';

/** A function instance: the world it works in, and the host. */
export interface Instance {
  readonly world: World;
  readonly messenger: Messenger;
}

/** One channel with its group in memory, and as many visitors as a test wants. Nothing happens by itself. */
export class ChatFixture {
  readonly world: MemoryWorld;
  readonly messenger: FakeMessenger;
  /** Every frame that a visitor's browsers got, in order, by member id. */
  readonly got = new Map<string, unknown[][]>();
  #connections = 0;
  #updates = 1;

  constructor(readonly forum = false) {
    this.world = createMemoryWorld();
    this.messenger = new FakeMessenger(() => this.world.clock.now(), forum);
  }

  async start(): Promise<this> {
    await this.world.channels.create({
      name: CHANNEL,
      host: GROUP,
      handleKey: Buffer.alloc(32, 3).toString('base64url'),
      state: 'active',
      forum: this.forum,
      origins: [],
      messages: 0,
      createdAt: new Date(this.world.clock.now()).toISOString(),
    });
    return this;
  }

  get instance(): Instance {
    return { world: this.world, messenger: this.messenger };
  }

  /** A browser of a visitor, not joined yet. */
  async open(memberId: string): Promise<ConnectionId> {
    const connection: ConnectionId = `ws:c${this.#connections++}`;
    const frames = this.got.get(memberId) ?? [];
    this.got.set(memberId, frames);
    const pushed: string[] = [];
    pushed.push = (...texts: string[]) => frames.push(...texts.map((text) => JSON.parse(text)));
    this.world.push.frames.set(connection, pushed);
    await createVisitorSide(this.world).connect({ connection, protocols: [] });
    return connection;
  }

  async frame(connection: ConnectionId, elements: unknown, instance: Instance = this.instance) {
    const text = JSON.stringify(elements);
    const answer = await createVisitorSide(instance.world).receive(connection, text, this.world.clock.now());
    return answer === undefined ? undefined : (JSON.parse(answer) as unknown[]);
  }

  join(connection: ConnectionId, memberId: string, instance?: Instance) {
    return this.frame(connection, ['JOIN', memberId, memberId, CHANNEL], instance);
  }

  say(connection: ConnectionId, id: string, text: string, instance?: Instance) {
    return this.frame(connection, ['TXT', id, text, SENT_AT], instance);
  }

  /** The browser is gone; API Gateway says so unless `silent`. */
  async close(connection: ConnectionId, silent = false): Promise<void> {
    this.world.push.close(connection);
    if (!silent) await createVisitorSide(this.world).disconnect(connection);
  }

  /** An operator's message as an update; the same update can be handed over again. */
  written(text: string, where: { replyTo?: string; thread?: string } = {}): Incoming {
    const { thread, ...replying } = where;
    const message = this.messenger.write(GROUP, text, thread);
    return {
      kind: 'message',
      update: `$update-${this.#updates}:example.org`,
      chat: { id: GROUP, kind: 'group', forum: this.forum, title: 'Support' },
      ref: messageRef(GROUP, message, thread),
      order: this.#updates++,
      ...replying,
      sentAt: this.world.clock.now(),
      editedAt: 0,
      content: { kind: 'text', text },
    };
  }

  receive(update: Incoming, { world, messenger }: Instance = this.instance) {
    return createOperatorDomain(world, messenger).receive(update);
  }

  async deliver(item: QueueItem, attempt: number, { world, messenger }: Instance = this.instance) {
    if (item.kind !== 'to-visitor') return createOperatorDomain(world, messenger).deliver(item, attempt);
    const outcome = await createVisitorSide(world).redeliver(item, item.attempt);
    return outcome === 'done' ? ({ kind: 'done' } as const) : ({ kind: 'retry', retryAfter: 3 } as const);
  }

  /** Hands over an update until it is taken. */
  async insist(update: Incoming): Promise<void> {
    for (let tries = 0; (await this.receive(update)) === 'retry'; tries++) {
      if (tries > 20) throw new Error('An update is never taken');
      await this.world.clock.sleep(31_000);
    }
  }

  /** Works off the queue. */
  async settle(): Promise<void> {
    for (let item = this.world.queue.items.shift(); item; item = this.world.queue.items.shift()) {
      for (let attempt = 1; ; attempt++) {
        const outcome = await this.deliver(item, attempt);
        if (outcome.kind === 'done') break;
        if (attempt > 200) throw new Error(`An item is never done: ${JSON.stringify(item)}`);
        await this.world.clock.sleep(Math.ceil(outcome.retryAfter * 1000));
      }
    }
  }

  /** Texts in the group, without the header line and the bot's notices. */
  shown(): string[] {
    return this.messenger
      .messages(GROUP)
      .filter(({ own, text }) => own && text.startsWith('#'))
      .map(({ text }) => text.slice(text.indexOf('\n') + 1));
  }

  /** Texts of the host's messages that a visitor got. */
  texts(memberId: string): unknown[] {
    return (this.got.get(memberId) ?? []).filter(([tag]) => tag === 'TXT').map(([, , text]) => text);
  }
}
