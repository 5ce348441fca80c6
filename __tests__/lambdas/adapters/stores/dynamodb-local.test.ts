import { storeContract } from './contract';
import { findDynamoDbLocal, startDynamoDbLocal, type DynamoDbLocal } from './dynamodb-local';
import { prepareEngine, storesAt, type DynamoClient } from './engine';

const found = findDynamoDbLocal();

if ('reason' in found) {
  test(`stores in DynamoDB Local: skipped, because ${found.reason}`, () => {
    process.stderr.write(`DynamoDB Local is not tested against: ${found.reason}\n`);
  });
} else {
  describe('stores in DynamoDB (Amazon DynamoDB Local)', () => {
    let engine: DynamoDbLocal;
    let client: DynamoClient;

    beforeAll(async () => {
      engine = await startDynamoDbLocal(found.folder);
      client = await prepareEngine(engine.endpoint);
    }, 60_000);

    afterAll(() => {
      client?.destroy();
      engine?.stop();
    });

    storeContract(async (clock) => storesAt(client, clock));
  });
}
