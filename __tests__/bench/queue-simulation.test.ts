import { unavoidableDelays } from '../../bench/queue/arrivals';
import { readQueueOptions } from '../../bench/queue/options';
import { queueReport } from '../../bench/queue/report';
import { simulateQueue, type QueueRun } from '../../bench/queue/simulation';
import { VirtualClock } from '../../bench/queue/virtual-clock';

const LOAD = { minutes: 2, visitors: 8, seed: 7, group: 'supergroup' } as const;
const SECOND = 1000;

describe('within the limit', () => {
  let run: QueueRun;
  beforeAll(async () => {
    run = await simulateQueue({ ...LOAD, factor: 0.5 });
  }, 60_000);

  test('a message is with the operators in less than a second', () => {
    expect(run.accepted).toBeGreaterThan(5);
    expect(run.delays.max).toBeLessThan(SECOND);
    expect(run.refused).toBe(0);
  });
});

describe.each(['supergroup', 'forum'] as const)('ten times the limit, in a %s', (group) => {
  let run: QueueRun;
  beforeAll(async () => {
    run = await simulateQueue({ ...LOAD, group, factor: 10 });
  }, 120_000);

  test('nothing is lost, nothing comes twice, nothing overtakes an earlier message of the same visitor', () => {
    expect(run.accepted).toBeGreaterThan(300);
    expect(run).toMatchObject({ lost: 0, repeated: 0, overtaken: 0, deadLetters: 0 });
  });

  test('the queue is empty about when the limit allows it', () => {
    expect(run.delays.max).toBeGreaterThan(15 * 60 * SECOND);
    expect(run.delays.max).toBeLessThan(1.15 * run.unavoidable.max + 60 * SECOND);
  });

  test('every visitor waits about as long as the others', () => {
    expect(run.visitors.slowest).toBeLessThan(2.5 * run.visitors.quickest);
  });

  test('Telegram is not asked in vain, and no function comes near its time-out', () => {
    expect(run.refused).toBeLessThan(10);
    expect(run.invocations).toBeLessThan(3 * run.accepted);
    expect(run.longestInvocation).toBeLessThan(15 * SECOND);
  });
});

test('the same seed gives the same run', async () => {
  const load = { ...LOAD, minutes: 1, factor: 1.5 };
  const [one, other] = [await simulateQueue(load), await simulateQueue(load)];
  expect(other.delays).toEqual(one.delays);
}, 60_000);

test('the report has a line for each load', async () => {
  const run = await simulateQueue({ ...LOAD, minutes: 1, factor: 0.5 });
  const [head, line, ...others] = queueReport([run]).split('\n');
  expect(head).toMatch(/load +messages +median +p95 +longest/);
  expect(line).toMatch(new RegExp(`0\\.5x +${run.accepted} +0\\.\\d s`));
  expect(others).toEqual([]);
});

test('the best that the limit allows: the first go at once, the next when the first are a minute old', () => {
  const at = [0, 0, 0, 30_000].map((time) => ({ at: time, visitor: 0 }));
  expect(unavoidableDelays(at, 2)).toEqual([0, 0, 60_000, 30_000]);
});

describe('virtual time', () => {
  test('an hour passes at once, in order', async () => {
    const clock = new VirtualClock();
    const [begun, seen] = [clock.now(), [] as string[]];
    const sleeper = async (name: string, milliseconds: number) => {
      await clock.sleep(milliseconds);
      seen.push(name);
    };
    await clock.run(Promise.all([sleeper('an hour', 3_600_000), sleeper('a minute', 60_000)]));
    expect(seen).toEqual(['a minute', 'an hour']);
    expect(clock.now() - begun).toBe(3_600_000);
  });

  test('stands still while real work is done', async () => {
    const clock = new VirtualClock();
    const work = clock.really(() => new Promise((resolve) => setTimeout(resolve, 20)).then(() => clock.now()));
    const begun = clock.now();
    await expect(clock.run(Promise.all([work, clock.sleep(5)]).then(([at]) => at))).resolves.toBe(begun);
  });

  test('waiting without an alarm is an error', async () => {
    const clock = new VirtualClock();
    await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('The simulation is stuck');
  });
});

describe('arguments', () => {
  test('without any there are five loads', () => {
    expect(readQueueOptions([])?.loads.map(({ factor }) => factor)).toEqual([0.5, 1, 2, 5, 10]);
  });

  test('all problems are reported at once', () => {
    expect(() => readQueueOptions(['--loads', '1,x', '--group', 'choir', '--visitors', '0'])).toThrow(
      [
        '--loads is a number, not "x".',
        '--visitors is at least 1.',
        '--group is supergroup or forum, not "choir".',
      ].join('\n'),
    );
  });
});
