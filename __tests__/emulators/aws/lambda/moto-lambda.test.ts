import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { failure, type AwsReply } from '../../../../emulators/aws/protocol/aws-reply';
import { jsonBody, type AwsRequest } from '../../../../emulators/aws/protocol/aws-request';
import { Lambda } from '../../../../emulators/aws/lambda/moto-lambda';
import { CodeStore } from '../../../../emulators/aws/lambda/code-store';
import type { FunctionConfiguration } from '../../../../emulators/aws/lambda/function-configuration';
import type { FunctionRunner } from '../../../../emulators/aws/lambda/function-runner';
import { FakeMoto } from '../account/fake-moto';

const CONFIGURATION = {
  FunctionName: 'dev-request-dispatcher',
  FunctionArn: 'arn:aws:lambda:eu-north-1:123456789012:function:dev-request-dispatcher:7',
  CodeSha256: 'sha',
  Version: '7',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Role: 'arn:aws:iam::123456789012:role/r',
  Architectures: ['arm64'],
  MemorySize: 256,
  Timeout: 20,
  Environment: { Variables: { STAGE: 'dev' } },
};
const FUNCTION = '/2015-03-31/functions/dev-request-dispatcher';

let folder: string;
let code: CodeStore;
let ran: { configuration: FunctionConfiguration; arn: string; payload: string }[];
let outcomes: boolean[];
let lambda: Lambda;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kite-lambda-'));
  code = new CodeStore(folder);
  ran = [];
  outcomes = [];
  const runner = {
    run: async (configuration: FunctionConfiguration, arn: string, payload: Buffer) => {
      ran.push({ configuration, arn, payload: payload.toString() });
      return { failed: outcomes.shift() ?? false, payload: Buffer.from('"done"'), requestId: 'id', logs: ['a line'] };
    },
    retire: () => undefined,
  };
  lambda = new Lambda(code, runner as unknown as FunctionRunner, [1, 1]);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function moto(reply: (request: AwsRequest) => AwsReply | unknown = () => CONFIGURATION): FakeMoto {
  return new FakeMoto(reply);
}

test('an invocation through an alias runs the version the alias names, and is told as the alias', async () => {
  const account = moto();
  const { status, body } = await account.ask(lambda, { url: `${FUNCTION}/invocations?Qualifier=live`, body: { a: 1 } });
  expect({ status, body }).toEqual({ status: 200, body: {} });
  expect(account.asked[0]?.url).toBe(`${FUNCTION}/configuration?Qualifier=live`);
  expect(ran).toEqual([
    {
      arn: 'arn:aws:lambda:eu-north-1:123456789012:function:dev-request-dispatcher:live',
      payload: '{"a":1}',
      configuration: expect.objectContaining({
        version: '7',
        timeoutMs: 20_000,
        architecture: 'arm64',
        environment: { STAGE: 'dev' },
        logGroup: '/aws/lambda/dev-request-dispatcher',
      }),
    },
  ]);
});

test('a configuration is asked for once, until something about functions changes', async () => {
  const account = moto();
  const invoke = async (): Promise<unknown> =>
    await account.ask(lambda, { url: `${FUNCTION}:live/invocations`, body: {} });
  await invoke();
  await invoke();
  expect(account.asked).toHaveLength(1);
  await account.ask(lambda, { method: 'PUT', url: `${FUNCTION}/aliases/live`, body: { FunctionVersion: '8' } });
  await invoke();
  expect(account.asked).toHaveLength(3);
});

test('what is invoked while an alias is being moved does not stay at the version of before', async () => {
  let live = '7';
  let invokedMeanwhile: Promise<unknown> | undefined;
  const invoke = async (): Promise<unknown> =>
    await account.ask(lambda, { url: `${FUNCTION}:live/invocations`, body: {} });
  const account: FakeMoto = moto(({ method }) => {
    if (method !== 'PUT') return { ...CONFIGURATION, Version: live };
    invokedMeanwhile = invoke();
    live = '8';
    return {};
  });
  await account.ask(lambda, { method: 'PUT', url: `${FUNCTION}/aliases/live`, body: { FunctionVersion: '8' } });
  await invokedMeanwhile;
  await invoke();
  expect(ran.map(({ configuration }) => configuration.version)).toEqual(['7', '8']);
});

test('an unknown function is answered as AWS does', async () => {
  const account = moto(() => failure('ResourceNotFoundException', 'Function not found', 404));
  expect(await account.ask(lambda, { url: '/2015-03-31/functions/other/invocations', body: {} })).toMatchObject({
    status: 404,
  });
  await expect(
    lambda.invoke('other', Buffer.from('{}'), undefined, 'eu-north-1', async () =>
      failure('ResourceNotFoundException', 'Function not found', 404),
    ),
  ).rejects.toThrow('Function not found');
});

test('an asynchronous invocation is accepted at once and tried three times if it fails', async () => {
  outcomes = [true, true, true, true];
  const request = {
    service: 'lambda',
    region: 'eu-north-1',
    method: 'POST',
    url: `${FUNCTION}/invocations`,
    body: { a: 1 },
  };
  const { ownRequest } = jest.requireActual<typeof import('../../../../emulators/aws/protocol/aws-request')>(
    '../../../../emulators/aws/protocol/aws-request',
  );
  const raw = ownRequest(request);
  const reply = await lambda.answer(
    { ...raw, headers: { ...raw.headers, 'x-amz-invocation-type': 'Event' } },
    async () => ({
      status: 200,
      headers: {},
      body: Buffer.from(JSON.stringify(CONFIGURATION)),
    }),
  );
  expect(reply?.status).toBe(202);
  await new Promise((resume) => setTimeout(resume, 100));
  expect(ran).toHaveLength(3);
});

test('code from a bucket is kept for running; an older object version reaches moto as bytes', async () => {
  const account = moto(({ service, method, url }) => {
    if (service !== 's3') return { ...CONFIGURATION };
    const reply = {
      status: 200,
      headers: { 'x-amz-version-id': url.includes('versionId') ? 'v1' : 'v2' },
      body: Buffer.alloc(0),
    };
    return method === 'GET' ? { ...reply, body: Buffer.from(url.includes('versionId=v1') ? 'old' : 'new') } : reply;
  });
  await account.ask(lambda, {
    method: 'PUT',
    url: `${FUNCTION}/code`,
    body: { S3Bucket: 'b', S3Key: 'k/function.zip', Publish: true },
  });
  expect(jsonBody(account.asked.at(-1)!)).toEqual({ S3Bucket: 'b', S3Key: 'k/function.zip', Publish: true });
  await account.ask(lambda, {
    method: 'PUT',
    url: `${FUNCTION}/code`,
    body: { S3Bucket: 'b', S3Key: 'k/function.zip', S3ObjectVersion: 'v1', Publish: true },
  });
  expect(jsonBody(account.asked.at(-1)!)).toEqual({ ZipFile: Buffer.from('old').toString('base64'), Publish: true });
  expect(code.get(code.add(Buffer.from('new')))?.toString()).toBe('new');
});

test('code that is not in the bucket is refused with its bucket and key', async () => {
  const account = moto(() => ({
    status: 404,
    headers: {},
    body: Buffer.from('<Error><Code>NoSuchKey</Code></Error>'),
  }));
  const { status, body } = await account.ask(lambda, {
    method: 'PUT',
    url: `${FUNCTION}/code`,
    body: { S3Bucket: 'b', S3Key: 'missing.zip' },
  });
  expect(status).toBe(400);
  expect(body['message']).toContain('NoSuchKey');
  expect(body['message']).toContain('b/missing.zip');
});

test('settings that moto forgets read back', async () => {
  const account = moto();
  const LoggingConfig = { LogFormat: 'JSON', LogGroup: '/kite/dev' };
  await account.ask(lambda, {
    method: 'PUT',
    url: `${FUNCTION}/configuration`,
    body: { LoggingConfig, EphemeralStorage: { Size: 1024 } },
  });
  expect((await account.ask(lambda, { method: 'GET', url: `${FUNCTION}/configuration` })).body).toMatchObject({
    LoggingConfig,
    EphemeralStorage: { Size: 1024 },
  });
});

describe('the loop detection of a function', () => {
  const loop = '/2024-08-31/functions/dev-request-dispatcher/recursion-config';
  const read = async (account: FakeMoto) => await account.ask(lambda, { method: 'GET', url: loop });

  test('is on until Terraform allows the function to call itself, and on again for a new function of that name', async () => {
    const account = moto();
    expect(await read(account)).toEqual({ status: 200, body: { RecursiveLoop: 'Terminate' } });
    const allow = { method: 'PUT', url: loop, body: { RecursiveLoop: 'Allow' } };
    expect((await account.ask(lambda, allow)).body).toEqual({ RecursiveLoop: 'Allow' });
    expect((await read(account)).body).toEqual({ RecursiveLoop: 'Allow' });
    await account.ask(lambda, { method: 'DELETE', url: FUNCTION });
    expect((await read(account)).body).toEqual({ RecursiveLoop: 'Terminate' });
  });

  test('of a function that is not there is refused as AWS does', async () => {
    const account = moto(() => failure('ResourceNotFoundException', 'Function not found', 404));
    expect((await read(account)).status).toBe(404);
  });
});
