import { createHash } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DeliveryQueue, QueueItem } from '../chat/ports';

/** The stage's FIFO queue. The SDK is loaded when it is first needed. */
export interface SqsQueue extends DeliveryQueue {
  /** Hides a received message for so many seconds from now, {@link LONGEST_DELAY} at most. */
  delay(receiptHandle: string, seconds: number): Promise<void>;
}

/**
 * The longest that a received message can be hidden, seconds. SQS refuses more than 12 hours from the moment at which it was
 * received. Lambda does not tell that moment, but a message that is still held was received less than the queue's visibility
 * timeout ago (three minutes, `constructs/function/delivery-queue.ts`).
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const LONGEST_DELAY = 12 * 60 * 60 - 180;

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
 * What must not overtake each other: the messages of one conversation in one direction, the steps of one task. At most
 * 128 characters, letters, digits and punctuation.
 */
export function groupOf(item: QueueItem): string {
  return `${item.kind}/${item.channel}${'handle' in item ? `/${item.handle}` : ''}`;
}
