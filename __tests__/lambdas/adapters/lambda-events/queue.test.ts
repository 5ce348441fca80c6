import { answerQueue, isQueueEvent, type QueueRecord } from '../../../../lambdas/adapters/lambda-events/queue';
import { backOff } from '../../../../lambdas/chat/outbox/poke';
import type { QueueItem, QueueOutcome } from '../../../../lambdas/chat/ports';

const record = (messageId: string, group: string, attempt = 1): QueueRecord => ({
  eventSource: 'aws:sqs',
  messageId,
  receiptHandle: `handle-of-${messageId}`,
  body: JSON.stringify({ kind: 'to-host', channel: 'my-channel', handle: group, message: messageId }),
  attributes: { ApproximateReceiveCount: String(attempt), MessageGroupId: group },
});

/** `seconds`: how long each item takes. */
async function work(
  records: QueueRecord[],
  outcomes: Record<string, QueueOutcome | Error>,
  seconds = 0,
  refusal?: Error,
) {
  let now = 0;
  const delivered: string[] = [];
  const delays: [string, number][] = [];
  const errors: unknown[] = [];
  const notHidden: unknown[] = [];
  const answer = await answerQueue(
    { Records: records },
    {
      deliver: async (item: QueueItem) => {
        const message = 'message' in item ? item.message : '';
        delivered.push(message);
        now += seconds * 1000;
        const outcome = outcomes[message] ?? { kind: 'done' };
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
      delay: async (handle, seconds) => {
        if (refusal) throw refusal;
        delays.push([handle, seconds]);
      },
      onError: (error) => errors.push(error),
      onNotHidden: (error, { messageId }, seconds) => notHidden.push({ error, messageId, seconds }),
      now: () => now,
    },
  );
  const failed = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { failed, delivered, delays, errors, notHidden };
}

test('what is done leaves the queue', async () => {
  const { failed, delivered } = await work([record('a1', 'a'), record('a2', 'a'), record('b1', 'b')], {});
  expect(failed).toEqual([]);
  expect(delivered.sort()).toEqual(['a1', 'a2', 'b1']);
});

test('what has to wait holds up the rest of its group, and no other group', async () => {
  const { failed, delivered, delays } = await work(
    [record('a1', 'a'), record('b1', 'b'), record('a2', 'a'), record('a3', 'a'), record('b2', 'b')],
    { a2: { kind: 'retry', retryAfter: 7.2 } },
  );
  expect(failed).toEqual(['a2', 'a3']);
  expect(delivered.sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(delays).toEqual([
    ['handle-of-a2', 8],
    ['handle-of-a3', 8],
  ]);
});

test('an error is told, and the item comes again after a pause that grows to a quarter of an hour', async () => {
  const { failed, delays, errors } = await work([record('a1', 'a', 4)], { a1: new Error('DynamoDB is away') });
  expect(failed).toEqual(['a1']);
  expect(delays).toEqual([['handle-of-a1', 16]]);
  expect(errors).toHaveLength(1);
  expect([1, 5, 9, 10, 50].map(backOff)).toEqual([2, 32, 512, 900, 900]);
});

test('a pause that SQS refuses is told; the items come again all the same', async () => {
  const error = new Error('InvalidParameterValue');
  const outcome = { a1: { kind: 'retry', retryAfter: 50.5 } } as const;
  const { failed, errors, notHidden } = await work([record('a1', 'a'), record('a2', 'a')], outcome, 0, error);
  expect(failed).toEqual(['a1', 'a2']);
  expect(notHidden).toEqual(['a1', 'a2'].map((messageId) => ({ error, messageId, seconds: 51 })));
  expect(errors).toEqual([]);
});

test('a body that is no item is an error, not a crash of the batch', async () => {
  const broken = { ...record('x', 'x'), body: 'not json' };
  const { failed, delivered } = await work([broken, record('a1', 'a')], {});
  expect(failed).toEqual(['x']);
  expect(delivered).toEqual(['a1']);
});

test('what cannot be done within the function’s half minute is left to the next one, in order', async () => {
  const batch = Array.from({ length: 10 }, (_, i) => record(`a${i}`, 'a'));
  const { failed, delivered, delays } = await work(batch, {}, 8);
  expect(delivered).toEqual(['a0']);
  expect(failed).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9']);
  expect(delays).toEqual(failed.map((id) => [`handle-of-${id}`, 0]));
});

test('only events of SQS are taken for a batch', () => {
  expect(isQueueEvent({ Records: [record('a', 'a')] })).toBe(true);
  expect(isQueueEvent({ Records: [{ eventSource: 'aws:sns' }] })).toBe(false);
  expect(isQueueEvent({})).toBe(false);
});
