import { checkDrift } from '../../../operations/drift/drift-check';
import { parseIgnoreList, type IgnoreList } from '../../../operations/drift/ignore-list';
import type { Mail } from '../../../operations/drift/mail';
import type { LastReport } from '../../../operations/drift/memory';
import type { Plan } from '../../../operations/drift/plan';
import type { StackCheck } from '../../../operations/drift/terraform';
import { drifted, entry, together } from './plans';

const MEMORY = drifted(
  'aws_lambda_function.f',
  { function_name: 'dev-request-dispatcher', memory_size: 256 },
  { function_name: 'dev-request-dispatcher', memory_size: 512 },
);
const MORE_MEMORY = drifted('aws_lambda_function.f', { memory_size: 256 }, { memory_size: 1024 });
const TTL = drifted(
  'aws_dynamodb_table.t',
  { name: 'dev.Members', ttl: [{ enabled: true }] },
  { name: 'dev.Members', ttl: [{ enabled: false }] },
);
const NOTHING: Plan = {};

let remembered: LastReport;
let mails: Mail[];
let log: string[];
beforeEach(() => {
  remembered = { findings: [], failures: [] };
  mails = [];
  log = [];
});

/** A check of both stacks: kite-build is always in order, kite-stack as given; undefined: it is not deployed. */
async function check(
  kiteStack: Plan | string | undefined,
  { ignore = [], secrets = [], day = 1 }: { ignore?: IgnoreList; secrets?: string[]; day?: number } = {},
): Promise<Mail[]> {
  mails = [];
  await checkDrift({
    stacks: ['kite-build', 'kite-stack'],
    plan: async (stack): Promise<StackCheck> => {
      const plan = stack === 'kite-build' ? NOTHING : kiteStack;
      if (plan === undefined) return { kind: 'not deployed', stack };
      return typeof plan === 'string' ? { kind: 'failed', stack, words: plan } : { kind: 'plan', stack, plan };
    },
    ignore,
    memory: {
      read: async () => remembered,
      write: async (report) => void (remembered = JSON.parse(JSON.stringify(report))),
    },
    send: async (mail) => void mails.push(mail),
    details: { commit: 'abcdef0123456789abcdef0123456789abcdef01', region: 'eu-north-1', log: 'https://log.test/1' },
    secrets,
    now: new Date(Date.UTC(2025, 0, day, 12)),
    say: (line) => log.push(line),
  });
  return mails;
}

test('an untouched deployment sends no mail, three times in a row', async () => {
  for (const day of [1, 2, 3]) expect(await check(NOTHING, { day })).toEqual([]);
  expect(log).toContain('No drift.');
});

test('while kite-stack is not deployed there is nothing to compare: no failure and no mail', async () => {
  for (const day of [1, 2]) expect(await check(undefined, { day })).toEqual([]);
  expect(log).toContain('kite-stack is not deployed yet: there is nothing to compare.');
});

test('an emptied state is mailed once: the stack may still run without Terraform knowing', async () => {
  await check(NOTHING, { day: 1 });
  const [mail, ...more] = await check(undefined, { day: 2 });
  expect(more).toEqual([]);
  expect(mail?.subject).toBe('Kite: empty state of kite-stack');
  expect(mail?.text).toContain('If nobody has destroyed it, its state is lost');
  expect(await check(undefined, { day: 3 })).toEqual([]);
});

test('a failed check between does not hide that a state was emptied', async () => {
  await check(NOTHING, { day: 1 });
  await check('Error: no credentials', { day: 2 });
  expect((await check(undefined, { day: 3 })).map(({ subject }) => subject)).toContain(
    'Kite: empty state of kite-stack',
  );
});

test('the mail names what was changed, before and after, with a link; drift apart from what is not deployed', async () => {
  const [mail] = await check(
    together(MEMORY, { resource_changes: [entry('aws_sqs_queue.q', ['create'], null, { name: 'dev-new.fifo' })] }),
  );
  expect(mail?.subject).toBe('Kite drift: 1 changed in the cloud, 1 not deployed yet');
  expect(mail?.text).toBe(`Kite compared what is deployed in eu-north-1 with its state and with commit abcdef012345.

CHANGED IN THE CLOUD
Someone changed this outside of Terraform. Deploying the stack reverts it; to keep it, add it to the code.

[new] kite-stack: aws_lambda_function.f (dev-request-dispatcher): changed
  memory_size: 256 -> 512
  https://eu-north-1.console.aws.amazon.com/lambda/home?region=eu-north-1#/functions/dev-request-dispatcher

NOT DEPLOYED YET
This is in the repository and has not been deployed. Deploying the stack applies it.

[new] kite-stack: aws_sqs_queue.q (dev-new.fifo): to be created
  https://eu-north-1.console.aws.amazon.com/sqs/v3/home?region=eu-north-1#/queues/

To ignore a difference, add it to drift-ignore.yml.
The log of this check: https://log.test/1`);
});

test('the same drift is mailed once, not every day', async () => {
  expect(await check(MEMORY, { day: 1 })).toHaveLength(1);
  expect(await check(MEMORY, { day: 2 })).toEqual([]);
  expect(log.at(-1)).toBe('Nothing new since the last mail.');
});

test('what changed again, what is new and what is known are told apart', async () => {
  await check(together(MEMORY, TTL));
  const [mail] = await check(together(MORE_MEMORY, TTL));
  expect(mail?.text).toContain('[changed since the last mail] kite-stack: aws_lambda_function.f');
  expect(mail?.text).toMatch(/^kite-stack: aws_dynamodb_table\.t/m);
});

test('what is resolved is mailed once', async () => {
  await check(together(MEMORY, TTL));
  const [mail] = await check(TTL);
  expect(mail?.subject).toBe('Kite drift: 1 changed in the cloud, 1 resolved');
  expect(mail?.text).toContain('RESOLVED\n- kite-stack: aws_lambda_function.f');
  const [last] = await check(NOTHING);
  expect(last?.subject).toBe('Kite drift: 1 resolved');
  expect(await check(NOTHING)).toEqual([]);
});

test('a failed check has a mail of its own that makes no statement about drift', async () => {
  const [mail, ...others] = await check('terraform plan ended with exit code 1:\nError: no credentials');
  expect(others).toEqual([]);
  expect(mail?.subject).toBe('Kite: the drift check failed (kite-stack)');
  expect(mail?.text).toContain('  Error: no credentials');
  expect(mail?.text).not.toMatch(/CHANGED IN THE CLOUD|RESOLVED/);
});

test('a check that fails does not resolve what was found before', async () => {
  await check(MEMORY);
  expect((await check('Error: no credentials')).map(({ subject }) => subject)).toEqual([
    'Kite: the drift check failed (kite-stack)',
  ]);
  const [mail] = await check(MEMORY);
  expect(mail?.subject).toBe('Kite drift: 1 changed in the cloud');
  expect(mail?.text).toContain('The check of kite-stack works again.');
  expect(mail?.text).not.toContain('[new]');
});

test('a failure that lasts is mailed once a week, also if its request ids differ', async () => {
  const failure = (id: string) => `Error: reading bucket: AccessDenied, RequestID: ${id}, after 3 tries`;
  const mailed = [];
  for (let day = 1; day <= 9; day++) mailed.push((await check(failure(`4f3c2b1a${day}d00fee${day}`), { day })).length);
  expect(mailed).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 0]);
  expect(await check('Error: something else', { day: 9 })).toHaveLength(1);
});

test('no secret gets into a mail or the log, whatever Terraform says', async () => {
  await check('Error: invalid token 123456:SECRET-TOKEN in value', { secrets: ['123456:SECRET-TOKEN'] });
  expect(JSON.stringify([mails, log, remembered])).not.toContain('SECRET-TOKEN');
  expect(mails[0]?.text).toContain('invalid token (secret) in value');
});

test('what was found is remembered without its values', async () => {
  await check(drifted('aws_lambda_function.f', { description: 'old words' }, { description: 'new words' }));
  expect(JSON.stringify(remembered)).not.toContain('words');
});

test('the ignore list leaves out an attribute, a resource, or one kind of finding', async () => {
  const ignore = parseIgnoreList(
    `
ignore:
  - { address: aws_lambda_function.*, attributes: [memory_size], reason: tuned by hand }
  - { address: aws_dynamodb_table.t, kind: unapplied, reason: only drift matters }
  - { address: aws_sns_topic.alarms, reason: managed elsewhere }
`,
    'drift-ignore.yml',
  );
  const topic = drifted('aws_sns_topic.alarms', { display_name: 'a' }, { display_name: 'b' });
  const [mail] = await check(together(MEMORY, TTL, topic), { ignore });
  expect(mail?.subject).toBe('Kite drift: 1 changed in the cloud');
  expect(mail?.text).toContain('aws_dynamodb_table.t');
  expect(log).toContain('2 ignored by drift-ignore.yml.');
});

test('a mistake in the ignore list is named', () => {
  expect(() =>
    parseIgnoreList('ignore:\n  - address: a\n    reason: " "\n    atributes: [b]\n', 'drift-ignore.yml'),
  ).toThrow(/^drift-ignore\.yml cannot be read\.\n- ignore\.0\.reason: say why\n- ignore\.0\.atributes: /);
  expect(() => parseIgnoreList('ignore: [', 'drift-ignore.yml')).toThrow('drift-ignore.yml is not valid YAML');
});

test('if the mail cannot be sent, nothing is remembered, and the build fails', async () => {
  const failing = checkDrift({
    stacks: ['kite-stack'],
    plan: async (stack) => ({ kind: 'plan', stack, plan: MEMORY }),
    ignore: [],
    memory: { read: async () => remembered, write: async () => Promise.reject(new Error('must not be written')) },
    send: () => Promise.reject(new Error('SNS is down')),
    details: { commit: 'a'.repeat(40), region: 'eu-north-1', log: '' },
    secrets: [],
    now: new Date(),
    say: () => undefined,
  });
  await expect(failing).rejects.toThrow('SNS is down');
});
