import { backOff } from '../../chat/outbox/poke';
import type { QueueItem, QueueOutcome } from '../../chat/ports';

/** The part of Lambda's SQS event that is read here. */
export interface QueueEvent {
  readonly Records: readonly QueueRecord[];
}

export interface QueueRecord {
  readonly eventSource: 'aws:sqs';
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string; readonly MessageGroupId?: string };
}

/** What was not done; everything else leaves the queue. */
export interface QueueAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface QueueTargets {
  readonly deliver: (item: QueueItem, attempt: number, record: QueueRecord) => Promise<QueueOutcome>;
  /** Hides a message for so many seconds; for a FIFO queue that holds up its whole group. */
  readonly delay: (receiptHandle: string, seconds: number) => Promise<void>;
  readonly onError: (error: unknown, record: QueueRecord) => void;
  /** A message could not be hidden: it comes back after the queue's own visibility timeout. */
  readonly onNotHidden: (error: unknown, record: QueueRecord, seconds: number) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/**
 * After so long no further item of a batch is begun, milliseconds: one that was begun may work for 8 s, and then a call may
 * take 20 s more, of the function's 30 s.
 */
const BEGINNING = 1_000;

export function isQueueEvent(event: object): event is QueueEvent {
  const { Records } = event as Partial<QueueEvent>;
  return Array.isArray(Records) && Records.every((record) => record?.eventSource === 'aws:sqs');
}

/**
 * Works through a batch: groups side by side, the items of one in order. What fails, or would be begun too late, holds up the
 * rest of its group, so that nothing overtakes it
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
 */
export async function answerQueue({ Records }: QueueEvent, targets: QueueTargets): Promise<QueueAnswer> {
  const groups = new Map<string, QueueRecord[]>();
  for (const record of Records) {
    const group = record.attributes.MessageGroupId ?? record.messageId;
    groups.set(group, [...(groups.get(group) ?? []), record]);
  }
  const now = targets.now ?? Date.now;
  const latest = now() + BEGINNING;
  const inTime = () => now() <= latest;
  const failed = await Promise.all([...groups.values()].map((records) => workThrough(records, targets, inTime)));
  return { batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function workThrough(
  records: readonly QueueRecord[],
  targets: QueueTargets,
  inTime: () => boolean,
): Promise<readonly QueueRecord[]> {
  for (const [index, record] of records.entries()) {
    const outcome: QueueOutcome = inTime() ? await work(record, targets) : { kind: 'retry', retryAfter: 0 };
    if (outcome.kind === 'done') continue;
    const left = records.slice(index);
    await Promise.all(left.map((each) => hide(each, outcome.retryAfter, targets)));
    return left;
  }
  return [];
}

async function work(record: QueueRecord, targets: QueueTargets): Promise<QueueOutcome> {
  const attempt = Number(record.attributes.ApproximateReceiveCount) || 1;
  try {
    return await targets.deliver(JSON.parse(record.body) as QueueItem, attempt, record);
  } catch (error) {
    targets.onError(error, record);
    return { kind: 'retry', retryAfter: backOff(attempt) };
  }
}

async function hide(record: QueueRecord, retryAfter: number, { delay, onNotHidden }: QueueTargets): Promise<void> {
  const seconds = Math.max(0, Math.ceil(retryAfter));
  await delay(record.receiptHandle, seconds).catch((error: unknown) => onNotHidden(error, record, seconds));
}
