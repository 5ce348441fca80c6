import { DynamoDbRefusal, type DynamoDbCall } from './dynamodb-call';

/** A table whose keys are strings and whose indexes hold all attributes. */
export interface TableDefinition {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
  readonly localIndexes?: readonly { readonly name: string; readonly rangeKey: string }[];
  /** The attribute that holds the end of an item's life, in epoch seconds. @default - items do not expire */
  readonly expiry?: string;
}

/** Creates the tables that are not there yet. */
export async function makeTables(call: DynamoDbCall, tables: readonly TableDefinition[]): Promise<void> {
  const { TableNames: existing } = await call('ListTables', {});
  const names = new Set(Array.isArray(existing) ? existing.map(String) : []);
  await Promise.all(
    tables
      .filter(({ name }) => !names.has(name))
      .map(async (table) => {
        await unlessInUse(call('CreateTable', createTableInput(table)));
        await untilActive(call, table.name);
      }),
  );
}

/** Deletes tables and what is in them. */
export async function dropTables(call: DynamoDbCall, tables: readonly TableDefinition[]): Promise<void> {
  await Promise.all(
    tables.map(async ({ name }) => {
      const input = { TableName: name };
      try {
        for (;;) {
          await unlessInUse(call('DeleteTable', input));
          await call('DescribeTable', input);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      } catch (error) {
        if (!(error instanceof DynamoDbRefusal) || error.name !== 'ResourceNotFoundException') throw error;
      }
    }),
  );
}

/** Another process creates or deletes the same table. */
async function unlessInUse(change: Promise<unknown>): Promise<void> {
  await change.catch((error: unknown) => {
    if (!(error instanceof DynamoDbRefusal) || error.name !== 'ResourceInUseException') throw error;
  });
}

function createTableInput({ name, hashKey, rangeKey, localIndexes = [] }: TableDefinition): object {
  const key = (range?: string): object[] => [
    { AttributeName: hashKey, KeyType: 'HASH' },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
  ];
  const keys = new Set([hashKey, rangeKey, ...localIndexes.map((index) => index.rangeKey)]);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...keys]
      .filter((attribute) => attribute !== undefined)
      .map((attribute) => ({ AttributeName: attribute, AttributeType: 'S' })),
    KeySchema: key(rangeKey),
    ...(localIndexes.length === 0
      ? {}
      : {
          LocalSecondaryIndexes: localIndexes.map((index) => ({
            IndexName: index.name,
            KeySchema: key(index.rangeKey),
            Projection: { ProjectionType: 'ALL' },
          })),
        }),
  };
}

async function untilActive(call: DynamoDbCall, name: string): Promise<void> {
  for (let wait = 1; ; wait = Math.min(wait * 2, 200)) {
    const { Table: table } = await call('DescribeTable', { TableName: name });
    if ((table as { TableStatus?: string } | undefined)?.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
