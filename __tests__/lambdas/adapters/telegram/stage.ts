import { randomUUID } from 'node:crypto';
import { createMemoryWorld, type MemoryWorld } from '../../../memory/world';
import { createTelegramOperatorSide } from '../../../../lambdas/adapters/telegram/operator-side';
import { createTelegramMessenger } from '../../../../lambdas/adapters/telegram/telegram-messenger';
import { createVisitorSide, type VisitorSide } from '../../../../lambdas/chat/browser-side';
import type { Conversation, Message } from '../../../../lambdas/chat/model/records';
import type { ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import type { Messenger } from '../../../../lambdas/chat/messenger/port';
import type { Clock, OperatorSide, QueueItem, Stores } from '../../../../lambdas/chat/ports';
import { createTelegram, type Telegram } from '../../../../emulators/telegram';
import { prepareEngine, storesAt, type DynamoClient } from '../stores/engine';

export const TOKEN = '123456:stage-test-token';
export const BOT = 'kite_test_bot';

/**
 * The domain in memory, between visitors and the stand-in for Telegram that people use. Nothing happens by itself:
 * `settle` hands over updates and works off the queue until nothing is left to do.
 */
export class Stage {
  readonly world: MemoryWorld;
  readonly telegram: Telegram;
  readonly visitors: VisitorSide;
  operators!: OperatorSide;
  messenger!: Messenger;
  #connections = 0;
  /** Seconds for which the queue was asked to wait. */
  readonly waits: number[] = [];
  readonly attempts = new Map<string, number>();

  readonly #patience: number;
  readonly #given: boolean;
  #client?: DynamoClient;
  #joined?: Conversation;

  /** `patience`: how long a call to Telegram may take, seconds. `stores`: others than those in memory. */
  constructor({ patience = 10, stores }: { patience?: number; stores?: (clock: Clock) => Stores } = {}) {
    this.#patience = patience;
    this.world = createMemoryWorld({ secrets: { botToken: async () => TOKEN } });
    this.#given = stores !== undefined;
    if (stores) Object.assign(this.world, stores(this.world.clock));
    this.telegram = createTelegram({
      bots: [{ token: TOKEN, username: BOT, privacyMode: false }],
      clock: () => this.world.clock.now(),
    });
    this.visitors = createVisitorSide(this.world);
  }

  async start(): Promise<this> {
    const engine = process.env['DYNAMODB_LOCAL_ENDPOINT'];
    if (engine !== undefined && !this.#given) {
      this.#client = await prepareEngine(engine, randomUUID().replaceAll('-', ''));
      Object.assign(this.world, storesAt(this.#client, this.world.clock));
    }
    const attach = this.world.members.attach.bind(this.world.members);
    this.world.members.attach = (conversation, attachment) => {
      this.#joined ??= conversation;
      return attach(conversation, attachment);
    };
    const { apiRoot } = await this.telegram.listen();
    const seconds = { quick: this.#patience, patient: this.#patience, file: this.#patience };
    this.messenger = createTelegramMessenger({ secrets: this.world.secrets, apiRoot, seconds });
    this.operators = createTelegramOperatorSide(this.world, { messenger: this.messenger });
    return this;
  }

  stop(): Promise<void> {
    this.#client?.destroy();
    return this.telegram.close();
  }

  /** A group with an operator in it, and the bot as an administrator. */
  group(kind: 'group' | 'supergroup' | 'forum' = 'supergroup'): { chat: number; operator: number } {
    const operator = this.telegram.people.user({ firstName: 'Olena' }).id;
    const chat = this.telegram.people.group({ title: 'Support', owner: operator, kind });
    this.telegram.people.addBot({ chat, by: operator, bot: BOT, administrator: true });
    return { chat, operator };
  }

  /** A group that hosts a channel. */
  async hosting(channel: string, kind?: 'group' | 'supergroup' | 'forum') {
    const place = this.group(kind);
    this.telegram.people.send({ chat: place.chat, from: place.operator, text: `/host ${channel}` });
    await this.settle();
    return place;
  }

  /** A visitor who has joined; `frames()` is what they got since the last look, without what was sent on joining. */
  async visitor(channel: string, name: string | null, memberId = `member-${this.#connections}`) {
    const connection = `ws:c${this.#connections++}` as ConnectionId;
    this.world.push.open(connection);
    await this.visitors.connect({ connection, protocols: [] });
    const answer = await this.frame(connection, ['JOIN', memberId, name, channel]);
    if (answer !== undefined) throw new Error(`JOIN was answered ${answer}`);
    await this.settle();
    const frames = () => (this.world.push.frames.get(connection)?.splice(0) ?? []).map((frame) => JSON.parse(frame));
    frames();
    let sent = 0;
    const say = async (text: string) => {
      const answered = await this.frame(connection, ['TXT', `m${sent++}`, text, '2026-01-01T00:00:00Z']);
      return JSON.parse(answered ?? 'null');
    };
    /** UPL, the upload itself, BIN; the answer to the last, and the link. */
    const upload = async (id: string, name: string, body: Uint8Array, type: string) => {
      const now = '2026-01-01T00:00:00Z';
      const size = body.byteLength;
      const [, , link] = JSON.parse((await this.frame(connection, ['UPL', id, name, type, size, now])) ?? 'null');
      this.world.files.upload(String(link).split('/files/')[1]!, body, type);
      const answer = await this.frame(connection, ['BIN', id, link, name, type, size, now]);
      return { link: String(link), answer: JSON.parse(answer ?? 'null') };
    };
    return { connection, memberId, frames, say, upload };
  }

  frame(connection: ConnectionId, frame: unknown): Promise<string | undefined> {
    return this.visitors.receive(connection, JSON.stringify(frame), this.world.clock.now());
  }

  /** The conversation of the first visitor. @throws Error if there is none */
  onlyConversation(): Conversation {
    if (!this.#joined) throw new Error('There is no visitor');
    return this.#joined;
  }

  /** What is stored of the first visitor's conversation. */
  async stored(): Promise<Message[]> {
    const { entries } = await this.world.messages.history(this.onlyConversation(), undefined, 1000);
    return entries.map(({ message }) => message);
  }

  /** What a chat shows: texts and captions, oldest first, without service messages. */
  texts(chat: number | string, topic?: number): string[] {
    return this.telegram.people
      .messages(chat, topic === undefined ? {} : { topic })
      .flatMap((message) => message.text ?? message.caption ?? []);
  }

  /** The texts of visitors as they stand in a chat, without their headers. */
  visitorTexts(chat: number): string[] {
    return this.texts(chat)
      .filter((text) => text.startsWith('#'))
      .map((text) => text.split('\n').slice(1).join('\n'));
  }

  last(chat: number | string) {
    const messages = this.telegram.people.messages(chat).filter((message) => message.text ?? message.caption);
    return messages.at(-1)!;
  }

  /** Somebody presses a button, of the last message if none is named; what they are shown. */
  async press(chat: number | string, from: number, button: string, message = this.last(chat).message_id) {
    const pressed = this.telegram.people.press({ chat, from, message, button });
    await this.settle();
    return (await pressed).text;
  }

  /** Everything that is to be done is done; with pauses where the queue asks for them. */
  async settle(): Promise<void> {
    for (let round = 0; round < 1000; round++) {
      const updates = this.updates();
      for (const update of updates) await this.receive(update);
      const items = this.world.queue.items.splice(0);
      for (const item of items) await this.work(item);
      if (updates.length === 0 && items.length === 0) return;
    }
    throw new Error('It does not settle');
  }

  /** Hands an update over as Telegram does: again and again until it is taken. */
  async receive(update: unknown): Promise<void> {
    for (let tries = 0; (await this.operators.receiveUpdate(update)) === 'retry'; tries++) {
      if (tries === 20) throw new Error(`An update is never taken: ${JSON.stringify(update)}`);
      await this.world.clock.sleep(31_000);
    }
  }

  /** Works off one item as the queue does: it stays in its place until it is done. */
  async work(item: QueueItem): Promise<void> {
    for (let attempt = 1; attempt < 200; attempt++) {
      if (item.kind === 'to-visitor') {
        if ((await this.visitors.redeliver(item, item.attempt)) === 'done') return;
      } else {
        const outcome = await this.operators.deliver(item, attempt);
        if (outcome.kind === 'done') return;
        this.waits.push(outcome.retryAfter);
        await this.world.clock.sleep(Math.ceil(outcome.retryAfter * 1000));
        continue;
      }
      await this.world.clock.sleep(1000);
    }
    throw new Error(`An item is never done: ${JSON.stringify(item)}`);
  }

  updates(): unknown[] {
    return this.telegram.takeUpdates(BOT);
  }
}
