import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Identities } from '../../../../emulators/aws/account/identities';
import { CodeStore } from '../../../../emulators/aws/lambda/code-store';
import type { FunctionConfiguration } from '../../../../emulators/aws/lambda/function-configuration';
import { FunctionRunner, type LogLine } from '../../../../emulators/aws/lambda/function-runner';
import { zipOf } from './zip';

const ROLE = 'arn:aws:iam::123456789012:role/dev-request-dispatcher';
const ARN = 'arn:aws:lambda:eu-north-1:123456789012:function:greeter:live';

let folder: string;
let code: CodeStore;
let runner: FunctionRunner;
let printed: LogLine[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kite-runner-'));
  code = new CodeStore(folder);
  printed = [];
  const identities = new Identities();
  runner = new FunctionRunner({
    folder,
    code,
    region: 'eu-north-1',
    searchPath: process.env['PATH'] ?? '',
    credentials: (roleArn) => identities.assume(roleArn),
    endpointUrl: () => 'http://127.0.0.1:1',
    log: (line) => printed.push(line),
  });
});

afterEach(() => {
  runner.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function nodeFunction(
  source: string,
  changes: Partial<FunctionConfiguration> = {},
): Promise<FunctionConfiguration> {
  return {
    name: 'greeter',
    version: '3',
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    roleArn: ROLE,
    architecture: 'x86_64',
    codeSha256: code.add(zipOf({ 'index.js': source })),
    environment: {},
    memoryMegabytes: 256,
    timeoutMs: 5000,
    logGroup: '/aws/lambda/greeter',
    ...changes,
  };
}

async function run(
  configuration: FunctionConfiguration,
  event: unknown = {},
): Promise<{ failed: boolean; value: never; logs: readonly string[] }> {
  const result = await runner.run(configuration, ARN, Buffer.from(JSON.stringify(event)));
  return { failed: result.failed, value: JSON.parse(result.payload.toString()) as never, logs: result.logs };
}

test('a Node.js function gets its event, its settings and the keys of its role', async () => {
  const configuration = await nodeFunction(
    `exports.handler = async (event, context) => ({
       event, greeting: process.env.GREETING, endpoint: process.env.AWS_ENDPOINT_URL, key: process.env.AWS_ACCESS_KEY_ID.slice(0, 4),
       arn: context.invokedFunctionArn, version: context.functionVersion, left: context.getRemainingTimeInMillis() > 1000,
     });`,
    { environment: { GREETING: 'hello' } },
  );
  expect(await run(configuration, { a: 1 })).toMatchObject({
    failed: false,
    value: {
      event: { a: 1 },
      greeting: 'hello',
      endpoint: 'http://127.0.0.1:1',
      key: 'ASIA',
      arn: ARN,
      version: '3',
      left: true,
    },
  });
});

test('no variable of this process reaches a function', async () => {
  process.env['KITE_TEST_SECRET'] = 'must stay outside';
  const { value } = await run(await nodeFunction('exports.handler = async () => Object.keys(process.env);'));
  delete process.env['KITE_TEST_SECRET'];
  expect(value).not.toContain('KITE_TEST_SECRET');
});

test("an error that a function throws comes back in Lambda's words, and the environment stays warm", async () => {
  const configuration = await nodeFunction(
    `let count = 0; exports.handler = async (event) => { count += 1; if (event.fail) throw new TypeError('no such channel'); return count; };`,
  );
  const failed = await run(configuration, { fail: true });
  expect(failed).toMatchObject({ failed: true, value: { errorType: 'TypeError', errorMessage: 'no such channel' } });
  expect((await run(configuration)).value).toBe(2);
  expect(runner.environments).toBe(1);
});

test('one environment handles one invocation at a time; concurrent ones get their own', async () => {
  const configuration = await nodeFunction(
    `let busy = 0; exports.handler = async () => { busy += 1; await new Promise((r) => setTimeout(r, 150)); const most = busy; busy -= 1; return [process.pid, most]; };`,
  );
  const results = await Promise.all([run(configuration), run(configuration), run(configuration)]);
  const values = results.map(({ value }) => value as [number, number]);
  expect(new Set(values.map(([pid]) => pid)).size).toBe(3);
  expect(values.map(([, most]) => most)).toEqual([1, 1, 1]);
  expect(runner.environments).toBe(3);
});

test('a function that takes too long is ended at its time-out', async () => {
  const configuration = await nodeFunction('exports.handler = () => new Promise(() => setInterval(() => {}, 1000));', {
    timeoutMs: 300,
  });
  expect(await run(configuration)).toMatchObject({
    failed: true,
    value: {
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 0.30 seconds'),
    },
  });
  expect(runner.environments).toBe(0);
});

test('a function whose process ends is reported, and the next invocation starts a new one', async () => {
  const configuration = await nodeFunction(
    'exports.handler = async (event) => { if (event.die) process.exit(3); return "alive"; };',
  );
  expect(await run(configuration, { die: true })).toMatchObject({
    failed: true,
    value: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
  });
  expect((await run(configuration)).value).toBe('alive');
});

test('a handler that cannot be loaded fails the invocation with the reason', async () => {
  expect(await run(await nodeFunction('exports.other = 1;'))).toMatchObject({
    failed: true,
    value: { errorMessage: 'index.handler is undefined or not exported' },
  });
});

test('what a function prints is in its log, with its stream', async () => {
  const { logs } = await run(
    await nodeFunction(
      'exports.handler = async () => { console.log("first"); console.error("second"); await new Promise((r) => setTimeout(r, 50)); };',
    ),
  );
  expect([...logs].sort()).toEqual(['first', 'second']);
  expect(printed[0]).toMatchObject({
    functionName: 'greeter',
    logGroup: '/aws/lambda/greeter',
    logStream: expect.stringContaining('[3]'),
  });
});

test('a custom runtime is its bootstrap, which speaks the Runtime API', async () => {
  const bootstrap = `#!${process.execPath}
const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
(async () => {
  for (;;) {
    const next = await fetch(base + 'next');
    const id = next.headers.get('lambda-runtime-aws-request-id');
    const event = await next.json();
    if (event.fail) await fetch(base + id + '/error', { method: 'POST', body: JSON.stringify({ errorType: 'Refused', errorMessage: 'no' }) });
    else await fetch(base + id + '/response', { method: 'POST', body: JSON.stringify({ got: event, handler: process.env._HANDLER }) });
  }
})();
`;
  const configuration: FunctionConfiguration = {
    ...(await nodeFunction('')),
    runtime: 'provided.al2023',
    handler: 'bootstrap',
    codeSha256: code.add(zipOf({ bootstrap })),
  };
  expect(await run(configuration, { a: 1 })).toMatchObject({
    failed: false,
    value: { got: { a: 1 }, handler: 'bootstrap' },
  });
  expect(await run(configuration, { fail: 1 })).toMatchObject({ failed: true, value: { errorType: 'Refused' } });
});

test('a zip for another processor is refused with what to do', async () => {
  const other = process.arch === 'x64' ? { machine: 0xb7, name: 'arm64' } : { machine: 0x3e, name: 'x86_64' };
  const bootstrap = Buffer.alloc(64);
  bootstrap.write('\x7fELF', 'latin1');
  bootstrap.writeUInt16LE(other.machine, 18);
  const configuration = {
    ...(await nodeFunction('')),
    runtime: 'provided.al2023',
    codeSha256: code.add(zipOf({ bootstrap })),
  };
  const { failed, value } = await run(configuration);
  expect(failed).toBe(true);
  expect((value as { errorMessage: string }).errorMessage).toMatch(
    new RegExp(`The zip of greeter is built for ${other.name} and this machine is .*: deploy the`),
  );
});

test('a zip without bootstrap is refused with what is missing', async () => {
  const configuration = { ...(await nodeFunction('')), runtime: 'provided.al2023' };
  expect((await run(configuration)).value).toMatchObject({
    errorMessage: expect.stringContaining('holds no executable named `bootstrap`'),
  });
});
