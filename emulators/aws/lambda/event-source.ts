import type { FifoQueue, ReceivedMessage } from '../sqs/fifo-queue';
import { md5, queueArn, systemAttributes } from '../sqs/queue-service';

export interface EventSourceOptions {
  readonly queue: FifoQueue;
  readonly region: string;
  /** Runs the function with an SQS event; rejects if the function failed. */
  readonly invoke: (event: object) => Promise<unknown>;
  /** Messages in one event. @default 10, as Lambda */
  readonly batchSize?: number;
  /** Events under way at the same time, each of another group. @default 10 */
  readonly concurrency?: number;
  /** Milliseconds until a batch comes again whose function failed as a whole. @default - the visibility timeout */
  readonly retryAfter?: number;
  /** Told of each event. */
  readonly observe?: (batch: {
    readonly messages: number;
    readonly failed: number;
    readonly duration: number;
    readonly error?: unknown;
  }) => void;
}

/**
 * Lambda's event source mapping for an SQS FIFO queue, with ReportBatchItemFailures: gives a function what is in the
 * queue, a group at a time, and removes what it dealt with.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class EventSource {
  private readonly running = new Set<Promise<void>>();
  private readonly ignore: () => void;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private looking = false;
  private lookAgain = false;

  constructor(private readonly options: EventSourceOptions) {
    this.ignore = options.queue.onAvailable(() => void this.look());
    void this.look();
  }

  /** Takes nothing more and waits for what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ignore();
    clearTimeout(this.timer);
    await Promise.all(this.running);
  }

  private async look(): Promise<void> {
    this.lookAgain = true;
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.lookAgain && !this.stopped) {
        this.lookAgain = false;
        await this.takeAll();
      }
    } finally {
      this.looking = false;
    }
    this.wakeForHidden();
  }

  private async takeAll(): Promise<void> {
    const { queue, batchSize = 10, concurrency = 10 } = this.options;
    while (!this.stopped && this.running.size < concurrency) {
      const batch = await queue.receive(batchSize);
      if (batch.length === 0) return;
      const run = this.deliver(batch).finally(() => {
        this.running.delete(run);
        void this.look();
      });
      this.running.add(run);
    }
  }

  private async deliver(batch: readonly ReceivedMessage[]): Promise<void> {
    const { queue, invoke, observe, retryAfter } = this.options;
    const started = performance.now();
    let failed: ReadonlySet<string>;
    let error: unknown;
    try {
      failed = failedMessages(await invoke({ Records: batch.map((message) => this.record(message)) }), batch);
    } catch (cause) {
      error = cause;
      failed = new Set(batch.map(({ id }) => id));
      if (retryAfter !== undefined) await Promise.all(batch.map(({ receipt }) => queue.hide(receipt, retryAfter)));
    }
    await Promise.all(batch.filter(({ id }) => !failed.has(id)).map(({ receipt }) => queue.delete(receipt)));
    observe?.({ messages: batch.length, failed: failed.size, duration: performance.now() - started, error });
  }

  private record(message: ReceivedMessage): object {
    const { queue, region } = this.options;
    return {
      messageId: message.id,
      receiptHandle: message.receipt,
      body: message.body,
      attributes: systemAttributes(message),
      messageAttributes: {},
      md5OfBody: md5(message.body),
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn(region, queue.name),
      awsRegion: region,
    };
  }

  private wakeForHidden(): void {
    clearTimeout(this.timer);
    const at = this.options.queue.nextVisibleAt;
    if (this.stopped || at === undefined) return;
    this.timer = setTimeout(() => void this.look(), Math.max(1, Math.min(at - Date.now() + 1, 2 ** 31 - 1)));
    this.timer.unref();
  }
}

/**
 * The messages that a function's answer names as failed. An answer that cannot be read as ReportBatchItemFailures, or
 * names a message that was not there, fails the whole batch, as Lambda does.
 */
function failedMessages(answer: unknown, batch: readonly ReceivedMessage[]): ReadonlySet<string> {
  if (answer === null || answer === undefined) return new Set();
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  const ids = Array.isArray(failures)
    ? failures.map((failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier)
    : [undefined];
  const known = new Set(batch.map(({ id }) => id));
  if (ids.some((id) => typeof id !== 'string' || !known.has(id))) {
    throw new Error('The function named failures that are not in its batch, so the whole batch counts as failed.');
  }
  return new Set(ids as string[]);
}
