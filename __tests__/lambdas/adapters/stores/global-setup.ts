import { startDynamoDbLocal } from './dynamodb-local';

/** Starts one DynamoDB Local for all tests of the project `dynamodb`. */
export default async function globalSetup(): Promise<void> {
  const engine = await startDynamoDbLocal();
  process.env['DYNAMODB_LOCAL_ENDPOINT'] = engine.endpoint;
  Object.assign(globalThis, { stopDynamoDbLocal: () => engine.stop() });
}
