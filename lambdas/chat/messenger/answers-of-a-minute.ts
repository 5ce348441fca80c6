import { WindowCounts } from '../model/rate';
import type { World } from '../ports';

const counts = new WeakMap<World['members'], WindowCounts>();

/** What this function instance did for each chat in the running minute. */
export function answersOf({ members }: Pick<World, 'members'>): WindowCounts {
  const found = counts.get(members) ?? new WindowCounts(60_000);
  counts.set(members, found);
  return found;
}
