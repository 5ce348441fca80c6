import { findings } from '../../../operations/drift/finding';
import type { Plan } from '../../../operations/drift/plan';
import { drifted, entry, together } from './plans';

const look = (plan: Plan) => findings(plan, 'kite-stack', 'eu-north-1');
const lines = (plan: Plan) =>
  look(plan).map(({ kind, address, action, differences }) =>
    [
      `${kind} ${address} ${action}`,
      ...differences.map(({ path, before, after }) => `${path}: ${before} -> ${after}`),
    ].join('; '),
  );

test('an untouched deployment has nothing to report', () => {
  expect(look({ resource_changes: [entry('aws_sqs_queue.q', ['no-op'], { a: 1 }, { a: 1 })] })).toEqual([]);
});

test('a changed setting of a function is drift, with its value before and after', () => {
  const plan = drifted(
    'aws_lambda_function.f',
    { function_name: 'dev-request-dispatcher', memory_size: 256 },
    { function_name: 'dev-request-dispatcher', memory_size: 512 },
  );
  expect(lines(plan)).toEqual(['drift aws_lambda_function.f changed; memory_size: 256 -> 512']);
  expect(look(plan)[0]).toMatchObject({
    resourceName: 'dev-request-dispatcher',
    link: 'https://eu-north-1.console.aws.amazon.com/lambda/home?region=eu-north-1#/functions/dev-request-dispatcher',
  });
});

test('one changed variable of many is named alone', () => {
  const variables = (stage: string) => ({ environment: [{ variables: { STAGE: stage, LOG_LEVEL: 'INFO' } }] });
  expect(lines(drifted('aws_lambda_function.f', variables('dev'), variables('prod')))).toEqual([
    'drift aws_lambda_function.f changed; environment[0].variables.STAGE: "dev" -> "prod"',
  ]);
});

test('a policy is compared inside, and the order of its keys does not matter', () => {
  const policy = (action: string, flip = false) => ({
    policy: JSON.stringify(
      flip
        ? { Statement: [{ Effect: 'Allow', Action: action }], Version: '2012-10-17' }
        : { Version: '2012-10-17', Statement: [{ Action: action, Effect: 'Allow' }] },
    ),
  });
  expect(lines(drifted('aws_iam_role_policy.p', policy('s3:GetObject'), policy('s3:*', true)))).toEqual([
    'drift aws_iam_role_policy.p changed; policy.Statement[0].Action: "s3:GetObject" -> "s3:*"',
  ]);
});

test('code that CI has deployed is no drift: Terraform finds it changed and leaves it', () => {
  const plan: Plan = {
    resource_drift: [
      entry(
        'aws_lambda_function.f',
        ['update'],
        { version: '1', code_sha256: 'a' },
        { version: '2', code_sha256: 'b' },
      ),
      entry('aws_lambda_alias.live', ['update'], { function_version: '1' }, { function_version: '2' }),
    ],
    resource_changes: [
      entry('aws_lambda_function.f', ['no-op'], { version: '2' }, { version: '2' }),
      entry('aws_lambda_alias.live', ['no-op'], { function_version: '2' }, { function_version: '2' }),
    ],
  };
  expect(look(plan)).toEqual([]);
});

test('an alias that was moved by hand is drift: Terraform would move it back', () => {
  const plan = drifted('aws_lambda_alias.live', { function_version: '7' }, { function_version: '3' });
  expect(lines(plan)).toEqual(['drift aws_lambda_alias.live changed; function_version: "7" -> "3"']);
});

test('computed attributes are not part of the drift', () => {
  const plan: Plan = {
    resource_drift: [
      entry(
        'aws_lambda_function.f',
        ['update'],
        { memory_size: 256, last_modified: 'mon' },
        { memory_size: 512, last_modified: 'tue' },
      ),
    ],
    resource_changes: [
      entry(
        'aws_lambda_function.f',
        ['update'],
        { memory_size: 512, version: '4' },
        { memory_size: 256 },
        { after_unknown: { version: true } },
      ),
    ],
  };
  expect(lines(plan)).toEqual(['drift aws_lambda_function.f changed; memory_size: 256 -> 512']);
});

test('a deleted resource is drift, not something new to create', () => {
  const plan: Plan = {
    resource_drift: [entry('aws_cloudwatch_metric_alarm.a', ['delete'], { alarm_name: 'dlq' }, null)],
    resource_changes: [entry('aws_cloudwatch_metric_alarm.a', ['create'], null, { alarm_name: 'dlq' })],
  };
  expect(lines(plan)).toEqual(['drift aws_cloudwatch_metric_alarm.a deleted']);
});

test('undeployed code is told apart from drift, also in one resource', () => {
  const plan: Plan = {
    resource_drift: [
      entry('aws_lambda_function.f', ['update'], { memory_size: 256, timeout: 30 }, { memory_size: 512, timeout: 30 }),
    ],
    resource_changes: [
      entry('aws_lambda_function.f', ['update'], { memory_size: 512, timeout: 30 }, { memory_size: 256, timeout: 60 }),
      entry('aws_sqs_queue.new', ['create'], null, { name: 'new' }),
      entry('aws_sqs_queue.old', ['delete'], { name: 'old' }, null),
      entry('aws_dynamodb_table.t', ['delete', 'create'], { hash_key: 'id' }, { hash_key: 'key' }),
    ],
    output_changes: { 'dev-api-url': { actions: ['update'], before: 'a', after: 'b' } },
  };
  expect(lines(plan)).toEqual([
    'drift aws_lambda_function.f changed; memory_size: 256 -> 512',
    'unapplied aws_lambda_function.f to be changed; timeout: 30 -> 60',
    'unapplied aws_sqs_queue.new to be created',
    'unapplied aws_sqs_queue.old to be destroyed',
    'unapplied aws_dynamodb_table.t to be replaced; hash_key: "id" -> "key"',
    'unapplied output.dev-api-url to be changed; value: "a" -> "b"',
  ]);
});

test('what changes only because something else does is not listed beside it', () => {
  const plan = together(drifted('aws_lambda_function.f', { memory_size: 256 }, { memory_size: 512 }), {
    resource_changes: [
      entry(
        'aws_lambda_alias.live',
        ['update'],
        { function_version: '3' },
        {},
        { after_unknown: { function_version: true } },
      ),
    ],
  });
  expect(lines(plan)).toEqual(['drift aws_lambda_function.f changed; memory_size: 256 -> 512']);
});

test('a replacement that is caused by another resource only is not listed beside it, either', () => {
  const plan = together(drifted('aws_apigatewayv2_stage.s', { name: 'dev' }, { name: 'other' }), {
    resource_changes: [
      entry('aws_lambda_invocation.i', ['delete', 'create'], { input: 'a' }, {}, { after_unknown: { input: true } }),
    ],
  });
  expect(lines(plan)).toEqual(['drift aws_apigatewayv2_stage.s changed; name: "dev" -> "other"']);
});

test('a value that AWS computes is no drift of a resource that is to be replaced for another reason', () => {
  const plan: Plan = {
    resource_drift: [
      entry(
        'aws_iam_role.r',
        ['update'],
        { name: 'old', inline_policy: [] },
        { name: 'old', inline_policy: [{ name: 'p' }] },
      ),
    ],
    resource_changes: [
      entry(
        'aws_iam_role.r',
        ['delete', 'create'],
        { name: 'old', arn: 'a', inline_policy: [{ name: 'p' }] },
        { name: 'new' },
        { after_unknown: { arn: true, inline_policy: true } },
      ),
    ],
  };
  expect(lines(plan)).toEqual(['unapplied aws_iam_role.r to be replaced; name: "old" -> "new"']);
});

describe('an alias beside a function that is to be changed', () => {
  const plan = (alias: string): Plan => ({
    resource_drift: [
      entry(
        'aws_lambda_function.f',
        ['update'],
        { memory_size: 256, version: '1' },
        { memory_size: 512, version: '2' },
      ),
      entry('aws_lambda_alias.live', ['update'], { function_version: '1' }, { function_version: alias }),
    ],
    resource_changes: [
      entry(
        'aws_lambda_function.f',
        ['update'],
        { memory_size: 512, version: '2' },
        { memory_size: 256 },
        { after_unknown: { version: true } },
      ),
      entry(
        'aws_lambda_alias.live',
        ['update'],
        { function_version: alias },
        {},
        { after_unknown: { function_version: true } },
      ),
    ],
    prior_state: {
      values: {
        root_module: {
          resources: [
            { address: 'aws_lambda_function.f', values: { memory_size: 512, version: '2' } },
            { address: 'aws_lambda_alias.live', values: { function_version: alias } },
          ],
        },
      },
    },
    configuration: {
      root_module: {
        resources: [
          {
            address: 'aws_lambda_alias.live',
            expressions: {
              function_version: { references: ['aws_lambda_function.f.version', 'aws_lambda_function.f'] },
            },
          },
        ],
      },
    },
  });

  test('is no drift where CI has moved it to the latest version', () => {
    expect(lines(plan('2'))).toEqual(['drift aws_lambda_function.f changed; memory_size: 256 -> 512']);
  });

  test('is drift where it was moved elsewhere', () => {
    expect(lines(plan('7'))).toEqual([
      'drift aws_lambda_function.f changed; memory_size: 256 -> 512',
      'drift aws_lambda_alias.live changed; function_version: "2" -> "7"',
    ]);
  });
});

describe('an alias that was moved back to the version in the state, after CI has deployed another', () => {
  /** CI has published versions 2 and 3, which the state does not know; the alias is at 1 again. */
  const plan = (more: { settingsToo?: boolean; state?: string; takenFrom?: string } = {}): Plan => ({
    resource_drift: [entry('aws_lambda_function.f', ['update'], { version: more.state ?? '1' }, { version: '3' })],
    resource_changes: [
      more.settingsToo
        ? entry('aws_lambda_function.f', ['update'], { memory_size: 256 }, { memory_size: 512 })
        : entry('aws_lambda_function.f', ['no-op'], { version: '3' }, { version: '3' }),
      entry(
        'aws_lambda_alias.live',
        ['update'],
        { function_version: '1' },
        more.settingsToo ? {} : { function_version: '3' },
        more.settingsToo ? { after_unknown: { function_version: true } } : {},
      ),
    ],
    prior_state: {
      values: {
        root_module: {
          resources: [
            { address: 'aws_lambda_function.f', values: { version: '3' } },
            { address: 'aws_lambda_alias.live', values: { function_version: '1' } },
          ],
        },
      },
    },
    configuration: {
      root_module: {
        resources: [
          {
            address: 'aws_lambda_alias.live',
            expressions: { function_version: { references: [more.takenFrom ?? 'aws_lambda_function.f.version'] } },
          },
        ],
      },
    },
  });

  test('is drift, from the version that CI has published last', () => {
    expect(lines(plan())).toEqual(['drift aws_lambda_alias.live changed; function_version: "3" -> "1"']);
  });

  test('is drift also while a change of settings waits to be deployed', () => {
    expect(lines(plan({ settingsToo: true }))).toEqual([
      'unapplied aws_lambda_function.f to be changed; memory_size: 256 -> 512',
      'drift aws_lambda_alias.live changed; function_version: "3" -> "1"',
    ]);
  });

  test('is none where the repository is what moved it: the code names another function now', () => {
    expect(lines(plan({ state: '2' }))).toEqual([
      'unapplied aws_lambda_alias.live to be changed; function_version: "1" -> "3"',
    ]);
    expect(lines(plan({ takenFrom: 'var.version' }))).toEqual([
      'unapplied aws_lambda_alias.live to be changed; function_version: "1" -> "3"',
    ]);
  });
});

test('a secret that somebody replaced is drift, although the check itself plans with the new one', () => {
  const value = (text: string) => ({ name: '/kite/dev/telegram-bot-token', value: text });
  const sensitive = { before_sensitive: { value: true }, after_sensitive: { value: true } };
  const plan: Plan = {
    resource_drift: [entry('aws_ssm_parameter.token', ['update'], value('1:OLD'), value('2:NEW'), sensitive)],
    resource_changes: [entry('aws_ssm_parameter.token', ['no-op'], value('2:NEW'), value('2:NEW'), sensitive)],
    configuration: {
      root_module: {
        resources: [
          { address: 'aws_ssm_parameter.token', expressions: { value: { references: ['var.TELEGRAM_BOT_TOKEN'] } } },
        ],
      },
    },
  };
  expect(lines(plan)).toEqual(['drift aws_ssm_parameter.token changed; value: (secret) -> (secret)']);
});

describe('what is made of something that was changed in the cloud', () => {
  /** The bot's token was replaced, and its version, which the registration of the webhook names, is a new one. */
  const plan = (more: { other?: object; reported?: boolean } = {}): Plan => {
    const before = {
      input: '{"version":"1"}',
      function_name: 'dev-lifecycle-handler',
      environment: [{ variables: { LOG_LEVEL: 'INFO', TOKEN_VERSION: '1' } }],
    };
    const references = ['aws_ssm_parameter.token.version', 'aws_ssm_parameter.token'];
    const token = { value: '1:OLD', version: 1 };
    const changed = { value: more.reported === false ? '1:OLD' : '2:NEW', version: 2 };
    return {
      resource_drift: [entry('aws_ssm_parameter.token', ['update'], token, changed)],
      resource_changes: [
        entry('aws_ssm_parameter.token', ['no-op'], changed, changed),
        entry(
          'aws_lambda_invocation.webhook',
          ['delete', 'create'],
          before,
          {
            ...before,
            input: '{"version":"2"}',
            environment: [{ variables: { LOG_LEVEL: 'INFO', TOKEN_VERSION: '2' } }],
            ...more.other,
          },
          { after_unknown: { result: true } },
        ),
      ],
      configuration: {
        root_module: {
          resources: [
            { address: 'aws_ssm_parameter.token', expressions: { value: { references: ['var.TELEGRAM_BOT_TOKEN'] } } },
            {
              address: 'aws_lambda_invocation.webhook',
              expressions: { input: { references }, environment: [{ variables: { references } }] },
            },
          ],
        },
      },
    };
  };

  test('is not listed beside it as if the repository had changed', () => {
    expect(look(plan()).map(({ address }) => address)).toEqual(['aws_ssm_parameter.token']);
  });

  test('is listed if the repository has changed it as well', () => {
    const environment = [{ variables: { LOG_LEVEL: 'DEBUG', TOKEN_VERSION: '2' } }];
    expect(lines(plan({ other: { environment } }))).toContain(
      'unapplied aws_lambda_invocation.webhook to be replaced; environment[0].variables.LOG_LEVEL: "INFO" -> "DEBUG"; ' +
        'environment[0].variables.TOKEN_VERSION: "1" -> "2"; input.version: "1" -> "2"',
    );
  });

  test('is listed if what it is made of is not', () => {
    expect(lines(plan({ reported: false }))).toEqual([
      'unapplied aws_lambda_invocation.webhook to be replaced; ' +
        'environment[0].variables.TOKEN_VERSION: "1" -> "2"; input.version: "1" -> "2"',
    ]);
  });
});

test('a plan with changes is never reported as empty', () => {
  const plan: Plan = {
    resource_changes: [
      entry(
        'aws_lambda_alias.live',
        ['update'],
        { function_version: '3' },
        {},
        { after_unknown: { function_version: true } },
      ),
    ],
  };
  expect(lines(plan)).toEqual([
    'unapplied aws_lambda_alias.live to be changed; function_version: "3" -> (known after the deployment)',
  ]);
});

test('a secret is shown as one, whole or deep inside', () => {
  const plan = together(
    drifted(
      'aws_ssm_parameter.token',
      { value: '123:OLD' },
      { value: '456:NEW' },
      { before_sensitive: { value: true }, after_sensitive: { value: true } },
    ),
    drifted(
      'aws_x.y',
      { settings: [{ password: 'old', user: 'a' }] },
      { settings: [{ password: 'new', user: 'b' }] },
      { before_sensitive: { settings: [{ password: true }] }, after_sensitive: { settings: [{ password: true }] } },
    ),
  );
  expect(lines(plan)).toEqual([
    'drift aws_ssm_parameter.token changed; value: (secret) -> (secret)',
    'drift aws_x.y changed; settings[0].password: (secret) -> (secret); settings[0].user: "a" -> "b"',
  ]);
});

test('a tag is reported once, although Terraform has two lists of tags', () => {
  const tags = (value: string | null) => ({
    tags: value === null ? null : { Owner: value },
    tags_all: { Project: 'kite', ...(value === null ? {} : { Owner: value }) },
  });
  expect(lines(drifted('aws_sns_topic.t', tags(null), tags('somebody')))).toEqual([
    'drift aws_sns_topic.t changed; tags: (not set) -> {"Owner":"somebody"}',
  ]);
});

test('reading data is no change', () => {
  const data = { ...entry('data.aws_caller_identity.me', ['read'], null, { id: '1' }), mode: 'data' as const };
  expect(look({ resource_changes: [data] })).toEqual([]);
});

test.each([
  [
    'aws_s3_bucket_lifecycle_configuration',
    { bucket: 'kite-dev-files' },
    'https://eu-north-1.console.aws.amazon.com/s3/buckets/kite-dev-files?region=eu-north-1',
  ],
  [
    'aws_dynamodb_table',
    { name: 'dev.Messages' },
    'https://eu-north-1.console.aws.amazon.com/dynamodbv2/home?region=eu-north-1#table?name=dev.Messages',
  ],
  [
    'aws_lambda_alias',
    { function_name: 'dev-request-dispatcher', name: 'live' },
    'https://eu-north-1.console.aws.amazon.com/lambda/home?region=eu-north-1#/functions/dev-request-dispatcher/aliases/live',
  ],
  [
    'aws_cloudwatch_log_group',
    { name: '/aws/lambda/f' },
    'https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Ff',
  ],
  [
    'aws_iam_role_policy',
    { role: 'kite-dev', name: 'p' },
    'https://us-east-1.console.aws.amazon.com/iam/home#/roles/details/kite-dev',
  ],
  [
    'aws_apigatewayv2_stage',
    { api_id: 'abc', name: 'dev' },
    'https://eu-north-1.console.aws.amazon.com/apigateway/main/api-detail?api=abc&region=eu-north-1',
  ],
  [
    'aws_ssm_parameter',
    { name: '/kite/dev/telegram-bot-token' },
    'https://eu-north-1.console.aws.amazon.com/systems-manager/parameters/kite/dev/telegram-bot-token/description?region=eu-north-1',
  ],
  ['aws_something_else', {}, 'https://eu-north-1.console.aws.amazon.com/console/home?region=eu-north-1'],
])('%s has a link into the console', (type, values, link) => {
  expect(look(drifted(`${type}.x`, { ...values, changed: 1 }, { ...values, changed: 2 }))[0]?.link).toBe(link);
});
