import type { Clock } from '../../chat/ports';
import type { Database } from './database';
import type { Item } from './item';

/** Reads items of several tables: one request, more only where DynamoDB leaves keys over. */
export async function batchGet(
  database: Database,
  clock: Clock,
  keys: Readonly<Record<string, readonly Item[]>>,
): Promise<Record<string, Item[]>> {
  const { sdk, client } = await database();
  const found: Record<string, Item[]> = {};
  let left = Object.fromEntries(
    Object.entries(keys).map(([name, Keys]) => [name, { Keys: [...Keys], ConsistentRead: true }]),
  );
  for (let pause = 50; Object.keys(left).length > 0; pause = Math.min(2 * pause, 2000)) {
    const { Responses, UnprocessedKeys } = await client.send(new sdk.BatchGetItemCommand({ RequestItems: left }));
    for (const [name, items] of Object.entries(Responses ?? {})) found[name] = [...(found[name] ?? []), ...items];
    left = Object.fromEntries(
      Object.entries(UnprocessedKeys ?? {}).map(([name, { Keys }]) => [
        name,
        { Keys: Keys ?? [], ConsistentRead: true },
      ]),
    );
    if (Object.keys(left).length > 0) await clock.sleep(pause);
  }
  return found;
}
