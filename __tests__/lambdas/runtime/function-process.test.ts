import type { InvocationContext } from '../../../lambdas/runtime/context';
import { runFunction, type Handler } from '../../../lambdas/runtime/function-process';
import { FakeRuntimeApi } from './fake-runtime-api';

let api: FakeRuntimeApi;
let printed: jest.SpyInstance;

beforeEach(async () => {
  api = await new FakeRuntimeApi().start();
  printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  await api.stop();
  printed.mockRestore();
});

/** Runs a handler until the fake Runtime API goes away; answers with the exit code. */
function run(handler: Handler, environment: Record<string, string | undefined> = {}): Promise<number> {
  environment.AWS_LAMBDA_RUNTIME_API = api.address;
  return runFunction({ environment, load: async () => ({ handler }) });
}

test('every invocation gets its own result, in order, over connections that stay open', async () => {
  api.invoke({ n: 1 });
  api.invoke({ n: 2 });
  api.invoke({ n: 3 });
  const ended = run((event: { n: number }) => Promise.resolve({ doubled: event.n * 2 }));
  const said = await api.heard(3);
  expect(said.map(({ path, body }) => [path, body])).toEqual([
    ['/invocation/request-1/response', { doubled: 2 }],
    ['/invocation/request-2/response', { doubled: 4 }],
    ['/invocation/request-3/response', { doubled: 6 }],
  ]);
  expect(api.connections).toBeLessThanOrEqual(2); // of seven requests
  await api.stop();
  expect(await ended).toBe(1);
  api = await new FakeRuntimeApi().start();
});

test('a handler that returns nothing is answered with null', async () => {
  api.invoke({});
  void run(() => undefined);
  expect((await api.heard(1))[0]).toMatchObject({ path: '/invocation/request-1/response', body: null });
});

test('the context carries what Lambda says about the function and the invocation', async () => {
  let context: InvocationContext | undefined;
  api.invoke(
    {},
    { 'Lambda-Runtime-Deadline-Ms': String(Date.now() + 2500), 'Lambda-Runtime-Client-Context': '{"a":1}' },
  );
  void run(
    (_event, given) => {
      context = given;
      return given.getRemainingTimeInMillis();
    },
    {
      AWS_LAMBDA_FUNCTION_NAME: 'dev-request-dispatcher',
      AWS_LAMBDA_FUNCTION_VERSION: '7',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/dev-request-dispatcher',
      AWS_LAMBDA_LOG_STREAM_NAME: '2025/01/01/[7]abc',
    },
  );
  const remaining = (await api.heard(1))[0]?.body;
  expect(remaining).toBeGreaterThan(0);
  expect(remaining).toBeLessThanOrEqual(2500);
  expect(context).toMatchObject({
    functionName: 'dev-request-dispatcher',
    functionVersion: '7',
    memoryLimitInMB: '256',
    logGroupName: '/aws/lambda/dev-request-dispatcher',
    logStreamName: '2025/01/01/[7]abc',
    awsRequestId: 'request-1',
    invokedFunctionArn: 'arn:aws:lambda:eu-north-1:123456789012:function:dev-request-dispatcher:live',
    clientContext: { a: 1 },
  });
});

test('the trace id of an invocation is where the SDKs look for it, and gone with the next that has none', async () => {
  const environment: Record<string, string | undefined> = {};
  api.invoke({}, { 'Lambda-Runtime-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793' });
  api.invoke({});
  void run(() => environment._X_AMZN_TRACE_ID ?? 'none', environment);
  expect((await api.heard(2)).map(({ body }) => body)).toEqual(['Root=1-5759e988-bd862e3fe1be46a994272793', 'none']);
});

test('a handler that throws is reported with type, message and stack, and the next invocation is served', async () => {
  class TableMissing extends Error {
    override name = 'TableMissing';
  }
  api.invoke({ fail: true });
  api.invoke({ fail: false });
  void run((event: { fail: boolean }) => {
    if (event.fail) throw new TableMissing('There is no table dev.Channels.');
    return 'served';
  });
  const [first, second] = await api.heard(2);
  expect(first).toMatchObject({
    path: '/invocation/request-1/error',
    errorType: 'TableMissing',
    body: { errorType: 'TableMissing', errorMessage: 'There is no table dev.Channels.' },
  });
  expect((first?.body as { stackTrace: string[] }).stackTrace[0]).toMatch(/^at /);
  expect(second).toMatchObject({ path: '/invocation/request-2/response', body: 'served' });
});

test('a rejected promise, a thrown text and a result that is not JSON are also failures of their invocation', async () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  api.invoke({ kind: 'rejection' });
  api.invoke({ kind: 'text' });
  api.invoke({ kind: 'circular' });
  void run(async (event: { kind: string }) => {
    if (event.kind === 'rejection') throw new RangeError('too far');
    if (event.kind === 'text') throw 'just words';
    return circular;
  });
  expect(await api.heard(3)).toMatchObject([
    { path: '/invocation/request-1/error', body: { errorType: 'RangeError', errorMessage: 'too far' } },
    { path: '/invocation/request-2/error', body: { errorType: 'Error', errorMessage: 'just words', stackTrace: [] } },
    { path: '/invocation/request-3/error', body: { errorType: 'TypeError' } },
  ]);
});

test('a function that cannot load says why, and ends', async () => {
  const exitCode = await runFunction({
    environment: { AWS_LAMBDA_RUNTIME_API: api.address },
    load: () => Promise.reject(new Error('STAGE and MESSAGES_TABLE are not set.')),
  });
  expect(exitCode).toBe(1);
  expect(api.said).toMatchObject([
    { path: '/init/error', errorType: 'Error', body: { errorMessage: 'STAGE and MESSAGES_TABLE are not set.' } },
  ]);
});

test('outside of Lambda it says what it is, and ends', async () => {
  const exitCode = await runFunction({ environment: {}, load: () => Promise.reject(new Error('not reached')) });
  expect(exitCode).toBe(1);
  expect(printed.mock.calls[0]?.[0]).toMatch(/^AWS_LAMBDA_RUNTIME_API is not set.*npm run sandbox/);
});

test('a result that Lambda refuses (over 6 MB) does not end the function', async () => {
  api.status = 413;
  api.invoke({});
  api.invoke({});
  void run(() => 'x');
  expect(await api.heard(2)).toHaveLength(2);
  expect(printed.mock.calls[0]?.[0]).toContain('413');
});

test('a Runtime API that is broken ends the function with an exit code, not silently', async () => {
  api.status = 500;
  api.invoke({});
  expect(await run(() => 'x')).toBe(1);
});

test('an error that no handler caught fails the invocation and ends the process as on nodejs22.x', async () => {
  api.invoke({});
  const ended = run(() => {
    const listener = process.listeners('unhandledRejection').at(-1);
    listener?.(new Error('forgotten promise'), Promise.resolve());
    return new Promise(() => undefined);
  });
  expect(await ended).toBe(128);
  expect(api.said).toMatchObject([
    { path: '/invocation/request-1/error', body: { errorMessage: 'forgotten promise' } },
  ]);
});
