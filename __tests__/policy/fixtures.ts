import { Construct } from 'constructs';
import { RuleName } from '../../policy/rules';
import { of, policy, resource, secret, tlsOnly } from './policed';

type Build = (scope: Construct) => unknown;

/** What keeps to a rule, and what breaks it: the words that the violation is told in, and how it is made. */
export interface Fixture {
  readonly keeps: Build;
  readonly breaks: Readonly<Record<string, Build>>;
}

type Change = Readonly<Record<string, unknown>>;

const LOCKED = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};

const bucket = (scope: Construct, change: Change = {}) =>
  resource(scope, 'aws_s3_bucket', 'b', { bucket: 'b', ...change });

const bucketWith = (type: string, attributes: Change) => (scope: Construct) =>
  resource(scope, type, 'part', { bucket: of(bucket(scope)), ...attributes });

const one = (type: string, attributes: Change) => (scope: Construct) => resource(scope, type, 'one', attributes);

const PROD = { tags: { Stage: 'prod' } };
const KEPT = { lifecycle: { prevent_destroy: true } };

const queueWith = (statement?: string) => (scope: Construct) => {
  const queue = resource(scope, 'aws_sqs_queue', 'queue', { name: 'q' });
  if (statement) resource(scope, 'aws_sqs_queue_policy', 'policy', { queue_url: of(queue, 'url'), policy: statement });
};

const topicWith = (statement?: string) => (scope: Construct) => {
  const topic = resource(scope, 'aws_sns_topic', 'topic', { name: 't' });
  if (statement) resource(scope, 'aws_sns_topic_policy', 'policy', { arn: of(topic, 'arn'), policy: statement });
};

const letsIn = (type: string, principal: unknown, Condition?: object) =>
  one(type, { policy: policy({ Effect: 'Allow', Principal: principal, Action: 'sns:Publish', Condition }) });
const FROM_ALARMS = { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:eu-north-1:1:alarm:*' } };
const ALARMS = { Service: 'cloudwatch.amazonaws.com' };

const fn = (scope: Construct, change: Change = {}, id = 'fn') =>
  resource(scope, 'aws_lambda_function', id, {
    function_name: id,
    runtime: 'provided.al2023',
    publish: true,
    ...change,
  });

const role = (scope: Construct, id = 'role') => resource(scope, 'aws_iam_role', id, { name: id });

const grants = (statement: object) => one('aws_iam_role_policy', { policy: policy({ Effect: 'Allow', ...statement }) });

const trusts =
  (principal: unknown, Condition?: object, id = 'one') =>
  (scope: Construct) =>
    resource(scope, 'aws_iam_role', id, {
      assume_role_policy: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, Condition }),
    });
const OF_THIS_ACCOUNT = { StringEquals: { 'aws:SourceAccount': '123456789012' } };

const build = (change: Change) => one('aws_codebuild_project', { name: 'p', ...change });
const plain = (value: string, type = 'PLAINTEXT') =>
  build({ environment: { environment_variable: [{ name: 'A', value, type }] } });

const stage = (change: Change) =>
  one('aws_apigatewayv2_stage', {
    access_log_settings: { destination_arn: 'arn:aws:logs:eu-north-1:1:log-group:a', format: '{}' },
    default_route_settings: { throttling_rate_limit: 1, throttling_burst_limit: 1 },
    ...change,
  });

const workgroup = (change: Change) =>
  one('aws_athena_workgroup', {
    configuration: {
      enforce_workgroup_configuration: true,
      result_configuration: { encryption_configuration: { encryption_option: 'SSE_S3' } },
      ...change,
    },
  });

const calls = (change: Change) =>
  one('aws_lambda_permission', {
    principal: 'apigateway.amazonaws.com',
    source_arn: 'arn:aws:execute-api:eu-north-1:1:api/dev/*',
    qualifier: 'live',
    ...change,
  });

const queryAlarm =
  (expression: string, id = 'alarm') =>
  (scope: Construct) =>
    resource(scope, 'aws_cloudwatch_metric_alarm', id, {
      metric_query: [{ id: 'found', expression, return_data: true }],
    });

/** A token as BotFather gives it, which nobody has. */
const BOT_TOKEN = `${1234567890}:${'AAExample'.repeat(4)}`;

/** One for each rule: TypeScript sees to it that none is left out. */
export const FIXTURES: Readonly<Record<RuleName, Fixture>> = {
  'bucket-not-public': {
    keeps: bucketWith('aws_s3_bucket_public_access_block', LOCKED),
    breaks: {
      'it has no public access block': bucket,
      'its public access block leaves open: block_public_policy, restrict_public_buckets': bucketWith(
        'aws_s3_bucket_public_access_block',
        { ...LOCKED, block_public_policy: false, restrict_public_buckets: undefined },
      ),
    },
  },
  'bucket-tls-only': {
    keeps: bucketWith('aws_s3_bucket_policy', { policy: tlsOnly('s3:*') }),
    breaks: {
      'it answers requests without TLS': bucketWith('aws_s3_bucket_policy', { policy: tlsOnly('s3:PutObject') }),
    },
  },
  'bucket-encrypted': {
    keeps: bucketWith('aws_s3_bucket_server_side_encryption_configuration', {
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
    }),
    breaks: { 'nothing says how it is encrypted': bucket },
  },
  'bucket-keeps-or-ends': {
    keeps: bucketWith('aws_s3_bucket_versioning', { versioning_configuration: { status: 'Enabled' } }),
    breaks: {
      'it keeps no versions, and nothing says when its files end': bucketWith('aws_s3_bucket_lifecycle_configuration', {
        rule: [{ expiration: [{ days: 1 }] }, { noncurrent_version_expiration: [{ noncurrent_days: 1 }] }],
      }),
    },
  },
  'table-on-demand': {
    keeps: one('aws_dynamodb_table', { billing_mode: 'PAY_PER_REQUEST' }),
    breaks: { 'it is not billed on demand': one('aws_dynamodb_table', { billing_mode: 'PROVISIONED' }) },
  },
  'prod-survives-destroy': {
    keeps: one('aws_dynamodb_table', { ...PROD, ...KEPT, deletion_protection_enabled: true }),
    breaks: {
      'Terraform would destroy it': one('aws_dynamodb_table', { ...PROD, deletion_protection_enabled: true }),
      'AWS would allow deleting it by hand': one('aws_dynamodb_table', { ...PROD, ...KEPT }),
      'it would be emptied to be deleted': (scope) => bucket(scope, { ...PROD, ...KEPT, force_destroy: true }),
    },
  },
  'prod-can-be-restored': {
    keeps: one('aws_dynamodb_table', { ...PROD, point_in_time_recovery: { enabled: true } }),
    breaks: {
      'its point-in-time recovery is off': one('aws_dynamodb_table', {
        ...PROD,
        point_in_time_recovery: { enabled: false },
      }),
    },
  },
  'queue-encrypted': {
    keeps: one('aws_sqs_queue', { sqs_managed_sse_enabled: true }),
    breaks: { 'nothing says that it is encrypted': one('aws_sqs_queue', { sqs_managed_sse_enabled: false }) },
  },
  'queue-tls-only': {
    keeps: queueWith(tlsOnly('sqs:*')),
    breaks: { 'it answers requests without TLS': queueWith() },
  },
  'queue-not-public': {
    keeps: letsIn('aws_sqs_queue_policy', ALARMS, FROM_ALARMS),
    breaks: {
      'it allows {"*":["*"]}': letsIn('aws_sqs_queue_policy', '*', FROM_ALARMS),
      'it allows {"AWS":["999999999999"]}': letsIn('aws_sqs_queue', { AWS: '999999999999' }, FROM_ALARMS),
    },
  },
  'topic-publishers-named': {
    keeps: letsIn('aws_sns_topic_policy', ALARMS, FROM_ALARMS),
    breaks: {
      'it allows {"AWS":["999999999999"]}': letsIn('aws_sns_topic_policy', { AWS: '999999999999' }, FROM_ALARMS),
      'it allows cloudwatch.amazonaws.com on behalf of any account': letsIn('aws_sns_topic_policy', ALARMS),
      'its policy cannot be read': one('aws_sns_topic_policy', { policy: '${var.policy}' }),
    },
  },
  'topic-tls-only': {
    keeps: topicWith(tlsOnly('sns:Publish')),
    breaks: { 'it takes messages without TLS': topicWith() },
  },
  'alarm-query-accepted': {
    keeps: (scope) => {
      queryAlarm(`SELECT SUM(Errors) FROM "AWS/Lambda" WHERE a = 'this OR that' AND b != 'c'`)(scope);
      queryAlarm('m1 OR m2', 'math')(scope);
    },
    breaks: {
      'its query has an OR': queryAlarm(`SELECT SUM(Errors) FROM "AWS/Lambda" WHERE a = 'b' or a = 'c'`),
    },
  },
  'stream-encrypted': {
    keeps: one('aws_kinesis_firehose_delivery_stream', { server_side_encryption: { enabled: true } }),
    breaks: { 'it is not encrypted': one('aws_kinesis_firehose_delivery_stream', { name: 's' }) },
  },
  'query-results-encrypted': {
    keeps: workgroup({}),
    breaks: {
      'a client may write its results elsewhere': workgroup({ enforce_workgroup_configuration: false }),
      'nothing says that its results are encrypted': workgroup({ result_configuration: {} }),
    },
  },
  'function-role-of-its-own': {
    keeps: (scope) => {
      fn(scope, { role: of(role(scope), 'arn') });
      fn(scope, { role: of(role(scope, 'other-role'), 'arn') }, 'other');
    },
    breaks: {
      'kite-stack/other acts under the same role': (scope) => {
        const shared = of(role(scope), 'arn');
        fn(scope, { role: shared });
        fn(scope, { role: shared }, 'other');
      },
      'its role is not made by this stack': (scope) => fn(scope, { role: 'arn:aws:iam::1:role/admin' }),
    },
  },
  'function-log-group': {
    keeps: (scope) => {
      resource(scope, 'aws_cloudwatch_log_group', 'logs', { name: '/aws/lambda/fn' });
      fn(scope).dependsOn = ['aws_cloudwatch_log_group.logs'];
    },
    breaks: {
      'there is no log group /aws/lambda/fn': fn,
      'it may run before its log group /aws/lambda/fn is there': (scope) => {
        resource(scope, 'aws_cloudwatch_log_group', 'logs', { name: '/aws/lambda/fn' });
        fn(scope);
      },
    },
  },
  'function-alias': {
    keeps: (scope) => resource(scope, 'aws_lambda_alias', 'alias', { function_name: of(fn(scope), 'function_name') }),
    breaks: {
      'it has no alias': fn,
      'its changes are not published as versions': (scope) => fn(scope, { publish: false }),
    },
  },
  'function-runtime': {
    keeps: fn,
    breaks: { 'its runtime is nodejs16.x': (scope) => fn(scope, { runtime: 'nodejs16.x' }) },
  },
  'function-called-by-the-known': {
    keeps: calls({}),
    breaks: {
      'it lets * call': calls({ principal: '*' }),
      'it lets apigateway.amazonaws.com call on behalf of any account': calls({ source_arn: undefined }),
      'it lets unpublished code be called': calls({ qualifier: undefined }),
    },
  },
  'function-no-public-url': {
    keeps: one('aws_lambda_function_url', { authorization_type: 'AWS_IAM' }),
    breaks: { 'everybody may call its URL': one('aws_lambda_function_url', { authorization_type: 'NONE' }) },
  },
  'api-stage-access-log': {
    keeps: stage({}),
    breaks: { 'it writes no access log': stage({ access_log_settings: undefined }) },
  },
  'api-stage-throttled': {
    keeps: stage({}),
    breaks: {
      'it takes requests without a limit of its own': stage({ default_route_settings: { throttling_rate_limit: 1 } }),
    },
  },
  'domain-tls-1-2': {
    keeps: one('aws_apigatewayv2_domain_name', { domain_name_configuration: { security_policy: 'TLS_1_2' } }),
    breaks: {
      'it accepts older versions of TLS': one('aws_apigatewayv2_domain_name', {
        domain_name_configuration: { security_policy: 'TLS_1_0' },
      }),
    },
  },
  'build-logged': {
    keeps: (scope) => {
      const group = resource(scope, 'aws_cloudwatch_log_group', 'logs', { name: '/aws/codebuild/p' });
      build({ logs_config: { cloudwatch_logs: { status: 'ENABLED', group_name: of(group, 'name') } } })(scope);
    },
    breaks: {
      'it does not write to a log group of this stack': build({
        logs_config: { cloudwatch_logs: { status: 'ENABLED', group_name: 'of another project' } },
      }),
    },
  },
  'build-not-privileged': {
    keeps: build({ environment: {} }),
    breaks: { 'its environment is privileged': build({ environment: { privileged_mode: true } }) },
  },
  'build-source-without-credentials': {
    keeps: build({ source: { location: 'https://github.com/you/kite' } }),
    breaks: {
      'the address of its repository holds credentials': build({
        source: { location: 'https://you:password@github.com/you/kite' },
      }),
    },
  },
  'permission-named-actions': {
    keeps: grants({ Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::b/*' }),
    breaks: {
      'it allows "s3:Get*"': grants({ Action: ['s3:PutObject', 's3:Get*'], Resource: 'arn:aws:s3:::b/*' }),
      'it allows "*"': grants({ Action: '*', Resource: 'arn:aws:s3:::b/*' }),
    },
  },
  'permission-named-resources': {
    keeps: grants({ Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' }),
    breaks: {
      'it allows s3:GetObject on "*"': grants({ Action: ['s3:GetObject', 'ssm:DescribeParameters'], Resource: ['*'] }),
      'it allows s3:GetObject on "arn:aws:s3:::*"': grants({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::*' }),
    },
  },
  'permission-written-here': {
    keeps: grants({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }),
    breaks: {
      'it attaches arn:aws:iam::aws:policy/AdministratorAccess': one('aws_iam_role_policy_attachment', {
        policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    },
  },
  'role-for-one-service': {
    keeps: (scope) => {
      trusts({ Service: 'codebuild.amazonaws.com' }, OF_THIS_ACCOUNT)(scope);
      trusts({ Service: 'firehose.amazonaws.com' }, { StringEquals: { 'sts:ExternalId': '123456789012' } }, 'f')(scope);
    },
    breaks: {
      '{"AWS":["*"]} may assume it': trusts({ AWS: '*' }, OF_THIS_ACCOUNT),
      'codebuild.amazonaws.com is not bound to an account by aws:SourceAccount or aws:SourceArn': trusts({
        Service: 'codebuild.amazonaws.com',
      }),
      'firehose.amazonaws.com is not bound to an account by sts:ExternalId': trusts(
        { Service: 'firehose.amazonaws.com' },
        OF_THIS_ACCOUNT,
      ),
    },
  },
  'secret-encrypted': {
    keeps: (scope) => resource(scope, 'aws_ssm_parameter', 'p', { type: 'SecureString', value: secret(scope) }),
    breaks: { 'its type is String': one('aws_ssm_parameter', { type: 'String', value: 'no secret' }) },
  },
  'secret-not-in-environment': {
    keeps: (scope) => {
      plain('/kite/dev/telegram-bot-token', 'PARAMETER_STORE')(scope);
      fn(scope, { environment: { variables: { BOT_TOKEN_PARAMETER: '/kite/dev/telegram-bot-token' } } });
    },
    breaks: {
      'its variable TOKEN holds a secret': (scope) =>
        fn(scope, { environment: { variables: { TOKEN: secret(scope) } } }),
      'its variable A holds a secret': plain(`https://api.telegram.org/bot${BOT_TOKEN}/getMe`),
    },
  },
  'secret-in-its-place': {
    keeps: (scope) => resource(scope, 'aws_ssm_parameter', 'p', { type: 'SecureString', value: secret(scope) }),
    breaks: {
      'its description holds a secret': (scope) =>
        resource(scope, 'aws_sns_topic', 't', { description: secret(scope) }),
      'its value holds a secret': one('aws_ssm_parameter', { type: 'SecureString', value: BOT_TOKEN }),
    },
  },
  'log-group-ends': {
    keeps: one('aws_cloudwatch_log_group', { retention_in_days: 30 }),
    breaks: { 'it keeps its lines for ever': one('aws_cloudwatch_log_group', { name: 'g' }) },
  },
  'alarm-heard': {
    keeps: one('aws_cloudwatch_metric_alarm', { alarm_actions: ['arn:aws:sns:eu-north-1:1:t'] }),
    breaks: {
      'it tells nobody': one('aws_cloudwatch_metric_alarm', { alarm_actions: [] }),
      'it is silenced': one('aws_cloudwatch_metric_alarm', { alarm_actions: ['arn'], actions_enabled: false }),
    },
  },
  'not-open-to-the-internet': {
    keeps: one('aws_security_group_rule', { cidr_blocks: ['10.0.0.0/8'] }),
    breaks: {
      'its cidr_blocks is open to 0.0.0.0/0': one('aws_security_group_rule', { cidr_blocks: ['0.0.0.0/0'] }),
      'its ingress.ipv6_cidr_blocks is open to ::/0': one('aws_security_group', {
        ingress: [{ ipv6_cidr_blocks: ['::/0'] }],
      }),
    },
  },
  tagged: {
    keeps: one('aws_sqs_queue', { tags: { Stage: 'dev' } }),
    breaks: { 'it replaces the tags Project': one('aws_sqs_queue', { tags: { Project: 'another' } }) },
  },
};
