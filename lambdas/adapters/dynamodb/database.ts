import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

type Sdk = typeof import('../sdk/dynamodb');

/** DynamoDB: its client and the commands to send by it. Loaded when it is first asked for: a PING never needs it. */
export type Database = () => Promise<{ readonly sdk: Sdk; readonly client: DynamoDBClient }>;

/** A database that is reached by a given client, or by one for the region and endpoint of the environment. */
export function createDatabase(given?: DynamoDBClient): Database {
  let loaded: ReturnType<Database> | undefined;
  return () =>
    (loaded ??= import('../sdk/dynamodb.ts').then((sdk) => ({ sdk, client: given ?? createDynamoClient(sdk) })));
}

/** A client whose time-outs fit a function that somebody waits for. */
export function createDynamoClient(
  sdk: Pick<Sdk, 'DynamoDBClient'>,
  config: DynamoDBClientConfig = {},
): DynamoDBClient {
  return new sdk.DynamoDBClient({
    maxAttempts: 6,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 },
    ...config,
  });
}
