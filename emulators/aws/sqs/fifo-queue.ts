import { randomUUID } from 'node:crypto';
import type { Database } from '../data-folder';

/** A message of a queue. Times are epoch milliseconds. */
export interface QueueMessage {
  readonly id: string;
  /** Twenty digits: sorts as text in the order of sending. */
  readonly sequence: string;
  readonly group: string;
  readonly deduplicationId: string;
  readonly body: string;
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt: number | undefined;
  /** Not to be received before. */
  readonly visibleAt: number;
}

/** A message in the hands of a consumer. */
export interface ReceivedMessage extends QueueMessage {
  /** Names this receipt of the message; older ones of the same message are void. */
  readonly receipt: string;
}

export interface FifoQueueOptions {
  /** E.g. `dev-delivery.fifo` */
  readonly name: string;
  /** Milliseconds a received message stays hidden from other consumers. @default 30000, as SQS */
  readonly visibilityTimeout?: number;
  /** Where a message goes that was received too often. @default - it is received again and again */
  readonly redrive?: { readonly to: FifoQueue; readonly maxReceiveCount: number };
  /** @default Date.now */
  readonly now?: () => number;
}

/** How long a deduplication id counts: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html */
const DEDUPLICATION_INTERVAL = 5 * 60 * 1000;

/**
 * A first-in-first-out queue as SQS has it, kept in a LevelDB or in memory: groups in order, one consumer at a time for a group,
 * visibility, deduplication, dead letters. Whatever `send` has resolved for survives the end of the process.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class FifoQueue {
  readonly name: string;
  readonly visibilityTimeout: number;
  private readonly redrive: FifoQueueOptions['redrive'];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** In the order of sending. */
  private readonly messages = new Map<string, QueueMessage>();
  private readonly receipts = new Map<string, string>();
  private readonly deduplication = new Map<string, { id: string; sequence: string; at: number; kept: Promise<void> }>();
  private readonly listeners = new Set<() => void>();
  private lastSequence = 0n;
  /** When `receive` was last called. */
  private receivedAt = 0;
  private lastWrite: Promise<void> = Promise.resolve();

  private constructor(
    private readonly database: Database | undefined,
    options: FifoQueueOptions,
  ) {
    this.name = options.name;
    this.visibilityTimeout = options.visibilityTimeout ?? 30_000;
    this.redrive = options.redrive;
    this.now = options.now ?? Date.now;
  }

  /**
   * Opens a queue with the messages it held before; what a consumer had is available again at once.
   * @param database undefined: messages are kept in memory
   */
  static async open(database: Database | undefined, options: FifoQueueOptions): Promise<FifoQueue> {
    const queue = new FifoQueue(database, options);
    if (!database) return queue;
    const prefix = queue.key('');
    for await (const [, value] of database.iterator({ gte: prefix, lt: `${prefix}~` })) {
      const message = value as QueueMessage;
      queue.messages.set(message.id, message);
      queue.remember(message, Promise.resolve());
      const sequence = BigInt(message.sequence);
      if (sequence > queue.lastSequence) queue.lastSequence = sequence;
    }
    return queue;
  }

  /** How many messages there are, in consumers' hands or not. */
  get size(): number {
    return this.messages.size;
  }

  /** How many messages a consumer has, or asked to have later. */
  get hidden(): number {
    const now = this.now();
    return [...this.messages.values()].filter((message) => message.visibleAt > now).length;
  }

  /** Calls back whenever a message may have become available. Returns what ends it. */
  onAvailable(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Adds a message; resolves when it is kept. A deduplication id seen in the last five minutes adds nothing. */
  async send(input: {
    readonly group: string;
    readonly deduplicationId: string;
    readonly body: string;
  }): Promise<{ readonly id: string; readonly sequence: string }> {
    const now = this.now();
    const known = this.deduplication.get(input.deduplicationId);
    if (known && known.at > now - DEDUPLICATION_INTERVAL) {
      await known.kept;
      return known;
    }

    // Time first, so that sequence numbers also grow over restarts of an empty queue.
    const byTime = BigInt(now) * 1000n;
    this.lastSequence = byTime > this.lastSequence ? byTime : this.lastSequence + 1n;
    const message: QueueMessage = {
      ...input,
      id: randomUUID(),
      sequence: String(this.lastSequence).padStart(20, '0'),
      sentAt: now,
      receiveCount: 0,
      firstReceivedAt: undefined,
      visibleAt: 0,
    };
    const kept = this.keep(message);
    this.remember(message, kept);
    this.messages.set(message.id, message);
    await kept;
    this.announce();
    return message;
  }

  /**
   * Takes up to `limit` messages of one group, the oldest first, and hides them for the visibility timeout.
   * A group of which a message is hidden waits. Undefined: nothing is available.
   */
  async receive(limit: number, visibilityTimeout = this.visibilityTimeout): Promise<ReceivedMessage[]> {
    const now = this.now();
    this.receivedAt = now;
    const waiting = new Set<string>();
    for (const message of this.messages.values()) if (message.visibleAt > now) waiting.add(message.group);

    let group: string | undefined;
    const taken: ReceivedMessage[] = [];
    const dead: QueueMessage[] = [];
    for (const message of this.messages.values()) {
      if (taken.length >= limit) break;
      if (waiting.has(message.group) || (group !== undefined && message.group !== group)) continue;
      if (this.redrive && message.receiveCount >= this.redrive.maxReceiveCount) {
        dead.push(message);
        continue;
      }
      group = message.group;
      taken.push({
        ...message,
        receipt: `${message.id}/${randomUUID()}`,
        receiveCount: message.receiveCount + 1,
        firstReceivedAt: message.firstReceivedAt ?? now,
        visibleAt: now + visibilityTimeout,
      });
    }
    for (const { receipt, ...message } of taken) {
      this.messages.set(message.id, message);
      this.receipts.set(message.id, receipt);
    }
    for (const { id } of dead) this.messages.delete(id);
    await Promise.all(dead.map((message) => this.bury(message)));
    // A process that ends now has lost its consumers with it: what they held is kept as visible.
    await Promise.all(taken.map(({ receipt: _, ...message }) => this.keep({ ...message, visibleAt: 0 })));
    return taken;
  }

  /** Removes a message that was handled. False: the receipt is void, another consumer has the message. */
  async delete(receipt: string): Promise<boolean> {
    const message = this.held(receipt);
    if (!message) return false;
    this.messages.delete(message.id);
    this.receipts.delete(message.id);
    await this.forget(message);
    this.announce();
    return true;
  }

  /** Makes a received message available again after that many milliseconds; later restarts included. */
  async hide(receipt: string, milliseconds: number): Promise<boolean> {
    const message = this.held(receipt);
    if (!message) return false;
    const hidden = { ...message, visibleAt: this.now() + milliseconds };
    this.messages.set(message.id, hidden);
    await this.keep(hidden);
    this.announce();
    return true;
  }

  /** When the first of the messages becomes (or became) available that the last `receive` found, or left, hidden. */
  get nextVisibleAt(): number | undefined {
    const later = [...this.messages.values()].map(({ visibleAt }) => visibleAt).filter((at) => at > this.receivedAt);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  private held(receipt: string): QueueMessage | undefined {
    const id = receipt.split('/', 1)[0] ?? '';
    return this.receipts.get(id) === receipt ? this.messages.get(id) : undefined;
  }

  private async bury(message: QueueMessage): Promise<void> {
    const { group, id, body } = message;
    await this.redrive?.to.send({ group, deduplicationId: id, body });
    this.receipts.delete(id);
    await this.forget(message);
  }

  private remember(message: QueueMessage, kept: Promise<void>): void {
    const oldest = this.now() - DEDUPLICATION_INTERVAL;
    for (const [id, { at }] of this.deduplication) {
      if (at > oldest) break;
      this.deduplication.delete(id);
    }
    const { id, sequence, sentAt: at } = message;
    this.deduplication.set(message.deduplicationId, { id, sequence, at, kept });
  }

  private key(sequence: string): string {
    return `${this.name}/${sequence}`;
  }

  private keep(message: QueueMessage): Promise<void> {
    return this.write((database) => database.put(this.key(message.sequence), message));
  }

  private forget(message: QueueMessage): Promise<void> {
    return this.write((database) => database.del(this.key(message.sequence)));
  }

  /** One write after the other: LevelDB may run two that are under way at once in any order. */
  private write(operation: (database: Database) => Promise<void>): Promise<void> {
    const written = this.lastWrite.then(() => this.database && operation(this.database));
    this.lastWrite = written.catch(() => undefined);
    return written;
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}
