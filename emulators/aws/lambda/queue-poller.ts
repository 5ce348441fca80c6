import type { Message } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { isRecord, record, text } from '../../../json';

/** A queue as a poller sees it. */
export interface MessageSource {
  readonly arn: string;
  /** Takes up to `count` messages and hides them from other consumers. */
  receive(count: number): Promise<readonly Message[]>;
  remove(messages: readonly Message[]): Promise<void>;
  /** Makes received messages available again after that many milliseconds. */
  hide?(messages: readonly Message[], milliseconds: number): Promise<void>;
  /** Calls back when a message may have become available. Returns what ends that. */
  onAvailable(listener: () => void): () => void;
  /** Milliseconds after which to look at the queue again without being called; undefined: not at all. */
  nextLook(): number | undefined;
}

/** What became of a batch. */
export interface PolledBatch {
  readonly messages: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Why the whole batch failed, or why the queue could not be read or changed. */
  readonly error?: unknown;
}

export interface QueuePollerOptions {
  readonly source: MessageSource;
  /** Runs the function; rejects if it failed. */
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
  /** Messages of one invocation. @default 10, as Lambda */
  readonly batchSize?: number;
  /** Invocations at the same time. @default 10 */
  readonly concurrency?: number;
  /** Whether the function names the messages that failed (`ReportBatchItemFailures`). @default true */
  readonly reportsItemFailures?: boolean;
  /** Milliseconds until a batch comes again whose function failed as a whole. @default - the visibility timeout */
  readonly retryAfter?: number;
  readonly observe?: (batch: PolledBatch) => void;
  /** Calls back after that many milliseconds, and returns what cancels it. @default - a timer of Node */
  readonly timer?: (wake: () => void, milliseconds: number) => () => void;
}

/**
 * Moves messages from a queue to a function, as Lambda's event source mappings do: batches side by side, what succeeded is
 * removed, what failed stays hidden until its visibility timeout ends. The queue itself holds back a FIFO message group
 * while one of its messages is in flight, and moves messages to the dead-letter queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class QueuePoller {
  private readonly running = new Set<Promise<void>>();
  private readonly ignore: () => void;
  private cancelTimer: (() => void) | undefined;
  private looking = false;
  private lookAgain = false;
  private stopped = false;

  constructor(private readonly options: QueuePollerOptions) {
    this.ignore = options.source.onAvailable(() => void this.look());
    void this.look();
  }

  /** Receives nothing more and waits for what is in flight. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ignore();
    this.cancelTimer?.();
    await Promise.all(this.running);
  }

  private async look(): Promise<void> {
    this.lookAgain = true;
    if (this.looking || this.stopped) return;
    this.looking = true;
    const { batchSize = 10, concurrency = 10 } = this.options;
    while (this.lookAgain && !this.stopped && this.running.size < concurrency) {
      this.lookAgain = false;
      const messages = await this.receive(batchSize);
      if (messages.length === 0) continue;
      this.lookAgain = true;
      const run = this.deliver(messages).finally(() => {
        this.running.delete(run);
        void this.look();
      });
      this.running.add(run);
    }
    this.looking = false;
    this.wakeLater();
  }

  /** A queue that cannot be read is looked at again; the error is told. */
  private async receive(count: number): Promise<readonly Message[]> {
    const started = performance.now();
    try {
      return await this.options.source.receive(count);
    } catch (error) {
      this.options.observe?.({ messages: 0, failed: 0, duration: performance.now() - started, error });
      return [];
    }
  }

  private wakeLater(): void {
    this.cancelTimer?.();
    const { source, concurrency = 10 } = this.options;
    const milliseconds = source.nextLook();
    // With all invocations in use, the end of one is what looks again.
    if (this.stopped || milliseconds === undefined || this.running.size >= concurrency) return;
    this.cancelTimer = (this.options.timer ?? nodeTimer)(() => void this.look(), milliseconds);
  }

  private async deliver(messages: readonly Message[]): Promise<void> {
    const { source, invoke, reportsItemFailures = true, retryAfter, observe } = this.options;
    const started = performance.now();
    let failed: ReadonlySet<string | undefined>;
    let error: unknown;
    try {
      const answer = await invoke({ Records: messages.map((message) => recordOf(message, source.arn)) });
      failed = reportsItemFailures ? failedItems(answer, messages) : new Set();
    } catch (cause) {
      error = cause;
      failed = new Set(messages.map(({ MessageId }) => MessageId));
    }
    const done = messages.filter(({ MessageId }) => !failed.has(MessageId));
    try {
      if (error !== undefined && retryAfter !== undefined) await source.hide?.(messages, retryAfter);
      if (done.length > 0) await source.remove(done);
    } catch (cause) {
      // The messages come again after the visibility timeout.
      error ??= cause;
    }
    observe?.({ messages: messages.length, failed: failed.size, duration: performance.now() - started, error });
  }
}

function nodeTimer(wake: () => void, milliseconds: number): () => void {
  const timer = setTimeout(wake, Math.min(milliseconds, 2 ** 31 - 1)).unref();
  return () => clearTimeout(timer);
}

/** @throws Error if the answer names a message that is not in the batch: Lambda then takes the whole batch as failed */
function failedItems(answer: unknown, messages: readonly Message[]): ReadonlySet<string> {
  const failures = isRecord(answer) ? (answer['batchItemFailures'] ?? []) : [];
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  const named = Array.isArray(failures) ? failures.map((failure) => text(record(failure)['itemIdentifier'])) : [''];
  if (named.every((id) => known.has(id))) return new Set(named);
  throw new Error('The function reported failures that are not in its batch, so the whole batch counts as failed.');
}

function recordOf(message: Message, queueArn: string): SQSRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: (message.Attributes ?? {}) as unknown as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        {
          ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
          stringListValues: [],
          binaryListValues: [],
          dataType: value.DataType ?? 'String',
        },
      ]),
    ) as SQSRecord['messageAttributes'],
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}
