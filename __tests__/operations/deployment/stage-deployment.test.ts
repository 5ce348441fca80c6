import { LIFECYCLE, REQUEST_DISPATCHER } from '../../../operations/deployment/artifact';
import { ArtifactStore } from '../../../operations/deployment/artifact-store';
import { deployStage } from '../../../operations/deployment/stage-deployment';
import { FakeLambda, lambdaOf } from './fake-lambda';
import { FakeS3 } from './fake-s3';

const OLD = 'a'.repeat(40);
const NEW = 'b'.repeat(40);
const NATIVE = { kind: 'native', architecture: 'arm64' };

let s3: FakeS3;
let store: ArtifactStore;
let dispatcher: FakeLambda;
let lifecycle: FakeLambda;
let said: string[];

beforeEach(async () => {
  s3 = new FakeS3();
  store = new ArtifactStore(s3, 'artifacts');
  for (const [commit, code] of [
    [OLD, 'old'],
    [NEW, 'new'],
  ] as const) {
    await store.store(REQUEST_DISPATCHER, commit, Buffer.from(`${code} dispatcher`), NATIVE);
    await store.store(LIFECYCLE, commit, Buffer.from(`${code} lifecycle`), NATIVE);
  }
  dispatcher = new FakeLambda('dev-request-dispatcher', s3, 'old dispatcher', { Description: `main, commit ${OLD}` });
  lifecycle = new FakeLambda('dev-lifecycle-handler', s3, 'old lifecycle', { Description: `main, commit ${OLD}` });
  said = [];
});

function deploy(commit = NEW) {
  return deployStage({
    lambda: lambdaOf(dispatcher, lifecycle),
    store,
    pause: async () => undefined,
    stage: 'dev',
    commit,
    label: 'branch/main',
    dispatcherName: dispatcher.name,
    lifecycleName: lifecycle.name,
    say: (line) => said.push(line),
  });
}

function untouched(): void {
  expect([dispatcher.liveCode, lifecycle.liveCode]).toEqual(['old dispatcher', 'old lifecycle']);
  expect([dispatcher.latestCode, lifecycle.latestCode]).toEqual(['old dispatcher', 'old lifecycle']);
  expect([[...dispatcher.versions.keys()], [...lifecycle.versions.keys()]]).toEqual([['1'], ['1']]);
}

test('a build goes live as a published version that names its commit, and answers PING', async () => {
  expect(await deploy()).toBe('deployed');
  expect([dispatcher.liveCode, lifecycle.liveCode]).toEqual(['new dispatcher', 'new lifecycle']);
  expect(dispatcher.alias).toBe('2');
  expect(dispatcher.versions.get('2')?.Description).toBe(`branch/main, commit ${NEW}`);
  expect(said).toContain('dev-request-dispatcher: live moved from version 1 to 2');
});

test('the version is tested before it receives traffic, and again through the alias', async () => {
  await deploy();
  const steps = dispatcher.calls.filter((call) => /Publish|Invoke|UpdateAlias/.test(call));
  expect(steps).toEqual(['PublishVersionCommand', 'InvokeCommand', 'UpdateAliasCommand', 'InvokeCommand']);
});

test('a handler that throws never takes traffic, and leaves nothing behind', async () => {
  dispatcher.answers = (code) =>
    code.startsWith('new') ? new TypeError('x is undefined') : { statusCode: 200, body: '["PONG"]' };
  await expect(deploy()).rejects.toThrow(
    /dev-request-dispatcher:2 did not answer PING with PONG before it takes traffic: it failed: TypeError: x is undefined\. Nothing was deployed to dev; it is served by dev-request-dispatcher version 1 and dev-lifecycle-handler version 1 as before\./,
  );
  expect(dispatcher.calls).not.toContain('UpdateAliasCommand');
  untouched();
});

test.each([
  ['something else', { statusCode: 200, body: '["OK"]' }, 'it answered {"statusCode":200,"body":"[\\"OK\\"]"}'],
  ['an error', { statusCode: 500, body: '["PONG"]' }, 'it answered {"statusCode":500'],
  ['nothing', null, 'it answered null'],
])('a handler that answers PING with %s is not deployed', async (_what, answer, words) => {
  dispatcher.answers = (code) => (code.startsWith('new') ? answer : { statusCode: 200, body: '["PONG"]' });
  await expect(deploy()).rejects.toThrow(words);
  untouched();
});

test('what fails only through the alias is moved back', async () => {
  dispatcher.answers = (code, qualifier) =>
    code.startsWith('new') && qualifier === 'live' ? new Error('no permission') : { statusCode: 200, body: '["PONG"]' };
  await expect(deploy()).rejects.toThrow('through the alias: it failed: Error: no permission');
  expect(dispatcher.calls.filter((call) => call === 'UpdateAliasCommand')).toHaveLength(2);
  untouched();
});

test('if the second function cannot be deployed, the first one does not stay alone', async () => {
  lifecycle.failing = 'PublishVersionCommand';
  await expect(deploy()).rejects.toThrow('Rate exceeded. Nothing was deployed to dev');
  untouched();
});

test('deploying what is live already changes nothing, but tests it', async () => {
  expect(await deploy(OLD)).toBe('already live');
  untouched();
  expect(dispatcher.calls).toContain('InvokeCommand');
  expect(dispatcher.calls).not.toContain('UpdateFunctionCodeCommand');
});

test('a commit that was never built is refused before anything is touched', async () => {
  const never = 'c'.repeat(40);
  await expect(deploy(never)).rejects.toThrow(
    `Commit ${never} was never built: there is no s3://artifacts/request-dispatcher/${never}/function.zip`,
  );
  expect(dispatcher.calls).toEqual([]);
});

test('bytes that are not those that were built are refused before anything is touched', async () => {
  s3.objects.set(`request-dispatcher/${NEW}/function.zip`, { body: Buffer.from('evil'), metadata: NATIVE });
  await expect(deploy()).rejects.toThrow(
    /function\.zip is not what was built for b+: its SHA-256 is .* Nothing was deployed/,
  );
  expect(dispatcher.calls).toEqual([]);
});

test('bytes that change between the check and the deployment are never published', async () => {
  const send = s3.send.bind(s3);
  let reads = 0;
  s3.send = (command) => {
    const answer = send(command);
    // after both zips and both checksums were read
    if (++reads === 4)
      void Promise.resolve().then(() =>
        s3.objects.set(`lifecycle/${NEW}/lifecycle.zip`, { body: Buffer.from('evil'), metadata: {} }),
      );
    return answer;
  };
  await expect(deploy()).rejects.toThrow(/dev-lifecycle-handler received code other than what was checked/);
  expect(lifecycle.calls).not.toContain('PublishVersionCommand');
  untouched();
});

test('a stage that was never deployed is no error for the build', async () => {
  const result = await deployStage({
    lambda: lambdaOf(),
    store,
    pause: async () => undefined,
    stage: 'dev',
    commit: NEW,
    label: 'branch/main',
    dispatcherName: 'dev-request-dispatcher',
    lifecycleName: 'dev-lifecycle-handler',
    say: () => undefined,
  });
  expect(result).toBe('no functions yet');
});

test.each([
  [{ Architectures: ['x86_64'] }, 'runs on x86_64, and s3://artifacts/request-dispatcher/'],
  [{ Runtime: 'nodejs22.x' }, 'runs on nodejs22.x, and s3://artifacts/request-dispatcher/'],
])('a build for another kind of function is refused (%j)', async (settings, words) => {
  dispatcher = new FakeLambda('dev-request-dispatcher', s3, 'old dispatcher', settings);
  await expect(deploy()).rejects.toThrow(words);
  expect(dispatcher.calls).not.toContain('UpdateFunctionCodeCommand');
});

test('code that Terraform deployed is restored from the latest build', async () => {
  dispatcher = new FakeLambda('dev-request-dispatcher', s3, 'old dispatcher'); // its description names no commit
  await store.markLatest(REQUEST_DISPATCHER, OLD);
  dispatcher.answers = () => new Error('broken');
  await expect(deploy()).rejects.toThrow('as before');
  untouched();
});

test('code under settings that Terraform changed afterwards is restored from the commit that an older version names', async () => {
  const [first] = dispatcher.versions.values();
  dispatcher.versions.set('2', { ...first!, Version: '2', Description: 'Answers visitors' });
  dispatcher.alias = '2';
  dispatcher.answers = (code) => (code.startsWith('new') ? new Error('broken') : { statusCode: 200, body: '["PONG"]' });
  await expect(deploy()).rejects.toThrow('served by dev-request-dispatcher version 2');
  expect(dispatcher.latestCode).toBe('old dispatcher');
});

test('code that is in no build cannot be restored, and the refusal says what that means', async () => {
  dispatcher = new FakeLambda('dev-request-dispatcher', s3, 'made by hand');
  dispatcher.answers = () => new Error('broken');
  await expect(deploy()).rejects.toThrow(
    /not everything could be rolled back\.\nThe unpublished code of dev-request-dispatcher is still the one that failed/,
  );
  expect(dispatcher.liveCode).toBe('made by hand');
});
