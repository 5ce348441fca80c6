import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { ACCOUNT_ID } from '../../emulators/aws/account';
import type { CommandResult } from '../../local/sandbox/command-runner';
import { Sandbox, SANDBOX_BOTS } from '../../local/sandbox/sandbox';
import { succeeded } from '../../local/sandbox/steps';
import { fencesOf } from '../readme/markdown';
import { readme } from '../readme/readme';
import { Builds, startedBy, type EndedBuild } from './pipeline/builds';
import { FailedBuildRule, logLink } from './pipeline/failed-build-rule';
import { Mailbox } from './pipeline/mailbox';
import { CHANGED_SECRET, MEDDLING } from './pipeline/meddling';
import { Repository } from './pipeline/repository';
import { stepsInOrder } from './pipeline/steps';
import { refusedCalls } from './role-policies';
import { Visitor } from './visitor';

/**
 * The build stack at work: the buildspec files, run as CodeBuild runs them, against one deployed account, with a bare
 * repository in place of GitHub. The tests build on each other, in order. What is shortened is said at `Builds`.
 *
 * Terraform spends most of a deployment waiting, so what needs only a part of it runs meanwhile.
 */
jest.setTimeout(900_000);

const FRAMES = 'lambdas/chat/protocol/server-frame.ts';
const HANDLER = 'lambdas/request-dispatcher/index.ts';
const EXPORTED = 'export const handler = createRequestDispatcher(dispatcherEnvironment());';
const SCHEDULE = 'constructs/pipeline/build-schedule.ts';
const STATE = '/kite-sandbox-state/kite/terraform.tfstate';

type Stage = 'dev' | 'prod';

const step = stepsInOrder();
let folder: string;
let sandbox: Sandbox;
let repository: Repository;
let builds: Builds;
let buildStack: Promise<CommandResult>;
let kiteStack: Promise<CommandResult>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kite-pipeline-'));
  // Prod is kept as an owner's would be: only such tables have point-in-time recovery.
  sandbox = await Sandbox.start({
    environment: process.env,
    settings: { RUNTIME: 'nodejs22.x', KITE_DISPOSABLE_PROD: 'false' },
  });
  await succeeded('bootstrap', sandbox.bootstrap());
  buildStack = meanwhile(succeeded('kite-build', sandbox.deploy('kite-build')));
  repository = new Repository(folder);
  builds = new Builds(sandbox, repository, folder);
});

afterAll(async () => {
  await sandbox?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Lets something go on until it is awaited: that it fails is told there. */
function meanwhile<T>(running: Promise<T>): Promise<T> {
  running.catch(() => undefined);
  return running;
}

/**
 * Until the project is there and the bucket is complete. Of what is left of the deployment then, nearly a minute is Terraform's wait
 * for S3 to say often enough that the lifecycle rules are there.
 */
async function buildsCanRun(): Promise<void> {
  const target = 'CodeBuild_20161006.ListProjects';
  for (let deployed = false; !deployed;) {
    const { projects } = await sandbox.aws.call({ service: 'codebuild', target, body: {} });
    const complete = sandbox.aws.calls.find({ action: 's3:PutLifecycleConfiguration' }).length > 0;
    if (complete && Array.isArray(projects) && projects.length === 3) return;
    deployed = await Promise.race([buildStack.then(() => true), pause(250, false)]);
  }
}

const topicArn = (): string => `arn:aws:sns:${sandbox.aws.region}:${ACCOUNT_ID}:kite-notifications`;

/** What a visitor is answered who says Hi: that tells the versions apart. */
async function greeting(stage: Stage): Promise<string> {
  const visitor = await Visitor.connect(`ws://localhost:${sandbox.port}/${stage}?param=test`);
  const answer = await visitor.ask('Hi');
  await visitor.close();
  return answer;
}

interface Live {
  readonly version: unknown;
  readonly code: unknown;
  /** The code that the next version would be made of. */
  readonly unpublished: unknown;
}

const FUNCTIONS = '/2015-03-31/functions';

async function live(stage: Stage, name = 'request-dispatcher'): Promise<Live> {
  const url = `${FUNCTIONS}/${stage}-${name}`;
  const get = async (path: string) => await sandbox.aws.call({ service: 'lambda', method: 'GET', url: url + path });
  const [alias, published, latest] = [
    await get('/aliases/live'),
    await get('/configuration?Qualifier=live'),
    await get('/configuration'),
  ];
  return { version: alias['FunctionVersion'], code: published['CodeSha256'], unpublished: latest['CodeSha256'] };
}

const artifact = (commit: string) =>
  `/kite-artifacts-${ACCOUNT_ID}-${sandbox.aws.region}/request-dispatcher/${commit}/function.zip`;

async function storedChecksum(commit: string): Promise<string> {
  const text = await sandbox.aws.text({ service: 's3', method: 'GET', url: `${artifact(commit)}.sha256` });
  return text.split(' ')[0] ?? '';
}

/** As Lambda writes it. */
async function storedCode(commit: string): Promise<string> {
  return Buffer.from(await storedChecksum(commit), 'hex').toString('base64');
}

function builtChecksum({ folder: build }: EndedBuild, kind = 'common', architecture = 'any'): string {
  const zip = readFileSync(join(build, 'src', 'dist', 'lambdas', kind, architecture, 'function.zip'));
  return createHash('sha256').update(zip).digest('hex');
}

async function byHand(version: string, variables: Readonly<Record<string, string>> = {}): Promise<EndedBuild> {
  const command = readme(
    'aws codebuild start-build --project-name build-and-deploy-project --buildspec-override buildspecs/build-lambda.yml',
  );
  return await builds.run({ ...startedBy(command), version, variables });
}

const push = (commit: string, testsPass = true): Promise<EndedBuild> =>
  builds.run({
    project: 'build-and-deploy-project',
    version: commit,
    trigger: 'branch/main',
    previous: repository.before(commit),
    testsPass,
  });

async function pushTag(name: string, commit: string): Promise<EndedBuild> {
  repository.tag(name, commit);
  return await tagPushed(name);
}

const tagPushed = (name: string): Promise<EndedBuild> =>
  builds.run({ project: 'deploy-on-tag-project', version: name, trigger: `tag/${name}` });

/** How a build ended, with its log where that is a surprise. */
function outcome(build: EndedBuild, expected: 'SUCCEEDED' | 'FAILED'): string {
  return build.status === expected ? expected : build.log;
}

describe('while the stacks are deployed', () => {
  let built: EndedBuild;

  step('build-lambda.yml, started by hand, builds the executable of either architecture, and stores it', async () => {
    await buildsCanRun();
    const sums = new Set<string>();
    for (const architecture of ['arm64', 'x86_64']) {
      const build = await byHand('main', { BUILD_KIND: 'native', ARCHITECTURE: architecture });
      expect(outcome(build, 'SUCCEEDED')).toBe('SUCCEEDED');
      expect(await storedChecksum(build.commit)).toBe(builtChecksum(build, 'native', architecture));
      sums.add(await storedChecksum(build.commit));
    }
    expect(sums.size).toBe(2);
  });

  step(
    'the build for Node.js takes its place, as the project says, before there is anything to deploy to',
    async () => {
      built = await byHand('main');
      expect(outcome(built, 'SUCCEEDED')).toBe('SUCCEEDED');
      expect(built.log).toMatch(/function\.zip stored/);
    },
  );

  step('the same commit comes to the same bytes when it is built again', async () => {
    const again = await byHand(built.commit);
    expect(outcome(again, 'SUCCEEDED')).toBe('SUCCEEDED');
    expect(again.log).toMatch(/function\.zip kept/);
    expect(new Set([builtChecksum(built), builtChecksum(again), await storedChecksum(built.commit)]).size).toBe(1);
  });

  step('a push that finds no stage stores its build, and says what comes next', async () => {
    const build = await push(built.commit);
    expect(outcome(build, 'SUCCEEDED')).toBe('SUCCEEDED');
    expect(build.log).toContain('There is no stage dev yet. The build is stored; deploying kite-stack starts with');
  });

  step('a tag that finds no stage is refused', async () => {
    const build = await pushTag('v0.0.0-too-early', built.commit);
    expect(outcome(build, 'FAILED')).toBe('FAILED');
    expect(build.log).toContain('There is no stage prod yet');
  });

  step('a commit whose tests fail is not stored', async () => {
    await buildStack;
    kiteStack = meanwhile(succeeded('kite-stack', sandbox.deploy('kite-stack')));
    const build = await push(built.commit, false);
    expect(build.phases.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'install SUCCEEDED',
      'pre_build FAILED',
    ]);
  });

  step('a build that does not end well is mailed with its log, by the topic of the drift mails', async () => {
    const rule = await FailedBuildRule.deployed(sandbox.aws, 'kite-failed-builds');
    const projects = ['build-and-deploy-project', 'deploy-on-tag-project', 'drift-check-project'];
    const failed = projects.map((project) => ({ project, status: 'FAILED' }) as const);
    expect(await rule.mailsAbout(...failed)).toEqual(
      projects.map(
        (project) => `The build ${project} has ended: FAILED. Its log: ${logLink(sandbox.aws.region, project)}`,
      ),
    );
    const [project = ''] = projects;
    for (const status of ['FAULT', 'STOPPED', 'TIMED_OUT'] as const) {
      expect(await rule.mailsAbout({ project, status })).toEqual([expect.stringContaining(`has ended: ${status}.`)]);
    }
    const others = [
      { project, status: 'SUCCEEDED' },
      { project: 'of-somebody-else', status: 'FAILED' },
    ] as const;
    expect(await rule.mailsAbout(...others)).toEqual([]);
    expect(rule.targetArn).toBe(topicArn());
    expect(await rule.topicSays(rule.arn)).toBe('Allowed');
    expect(await rule.topicSays(rule.arn.replace(ACCOUNT_ID, '999999999999'))).toBe('ImplicitlyDenied');
  });

  step('kite-stack starts with what was built', async () => {
    await kiteStack;
    await sandbox.serve();
    for (const stage of ['dev', 'prod'] as const) {
      expect((await live(stage)).code).toBe(await storedCode(built.commit));
      expect(await greeting(stage)).toBe('OK');
    }
  });
});

describe('a commit is built once, and promoted by a tag', () => {
  /** Pushed right before the first, which is built earlier. */
  let older: string;
  let first: string;
  let second: string;

  step('a push to main is live in dev, and nowhere else', async () => {
    older = repository.change(FRAMES, `HI_ANSWER = 'OK'`, `HI_ANSWER = 'OK from an older one'`);
    first = repository.change(FRAMES, 'OK from an older one', 'OK from the first');
    expect(outcome(await push(first), 'SUCCEEDED')).toBe('SUCCEEDED');
    expect([await greeting('dev'), await greeting('prod')]).toEqual(['OK from the first', 'OK']);
  });

  step('the build of an older push that ends later leaves dev as it is', async () => {
    const before = await live('dev');
    const build = await push(older);
    expect(outcome(build, 'SUCCEEDED')).toBe('SUCCEEDED');
    expect(build.log).toMatch(
      new RegExp(`Commit ${older} is not deployed: build \\S+ has deployed ${first} to dev, which is newer`),
    );
    expect(await live('dev')).toEqual(before);
    expect(await storedChecksum('latest')).toBe(await storedChecksum(first));
  });

  step('a tag brings the very bytes to prod that dev serves', async () => {
    repository.type(readme('git tag v1.0.0 && git push origin v1.0.0'));
    expect(repository.pushed('v1.0.0')).toBe(first);
    expect(outcome(await tagPushed('v1.0.0'), 'SUCCEEDED')).toBe('SUCCEEDED');
    expect(await greeting('prod')).toBe('OK from the first');
    for (const name of ['request-dispatcher', 'lifecycle-handler']) {
      expect((await live('prod', name)).code).toBe((await live('dev', name)).code);
    }
    expect((await live('prod')).code).toBe(await storedCode(first));
  });

  step('a tag on a commit that was never built is refused', async () => {
    second = repository.change(FRAMES, 'OK from the first', 'OK from the second');
    const before = await live('prod');
    const build = await pushTag('v2.0.0-never-built', second);
    expect(outcome(build, 'FAILED')).toBe('FAILED');
    expect(build.log).toContain(`Commit ${second} was never built`);
    expect(await live('prod')).toEqual(before);
  });

  step('build-lambda.yml deploys nothing where there is a stage', async () => {
    const before = [await live('dev'), await live('prod')];
    expect(outcome(await byHand(second), 'SUCCEEDED')).toBe('SUCCEEDED');
    expect(await storedChecksum(second)).toMatch(/^[0-9a-f]{64}$/);
    expect([await live('dev'), await live('prod')]).toEqual(before);
  });

  step('a tag whose stored bytes are not those that were built is refused', async () => {
    const before = await live('prod');
    const noted = await storedChecksum(second);
    await sandbox.aws.text({ service: 's3', method: 'PUT', url: artifact(second), body: Buffer.from('other bytes') });
    const build = await pushTag('v2.0.0-tampered', second);
    expect(outcome(build, 'FAILED')).toBe('FAILED');
    expect(build.log).toContain(`is not what was built for ${second}`);
    expect(build.log).toContain(`and it was ${noted} when it was built`);
    expect(await live('prod')).toEqual(before);
  });

  step('a build started by hand does not reach prod', async () => {
    const before = await live('prod');
    const build = await builds.run({ project: 'deploy-on-tag-project', version: first });
    expect(outcome(build, 'FAILED')).toBe('FAILED');
    expect(build.log).toContain('Only a pushed tag promotes to prod');
    expect(await live('prod')).toEqual(before);
  });

  step('a handler that does not start never takes traffic, and leaves nothing behind', async () => {
    const before = await live('dev');
    const broken = repository.change(HANDLER, EXPORTED, `${EXPORTED}\nthrow new Error('broken on purpose');`);
    const build = await push(broken);
    expect(outcome(build, 'FAILED')).toBe('FAILED');
    expect(build.log).toContain('broken on purpose');
    expect(build.log).not.toMatch(/live moved/);
    expect(await live('dev')).toEqual(before);
    expect(await greeting('dev')).toBe('OK from the first');
  });

  step('a handler that fails only behind the alias is taken back: the old version serves', async () => {
    const before = await live('dev');
    const behindAlias = `const answer = createRequestDispatcher(dispatcherEnvironment());
export const handler: typeof answer = async (event, context) => {
  if (JSON.stringify(context).includes('-request-dispatcher:live"')) throw new Error('broken behind the alias');
  return await answer(event, context);
};`;
    const whole = `${EXPORTED}\nthrow new Error('broken on purpose');`;
    const build = await push(repository.change(HANDLER, whole, behindAlias));
    expect(outcome(build, 'FAILED')).toBe('FAILED');
    expect(build.log).toMatch(/dev-request-dispatcher: live moved from version \d+ to \d+/);
    expect(build.log).toContain('broken behind the alias');
    expect(await live('dev')).toEqual(before);
    expect(await greeting('dev')).toBe('OK from the first');
  });
});

describe('drift', () => {
  let check: EndedBuild;
  let mailbox: Mailbox;
  /** What CI has made live in prod. */
  let promoted: unknown;
  const again = async (): Promise<string> => await builds.checkDriftAgain(check);

  step('after all that Terraform has nothing to undo, in either stack', async () => {
    mailbox = await Mailbox.of(sandbox.aws, topicArn());
    check = await builds.run({ project: 'drift-check-project', version: 'main' });
    expect(outcome(check, 'SUCCEEDED')).toBe('SUCCEEDED');
    for (const stack of ['kite-build', 'kite-stack']) expect(await builds.plannedBy(check, stack)).toEqual([]);
  });

  step('what CI deployed and nobody touched is no drift, three times in a row', async () => {
    for (const log of [check.log, await again(), await again()]) {
      expect(log).toContain('kite-build: 0 differ');
      expect(log).toContain('kite-stack: 0 differ');
      expect(log).toContain('No drift.');
    }
    expect(await mailbox.take()).toEqual([]);
  });

  step(`${MEDDLING.length} changes past Terraform are reported in one mail, each by its own address`, async () => {
    promoted = (await live('prod')).version;
    for (const { what, by } of MEDDLING) {
      await by(sandbox.aws).catch((error: unknown) => {
        throw new Error(`${what} cannot be changed: ${String(error)}`);
      });
    }
    const log = await again();
    const [mail, ...others] = await mailbox.take();
    expect({ others, log: mail === undefined ? log : '' }).toEqual({ others: [], log: '' });
    const { subject = '', text = '' } = mail ?? {};
    const reported = [...text.matchAll(/^\[new\] kite-\w+: (\S+?)_[0-9A-F]{8} /gm)].map(([, address]) => address);
    const changed = MEDDLING.flatMap(({ addresses }) => addresses).sort();
    const mailed = reported.sort().join() === changed.join() ? 'as it should be' : text;
    expect({ reported, mailed }).toEqual({ reported: changed, mailed: 'as it should be' });
    expect(subject).toBe(`Kite drift: ${reported.length} changed in the cloud`);
    for (const documented of driftInTheDocs()) expect(text).toContain(documented);
    expect(text).toContain('  memory_size: 256 -> 1024');
    expect(text).toContain('  environment[0].variables.LOG_LEVEL: (not set) -> "DEBUG"');
    expect(text).toContain(`  function_version: "${String(promoted)}" -> "1"`);
    expect(text).toContain(`lambda/home?region=${sandbox.aws.region}#/functions/dev-request-dispatcher`);
    for (const secret of [CHANGED_SECRET, SANDBOX_BOTS.dev.token, SANDBOX_BOTS.prod.token]) {
      expect(text + log).not.toContain(secret);
    }
  });

  step('what has been mailed is not mailed again', async () => {
    expect(await again()).toContain('Nothing new since the last mail.');
    expect(await mailbox.take()).toEqual([]);
  });

  step('a check that could not be made is a mail of its own, and takes nothing back', async () => {
    const state = await sandbox.aws.text({ service: 's3', method: 'GET', url: STATE });
    const put = async (body: string) =>
      await sandbox.aws.text({ service: 's3', method: 'PUT', url: STATE, body: Buffer.from(body) });
    await put(state.slice(0, state.length / 2));
    await again();
    await put(state);
    const mails = await mailbox.take();
    expect(mails.map(({ subject }) => subject)).toEqual(['Kite: the drift check failed (kite-stack)']);
    expect(mails[0]?.text).toContain('There may or may not be drift.');
    expect(mails[0]?.text).toMatch(/terraform (init|plan) ended with exit code 1:\n\s+Error: /);
  });

  step('what was put right is resolved; what the repository says and nobody has deployed is told apart', async () => {
    const put = async (path: string, body: unknown) =>
      await sandbox.aws.call({ service: 'lambda', method: 'PUT', url: `${FUNCTIONS}/${path}`, body });
    await put('dev-request-dispatcher/configuration', { MemorySize: 256 });
    await put('prod-request-dispatcher/aliases/live', { FunctionVersion: promoted });
    // Of the same schedule whose hour somebody has changed in the cloud.
    repository.change(
      SCHEDULE,
      `name: props.scheduleName,\n      description: \`Starts`,
      `name: props.scheduleName,\n      description: \`May start`,
    );
    const build = await builds.run({ project: 'drift-check-project', version: 'main' });
    expect(outcome(build, 'SUCCEEDED')).toBe('SUCCEEDED');
    const [mail, ...others] = await mailbox.take();
    expect(others).toEqual([]);
    const left = MEDDLING.flatMap(({ addresses }) => addresses).length - 2;
    expect(mail?.subject).toBe(`Kite drift: ${left} changed in the cloud, 1 not deployed yet, 2 resolved`);
    const [known = '', unapplied = ''] = mail?.text.split('NOT DEPLOYED YET') ?? [];
    expect(known).not.toMatch(/^\[/m);
    expect(unapplied).toMatch(/^\[new\] kite-build: aws_scheduler_schedule\.drift-schedule_\w+ .*: to be changed$/m);
    expect(unapplied).toContain('  description: "Starts drift-check-project" -> "May start drift-check-project"\n');
    expect(unapplied).toMatch(/^- kite-stack: aws_lambda_function\.dev_request-dispatcher_function_/m);
    expect(unapplied).toMatch(/^- kite-stack: aws_lambda_alias\.prod_request-dispatcher_alias_/m);
    expect(unapplied).toContain('The check of kite-stack works again.');
  });
});

/** The resources of the mail that docs/ci-cd.md quotes. */
function driftInTheDocs(): string[] {
  const page = readFileSync(resolve(__dirname, '../../docs/ci-cd.md'), 'utf8');
  const mail = fencesOf(page).find(({ info }) => info === 'drift')?.text ?? '';
  const paragraphs = mail.split('\n\n').filter((paragraph) => paragraph.startsWith('[new] '));
  expect(paragraphs.length).toBeGreaterThan(2);
  return paragraphs;
}

step('every call that a build made is one that its role allows', async () => {
  const made = sandbox.aws.calls
    .distinct()
    .filter(({ caller }) => /:role\/kite-(build-and-deploy|deploy-on-tag|drift-check)-project$/.test(caller));
  expect(new Set(made.map(({ caller }) => caller)).size).toBe(3);
  expect(made.length).toBeGreaterThan(50);
  expect(await refusedCalls(sandbox.aws, made)).toEqual([]);
});
