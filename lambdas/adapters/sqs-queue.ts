import { createHash } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DeliveryQueue, QueueItem } from '../chat/ports';

/** The stage's FIFO queue. The SDK is loaded when it is first needed. */
export interface SqsQueue extends DeliveryQueue {
  /** Hides a received message for so many seconds, counted from now. */
  delay(receiptHandle: string, seconds: number): Promise<void>;
}

/** SQS hides a message for 12 hours at most. */
const LONGEST_DELAY = 12 * 60 * 60;

export function createSqsQueue(queueUrl: string): SqsQueue {
  let client: Promise<SQSClient> | undefined;
  const sqs = () =>
    (client ??= import('./sdk/sqs.ts').then(({ SQSClient: Client }) => new Client({ useQueueUrlAsEndpoint: false })));
  return {
    async send(item) {
      const { SendMessageCommand } = await import('./sdk/sqs.ts');
      const MessageBody = JSON.stringify(item);
      await (
        await sqs()
      ).send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody,
          MessageGroupId: groupOf(item),
          MessageDeduplicationId: createHash('sha256').update(MessageBody).digest('hex'),
        }),
      );
    },
    async delay(receiptHandle, seconds) {
      const { ChangeMessageVisibilityCommand } = await import('./sdk/sqs.ts');
      await (
        await sqs()
      ).send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: Math.min(LONGEST_DELAY, Math.max(0, Math.ceil(seconds))),
        }),
      );
    },
  };
}

/**
 * What must not overtake each other: the messages of one conversation in one direction, the steps of one removal. At most
 * 128 characters, letters, digits and punctuation.
 */
export function groupOf(item: QueueItem): string {
  return item.kind === 'drop' ? `drop/${item.channel}` : `${item.kind}/${item.channel}/${item.handle}`;
}
