import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BADGE_OUTPUT } from '../../constructs/pipeline/build-outputs';
import { findings } from '../../operations/drift/finding';
import { driftMail, emptiedMail, failureMail } from '../../operations/drift/mail';
import type { Plan } from '../../operations/drift/plan';
import { compareReports } from '../../operations/drift/report';
import { fencesOf, rowsBelow } from '../readme/markdown';
import { drifted, entry, together } from '../operations/drift/plans';
import { stacks } from '../stacks/main-stacks';

/** docs/ci-cd.md quotes mails, logs and refusals: they are what is sent, made and said. */
const ROOT = resolve(__dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/ci-cd.md'), 'utf8');
const { build } = stacks();

/** What stands in a block with that word behind the backticks. */
function quoted(word: string): string {
  const block = fencesOf(text).find(({ info }) => info === word);
  if (block === undefined) throw new Error(`docs/ci-cd.md quotes no ${word}.`);
  return block.text.trim();
}

const rows = (heading: string) => rowsBelow(text, heading);

const details = {
  commit: '15bfb3e998b80000000000000000000000000000',
  region: 'eu-north-1',
  log: 'https://eu-north-1.console.aws.amazon.com/codesuite/codebuild/projects/drift-check-project',
};
const nobodyWasTold = { findings: [], failures: [] };

test('the mail about drift is sent word for word for that drift', () => {
  const found = [
    ...findings(schedule(), 'kite-build', details.region),
    ...findings(together(rolePolicy(), alias(), token()), 'kite-stack', details.region),
  ];
  const report = compareReports(found, [], nobodyWasTold, new Date(0));
  const mail = driftMail(report, details);
  expect(`Subject: ${mail.subject}\n\n${mail.text}`).toBe(quoted('drift'));
});

test('the parts of a mail in the table are those of the mails', () => {
  const failure = failureMail([{ stack: 'kite-stack', words: 'Error: no credentials' }], details);
  expect(rows('Drift').map(([words]) => words)).toContain(`subject \`${failure.subject}\``);
  const { subject: emptied } = emptiedMail('kite-stack', details);
  expect(rows('Drift').map(([words]) => words)).toContain(`subject \`${emptied}\``);
  const resolved = { id: 'x', stack: 'kite-stack', kind: 'drift', address: 'aws_sns_topic.t', fingerprint: '' };
  const found = findings({ resource_changes: [entry('aws_sqs_queue.q', ['create'], null, {})] }, 'kite-stack', 'r');
  const mail = driftMail(compareReports(found, [], { findings: [resolved], failures: [] }, new Date(0)), details);
  for (const words of ['NOT DEPLOYED YET', 'RESOLVED']) {
    expect(mail.text).toMatch(new RegExp(`^${words}$`, 'm'));
    expect(rows('Drift').map(([cell]) => cell)).toContain(`\`${words}\``);
  }
});

test('the mail about a failed build is what the rule makes of its event', () => {
  const target = build.all('aws_cloudwatch_event_target')[0]?.['input_transformer'] as { input_template: string };
  const log =
    'https://console.aws.amazon.com/cloudwatch/home?region=eu-north-1#logEvent:group=/aws/codebuild/build-and-deploy-project;stream=8745a7a9-c340-456a-9166-edf953571bee';
  const mail = (JSON.parse(target.input_template) as string)
    .replace('<project>', 'build-and-deploy-project')
    .replace('<status>', 'FAILED')
    .replace('<log>', log);
  expect(quoted('failed-build')).toBe(mail);
});

test('the log groups are those of the projects, with the stated retention', () => {
  const groups = build.all('aws_cloudwatch_log_group').filter(({ name }) => String(name).startsWith('/aws/codebuild/'));
  expect(rows('Logs').map(([name]) => name)).toEqual(groups.map(({ name }) => `\`${String(name)}\``));
  expect(groups.map(({ retention_in_days: days }) => days)).toEqual(groups.map(() => 30));
  expect(text).toContain('keeps lines for 30 days');
});

test('the projects, their buildspecs and the pushes that start them are the deployed ones', () => {
  const projects = build.all('aws_codebuild_project');
  const table = text.split('\n').filter((line) => /^\| `[\w-]+-project` \|/.test(line));
  expect(table.map((line) => [line.split('`')[1], /`([\w-]+\.yml)`/.exec(line)?.[1]])).toEqual(
    projects.map(({ name, source }) => [name, (source as { buildspec: string }).buildspec.replace('buildspecs/', '')]),
  );
  const patterns = build.all('aws_codebuild_webhook').flatMap((webhook) => {
    const [group] = webhook['filter_group'] as { filter: { type: string; pattern: string }[] }[];
    return (group?.filter ?? []).map(({ type, pattern }) => (type === 'EVENT' ? pattern : `\`${pattern}\``));
  });
  expect(patterns).toEqual(['PUSH', '`^refs/heads/main$`', 'PUSH', '`^refs/tags/`']);
  for (const pattern of patterns) expect(text).toContain(pattern);
});

test('the badge is an output under its name', () => {
  expect(text).toContain(`\`${BADGE_OUTPUT}\``);
  const badge = JSON.stringify(build.json.output?.[BADGE_OUTPUT]);
  expect(badge).toMatch(/aws_codebuild_project\.build-and-deploy_project_\w+\.badge_url/);
});

test('the errors that it explains are those of the scripts', () => {
  const scripts = ['operations/deployment', 'operations/drift'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
  );
  const said = rows('Errors of builds').map(([words = '']) =>
    words
      .replaceAll('`', '')
      .split('...')
      .map((one) => one.trim()),
  );
  expect(said.length).toBeGreaterThan(5);
  for (const pieces of said) {
    const found = scripts.some((script) => pieces.every((piece) => script.includes(piece)));
    expect({ pieces, found }).toEqual({ pieces, found: true });
  }
});

function schedule(): Plan {
  const setTo = (expression: string) => ({
    name: 'kite-drift-check',
    group_name: 'default',
    schedule_expression: expression,
  });
  return drifted(
    'aws_scheduler_schedule.drift-schedule_B64C5923',
    setTo('cron(0 12 ? * MON-FRI *)'),
    setTo('cron(0 3 * * ? *)'),
  );
}

function rolePolicy(): Plan {
  const allowing = (Action: string | string[], Resource: string | string[]) => ({
    name: 'write-logs',
    role: 'kite-dev-request-dispatcher',
    policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] }),
  });
  return drifted(
    'aws_iam_role_policy.dev_request-dispatcher_role_write-logs_66507185',
    allowing(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      ['arn:aws:logs:eu-north-1:123456789012:log-group:/aws/lambda/dev-request-dispatcher:*'],
    ),
    allowing('*', '*'),
  );
}

/** The state names version 1, CI has published 2, and the alias is at 1 again. */
function alias(): Plan {
  const at = (version: string) => ({
    name: 'live',
    function_name: 'prod-request-dispatcher',
    function_version: version,
  });
  const address = 'aws_lambda_alias.prod_request-dispatcher_alias_8C53065D';
  return {
    resource_drift: [entry('aws_lambda_function.prod', ['update'], { version: '1' }, { version: '2' })],
    resource_changes: [entry(address, ['update'], at('1'), at('2'))],
    prior_state: {
      values: {
        root_module: {
          resources: [
            { address: 'aws_lambda_function.prod', values: { version: '2' } },
            { address, values: at('1') },
          ],
        },
      },
    },
    configuration: {
      root_module: {
        resources: [
          { address, expressions: { function_version: { references: ['aws_lambda_function.prod.version'] } } },
          ...handedIn,
        ],
      },
    },
  };
}

const TOKEN = 'aws_ssm_parameter.dev_bot-token_parameter_406BD432';
const handedIn = [{ address: TOKEN, expressions: { value: { references: ['var.TELEGRAM_BOT_TOKEN'] } } }];

function token(): Plan {
  const value = (secret: string) => ({ name: '/kite/dev/telegram-bot-token', value: secret });
  const sensitive = { before_sensitive: { value: true }, after_sensitive: { value: true } };
  return {
    resource_drift: [entry(TOKEN, ['update'], value('1:OLD'), value('2:NEW'), sensitive)],
    resource_changes: [entry(TOKEN, ['no-op'], value('2:NEW'), value('2:NEW'), sensitive)],
  };
}
