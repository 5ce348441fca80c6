import { randomUUID } from 'node:crypto';
import { storeContract } from './contract';
import { prepareEngine, storesAt, type DynamoClient } from './engine';

describe('stores in DynamoDB (Amazon DynamoDB Local)', () => {
  let client: DynamoClient;

  beforeAll(async () => {
    client = await prepareEngine(process.env['DYNAMODB_LOCAL_ENDPOINT']!, randomUUID().replaceAll('-', ''));
  });

  afterAll(() => client.destroy());

  storeContract(async (clock) => storesAt(client, clock));
});
