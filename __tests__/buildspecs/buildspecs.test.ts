import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseBuildspec, PHASES, type Buildspec } from '../../emulators/aws/codebuild/buildspec';

const root = path.resolve(__dirname, '../..');
const files = ['build-lambda.yml', 'build-and-deploy.yml', 'deploy-on-tag.yml', 'drift-check.yml'];
const read = (file: string) => parseBuildspec(fs.readFileSync(path.join(root, 'buildspecs', file), 'utf8'), file);
const commands = (spec: Buildspec) => PHASES.flatMap((phase) => spec.phases[phase]?.commands ?? []);

test('there are exactly the four buildspecs of the design', () => {
  expect(fs.readdirSync(path.join(root, 'buildspecs')).sort()).toEqual([...files].sort());
});

describe.each(files)('%s', (file) => {
  const spec = read(file);

  test('a phase that fails ends the build: nothing is deployed after a failed test', () => {
    for (const phase of PHASES) expect(spec.phases[phase]?.['on-failure'] ?? 'ABORT').toBe('ABORT');
    expect(spec.phases.post_build).toBeUndefined();
  });

  test('what it calls is there', () => {
    const scripts = Object.keys(
      (JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
    );
    for (const command of commands(spec)) {
      for (const [, called] of command.matchAll(/(?:tsx|bash) (\S+\.(?:ts|sh))/g)) {
        expect(fs.existsSync(path.join(root, called!))).toBe(true);
      }
      for (const [, called] of command.matchAll(/npm run (\S+)/g)) expect(scripts).toContain(called);
    }
  });

  test('it reads only variables that are set', () => {
    const known = [
      ...['ARTIFACT_BUCKET', 'ARCHITECTURE', 'BUILD_KIND', 'TOPIC_ARN'], // every project's
      ...(file === 'drift-check.yml'
        ? ['STACKS', 'SECRETS', 'AWS_REGION', 'PATH', 'HOME']
        : ['STAGE', 'FUNCTION_NAME', 'LIFECYCLE_FUNCTION_NAME']),
    ];
    for (const command of commands(spec)) {
      for (const [, name] of command.matchAll(/\$\{?(\w+)/g)) {
        if (!name!.startsWith('CODEBUILD_')) expect(known).toContain(name);
      }
    }
  });
});

test('a tag never builds', () => {
  expect(commands(read('deploy-on-tag.yml')).join('\n')).not.toMatch(/build:lambdas|store-artifacts|mark-latest/);
});

test('a build by hand deploys nothing', () => {
  expect(commands(read('build-lambda.yml')).join('\n')).not.toContain('deploy-stage');
});

test('what is stored has passed the tests, and what is deployed or offered to new functions has been stored', () => {
  for (const [file, last] of [
    ['build-lambda.yml', 'mark-latest'],
    ['build-and-deploy.yml', 'deploy-stage'],
  ] as const) {
    const steps = commands(read(file)).join('\n');
    const order = ['npm ci', 'npm test', 'build:lambdas', 'store-artifacts', last].map((step) => steps.indexOf(step));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  }
});

test('only the deployment of a push says what new functions start with: it knows whether the push is the newest', () => {
  expect(commands(read('build-and-deploy.yml')).join('\n')).not.toContain('mark-latest');
});
