import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CommandRunner } from '../../../local/sandbox/command-runner';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'kite-command-')));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(source: string): string {
  const path = join(folder, 'program.js');
  writeFileSync(path, source);
  return path;
}

test('a command runs in its folder with its variables only, and everything it prints is kept, without colors', async () => {
  const lines: string[] = [];
  const runner = new CommandRunner({ folder, variables: { WORD: 'hello' }, print: (line) => lines.push(line) });
  const source = `console.log(process.cwd()); console.error('\\x1b[31m' + process.env.WORD + '\\x1b[0m'); console.log(process.env.PATH, process.argv[2]); process.exitCode = 3;`;
  const { status, output } = await runner.run(program(source), 'parameter');
  expect({ status, lines: output.trim().split('\n').sort() }).toEqual({
    status: 3,
    lines: [folder, 'hello', 'undefined parameter'].sort(),
  });
  expect(lines.filter((line) => line !== '').sort()).toEqual(output.trim().split('\n').sort());
});

test('nothing is lost of a command that ends in the middle of printing', async () => {
  const runner = new CommandRunner({ folder, variables: {} });
  const { output } = await runner.run(
    program(`process.stdout.write('x'.repeat(300000) + '\\nthe end\\n'); process.exit(1);`),
  );
  expect(output.trimEnd().endsWith('the end')).toBe(true);
});

test('what still runs can be ended', async () => {
  const runner = new CommandRunner({ folder, variables: {} });
  const running = runner.run(program(`setInterval(() => {}, 1000);`));
  setTimeout(() => runner.stop(), 200);
  expect((await running).status).not.toBe(0);
});
