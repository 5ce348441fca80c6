import { EmbeddedDynamoDb } from '../../../../emulators/aws/dynamodb/embedded-dynamodb';
import { storeContract } from './contract';
import { prepareEngine, storesAt, type DynamoClient } from './engine';

describe('stores in DynamoDB (dynalite)', () => {
  let engine: EmbeddedDynamoDb;
  let client: DynamoClient;

  beforeAll(async () => {
    engine = await EmbeddedDynamoDb.start(undefined);
    client = await prepareEngine(engine.endpoint);
  });

  afterAll(async () => {
    client.destroy();
    await engine.close();
  });

  storeContract(async (clock) => storesAt(client, clock));
});
