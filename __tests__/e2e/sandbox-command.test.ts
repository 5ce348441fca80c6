import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { listen } from '../../emulators/loopback';

jest.setTimeout(60_000);

const ROOT = resolve(__dirname, '..', '..');

/** As in `package.json`, but found from any working directory. */
const TSX = pathToFileURL(require.resolve('tsx')).href;

let tools: string;

beforeEach(() => {
  tools = mkdtempSync(join(tmpdir(), 'kite-path-'));
});

afterEach(() => rmSync(tools, { recursive: true, force: true }));

/** Puts a program on the PATH that does nothing. */
function install(name: string): void {
  writeFileSync(join(tools, name), '#!/bin/sh\nexit 1\n');
  chmodSync(join(tools, name), 0o755);
}

/** `npm run sandbox` with a PATH that holds what was installed and Node. */
async function sandbox(
  parameters: readonly string[],
  variables: Record<string, string> = {},
): Promise<{ status: number | null; said: string }> {
  symlinkSync(process.execPath, join(tools, 'node'));
  const program = ['--import', TSX, join(ROOT, 'local', 'sandbox', 'main.ts')];
  const child = spawn(process.execPath, [...program, ...parameters], {
    cwd: tools,
    env: { HOME: tools, PATH: `${tools}:${dirname('/bin/sh')}`, ...variables },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, said: said.trim() };
}

test('without terraform it says what to install, in one sentence', async () => {
  install('moto_server');
  expect(await sandbox(['--port', '0'])).toEqual({
    status: 1,
    said: '`terraform` is not on the PATH: install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install), then try again.',
  });
});

test('without moto_server it says what to install, in one sentence', async () => {
  install('terraform');
  expect(await sandbox(['--port', '0'])).toEqual({
    status: 1,
    said: "`moto_server` is not on the PATH: install it with `pip install 'moto[server]'`, then try again.",
  });
});

test('a port in use is named, in one sentence', async () => {
  install('terraform');
  install('moto_server');
  const other = createServer();
  const port = await listen(other);
  const { status, said } = await sandbox([], { PORT: String(port) });
  other.close();
  expect(status).toBe(1);
  expect(said.split('\n')).toHaveLength(1);
  expect(said).toContain(`${port}`);
});

test('a moto_server that does not start is said, in one sentence', async () => {
  install('terraform');
  install('moto_server');
  const { status, said } = await sandbox(['--port', '0']);
  expect(status).toBe(1);
  expect(said).toMatch(/^moto_server ended at once \(exit status 1\)/);
});

test('an unknown option is refused with a pointer to --help', async () => {
  const { status, said } = await sandbox(['--colors']);
  expect(status).toBe(1);
  expect(said).toMatch(/^Unknown option '--colors'.*npm run sandbox -- --help.* lists what there is\.$/);
});
