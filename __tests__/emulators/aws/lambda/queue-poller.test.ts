import type { Message } from '@aws-sdk/client-sqs';
import { setTimeout as pause } from 'node:timers/promises';

import { QueuePoller, type QueuePollerOptions } from '../../../../emulators/aws/lambda/queue-poller';

const QUEUE = 'arn:aws:sqs:eu-north-1:123456789012:dev-delivery.fifo';

function message(id: string): Message {
  return {
    MessageId: id,
    ReceiptHandle: `receipt-${id}`,
    Body: `body ${id}`,
    MD5OfBody: 'md5',
    Attributes: { MessageGroupId: 'g' },
  };
}

interface Polled {
  readonly removed: string[];
  readonly events: { Records: readonly object[] }[];
}

/** Polls batches of a queue until they are used up and their invocations are done. */
async function poll(
  batches: Message[][],
  invoke: () => Promise<unknown>,
  changes: Partial<QueuePollerOptions> = {},
): Promise<Polled> {
  const polled: Polled = { removed: [], events: [] };
  const poller = new QueuePoller({
    concurrency: 2,
    source: {
      arn: QUEUE,
      receive: async () => batches.shift() ?? [],
      remove: async (messages) => {
        polled.removed.push(...messages.map(({ MessageId = '' }) => MessageId));
      },
      onAvailable: () => () => undefined,
      nextLook: () => 5,
    },
    invoke: async (event) => {
      polled.events.push(event);
      return await invoke();
    },
    ...changes,
  });
  await pause(10);
  while (batches.length > 0) await pause(5);
  await poller.stop();
  return polled;
}

test('a function gets messages as Lambda writes them, and what succeeded is deleted', async () => {
  const { events, removed } = await poll([[message('1'), message('2')]], async () => ({ batchItemFailures: [] }));
  expect(removed).toEqual(['1', '2']);
  expect(events).toHaveLength(1);
  expect(events[0]?.Records[0]).toMatchObject({
    messageId: '1',
    receiptHandle: 'receipt-1',
    body: 'body 1',
    attributes: { MessageGroupId: 'g' },
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE,
    awsRegion: 'eu-north-1',
  });
});

test('messages that the function names as failed stay in the queue', async () => {
  const { removed } = await poll([[message('1'), message('2'), message('3')]], async () => ({
    batchItemFailures: [{ itemIdentifier: '2' }, { itemIdentifier: '3' }],
  }));
  expect(removed).toEqual(['1']);
});

test('an answer that names an unknown message fails the whole batch', async () => {
  const { removed } = await poll([[message('1')]], async () => ({ batchItemFailures: [{ itemIdentifier: 'other' }] }));
  expect(removed).toEqual([]);
});

test('a function that fails leaves every message in the queue', async () => {
  const { removed } = await poll([[message('1')]], async () => Promise.reject(new Error('boom')));
  expect(removed).toEqual([]);
});

test('a mapping without ReportBatchItemFailures deletes the batch whatever the function answers', async () => {
  const answer = async (): Promise<unknown> => ({ batchItemFailures: [{ itemIdentifier: '1' }] });
  expect((await poll([[message('1')]], answer, { reportsItemFailures: false })).removed).toEqual(['1']);
});

test('batches run side by side, up to the limit', async () => {
  let [running, most] = [0, 0];
  await poll([[message('1')], [message('2')], [message('3')]], async () => {
    most = Math.max(most, (running += 1));
    await pause(30);
    running -= 1;
    return null;
  });
  expect(most).toBe(2);
});

test('a queue that cannot be read, or from which nothing can be removed, is reported, and polled again', async () => {
  const errors: unknown[] = [];
  const batches = [undefined, [message('1')], [message('2')]];
  const poller = new QueuePoller({
    source: {
      arn: QUEUE,
      receive: async () => {
        if (batches.length === 0) return [];
        const batch = batches.shift();
        if (!batch) throw new Error('not read');
        return batch;
      },
      remove: async ([first]) => {
        if (first?.MessageId === '1') throw new Error('not removed');
      },
      onAvailable: () => () => undefined,
      nextLook: () => 1,
    },
    invoke: async () => undefined,
    observe: ({ error }) => errors.push(error instanceof Error ? error.message : error),
  });
  while (errors.length < 3) await pause(2);
  await poller.stop();
  expect(errors).toEqual(['not read', 'not removed', undefined]);
});
