import { blockedUntil, countIn, windowEnd, WindowCounts } from '../../../../lambdas/chat/model/rate';
import { lineOfMember, SHARE, shareWait, weightOf } from '../../../../lambdas/chat/model/share';
import type { Handle } from '../../../../lambdas/chat/model/identifiers';

test('a window ends at a time that is the same for everybody', () => {
  expect([0, 1, 59, 60, 61].map((now) => windowEnd(now, 60))).toEqual([60, 60, 60, 120, 120]);
});

test('what is counted in a window counts until it ends', () => {
  const first = countIn(undefined, 1, 60);
  expect(first).toEqual({ count: 1, until: 60 });
  expect(countIn(first, 59, 60)).toEqual({ count: 2, until: 60 });
  expect(countIn(first, 59, 60, 3)).toEqual({ count: 4, until: 60 });
  expect(countIn(first, 60, 60, 3)).toEqual({ count: 3, until: 120 });
  expect([blockedUntil(undefined, 1), blockedUntil(first, 1), blockedUntil(first, 0)]).toEqual([
    undefined,
    undefined,
    60,
  ]);
});

test('a function instance counts each key apart, and forgets all when the window ends', () => {
  const counts = new WindowCounts(60);
  expect([counts.count('a', 1), counts.count('a', 2), counts.count('b', 59)]).toEqual([1, 2, 1]);
  expect([counts.has('a'), counts.has('c'), counts.size]).toEqual([true, false, 2]);
  expect(counts.count('b', 60)).toBe(1);
  expect([counts.has('a'), counts.size]).toEqual([false, 1]);
  expect([counts.count('b', 119), counts.count('b', 120)]).toEqual([2, 1]);
});

describe('what one stranger takes of a group', () => {
  const MIB = 1024 * 1024;
  const file = (size: number) => ({ kind: 'file', file: { key: 'k', name: 'n', type: 't', size } }) as const;

  test('a file of ten megabytes counts as two messages, one byte less as one', () => {
    expect([10 * MIB - 1, 10 * MIB, 20 * MIB].map((size) => weightOf({ connector: 'tg' }, file(size)))).toEqual([
      1, 2, 3,
    ]);
    expect(weightOf({ connector: 'tg' }, { kind: 'text', text: 'x'.repeat(4096) })).toBe(1);
  });

  test('a share is used up after so many posts; then one goes out in so many seconds', () => {
    const now = 1_000_000;
    expect(shareWait(0, SHARE.posts, now)).toBe(0);
    expect(shareWait(0, SHARE.posts + 1, now)).toBe(SHARE.pace);
    expect(shareWait(now + SHARE.pace, SHARE.posts - 1, now)).toBe(0);
    expect(shareWait(now + SHARE.pace, SHARE.posts, now)).toBe(SHARE.pace);
  });

  test('visitors from one address share one', () => {
    const handle = 'abcdefghijkl' as Handle;
    expect([lineOfMember({ line: '00ff', handle }), lineOfMember({ handle })]).toEqual(['00ff', handle]);
  });
});
