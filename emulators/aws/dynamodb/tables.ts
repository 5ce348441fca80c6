import { keyAttributes, tableName, type TableSchema } from '../../../constructs/storage/table-schemas';
import { DynamoDbRefusal, type DynamoDbCall } from './dynamodb-call';

/** Makes those tables of a stage that are not there yet, with the shape that Terraform gives them in AWS. */
export async function makeTables(call: DynamoDbCall, stage: string, schemas: readonly TableSchema[]): Promise<void> {
  const { TableNames: existing } = await call('ListTables', {});
  const names = new Set(Array.isArray(existing) ? existing.map(String) : []);
  await Promise.all(
    schemas
      .filter((schema) => !names.has(tableName(stage, schema.noun)))
      .map(async (schema) => {
        try {
          await call('CreateTable', createTableInput(stage, schema));
        } catch (error) {
          // Somebody else was quicker.
          if (!(error instanceof DynamoDbRefusal) || error.name !== 'ResourceInUseException') throw error;
        }
        await untilActive(call, tableName(stage, schema.noun));
      }),
  );
}

/** Removes the tables of a stage with what is in them. */
export async function dropTables(call: DynamoDbCall, stage: string, schemas: readonly TableSchema[]): Promise<void> {
  await Promise.all(
    schemas.map(async ({ noun }) => {
      const input = { TableName: tableName(stage, noun) };
      try {
        for (;;) {
          await call('DeleteTable', input).catch((error: unknown) => {
            // On its way already.
            if (!(error instanceof DynamoDbRefusal) || error.name !== 'ResourceInUseException') throw error;
          });
          await call('DescribeTable', input);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      } catch (error) {
        if (!(error instanceof DynamoDbRefusal) || error.name !== 'ResourceNotFoundException') throw error;
      }
    }),
  );
}

function createTableInput(stage: string, schema: TableSchema): object {
  const key = (hash: string, range?: string): object[] => [
    { AttributeName: hash, KeyType: 'HASH' },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
  ];
  return {
    TableName: tableName(stage, schema.noun),
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...new Set(keyAttributes(schema))].map((name) => ({
      AttributeName: name,
      AttributeType: 'S',
    })),
    KeySchema: key(schema.hashKey, schema.rangeKey),
    ...(schema.localIndexes
      ? {
          LocalSecondaryIndexes: schema.localIndexes.map((index) => ({
            IndexName: index.name,
            KeySchema: key(schema.hashKey, index.rangeKey),
            Projection: { ProjectionType: 'ALL' },
          })),
        }
      : {}),
  };
}

async function untilActive(call: DynamoDbCall, name: string): Promise<void> {
  for (let wait = 1; ; wait = Math.min(wait * 2, 200)) {
    const { Table: table } = await call('DescribeTable', { TableName: name });
    if ((table as { TableStatus?: string } | undefined)?.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
