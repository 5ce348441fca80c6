import { isRecord, text } from '../protocol/aws-request';

/** One message as ReceiveMessage returns it. */
export interface QueueMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a poller needs. */
export interface SqsPollerOptions {
  readonly queueArn: string;
  readonly functionArn: string;
  /** Messages of one invocation, 1 to 10. */
  readonly batchSize: number;
  /** Whether the function names the messages that failed (`ReportBatchItemFailures`). */
  readonly reportsItemFailures: boolean;
  /** Invocations at the same time. */
  readonly concurrency: number;
  /** Longest time between two looks at the queue, in milliseconds. @default 1000 */
  readonly intervalMs?: number;
  readonly receive: (count: number) => Promise<readonly QueueMessage[]>;
  readonly remove: (messages: readonly QueueMessage[]) => Promise<void>;
  /** Runs the function. @returns its answer, or `undefined` if it failed */
  readonly invoke: (event: unknown) => Promise<unknown>;
}

/**
 * Moves messages from a queue to a function, as Lambda's own pollers do: batches side by side, what succeeded is
 * deleted, what failed stays invisible until its visibility time-out ends (the function may change it). The queue itself
 * holds back a FIFO message group while one of its messages is in flight, and moves messages to the dead-letter queue.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class SqsPoller {
  private readonly stopListeners: (() => void)[] = [];
  private running = 0;
  private stopped = false;
  private looking = false;
  private again = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SqsPollerOptions) {
    this.wake();
  }

  /** Looks at the queue now. */
  wake(): void {
    this.again = true;
    if (this.looking || this.stopped) return;
    clearTimeout(this.timer);
    void this.look();
  }

  /** Receives nothing more; what is in flight goes on. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const listener of this.stopListeners.splice(0)) listener();
  }

  /** Calls `listener` when the poller is stopped. */
  onStop(listener: () => void): void {
    this.stopListeners.push(listener);
  }

  private async look(): Promise<void> {
    this.looking = true;
    while (this.again && !this.stopped && this.running < this.options.concurrency) {
      this.again = false;
      const messages = await this.options.receive(this.options.batchSize).catch(() => []);
      if (messages.length === 0) continue;
      this.again = true;
      this.running += 1;
      void this.deliver(messages).finally(() => {
        this.running -= 1;
        this.wake();
      });
    }
    this.looking = false;
    if (this.stopped) return;
    this.timer = setTimeout(() => this.wake(), this.options.intervalMs ?? 1000);
    this.timer.unref();
  }

  private async deliver(messages: readonly QueueMessage[]): Promise<void> {
    const event = { Records: messages.map((message) => recordOf(message, this.options.queueArn)) };
    const answer = await this.options.invoke(event).catch(() => undefined);
    if (answer === undefined) return;
    const failed = this.options.reportsItemFailures ? failedItems(answer, messages) : new Set<string>();
    const succeeded = messages.filter((message) => !failed.has(message.MessageId));
    if (succeeded.length > 0) await this.options.remove(succeeded).catch(() => undefined);
  }
}

/** Ids of the messages that failed: all of them, if the answer names one that was not in the batch. */
function failedItems(answer: unknown, messages: readonly QueueMessage[]): ReadonlySet<string> {
  if (!isRecord(answer) || !Array.isArray(answer['batchItemFailures'])) return new Set();
  const known = new Set(messages.map((message) => message.MessageId));
  const named = answer['batchItemFailures'].map((failure) =>
    isRecord(failure) ? text(failure['itemIdentifier']) : '',
  );
  return named.every((id) => known.has(id)) ? new Set(named) : known;
}

function recordOf(message: QueueMessage, queueArn: string): unknown {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        {
          stringValue: value['StringValue'],
          binaryValue: value['BinaryValue'],
          stringListValues: [],
          binaryListValues: [],
          dataType: value['DataType'],
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  };
}
