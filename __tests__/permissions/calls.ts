import { ACCOUNT, REGION } from './role-policies';

/** Calls of one role: the action, and what it is done to. */
export type Calls = readonly (readonly [action: string, resource: string])[];

const regional = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

export const lambda = (name: string): string => regional('lambda', `function:${name}`);
export const table = (name: string): string => regional('dynamodb', `table/${name}`);
export const queue = (name: string): string => regional('sqs', name);
export const parameter = (name: string): string => regional('ssm', `parameter/kite/${name}`);
export const files = (stage: string): string => `arn:aws:s3:::kite-${stage}-files-${ACCOUNT}-${REGION}`;
export const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const project = (name: string): string => regional('codebuild', `project/${name}`);
export const logs = (group: string): string => regional('logs', `log-group:${group}:log-stream:one`);
export const socket = (stage: string, api = 'kite-websocket'): string =>
  regional('execute-api', `${api}/${stage}/POST/@connections/one`);
export const topic = regional('sns', 'kite-notifications');
export const schedule = regional('scheduler', 'schedule/default/kite-drift-check');
export const archive = (stage: string): string => `arn:aws:s3:::kite-${stage}-logs-${ACCOUNT}-${REGION}`;
export const archiveStream = (stage: string): string => regional('firehose', `deliverystream/kite-${stage}-logs`);

export const ARTIFACTS = `arn:aws:s3:::kite-artifacts-${ACCOUNT}-${REGION}`;
export const STATE = 'arn:aws:s3:::my-state-bucket';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
export const ZIP = `${ARTIFACTS}/request-dispatcher/${COMMIT}/function.zip`;

const TABLES = ['Channels', 'Members', 'Connections', 'Messages'];
const DATA = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchGetItem', 'BatchWriteItem'];
const on = (resource: string, service: string, actions: readonly string[]): Calls =>
  actions.map((action) => [`${service}:${action}`, resource]);

/** What the request dispatcher of a stage does with what belongs to a stage. */
export function chatCalls(stage: string): Calls {
  return [
    ...TABLES.flatMap((noun) => on(table(`${stage}.${noun}`), 'dynamodb', DATA)),
    ['dynamodb:Query', `${table(`${stage}.Messages`)}/index/byTime`],
    ['dynamodb:Scan', table(`${stage}.Members`)],
    ['s3:GetObject', `${files(stage)}/one`],
    ['s3:PutObject', `${files(stage)}/one`],
    ['sqs:SendMessage', queue(`${stage}-delivery.fifo`)],
    ['sqs:ReceiveMessage', queue(`${stage}-delivery.fifo`)],
    ['sqs:DeleteMessage', queue(`${stage}-delivery.fifo`)],
    ['ssm:GetParameter', parameter(`${stage}/telegram-bot-token`)],
    ['execute-api:ManageConnections', socket(stage)],
    ['logs:PutLogEvents', logs(`/aws/lambda/${stage}-request-dispatcher`)],
  ];
}

/** What a build does to deploy code to a stage. */
export function deployCalls(stage: string): Calls {
  return ['request-dispatcher', 'lifecycle-handler'].flatMap((name): Calls => {
    const fn = lambda(`${stage}-${name}`);
    return [
      ...on(fn, 'lambda', [
        'GetFunctionConfiguration',
        'UpdateFunctionCode',
        'PublishVersion',
        'GetAlias',
        'UpdateAlias',
        'ListVersionsByFunction',
      ]),
      ['lambda:InvokeFunction', `${fn}:7`],
      ['lambda:InvokeFunction', `${fn}:live`],
      ['lambda:DeleteFunction', `${fn}:7`],
    ];
  });
}

/** What changes the settings of a stage, or what it is made of: Terraform's, and nobody else's. */
export function settingsCalls(stage: string): Calls {
  return [
    ...on(lambda(`${stage}-request-dispatcher`), 'lambda', [
      'UpdateFunctionConfiguration',
      'DeleteFunction',
      'AddPermission',
      'RemovePermission',
      'PutFunctionConcurrency',
    ]),
    ...on(table(`${stage}.Messages`), 'dynamodb', [
      'DeleteTable',
      'UpdateTable',
      'UpdateTimeToLive',
      'UpdateContinuousBackups',
    ]),
    ...on(files(stage), 's3', ['DeleteBucket', 'PutBucketPolicy', 'PutBucketPublicAccessBlock']),
    ...on(queue(`${stage}-delivery.fifo`), 'sqs', ['DeleteQueue', 'SetQueueAttributes', 'PurgeQueue']),
    ...on(parameter(`${stage}/telegram-bot-token`), 'ssm', ['PutParameter', 'DeleteParameter']),
    ['logs:DeleteLogGroup', regional('logs', `log-group:/aws/lambda/${stage}-request-dispatcher`)],
  ];
}

/** What nothing that runs by itself ever does. */
export const NEVER: Calls = [
  ...on(role('kite-prod-request-dispatcher'), 'iam', [
    'PutRolePolicy',
    'AttachRolePolicy',
    'UpdateAssumeRolePolicy',
    'DeleteRole',
    'PassRole',
  ]),
  ['iam:CreateRole', role('another')],
  ['iam:CreateUser', `arn:aws:iam::${ACCOUNT}:user/another`],
  ['iam:CreateAccessKey', `arn:aws:iam::${ACCOUNT}:user/another`],
  ['sts:AssumeRole', role('kite-deploy-on-tag-project')],
  ['s3:PutObject', `${STATE}/kite/terraform.tfstate`],
  ['s3:PutObject', `${STATE}/kite/terraform.tfstate.tflock`],
  ['s3:DeleteObject', `${STATE}/kite/terraform.tfstate`],
  ['s3:PutBucketPolicy', STATE],
  ['s3:DeleteObject', ZIP],
  ['s3:DeleteObjectVersion', ZIP],
  ['s3:PutBucketVersioning', ARTIFACTS],
  ...on(project('deploy-on-tag-project'), 'codebuild', ['UpdateProject', 'StartBuild', 'DeleteProject']),
  ['scheduler:UpdateSchedule', schedule],
  ['sns:Subscribe', topic],
  ['sns:DeleteTopic', topic],
  ...settingsCalls('dev'),
  ...settingsCalls('prod'),
];

/** What the drift check reads: the state, and the settings of what Terraform made. */
export const DRIFT_CALLS: Calls = [
  ['s3:GetObject', `${STATE}/kite/terraform.tfstate`],
  ['s3:GetObject', `${STATE}/kite/terraform-build.tfstate`],
  ['s3:ListBucket', STATE],
  ['s3:GetObject', `${ARTIFACTS}/drift-check/last-report.json`],
  ['s3:PutObject', `${ARTIFACTS}/drift-check/last-report.json`],
  ['sns:Publish', topic],
  ...['dev', 'prod'].flatMap((stage): Calls => {
    const fn = lambda(`${stage}-request-dispatcher`);
    return [
      ...on(fn, 'lambda', [
        'GetFunction',
        'GetFunctionRecursionConfig',
        'GetPolicy',
        'GetAlias',
        'ListVersionsByFunction',
      ]),
      ...on(table(`${stage}.Messages`), 'dynamodb', [
        'DescribeTable',
        'DescribeTimeToLive',
        'DescribeContinuousBackups',
        'ListTagsOfResource',
      ]),
      ...on(files(stage), 's3', [
        'GetBucketPolicy',
        'GetLifecycleConfiguration',
        'GetBucketPublicAccessBlock',
        'GetBucketTagging',
      ]),
      ['sqs:GetQueueAttributes', queue(`${stage}-delivery.fifo`)],
      ['ssm:GetParameter', parameter(`${stage}/telegram-bot-token`)],
      ...on(role(`kite-${stage}-request-dispatcher`), 'iam', ['GetRole', 'GetRolePolicy', 'ListRolePolicies']),
    ];
  }),
  ['codebuild:BatchGetProjects', project('build-and-deploy-project')],
  ['cloudwatch:DescribeAlarms', regional('cloudwatch', 'alarm:kite-prod-webhook-lost')],
  ['cloudwatch:GetDashboard', `arn:aws:cloudwatch::${ACCOUNT}:dashboard/kite-prod`],
  ['budgets:ViewBudget', `arn:aws:budgets::${ACCOUNT}:budget/kite-monthly`],
  ['logs:DescribeMetricFilters', regional('logs', 'log-group:/aws/lambda/prod-request-dispatcher')],
  ['scheduler:GetSchedule', regional('scheduler', 'schedule/default/kite-prod-webhook-check')],
  ['logs:DescribeSubscriptionFilters', regional('logs', 'log-group:/aws/lambda/prod-request-dispatcher')],
  ['firehose:DescribeDeliveryStream', archiveStream('prod')],
  ['s3:GetBucketPolicy', archive('prod')],
  ['athena:GetWorkGroup', regional('athena', 'workgroup/kite-prod-logs')],
  ['glue:GetTable', regional('glue', 'table/kite_prod_logs/lines')],
  ['scheduler:GetSchedule', schedule],
];
