import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kite-install-'));
afterAll(() => fs.rmSync(scratch, { recursive: true }));

/** Runs the script with programs that stand in for those of the machine. */
function install(programs: Record<string, string>) {
  const bin = fs.mkdtempSync(path.join(scratch, 'bin-'));
  for (const [name, script] of Object.entries(programs)) {
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const target = path.join(bin, 'target');
  const ended = spawnSync('bash', [path.resolve(__dirname, '../../operations/install-terraform.sh'), target], {
    env: { PATH: `${bin}:${process.env.PATH}` },
    encoding: 'utf8',
  });
  return { ...ended, installed: fs.existsSync(path.join(target, 'terraform')) };
}

const linux = 'echo "Linux x86_64"';

test('a Terraform that can lock in S3 is used as it is', () => {
  const ended = install({ terraform: `echo '{"terraform_version": "1.12.0"}'`, curl: 'exit 7' });
  expect([ended.status, ended.stdout]).toEqual([0, 'Terraform 1.12.0 is here already.\n']);
});

test('an older one is not, and a download that is not what was pinned is refused', () => {
  const ended = install({
    terraform: `echo '{"terraform_version": "1.9.8"}'`,
    uname: linux,
    curl: 'while [ $# -gt 0 ]; do [ "$1" = --output ] && echo tampered > "$2"; shift; done',
  });
  expect(ended.status).not.toBe(0);
  expect(ended.stderr).toMatch(/checksum/i);
  expect(ended.installed).toBe(false);
});

test('on another system it says what to do', () => {
  const ended = install({ terraform: 'exit 1', uname: 'echo "Darwin arm64"', curl: 'exit 7' });
  expect(ended.status).toBe(1);
  expect(ended.stderr).toMatch(/on Darwin arm64 install Terraform 1\.\d+\.\d+ or later yourself/);
});
