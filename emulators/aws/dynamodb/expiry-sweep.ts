import { tableName, type TableSchema } from '../../../constructs/storage/table-schemas';
import type { DynamoDbCall } from './dynamodb-call';

/**
 * Deletes the items of a stage's tables whose time has come, as DynamoDB's TTL does and the embedded engine does not.
 * An item that was prolonged meanwhile stays: each deletion is conditional.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 *
 * @param now epoch milliseconds
 * @returns how many were deleted
 */
export async function sweepExpired(
  call: DynamoDbCall,
  stage: string,
  schemas: readonly TableSchema[],
  now: number,
): Promise<number> {
  let deleted = 0;
  const seconds = { N: String(Math.floor(now / 1000)) };
  for (const schema of schemas) {
    const table = tableName(stage, schema.noun);
    const keyNames = [schema.hashKey, ...(schema.rangeKey === undefined ? [] : [schema.rangeKey])];
    let start: unknown;
    do {
      const page = await call('Scan', {
        TableName: table,
        FilterExpression: '#expiry < :now',
        ProjectionExpression: keyNames.map((_, index) => `#key${index}`).join(', '),
        ExpressionAttributeNames: {
          '#expiry': schema.expiry,
          ...Object.fromEntries(keyNames.map((name, index) => [`#key${index}`, name])),
        },
        ExpressionAttributeValues: { ':now': seconds },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      for (const key of (page['Items'] as object[] | undefined) ?? []) {
        const gone = await call('DeleteItem', {
          TableName: table,
          Key: key,
          ConditionExpression: '#expiry < :now',
          ExpressionAttributeNames: { '#expiry': schema.expiry },
          ExpressionAttributeValues: { ':now': seconds },
        }).then(
          () => true,
          () => false,
        );
        if (gone) deleted += 1;
      }
      start = page['LastEvaluatedKey'];
    } while (start !== undefined);
  }
  return deleted;
}
