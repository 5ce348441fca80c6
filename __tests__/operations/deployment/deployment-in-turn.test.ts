import { LIFECYCLE, REQUEST_DISPATCHER } from '../../../operations/deployment/artifact';
import { ArtifactStore } from '../../../operations/deployment/artifact-store';
import type { Deployment } from '../../../operations/deployment/deployment';
import { deployInTurn, type DeploymentInTurnResult } from '../../../operations/deployment/deployment-in-turn';
import { StageTurn } from '../../../operations/deployment/stage-turn';
import { FakeLambda, lambdaOf } from './fake-lambda';
import { FakeS3 } from './fake-s3';

/** Three commits of main, the oldest first. */
const COMMITS = ['a', 'b', 'c'].map((letter) => letter.repeat(40));
const [OLD = '', NEW = '', NEWEST = ''] = COMMITS;
const NATIVE = { kind: 'native', architecture: 'arm64' };
const OBJECT = 'deployments/dev.json';

let s3: FakeS3;
let store: ArtifactStore;
let dispatcher: FakeLambda;
let lifecycle: FakeLambda;
let said: string[];
/** Ends the wait of every deployment that waits for Lambda to settle. */
let settle: () => void;
let settled: Promise<void>;

beforeEach(async () => {
  jest.useFakeTimers();
  s3 = new FakeS3();
  store = new ArtifactStore(s3, 'artifacts');
  for (const commit of COMMITS) {
    await store.store(REQUEST_DISPATCHER, commit, Buffer.from(`${commit} dispatcher`), NATIVE);
    await store.store(LIFECYCLE, commit, Buffer.from(`${commit} lifecycle`), NATIVE);
  }
  dispatcher = new FakeLambda('dev-request-dispatcher', s3, `${OLD} dispatcher`);
  lifecycle = new FakeLambda('dev-lifecycle-handler', s3, `${OLD} lifecycle`);
  said = [];
  settled = new Promise((resolve) => (settle = resolve));
});
afterEach(() => jest.useRealTimers());

const wanted = (commit: string, facts: Partial<Deployment> = {}): Deployment => ({
  commit,
  build: `build-${commit[0]}`,
  startedAt: COMMITS.indexOf(commit),
  pushed: true,
  ...facts,
});

function deploy(commit: string, facts: Partial<Deployment> = {}, client = lambdaOf(dispatcher, lifecycle)) {
  return deployInTurn({
    lambda: client,
    s3,
    bucket: 'artifacts',
    store,
    pause: async () => undefined,
    stage: 'dev',
    wanted: wanted(commit, facts),
    isAncestor: (ancestor, of) => COMMITS.indexOf(ancestor) <= COMMITS.indexOf(of),
    label: 'branch/main',
    dispatcherName: dispatcher.name,
    lifecycleName: lifecycle.name,
    markLatest: true,
    say: (line) => said.push(line),
  });
}

/** The functions, where bringing code to one takes until `settle`. */
function slowly(): never {
  const client = lambdaOf(dispatcher, lifecycle) as unknown as { send: (command: object) => Promise<object> };
  return {
    send: async (command: object) => {
      if (command.constructor.name === 'UpdateFunctionCodeCommand') await settled;
      return client.send(command);
    },
  } as never;
}

const turnOf = (build: string, lines: string[] = []) =>
  StageTurn.take({ s3, bucket: 'artifacts', stage: 'dev', build, say: (line) => lines.push(line) });
const latest = () => s3.objects.get('request-dispatcher/latest/function.zip')?.body.toString();
const live = () => [dispatcher.liveCode, lifecycle.liveCode];
const codeOf = (commit: string) => [`${commit} dispatcher`, `${commit} lifecycle`];
const noted = () => JSON.parse(s3.objects.get(OBJECT)?.body.toString() ?? '{}') as object;

/** Lets time go by until a deployment has ended. */
async function ended<T>(running: Promise<T>): Promise<T> {
  let over = false;
  running.then(
    () => (over = true),
    () => (over = true),
  );
  while (!over) await jest.advanceTimersByTimeAsync(1000);
  return running;
}

test('a deployment is recorded with its commit, and passes the turn to the next build', async () => {
  expect(await deploy(NEW)).toBe('deployed');
  expect(live()).toEqual(codeOf(NEW));
  expect(latest()).toBe(`${NEW} dispatcher`);
  expect(noted()).toEqual({ last: wanted(NEW) });
});

describe('two pushes, one soon after the other', () => {
  test('the newer one waits until the older one is deployed, and is live in the end', async () => {
    const older = deploy(NEW, {}, slowly());
    await jest.advanceTimersByTimeAsync(0);
    const newer = deploy(NEWEST);
    await jest.advanceTimersByTimeAsync(120_000);
    expect(said).toContain('Build build-b is deploying to dev: waiting for it to finish.');
    expect(live()).toEqual(codeOf(OLD));
    settle();
    expect(await ended(Promise.all([older, newer]))).toEqual(['deployed', 'deployed']);
    expect(live()).toEqual(codeOf(NEWEST));
    expect(latest()).toBe(`${NEWEST} dispatcher`);
  });

  test('the older one, whose build ends later, leaves the newer one where it is', async () => {
    await deploy(NEWEST);
    const calls = dispatcher.calls.length;
    expect(await deploy(NEW)).toBe('superseded');
    expect(live()).toEqual(codeOf(NEWEST));
    expect(latest()).toBe(`${NEWEST} dispatcher`);
    expect(dispatcher.calls).toHaveLength(calls);
    expect(said.at(-1)).toBe(
      `Commit ${NEW} is not deployed: build build-c has deployed ${NEWEST} to dev, which is newer.`,
    );
    expect(noted()).toEqual({ last: wanted(NEWEST) });
  });

  test('of many concurrent builds, one deploys at a time, and the newest is live in the end', async () => {
    let atWork = 0;
    let most = 0;
    const counted = (): never => {
      const client = lambdaOf(dispatcher, lifecycle) as unknown as { send: (command: object) => Promise<object> };
      return {
        send: async (command: object) => {
          most = Math.max(most, ++atWork);
          await new Promise((resolve) => setTimeout(resolve, 700));
          atWork--;
          return client.send(command);
        },
      } as never;
    };
    const all = [NEWEST, OLD, NEW].map((commit) => deploy(commit, {}, counted()));
    const results = (await ended(Promise.all(all))) as DeploymentInTurnResult[];
    expect(results[0]).toBe('deployed');
    expect(most).toBe(1);
    expect(live()).toEqual(codeOf(NEWEST));
  });
});

test('an older commit that is started by hand is deployed', async () => {
  await deploy(NEWEST);
  expect(await deploy(NEW, { pushed: false, startedAt: 9 })).toBe('deployed');
  expect(live()).toEqual(codeOf(NEW));
});

test('a failed deployment is not recorded, and does not block the next one', async () => {
  await deploy(NEW);
  dispatcher.answers = () => new Error('broken');
  await expect(deploy(NEWEST)).rejects.toThrow('Nothing was deployed to dev');
  expect(noted()).toEqual({ last: wanted(NEW) });
  dispatcher.answers = () => ({ statusCode: 200, body: '["PONG"]' });
  expect(await deploy(NEWEST)).toBe('deployed');
  expect(said.join()).not.toContain('waiting');
});

describe('a build that dies while it deploys', () => {
  test('delays the next one by a minute and a half', async () => {
    s3.objects.set(OBJECT, { body: Buffer.from('{"holder":"dead","beat":3}'), metadata: {} });
    const next = deploy(NEW);
    await jest.advanceTimersByTimeAsync(89_000);
    expect(live()).toEqual(codeOf(OLD));
    expect(await ended(next)).toBe('deployed');
    expect(said).toContain('Build dead died; its turn is over.');
  });

  test('is followed by one build only, though two wait', async () => {
    s3.objects.set(OBJECT, { body: Buffer.from('{"holder":"dead","beat":3}'), metadata: {} });
    const both = [turnOf('one'), turnOf('two')];
    await jest.advanceTimersByTimeAsync(100_000);
    const first = await Promise.race(both);
    expect(noted()).toMatchObject({ holder: expect.stringMatching(/^(one|two)$/) as string });
    await jest.advanceTimersByTimeAsync(100_000);
    first.check();
    await first.end();
    await ended(Promise.all(both));
  });

  test('leaves none of its code behind when the next one is deployed', async () => {
    // As after UpdateFunctionCode and PublishVersion of the newest, and before the alias.
    dispatcher.send('UpdateFunctionCodeCommand', { S3Key: `request-dispatcher/${NEWEST}/function.zip` });
    dispatcher.send('PublishVersionCommand', { CodeSha256: dispatcher.latest.CodeSha256 });
    expect(await deploy(OLD)).toBe('deployed');
    expect(live()).toEqual(codeOf(OLD));
    expect(dispatcher.latestCode).toBe(`${OLD} dispatcher`);
    expect(dispatcher.alias).toBe([...dispatcher.versions.keys()].at(-1));
  });
});

test('a build that cannot renew its turn stops before it touches anything more', async () => {
  const turn = await turnOf('stalled');
  const guarded = turn.guard(lambdaOf(dispatcher) as { send: (command: never) => unknown });
  const send = s3.send.bind(s3);
  s3.send = () => Promise.reject(new Error('no network')) as never;
  await jest.advanceTimersByTimeAsync(61_000);
  await expect(guarded.send({} as never)).rejects.toThrow('This build has lost its turn to deploy to dev');
  expect(dispatcher.calls).toEqual([]);
  s3.send = send;
  await turn.end();
});

test('a build that lost its turn does not take it back', async () => {
  const turn = await turnOf('stalled');
  s3.objects.set(OBJECT, { body: Buffer.from('{"holder":"other","beat":0}'), metadata: {} });
  await jest.advanceTimersByTimeAsync(61_000);
  expect(() => turn.check()).toThrow('lost its turn');
  await turn.end(wanted(NEW));
  expect(noted()).toEqual({ holder: 'other', beat: 0 });
});

test('a write that the SDK repeats after a lost response is not taken for another build', async () => {
  const send = s3.send.bind(s3);
  s3.send = (command) => {
    if ((command as object).constructor.name === 'PutObjectCommand') void send(command);
    return send(command);
  };
  const turn = await ended(turnOf('one'));
  await jest.advanceTimersByTimeAsync(61_000);
  turn.check();
  await turn.end(wanted(NEW));
  expect(noted()).toEqual({ last: wanted(NEW) });
});

test('a build that has waited for ten minutes gives up and says for which build', async () => {
  const holder = await turnOf('slow');
  const waiting = ended(turnOf('waiting'));
  await expect(waiting).rejects.toThrow(
    'Build slow has been deploying to dev for 10 minutes. Nothing was deployed. Stop that build if it hangs',
  );
  await holder.end();
});
