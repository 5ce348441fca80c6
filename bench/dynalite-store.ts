import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createRequire } from 'node:module';

/** An item as the low-level API has it. */
export type Item = Record<string, AttributeValue>;

interface KeySchema {
  readonly AttributeName: string;
}

interface Table {
  readonly TableName: string;
  readonly LocalSecondaryIndexes?: readonly { readonly IndexName: string; readonly KeySchema: readonly KeySchema[] }[];
}

interface SubDatabase {
  batch(operations: readonly { type: 'put'; key: string; value: Item }[], done: (error?: Error | null) => void): void;
  createValueStream(range: object): AsyncIterable<Item>;
}

/** The inside of dynalite 4: it is the only way to a million items within a minute. */
interface Inside {
  create(options: { path: string }): {
    readonly db: { close(): Promise<void> };
    getTable(name: string, done: (error: Error | null, table: Table) => void): void;
    getItemDb(table: string): SubDatabase;
    getIndexDb(kind: 'local', table: string, index: string): SubDatabase;
  };
  createKey(item: Item, table: Table): string;
  createIndexKey(item: Item, table: Table, schema: readonly KeySchema[]): string;
}

const inside = createRequire(__filename)('dynalite/db') as Inside;

/** Items written at once. */
const BATCH = 5000;

/** The data of an embedded DynamoDB that does not run at the moment: opened, read, filled and closed. */
export class DynaliteStore {
  private readonly store;

  /** @param folder of the data */
  constructor(folder: string) {
    this.store = inside.create({ path: folder });
  }

  /** The items of a table for which this holds. */
  async find(table: string, fits: (item: Item) => boolean): Promise<Item[]> {
    const found: Item[] = [];
    for await (const item of this.store.getItemDb(table).createValueStream({})) if (fits(item)) found.push(item);
    return found;
  }

  /** Writes items into a table and its local indexes. */
  async fill(name: string, items: Iterable<Item>): Promise<void> {
    const table = await new Promise<Table>((resolve, reject) =>
      this.store.getTable(name, (error, found) => (error ? reject(error) : resolve(found))),
    );
    let some: Item[] = [];
    for (const item of items) {
      some.push(item);
      if (some.length < BATCH) continue;
      await this.write(table, some);
      some = [];
    }
    await this.write(table, some);
  }

  async close(): Promise<void> {
    await this.store.db.close();
  }

  private async write(table: Table, items: readonly Item[]): Promise<void> {
    const put = (database: SubDatabase, key: (item: Item) => string) =>
      new Promise<void>((resolve, reject) =>
        database.batch(
          items.map((value) => ({ type: 'put', key: key(value), value })),
          (error) => (error ? reject(error) : resolve()),
        ),
      );
    await put(this.store.getItemDb(table.TableName), (item) => inside.createKey(item, table));
    for (const { IndexName, KeySchema } of table.LocalSecondaryIndexes ?? []) {
      await put(this.store.getIndexDb('local', table.TableName, IndexName), (item) =>
        inside.createIndexKey(item, table, KeySchema),
      );
    }
  }
}
