import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { planStack } from '../../../scripts/drift/terraform';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kite-terraform-'));
beforeAll(() => {
  fs.mkdirSync(path.join(scratch, 'stacks/kite-stack'), { recursive: true });
});
afterAll(() => fs.rmSync(scratch, { recursive: true }));

/** Makes a program that stands in for Terraform. */
function terraform(script: string): void {
  fs.mkdirSync(path.join(scratch, 'bin'), { recursive: true });
  fs.writeFileSync(path.join(scratch, 'bin/terraform'), `#!/bin/sh\necho "$@" >> "${scratch}/calls"\n${script}\n`, {
    mode: 0o755,
  });
}

const look = () => planStack('kite-stack', scratch, path.join(scratch, 'bin/terraform'));

test('exit code 0 is a plan without changes, 2 one with changes', async () => {
  terraform('case $1 in show) echo \'{"resource_changes":[]}\';; esac');
  expect(await look()).toEqual({ kind: 'plan', stack: 'kite-stack', plan: { resource_changes: [] } });
  terraform('case $1 in plan) exit 2;; show) echo \'{"resource_changes":[{"address":"a.b"}]}\';; esac');
  expect(await look()).toMatchObject({ kind: 'plan', plan: { resource_changes: [{ address: 'a.b' }] } });
});

test('exit code 1 is a failed check with the words of Terraform, never "no drift"', async () => {
  terraform('case $1 in plan) echo "Error: no credentials" >&2; exit 1;; esac');
  expect(await look()).toEqual({
    kind: 'failed',
    stack: 'kite-stack',
    words: 'terraform plan ended with exit code 1:\nError: no credentials',
  });
  terraform('echo "Error: no such bucket" >&2; exit 1');
  expect(await look()).toMatchObject({ kind: 'failed', words: expect.stringContaining('terraform init ended') });
});

test('a check without Terraform has failed', async () => {
  expect(await planStack('kite-stack', scratch, path.join(scratch, 'nowhere/terraform'))).toMatchObject({
    kind: 'failed',
    words: expect.stringContaining('ENOENT'),
  });
});

test('the plan always refreshes, and takes no lock: the check may not write', async () => {
  const plans = fs
    .readFileSync(path.join(scratch, 'calls'), 'utf8')
    .split('\n')
    .filter((call) => call.startsWith('plan'));
  expect(plans.length).toBeGreaterThan(0);
  for (const call of plans) {
    expect(call).toContain('-refresh=true');
    expect(call).toContain('-lock=false');
    expect(call).toContain('-detailed-exitcode');
  }
});
