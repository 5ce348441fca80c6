import type { QueueItem } from '../../../../lambdas/chat/ports';
import { Stage } from '../../adapters/telegram/stage';

let stage: Stage;
beforeEach(async () => {
  stage = await new Stage().start();
});
afterEach(() => stage.stop());

/** Works off the queue as Lambda does it: every conversation by itself, each when its time has come. */
async function work(): Promise<void> {
  const groups = new Map<string, { item: QueueItem; attempt: number }[]>();
  const wakeAt = new Map<string, number>();
  for (;;) {
    for (const item of stage.world.queue.items.splice(0)) {
      const group = 'handle' in item ? item.handle : item.channel;
      groups.set(group, [...(groups.get(group) ?? []), { item, attempt: 1 }]);
    }
    const now = stage.world.clock.now();
    const waiting = [...groups].filter(([, queue]) => queue.length > 0);
    if (waiting.length === 0) return;
    const ready = waiting.filter(([group]) => (wakeAt.get(group) ?? 0) <= now);
    if (ready.length === 0) {
      await stage.world.clock.sleep(Math.min(...waiting.map(([group]) => wakeAt.get(group) ?? 0)) - now);
      continue;
    }
    for (const [group, queue] of ready) {
      const head = queue[0]!;
      const outcome = await stage.operators.deliver(head.item, head.attempt++);
      if (outcome.kind === 'done') queue.shift();
      else wakeAt.set(group, stage.world.clock.now() + Math.ceil(outcome.retryAfter) * 1000);
    }
  }
}

/** Who is heard in a group, in order. */
const heard = (chat: number) =>
  stage
    .texts(chat)
    .filter((text) => text.startsWith('#'))
    .map((text) => text.split('\n')[1]);

test('while a group is over the limit, one visitor who writes much does not keep out the others', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  const bob = await stage.visitor('my-channel', 'Bob');
  const cem = await stage.visitor('my-channel', 'Cem');
  for (let i = 1; i <= 5; i++) await ann.say(`Ann ${i}`);
  await bob.say('Bob 1');
  await cem.say('Cem 1');
  await cem.say('Cem 2');
  stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 20 } });
  await work();
  expect(heard(chat)).toEqual(['Ann 1', 'Bob 1', 'Cem 1', 'Ann 2', 'Cem 2', 'Ann 3', 'Ann 4', 'Ann 5']);
});

test('who waits for their turn asks Telegram nothing: after one 429 there is no second', async () => {
  const { chat } = await stage.hosting('my-channel');
  const visitors = await Promise.all(['Ann', 'Bob', 'Cem', 'Dan'].map((name) => stage.visitor('my-channel', name)));
  for (let i = 1; i <= 4; i++) for (const visitor of visitors) await visitor.say(`${i}`);
  stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 20 } });
  const before = stage.telegram.calls('sendMessage').length;
  const begun = stage.world.clock.now();
  await work();
  expect(heard(chat)).toHaveLength(16);
  expect(stage.telegram.calls('sendMessage')).toHaveLength(before + 17);
  // Twenty in a minute is what Telegram takes of a bot in one group.
  expect(stage.world.clock.now() - begun).toBeGreaterThanOrEqual(20_000 + 15 * 3_000);
});

test('when nobody waits any more, messages go at once again', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  await ann.say('one');
  stage.telegram.faults.inject({ method: 'sendMessage', fault: { kind: 'tooManyRequests', retryAfter: 20 } });
  await work();
  await stage.world.clock.sleep(10_000);
  for (let i = 2; i <= 4; i++) await ann.say(`${i}`);
  const begun = stage.world.clock.now();
  await work();
  expect(heard(chat)).toEqual(['one', '2', '3', '4']);
  expect(stage.world.clock.now() - begun).toBeLessThan(1000);
});

test('a turn that came while Telegram said 429 again is taken anew', async () => {
  const { chat } = await stage.hosting('my-channel');
  const ann = await stage.visitor('my-channel', 'Ann');
  const bob = await stage.visitor('my-channel', 'Bob');
  await ann.say('Ann 1');
  await bob.say('Bob 1');
  const [toAnn, toBob] = stage.world.queue.items.splice(0);
  const fault = { kind: 'tooManyRequests', retryAfter: 20 } as const;
  stage.telegram.faults.inject({ method: 'sendMessage', fault, times: 2 });
  await expect(stage.operators.deliver(toAnn!, 1)).resolves.toEqual({ kind: 'retry', retryAfter: 20 });
  await expect(stage.operators.deliver(toBob!, 1)).resolves.toEqual({ kind: 'retry', retryAfter: 23.1 });
  await stage.world.clock.sleep(20_000);
  await expect(stage.operators.deliver(toAnn!, 2)).resolves.toMatchObject({ kind: 'retry' });
  const calls = stage.telegram.calls('sendMessage').length;
  await stage.world.clock.sleep(3_100);
  await expect(stage.operators.deliver(toBob!, 2)).resolves.toMatchObject({ kind: 'retry' });
  expect(stage.telegram.calls('sendMessage')).toHaveLength(calls);
  await stage.work(toAnn!);
  await stage.work(toBob!);
  expect(heard(chat)).toEqual(['Ann 1', 'Bob 1']);
});
