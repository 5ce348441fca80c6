import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runBuild, type BuildResult } from '../../../../emulators/aws/codebuild/build';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kite-runner-'));
const repository = path.join(scratch, 'repository');
let builds = 0;

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-C', repository, ...args], {
    encoding: 'utf8',
  }).trim();

beforeAll(() => {
  fs.mkdirSync(repository);
  git('init', '--quiet', '--initial-branch', 'main');
});
afterAll(() => fs.rmSync(scratch, { recursive: true }));

/** Commits a buildspec and builds the commit. */
function build(spec: string, environment: Record<string, string> = {}, version = 'main'): Promise<BuildResult> {
  fs.writeFileSync(path.join(repository, 'buildspec.yml'), spec);
  git('add', '.');
  git('commit', '--quiet', '--allow-empty', '--message', 'a buildspec');
  return runBuild({
    source: { repository, version },
    buildspec: 'buildspec.yml',
    environment: { PATH: process.env.PATH ?? '', HOME: scratch, ...environment },
    folder: path.join(scratch, `build-${++builds}`),
  });
}

const names = (result: BuildResult) => result.phases.map(({ name, status }) => `${name} ${status}`);

test('all phases run in order in a clean checkout of the commit', async () => {
  fs.writeFileSync(path.join(repository, 'file.txt'), 'committed');
  const result = await build(`
version: 0.2
phases:
  post_build: { commands: [echo four] }
  install: { commands: [echo one, "cat file.txt"] }
  build: { commands: ['echo three $CODEBUILD_RESOLVED_SOURCE_VERSION'] }
  pre_build: { commands: [echo two] }
`);
  expect(result.status).toBe('SUCCEEDED');
  expect(names(result)).toEqual([
    'install SUCCEEDED',
    'pre_build SUCCEEDED',
    'build SUCCEEDED',
    'post_build SUCCEEDED',
  ]);
  expect(result.log).toMatch(/\none\n[^]*committed[^]*\ntwo\n[^]*\nfour\n/);
  expect(result.commit).toBe(git('rev-parse', 'HEAD'));
  expect(result.log).toContain(`three ${result.commit}`);
});

test('what a command exports and where it changes to is there in later phases, with spaces, quotes and lines', async () => {
  const result = await build(`
version: 0.2
env: { exported-variables: [WORDS] }
phases:
  install:
    commands:
      - mkdir inner && cd inner
      - |
        export WORDS="it's
        two lines"
  build:
    commands:
      - test "$(basename "$PWD")" = inner
      - printf '%s|' "$WORDS"
`);
  expect(result.status).toBe('SUCCEEDED');
  expect(result.log).toContain("it's\ntwo lines|");
  expect(result.exported).toEqual({ WORDS: "it's\ntwo lines" });
});

test('a command that fails ends its phase, and only its finally still runs', async () => {
  const result = await build(`
version: 0.2
phases:
  pre_build:
    commands: [echo before, exit 3, echo NEVER]
    finally: [echo cleaned]
  build: { commands: [echo NEVER] }
`);
  expect(result.status).toBe('FAILED');
  expect(names(result)).toEqual(['pre_build FAILED']);
  expect(result.log).toContain('Command did not exit successfully exit 3 exit status 3');
  expect(result.log).toContain('\ncleaned\n');
  expect(result.log).not.toMatch(/^NEVER$/m);
});

test('after a failed build post_build runs and knows of it; the build stays failed', async () => {
  const result = await build(`
version: 0.2
phases:
  build: { commands: ["false"] }
  post_build: { commands: ['echo succeeding=$CODEBUILD_BUILD_SUCCEEDING'] }
`);
  expect(names(result)).toEqual(['build FAILED', 'post_build SUCCEEDED']);
  expect(result.log).toContain('succeeding=0');
  expect(result.status).toBe('FAILED');
});

test('on-failure ABORT ends the build there, CONTINUE goes on', async () => {
  const aborted = await build(`
version: 0.2
phases:
  build: { on-failure: ABORT, commands: ["false"] }
  post_build: { commands: [echo NEVER] }
`);
  expect(names(aborted)).toEqual(['build FAILED']);
  const continued = await build(`
version: 0.2
phases:
  install: { on-failure: CONTINUE, commands: ["false"] }
  build: { commands: [echo went on] }
`);
  expect(names(continued)).toEqual(['install FAILED', 'build SUCCEEDED']);
  expect(continued.status).toBe('FAILED');
});

test('the project overrides the buildspec, and the variables of this machine stay out', async () => {
  process.env.KITE_RUNNER_TEST = 'leaked';
  const result = await build(
    `
version: 0.2
env: { shell: bash, variables: { STAGE: dev, KEPT: 7 } }
phases:
  build: { commands: ['echo "[$STAGE][$KEPT][$KITE_RUNNER_TEST][\${BASH_VERSION:+bash}]"'] }
`,
    { STAGE: 'prod' },
  );
  delete process.env.KITE_RUNNER_TEST;
  expect(result.log).toContain('[prod][7][][bash]');
});

test('a tag builds the commit that it names', async () => {
  const spec = `
version: 0.2
phases: { build: { commands: ['echo building $CODEBUILD_SOURCE_VERSION'] } }
`;
  const first = await build(spec);
  git('tag', '--annotate', 'v1', '--message', 'first', first.commit);
  const second = await build(spec.replace('building', 'changed'));
  expect(second.commit).not.toBe(first.commit);
  const tagged = await build(spec.replace('building', 'again'), {}, 'v1');
  expect(tagged.commit).toBe(first.commit);
  expect(tagged.log).toContain('\nbuilding v1\n');
});

test('artifacts are collected by pattern, even after a failed build', async () => {
  const result = await build(`
version: 0.2
phases:
  build: { commands: [mkdir -p out/deep, touch out/a.zip out/deep/b.zip out/c.txt, "false"] }
artifacts: { base-directory: out, files: ['**/*.zip'] }
`);
  expect(result.artifacts).toEqual(['a.zip', 'deep/b.zip']);
  expect(fs.existsSync(path.join(scratch, `build-${builds}`, 'artifacts/deep/b.zip'))).toBe(true);
});

test('artifacts that are not there fail the build', async () => {
  const result = await build(`
version: 0.2
phases: { build: { commands: ["true"] } }
artifacts: { files: [none.zip] }
`);
  expect(names(result)).toEqual(['build SUCCEEDED', 'upload_artifacts FAILED']);
});

test.each([
  ['version: 0.1\nphases: {}', /buildspec\.yml cannot be run\.\n- version: /],
  ['version: 0.2\nphases: { deploy: { commands: [ls] } }', /- phases\.deploy: /],
  ['version: 0.2\nphases: { build: { on-failure: RETRY, commands: [ls] } }', /- phases\.build\.on-failure: /],
])('a buildspec with a part that is not known is refused: %j', async (spec, words) => {
  await expect(build(spec)).rejects.toThrow(words);
});
