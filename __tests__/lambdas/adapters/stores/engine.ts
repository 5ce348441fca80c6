import { createDynamoClient } from '../../../../lambdas/adapters/dynamodb/database';
import { createDynamoStores } from '../../../../lambdas/adapters/dynamodb/stores';
import * as sdk from '../../../../lambdas/adapters/sdk/dynamodb';
import type { Clock, Stores } from '../../../../lambdas/chat/ports';
import { dynamoDbAt } from '../../../../emulators/aws/dynamodb/dynamodb-call';
import { makeTables } from '../../../../emulators/aws/dynamodb/tables';
import { stageTables } from '../../../../local/stage-tables';

export type DynamoClient = ReturnType<typeof createDynamoClient>;

/**
 * Makes the tables of the stage `dev` in a DynamoDB engine, and a client for it. DynamoDB Local keeps the tables of each
 * access key apart.
 */
export async function prepareEngine(endpoint: string, accessKeyId = 'test'): Promise<DynamoClient> {
  await makeTables(dynamoDbAt(endpoint, 'eu-north-1', accessKeyId), stageTables('dev'));
  return createDynamoClient(sdk, {
    endpoint,
    region: 'eu-north-1',
    credentials: { accessKeyId, secretAccessKey: 'test' },
  });
}

/** The stores of the stage `dev`. */
export function storesAt(client: DynamoClient, clock: Clock): Stores {
  return createDynamoStores({
    client,
    clock,
    retentionDays: 90,
    tables: {
      channelsTable: 'dev.Channels',
      membersTable: 'dev.Members',
      connectionsTable: 'dev.Connections',
      messagesTable: 'dev.Messages',
    },
  });
}
