import { openDatabase, type Database } from '../../../../emulators/aws/data-folder';
import { QueuePoller } from '../../../../emulators/aws/lambda/queue-poller';
import { queueSource } from '../../../../emulators/aws/sqs/queue-service';
import { FifoQueue, type FifoQueueOptions } from '../../../../emulators/aws/sqs/fifo-queue';
import { scratchFolder } from '../scratch-folder';

let folder: string;
let database: Database;
let clock: number;

beforeEach(async () => {
  clock = 1_700_000_000_000;
  folder = scratchFolder();
  database = await openDatabase(folder);
});
afterEach(() => database.close());

const open = (options: Partial<FifoQueueOptions> = {}): Promise<FifoQueue> =>
  FifoQueue.open(database, { name: 'q.fifo', visibilityTimeout: 1000, now: () => clock, ...options });
let counter = 0;
const send = (queue: FifoQueue, group: string, body: string): Promise<unknown> =>
  queue.send({ group, body, deduplicationId: `id-${(counter += 1)}` });
const bodies = (messages: readonly { body: string }[]): string[] => messages.map(({ body }) => body);

async function restarted(options: Partial<FifoQueueOptions> = {}): Promise<FifoQueue> {
  await database.close();
  database = await openDatabase(folder);
  return open(options);
}

describe('a queue', () => {
  test('gives each group its messages in order, and one group at a time', async () => {
    const queue = await open();
    for (const [group, body] of ['a1', 'b1', 'a2', 'b2', 'a3'].map((text) => [text[0]!, text] as const)) {
      await send(queue, group, body);
    }
    expect(bodies(await queue.receive(2))).toEqual(['a1', 'a2']);
    expect(bodies(await queue.receive(10))).toEqual(['b1', 'b2']);
    expect(await queue.receive(10)).toEqual([]);
  });

  test('holds a group back while one of its messages is out', async () => {
    const queue = await open();
    await send(queue, 'a', 'a1');
    await send(queue, 'a', 'a2');
    const [first] = await queue.receive(1);
    expect(await queue.receive(1)).toEqual([]);
    await queue.delete(first!.receipt);
    expect(bodies(await queue.receive(1))).toEqual(['a2']);
  });

  test('gives a message again after the visibility timeout, first of its group; the old receipt is void', async () => {
    const queue = await open();
    await send(queue, 'a', 'a1');
    await send(queue, 'a', 'a2');
    const [first] = await queue.receive(1);
    clock += 1001;
    const again = await queue.receive(10);
    expect(bodies(again)).toEqual(['a1', 'a2']);
    expect(again[0]!.receiveCount).toBe(2);
    expect(await queue.delete(first!.receipt)).toBe(false);
    expect(queue.size).toBe(2);
  });

  test('hides a message as long as it is asked to', async () => {
    const queue = await open();
    await send(queue, 'a', 'a1');
    const [message] = await queue.receive(1);
    await queue.hide(message!.receipt, 60_000);
    clock += 59_999;
    expect(await queue.receive(1)).toEqual([]);
    expect(queue.nextVisibleAt).toBe(clock + 1);
    clock += 1;
    expect(bodies(await queue.receive(1))).toEqual(['a1']);
  });

  test('counts a deduplication id once in five minutes', async () => {
    const queue = await open();
    const message = { group: 'a', body: 'x', deduplicationId: 'same' };
    const first = await queue.send(message);
    expect(await queue.send(message)).toMatchObject({ id: first.id });
    const [received] = await queue.receive(10);
    await queue.delete(received!.receipt);
    await queue.send(message);
    expect(queue.size).toBe(0);
    clock += 5 * 60 * 1000;
    await queue.send(message);
    expect(queue.size).toBe(1);
  });

  test('sets aside what was received too often, and gives the next of the group', async () => {
    const deadLetters = await open({ name: 'dead.fifo' });
    const queue = await open({ redrive: { to: deadLetters, maxReceiveCount: 2 } });
    await send(queue, 'a', 'poison');
    await send(queue, 'a', 'good');
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(bodies(await queue.receive(1))).toEqual(['poison']);
      clock += 1001;
    }
    expect(bodies(await queue.receive(1))).toEqual(['good']);
    expect(bodies(await deadLetters.receive(1))).toEqual(['poison']);
  });

  test('survives a restart: order, counts and delays; what was out is there at once', async () => {
    let queue = await open();
    for (const body of ['a1', 'a2']) await send(queue, 'a', body);
    await send(queue, 'later', 'later1');
    const [,] = await queue.receive(10);
    const [later] = await queue.receive(10);
    await queue.hide(later!.receipt, 60_000);

    queue = await restarted();
    expect(queue.size).toBe(3);
    const back = await queue.receive(10);
    expect(bodies(back)).toEqual(['a1', 'a2']);
    expect(back[0]!.receiveCount).toBe(2);
    expect(await queue.receive(10)).toEqual([]);
    clock += 60_001;
    for (const { receipt } of back) await queue.delete(receipt);
    expect(bodies(await queue.receive(10))).toEqual(['later1']);

    queue = await restarted();
    await send(queue, 'later', 'later2');
    expect(bodies(await queue.receive(10))).toEqual(['later1', 'later2']);
  });
});

test('a message that became available between a look and the question when to look next is not forgotten', async () => {
  let clock = 1_000_000;
  const queue = await FifoQueue.open(undefined, { name: 'q.fifo', now: () => clock, visibilityTimeout: 40 });
  await queue.send({ group: 'a', deduplicationId: 'a1', body: 'a1' });
  await queue.receive(10);
  clock += 39;
  expect(await queue.receive(10)).toEqual([]);
  clock += 2;
  expect(queueSource(queue, 'eu-north-1').nextLook()).toBe(1);
});

describe('the event source', () => {
  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = Date.now() + 4000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  type Batch = {
    Records: { messageId: string; body: string; receiptHandle: string; attributes: Record<string, string> }[];
  };
  let poller: QueuePoller;
  afterEach(() => poller.stop());

  function consume(queue: FifoQueue, invoke: (event: Batch) => unknown, retryAfter?: number): void {
    poller = new QueuePoller({
      source: queueSource(queue, 'eu-north-1'),
      invoke: async (event) => invoke(event as unknown as Batch),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }

  test('gives the function SQS events and removes what it dealt with', async () => {
    const queue = await open({ now: Date.now });
    const events: Batch[] = [];
    consume(queue, (event) => {
      events.push(event);
    });
    await send(queue, 'a', '{"kind":"to-host"}');
    await until(() => queue.size === 0);
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: expect.any(String),
            receiptHandle: expect.any(String),
            body: '{"kind":"to-host"}',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SequenceNumber: expect.stringMatching(/^\d{20}$/),
              MessageGroupId: 'a',
              SenderId: '000000000000',
              MessageDeduplicationId: expect.any(String),
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {},
            md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:eu-north-1:000000000000:q.fifo',
            awsRegion: 'eu-north-1',
          },
        ],
      },
    ]);
  });

  test('keeps what the function names as failed, and gives it again in order', async () => {
    const queue = await open({ now: Date.now, visibilityTimeout: 40 });
    const seen: string[][] = [];
    for (const body of ['a1', 'a2', 'a3']) await send(queue, 'a', body);
    consume(queue, ({ Records }) => {
      seen.push(bodies(Records));
      const failed = seen.length === 1 ? Records.slice(1) : [];
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await until(() => queue.size === 0);
    expect(seen).toEqual([
      ['a1', 'a2', 'a3'],
      ['a2', 'a3'],
    ]);
  });

  test('gives a whole batch again when the function throws, later if it is told so', async () => {
    const queue = await open({ now: Date.now, visibilityTimeout: 60_000 });
    let calls = 0;
    await send(queue, 'a', 'a1');
    consume(
      queue,
      () => {
        calls += 1;
        if (calls === 1) throw new Error('crash');
      },
      20,
    );
    await until(() => queue.size === 0);
    expect(calls).toBe(2);
  });

  test('runs groups at the same time and waits for them when it stops', async () => {
    const queue = await open({ now: Date.now });
    let running = 0;
    let most = 0;
    for (const group of ['a', 'b', 'c']) await send(queue, group, group);
    consume(queue, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running -= 1;
    });
    await until(() => running === 3);
    await poller.stop();
    expect([running, most, queue.size]).toEqual([0, 3, 0]);
  });
});
