import type { DynamoDbCall } from './dynamodb-call';
import type { TableDefinition } from './tables';

/**
 * Deletes expired items, as DynamoDB's TTL does and the embedded engine does not. Each deletion is conditional: an item
 * whose life was extended meanwhile stays.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 *
 * @param now epoch milliseconds
 */
export async function sweepExpired(call: DynamoDbCall, tables: readonly TableDefinition[], now: number): Promise<void> {
  const condition = { ExpressionAttributeValues: { ':now': { N: String(Math.floor(now / 1000)) } } };
  for (const { name: TableName, hashKey, rangeKey, expiry } of tables) {
    if (expiry === undefined) continue;
    const keyNames = rangeKey === undefined ? [hashKey] : [hashKey, rangeKey];
    let start: unknown;
    do {
      const page = await call('Scan', {
        TableName,
        ...condition,
        FilterExpression: '#expiry < :now',
        ProjectionExpression: keyNames.map((_, index) => `#key${index}`).join(', '),
        ExpressionAttributeNames: {
          '#expiry': expiry,
          ...Object.fromEntries(keyNames.map((name, index) => [`#key${index}`, name])),
        },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      for (const Key of (page['Items'] as object[] | undefined) ?? []) {
        await call('DeleteItem', {
          TableName,
          Key,
          ...condition,
          ConditionExpression: '#expiry < :now',
          ExpressionAttributeNames: { '#expiry': expiry },
        }).catch(() => undefined);
      }
      start = page['LastEvaluatedKey'];
    } while (start !== undefined);
  }
}
