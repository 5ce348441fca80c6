import { createHash } from 'node:crypto';
import type { FifoQueue } from '../emulators/aws/sqs/fifo-queue';
import { groupOf } from '../lambdas/adapters/sqs-queue';
import type { DeliveryQueue } from '../lambdas/chat/ports';

/** The delivery queue over a queue in this process, with the groups and ids of the SQS adapter. */
export function fifoDelivery(queue: FifoQueue): DeliveryQueue {
  return {
    async send(item) {
      const body = JSON.stringify(item);
      const deduplicationId = createHash('sha256').update(body).digest('hex');
      await queue.send({ group: groupOf(item), deduplicationId, body });
    },
  };
}
