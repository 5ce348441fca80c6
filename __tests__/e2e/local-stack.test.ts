import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { listen } from '../../emulators/loopback';
import { TABLE_SCHEMAS, tableName, type TableSchema } from '../../constructs/storage/table-schemas';
import { dynamoDbAt } from '../../emulators/aws/dynamodb/dynamodb-call';
import { installDynamoDbLocal } from '../../emulators/aws/dynamodb/dynamodb-local/installation';
import { hasJava, startDynamoDbLocal, type DynamoDbLocal } from '../lambdas/adapters/stores/dynamodb-local';
import { chatThrough } from './local-stack/chat';
import { declaredContainer, type DeclaredContainer } from './local-stack/declared-container';
import { LocalDeployment } from './local-stack/deployment';
import { Docker } from './local-stack/docker';
import { importImage } from './local-stack/image';
import { readme } from '../readme/readme';

jest.setTimeout(180_000);

const NO_JAVA = hasJava() ? undefined : 'there is no java on the PATH';

function call(endpoint: string, operation: string, input: object): Promise<Record<string, unknown>> {
  // The stack's own region and key: the engine keeps the tables of each apart, unless it is told to share.
  return dynamoDbAt(endpoint, 'local', 'local')(operation, input);
}

const NAMES = TABLE_SCHEMAS.map(({ noun }) => tableName('dev', noun)).sort();

/** Says once, where tests are run, what was not done. */
function skipped(what: string, reason: string): void {
  process.stderr.write(`${what}: ${reason}\n`);
}

if (NO_JAVA !== undefined) {
  test('npm run deploy-local needs DynamoDB Local here', () => {
    skipped('The stack local is not deployed', NO_JAVA);
    expect(process.env['CI']).toBeUndefined();
  });
} else {
  describe('npm run deploy-local with a DynamoDB that runs already', () => {
    let engine: DynamoDbLocal;
    let stack: LocalDeployment;
    beforeAll(async () => {
      engine = await startDynamoDbLocal(['-sharedDb']);
      stack = new LocalDeployment({ AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint });
    });
    afterAll(() => {
      stack?.remove();
      engine?.stop();
    });

    test('the tables are made as in AWS, npm start chats through them, and destroy-local removes them', async () => {
      const deployed = await stack.type(readme('npm run deploy-local'));
      expect(deployed.output).toContain('4 added, 0 changed, 0 destroyed');
      expect(deployed.output).toContain(engine.endpoint);
      expect(deployed.status).toBe(0);
      expect(((await call(engine.endpoint, 'ListTables', {}))['TableNames'] as string[]).sort()).toEqual(NAMES);
      for (const schema of TABLE_SCHEMAS) expect(await tableShape(engine.endpoint, schema)).toEqual(shapeOf(schema));

      const again = await stack.diff();
      expect(again.output).toContain('No changes.');
      expect(again.status).toBe(0);

      await chatThrough(engine.endpoint);
      const { Items: messages } = await call(engine.endpoint, 'Scan', { TableName: 'dev.Messages' });
      expect(JSON.stringify(messages)).toContain('Is it kept in DynamoDB?');

      const destroyed = await stack.type(readme('npm run destroy-local'));
      expect(destroyed.output).toContain('Destroy complete! Resources: 4 destroyed');
      expect(destroyed.status).toBe(0);
      expect(await call(engine.endpoint, 'ListTables', {})).toEqual({ TableNames: [] });
    });
  });
}

describe('npm run deploy-local with Docker', () => {
  let stack: LocalDeployment;
  let declared: DeclaredContainer;
  let docker: Awaited<ReturnType<typeof Docker.start>>;
  beforeAll(async () => {
    stack = new LocalDeployment();
    const { result, stack: synthesized } = await stack.synth();
    if (result.status !== 0) throw new Error(result.output);
    declared = declaredContainer(synthesized());
    docker = await Docker.start();
  });
  afterAll(async () => {
    stack?.remove();
    if (docker instanceof Docker) await docker.stop();
  });

  test('the stack declares a container on loopback with its data in a volume', () => {
    expect(declared.run).toEqual([
      '--detach',
      '--name=kite-dynamodb',
      '--user=root',
      '--workdir=/home/dynamodblocal',
      '--restart=unless-stopped',
      '--publish=127.0.0.1:8000:8000',
      '--volume=kite-dynamodb:/home/dynamodblocal/data',
      expect.stringMatching(/^amazon\/dynamodb-local:\d+\.\d+\.\d+$/),
      '-jar',
      'DynamoDBLocal.jar',
      '-sharedDb',
      '-dbPath',
      '/home/dynamodblocal/data',
    ]);
  });

  test('that container answers, npm start chats through it, and the data outlives it', async () => {
    const reason = 'reason' in docker ? docker.reason : NO_JAVA;
    if ('reason' in docker || reason !== undefined) {
      skipped('The container of the stack local is not started', String(reason));
      return;
    }
    await expectFree(declared.port);
    importImage(docker, installDynamoDbLocal(), declared.image);
    const endpoint = `http://localhost:${declared.port}`;

    docker.run('volume', 'create', declared.volume);
    docker.run('run', ...declared.run);
    await answered(docker, declared, endpoint);
    await chatThrough(endpoint);

    docker.run('rm', '--force', declared.name);
    docker.run('run', ...declared.run);
    await answered(docker, declared, endpoint);
    expect(((await call(endpoint, 'ListTables', {}))['TableNames'] as string[]).sort()).toEqual(NAMES);
    const { Items: messages } = await call(endpoint, 'Scan', { TableName: 'dev.Messages' });
    expect(JSON.stringify(messages)).toContain('Is it kept in DynamoDB?');
  });
});

/** What Terraform has made, without what only the engine knows. */
async function tableShape(endpoint: string, { noun }: TableSchema): Promise<object> {
  const TableName = tableName('dev', noun);
  const { Table } = (await call(endpoint, 'DescribeTable', { TableName })) as { Table: TableDescription };
  const { TimeToLiveDescription: expiry } = await call(endpoint, 'DescribeTimeToLive', { TableName });
  return {
    attributes: Object.fromEntries(Table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType])),
    keys: keys(Table),
    indexes: (Table.LocalSecondaryIndexes ?? []).map((index) => [
      index.IndexName,
      keys(index),
      index.Projection.ProjectionType,
    ]),
    billing: Table.BillingModeSummary?.BillingMode,
    expiry,
  };
}

/** The same, as constructs/storage/table-schemas.ts says. */
function shapeOf({ hashKey, rangeKey, localIndexes = [], expiry }: TableSchema): object {
  const names = [hashKey, rangeKey, ...localIndexes.map((index) => index.rangeKey)].filter(
    (name) => name !== undefined,
  );
  return {
    attributes: Object.fromEntries(names.map((name) => [name, 'S'])),
    keys: { HASH: hashKey, ...(rangeKey === undefined ? {} : { RANGE: rangeKey }) },
    indexes: localIndexes.map((index) => [index.name, { HASH: hashKey, RANGE: index.rangeKey }, 'ALL']),
    billing: 'PAY_PER_REQUEST',
    expiry: { AttributeName: expiry, TimeToLiveStatus: 'ENABLED' },
  };
}

interface Keyed {
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
}

interface TableDescription extends Keyed {
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly LocalSecondaryIndexes?: readonly (Keyed & {
    readonly IndexName: string;
    readonly Projection: { readonly ProjectionType: string };
  })[];
  readonly BillingModeSummary?: { readonly BillingMode: string };
}

function keys({ KeySchema }: Keyed): object {
  return Object.fromEntries(KeySchema.map(({ KeyType, AttributeName }) => [KeyType, AttributeName]));
}

/** Waits until DynamoDB answers; a container that has ended or is restarted over and over tells why in its log. */
async function answered(docker: Docker, { name }: DeclaredContainer, endpoint: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await call(endpoint, 'ListTables', {});
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${String(error)}\n${docker.run('logs', name)}`);
      await pause(100);
    }
  }
}

/** @throws Error if another program listens on the port that the stack declares */
async function expectFree(port: number): Promise<void> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch (error) {
    throw new Error(`The stack's port ${port} is taken on this machine: end what listens there (${String(error)}).`);
  }
  server.close();
  await once(server, 'close');
}
