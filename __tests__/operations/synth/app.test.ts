import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** A project whose main.ts says which runtime runs it, and with what parameters. */
let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'kite-app-'));
  for (const folder of ['operations/synth', 'node_modules/bun/bin'])
    mkdirSync(join(project, folder), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules/tsx'), join(project, 'node_modules/tsx'));
  copyFileSync(join(ROOT, 'operations/synth/app.cjs'), join(project, 'operations/synth/app.cjs'));
  const main = `const parts: string[] = [process.versions.bun ? 'Bun' : 'Node.js', ...process.argv.slice(2)];
    console.log(parts.join(' '));
    process.exitCode = 3;`;
  writeFileSync(join(project, 'main.ts'), main);
});
afterEach(() => rmSync(project, { recursive: true }));

function run(...parameters: string[]): { status: number | null; stdout: string } {
  const { PATH = '', HOME = '' } = process.env;
  const { status, stdout } = spawnSync(process.execPath, [join(project, 'operations/synth/app.cjs'), ...parameters], {
    encoding: 'utf8',
    env: { PATH, HOME },
  });
  return { status, stdout: stdout.trim() };
}

function installBun(executable: string | undefined): void {
  writeFileSync(join(project, 'node_modules/bun/package.json'), '{"name":"bun"}');
  const file = join(project, 'node_modules/bun/bin/bun.exe');
  if (executable === undefined) symlinkSync(join(ROOT, 'node_modules/bun/bin/bun.exe'), file);
  else writeFileSync(file, executable, { mode: 0o755 });
}

test('the stacks are synthesized by Bun where it runs, and its exit code is the command’s', () => {
  installBun(undefined);
  expect(run()).toEqual({ status: 3, stdout: 'Bun' });
  expect(run(join(project, 'main.ts'), 'a', 'b')).toEqual({ status: 3, stdout: 'Bun a b' });
});

test.each([
  ['is not installed', undefined],
  ['is the stub of an installation without scripts', '#!/bin/sh\necho "postinstall did not run" >&2\nexit 1\n'],
  ['is for another processor', '\u007fELF not for this machine'],
])('the stacks are synthesized by Node.js where Bun %s', (_, executable) => {
  if (executable !== undefined) installBun(executable);
  expect(run()).toEqual({ status: 3, stdout: 'Node.js' });
});
