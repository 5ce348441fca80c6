import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { planStack } from '../../../operations/drift/terraform';

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

const look = (environment?: Record<string, string>) =>
  planStack('kite-stack', scratch, { program: path.join(scratch, 'bin/terraform'), environment });

/** What `terraform show -json` says of the state, and of the plan. */
const shows = (plan: object, state: object = STATE) =>
  `if [ $1 = show ]; then case "$*" in *drift.plan) echo '${JSON.stringify(plan)}';; *) echo '${JSON.stringify(state)}';; esac; fi`;
const STATE = { values: { root_module: { resources: [{ address: 'a.b', mode: 'managed' }] } } };

test('exit code 0 is a plan without changes, 2 one with changes', async () => {
  terraform(shows({ resource_changes: [] }));
  expect(await look()).toEqual({ kind: 'plan', stack: 'kite-stack', plan: { resource_changes: [] } });
  terraform(`${shows({ resource_changes: [{ address: 'a.b' }] })}\nif [ $1 = plan ]; then exit 2; fi`);
  expect(await look()).toMatchObject({ kind: 'plan', plan: { resource_changes: [{ address: 'a.b' }] } });
});

test.each([
  ['never deployed', { format_version: '1.0' }],
  ['destroyed', { values: { root_module: { resources: [{ address: 'data.a.b', mode: 'data' }] } } }],
])('a stack that was %s has nothing to compare, and is not planned', async (_, state) => {
  terraform(`${shows({}, state)}\nif [ $1 = plan ]; then echo "TELEGRAM_BOT_TOKEN is missing" >&2; exit 1; fi`);
  expect(await look()).toEqual({ kind: 'not deployed', stack: 'kite-stack' });
});

test('a state that cannot be read is a failed check, and not a stack that is not deployed', async () => {
  terraform('if [ $1 = init ]; then exit 0; fi; echo "Error: the state is cut off" >&2; exit 1');
  expect(await look()).toMatchObject({ kind: 'failed', words: expect.stringContaining('the state is cut off') });
});

test('Terraform gets the secrets that were read for it', async () => {
  terraform('echo "Error: token $TF_VAR_TELEGRAM_BOT_TOKEN" >&2; exit 1');
  expect(await look({ TF_VAR_TELEGRAM_BOT_TOKEN: '1:a' })).toMatchObject({
    words: expect.stringContaining('Error: token 1:a'),
  });
});

test('exit code 1 is a failed check with the words of Terraform, never "no drift"', async () => {
  terraform(`${shows({})}\nif [ $1 = plan ]; then echo "Error: no credentials" >&2; exit 1; fi`);
  expect(await look()).toEqual({
    kind: 'failed',
    stack: 'kite-stack',
    words: 'terraform plan ended with exit code 1:\nError: no credentials',
  });
  terraform('echo "Error: no such bucket" >&2; exit 1');
  expect(await look()).toMatchObject({ kind: 'failed', words: expect.stringContaining('terraform init ended') });
});

test('a check without Terraform has failed', async () => {
  expect(await planStack('kite-stack', scratch, { program: path.join(scratch, 'nowhere/terraform') })).toMatchObject({
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
