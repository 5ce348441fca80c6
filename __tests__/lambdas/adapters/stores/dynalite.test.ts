import { TABLE_SCHEMAS } from '../../../../constructs/table-schemas';
import { createDynamoClient, createDynamoStores } from '../../../../lambdas/adapters/dynamodb/stores';
import { dynamoDbAt } from '../../../../local/embedded/dynamodb-call';
import { EmbeddedDynamoDb } from '../../../../local/embedded/embedded-dynamodb';
import { makeTables } from '../../../../local/embedded/tables';
import { storeContract } from './contract';

describe('stores in DynamoDB (dynalite)', () => {
  let engine: EmbeddedDynamoDb;
  let client: ReturnType<typeof createDynamoClient>;

  beforeAll(async () => {
    engine = await EmbeddedDynamoDb.start(undefined);
    await makeTables(dynamoDbAt(engine.endpoint, 'eu-north-1', 'test'), 'dev', TABLE_SCHEMAS);
    client = createDynamoClient({
      endpoint: engine.endpoint,
      region: 'eu-north-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });

  afterAll(async () => {
    client.destroy();
    await engine.close();
  });

  storeContract(async (clock) =>
    createDynamoStores({
      client,
      clock,
      retentionDays: 90,
      tables: {
        channelsTable: 'dev.Channels',
        membersTable: 'dev.Members',
        connectionsTable: 'dev.Connections',
        messagesTable: 'dev.Messages',
      },
    }),
  );
});
