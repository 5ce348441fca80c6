import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { connectUrl, snippet } from '../../lambdas/chat/operator/answers';
import { commandsOf, npmScriptsOf } from './commands';
import { fencesOf } from './markdown';
import { readmeText } from './readme';
import { RUNS } from './runs';

const ROOT = resolve(__dirname, '..', '..');
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('commands of a text', () => {
  test('are the lines of sh blocks without their comments, prompts of console blocks, and code in running text', () => {
    const markdown = [
      'Run `npm run one`, not `main.ts` with `terraform` on the PATH, or `A=1 npm start`.',
      '```sh',
      'npm run two  # a comment',
      '# another',
      'aws s3 cp a \\',
      '  b',
      '```',
      '1. In a list:',
      '',
      '   ```console',
      '   $ curl http://localhost',
      '   > not typed in a shell',
      '   $ 3.50 a month',
      '   ```',
      '```ts',
      'npm run none',
      '```',
    ].join('\n');
    expect(commandsOf(markdown)).toEqual([
      'npm run two',
      'aws s3 cp a b',
      'curl http://localhost',
      'npm run one',
      'A=1 npm start',
    ]);
  });
});

describe('README.md', () => {
  test('every command runs somewhere, and there is no entry for a removed command', () => {
    expect(Object.keys(RUNS).sort()).toEqual([...commandsOf(readmeText())].sort());
  });

  const runs = Object.entries(RUNS);

  test.each(runs.flatMap(([command, run]) => ('test' in run ? [[command, run.test] as const] : [])))(
    '%s is taken from it by %s',
    (command, file) => {
      expect(takenFromReadme(text(file))).toContain(command);
    },
  );

  test.each(runs.flatMap(([command, run]) => ('ci' in run ? run.ci.map((piece) => [command, piece] as const) : [])))(
    '%s is run by CI: %s',
    (_, piece) => {
      const commands = text('.ci/run')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => !/^(#|step )/.test(line));
      expect(commands.filter((line) => `${line} `.startsWith(piece))).not.toEqual([]);
    },
  );

  test('tests take only commands that it has', () => {
    const commands = commandsOf(readmeText());
    const taken = readdirSync(join(ROOT, '__tests__'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => takenFromReadme(text(join('__tests__', file))));
    expect(taken.filter((command) => !commands.includes(command))).toEqual([]);
  });

  test('its snippet for a website is what the bot answers', () => {
    const answer = snippet(connectUrl('wss://ws.example.com/prod', 'my-channel'));
    expect(fencesOf(readmeText()).map((fence) => fence.text.trim())).toContain(answer);
  });
});

const DOCUMENTS = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
].filter((file) => file.endsWith('.md'));

describe.each(DOCUMENTS)('%s', (file) => {
  test('names existing npm scripts', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    expect(npmScriptsOf(text(file)).filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** The commands that a test takes from README.md. */
function takenFromReadme(test: string): string[] {
  return [...test.matchAll(/\breadme\(\s*(['"`])((?:(?!\1).)+)\1/g)].map(([, , command = '']) => command);
}
