import type { RateWindow } from '../../chat/model/records';
import { windowEnd } from '../../chat/model/rate';
import { Expression } from './expression';
import type { Item } from './item';

/** Each window counts in an attribute of its own: `rate<number of the window>`. */
const PREFIX = 'rate';

/** So many attributes of windows that are over may stay on an item before they are removed. */
const TOLERATED = 30;

/**
 * The running window of a rate limit, counted within an update that is made anyway: no request of its own, and exact
 * however many count at once. The window before is removed by the same update; of others, left by pauses, a few stay.
 */
export function rateWindow(now: number, window: number) {
  const number = Math.floor(now / window);
  const name = `${PREFIX}${number}`;
  return {
    count: (change: Expression, by = 1) => change.add(name, by).remove(`${PREFIX}${number - 1}`),
    read: (found: Item): RateWindow => ({ count: Number(found[name]?.N ?? 0), until: windowEnd(now, window) }),
    /** What removes windows that are over, once there are many. */
    stale(found: Item): Expression | undefined {
      const over = Object.keys(found).filter((each) => /^rate\d+$/.test(each) && each !== name);
      return over.length > TOLERATED ? new Expression().remove(...over) : undefined;
    },
  };
}
