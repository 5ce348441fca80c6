import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../chat/ports';
import { batchGet } from './batch-get';
import type { Database } from './database';
import type { Expression } from './expression';
import type { Item } from './item';

/** The name of the attribute that ends an item, in epoch seconds. */
export const EXPIRY = 'expiresAt';

/** What became of a conditional write; `there`: the item that was in the way, if there was one. */
export type WriteOutcome =
  { readonly done: true; readonly item: Item | undefined } | { readonly done: false; readonly there: Item | undefined };

/** Keys that may be written in one BatchWriteItem. */
const BATCH = 25;

/** One DynamoDB table. Every method is one request, unless it says otherwise. Reads are strongly consistent. */
export class Table {
  constructor(
    private readonly database: Database,
    readonly name: string,
    private readonly clock: Clock,
  ) {}

  /** The value of {@link EXPIRY} for something that lives so many milliseconds from now. */
  expiry(life: number): number {
    return Math.ceil((this.clock.now() + life) / 1000);
  }

  /** Now, as {@link EXPIRY} counts. */
  get now(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** Now, ISO, to the second. */
  get nowIso(): string {
    return new Date(this.now * 1000).toISOString();
  }

  /** DynamoDB removes an ended item days late: until then it is as good as gone. */
  alive(found: Item | undefined): Item | undefined {
    const end = found?.[EXPIRY]?.N;
    return end !== undefined && Number(end) <= this.now ? undefined : found;
  }

  async get(key: Item): Promise<Item | undefined> {
    const { sdk, client } = await this.database();
    const { Item: found } = await client.send(
      new sdk.GetItemCommand({ TableName: this.name, Key: key, ConsistentRead: true }),
    );
    return this.alive(found);
  }

  /** Reads up to 100 items; in any order, without those that are not there. */
  async getAll(keys: readonly Item[]): Promise<Item[]> {
    if (keys.length === 0) return [];
    const found = await batchGet(this.database, this.clock, { [this.name]: keys });
    return (found[this.name] ?? []).filter((each) => this.alive(each));
  }

  /** A second request tells what was in the way, where DynamoDB (or its emulation) does not. */
  async put(newItem: Item, key: Item, condition?: Expression): Promise<WriteOutcome> {
    return this.write(key, ({ sdk, client }) =>
      client.send(
        new sdk.PutItemCommand({
          TableName: this.name,
          Item: newItem,
          ...condition?.condition(),
          ...(condition ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } : {}),
        }),
      ),
    );
  }

  /** As {@link put}; `item` is the item after (or, if asked for, before) the update. */
  async update(
    key: Item,
    change: Expression,
    returning: 'ALL_NEW' | 'ALL_OLD' | 'NONE' = 'NONE',
  ): Promise<WriteOutcome> {
    return this.write(key, ({ sdk, client }) =>
      client.send(
        new sdk.UpdateItemCommand({
          TableName: this.name,
          Key: key,
          ...change.update(),
          ReturnValues: returning,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
  }

  /** `item` is what was removed. */
  async delete(key: Item, condition?: Expression): Promise<WriteOutcome> {
    return this.write(key, ({ sdk, client }) =>
      client.send(
        new sdk.DeleteItemCommand({
          TableName: this.name,
          Key: key,
          ...condition?.condition(),
          ReturnValues: 'ALL_OLD',
        }),
      ),
    );
  }

  /** One page. `ended`: with the items that have ended but are still stored. */
  async query(
    condition: Expression,
    options: { index?: string; limit?: number; backward?: boolean; start?: Item | undefined; ended?: boolean } = {},
  ): Promise<{ items: Item[]; next: Item | undefined }> {
    const { sdk, client } = await this.database();
    const { Items, LastEvaluatedKey } = await client.send(
      new sdk.QueryCommand({
        TableName: this.name,
        ...condition.query(),
        ConsistentRead: true,
        ...(options.index ? { IndexName: options.index } : {}),
        ...(options.limit ? { Limit: options.limit } : {}),
        ...(options.backward ? { ScanIndexForward: false } : {}),
        ...(options.start ? { ExclusiveStartKey: options.start } : {}),
      }),
    );
    const items = Items ?? [];
    return { items: options.ended ? items : items.filter((found) => this.alive(found)), next: LastEvaluatedKey };
  }

  /** One page of the whole table (1 MB, before the filter), with the items that have ended but are still stored. */
  async scan(filter: Expression, start: Item | undefined): Promise<{ items: Item[]; next: Item | undefined }> {
    const { sdk, client } = await this.database();
    const { Items, LastEvaluatedKey } = await client.send(
      new sdk.ScanCommand({
        TableName: this.name,
        ...filter.filter(),
        ConsistentRead: true,
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    return { items: Items ?? [], next: LastEvaluatedKey };
  }

  /** Removes many items: one request for 25, more where DynamoDB leaves some over. */
  async deleteAll(keys: readonly Item[]): Promise<void> {
    const { sdk, client } = await this.database();
    for (let first = 0; first < keys.length; first += BATCH) {
      let left = keys.slice(first, first + BATCH).map((Key) => ({ DeleteRequest: { Key } }));
      for (let pause = 50; left.length > 0; pause = Math.min(2 * pause, 2000)) {
        const { UnprocessedItems } = await client.send(
          new sdk.BatchWriteItemCommand({ RequestItems: { [this.name]: left } }),
        );
        left = (UnprocessedItems?.[this.name] ?? []).flatMap(({ DeleteRequest }) =>
          DeleteRequest?.Key ? [{ DeleteRequest: { Key: DeleteRequest.Key } }] : [],
        );
        if (left.length > 0) await this.clock.sleep(pause);
      }
    }
  }

  private async write(
    key: Item,
    request: (database: Awaited<ReturnType<Database>>) => Promise<{ Attributes?: Item | undefined }>,
  ): Promise<WriteOutcome> {
    const database = await this.database();
    try {
      const { Attributes } = await request(database);
      return { done: true, item: Attributes };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return { done: false, there: error.Item ?? (await this.get(key)) };
    }
  }
}

/** By its name, not by its class: the class is loaded late. */
function isConditionFailure(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
