import { stacks } from '../stacks/main-stacks';
import {
  archive,
  archiveStream,
  ARTIFACTS,
  Calls,
  chatCalls,
  deployCalls,
  DRIFT_CALLS,
  files,
  lambda,
  logs,
  NEVER,
  parameter,
  project,
  queue,
  role,
  socket,
  STATE,
  table,
  topic,
  ZIP,
} from './calls';
import { REGION, RolePolicies } from './role-policies';

/** The policies of every role of both stacks, put to IAM's rules: what each must be allowed, and what each must be denied. */
const { build, kite } = stacks({ kite: { logArchive: true } });
const policies = new RolePolicies([build, kite]);

interface Expectation {
  readonly allowed: Calls;
  /** Besides what is never done by any role. */
  readonly denied: Calls;
}

const dispatcher = (stage: string, other: string): Expectation => ({
  allowed: chatCalls(stage),
  denied: [
    ...chatCalls(other),
    ...deployCalls(stage),
    ...deployCalls(other),
    ['ssm:GetParameter', parameter('cloudflare-api-token')],
    ['s3:ListBucket', files(other)],
    ['dynamodb:Scan', table(`${stage}.Messages`)],
    ['s3:GetObject', ZIP],
    ['s3:GetObject', `${STATE}/kite/terraform.tfstate`],
    ['execute-api:ManageConnections', socket(stage, 'another-api')],
    ['sns:Publish', topic],
  ],
});

const lifecycle = (stage: string, other: string): Expectation => ({
  allowed: [
    ['ssm:GetParameter', parameter(`${stage}/telegram-bot-token`)],
    // The token of before, to tell the old bot to send nothing here any more.
    ['ssm:GetParameter', parameter(`${stage}/telegram-bot-token:3`)],
    ['logs:PutLogEvents', logs(`/aws/lambda/${stage}-lifecycle-handler`)],
  ],
  denied: [
    ['ssm:GetParameter', parameter(`${stage}/telegram-bot-token-of-another`)],
    ['ssm:GetParameter', parameter(`${other}/telegram-bot-token`)],
    ['logs:PutLogEvents', logs(`/aws/lambda/${other}-lifecycle-handler`)],
    ...chatCalls(stage).filter(([action]) => action !== 'ssm:GetParameter'),
    ...chatCalls(other),
    ...deployCalls(stage),
    ...deployCalls(other),
    ['s3:GetObject', `${STATE}/kite/terraform.tfstate`],
  ],
});

/** Asks Telegram about the webhook, by way of the lifecycle handler. */
const webhookCheck = (stage: string, other: string): Expectation => ({
  allowed: [['lambda:InvokeFunction', `${lambda(`${stage}-lifecycle-handler`)}:live`]],
  denied: [
    ['lambda:InvokeFunction', lambda(`${stage}-lifecycle-handler`)],
    ['lambda:InvokeFunction', `${lambda(`${stage}-lifecycle-handler`)}:7`],
    ['lambda:InvokeFunction', `${lambda(`${stage}-request-dispatcher`)}:live`],
    ['lambda:InvokeFunction', `${lambda(`${other}-lifecycle-handler`)}:live`],
    ...chatCalls(stage),
    ...chatCalls(other),
  ],
});

/** Firehose, which fills the archive of a stage's logs. */
const archiveWriter = (stage: string, other: string): Expectation => ({
  allowed: [
    ['s3:PutObject', `${archive(stage)}/lines/2026/01/01/one.gz`],
    ['s3:PutObject', `${archive(stage)}/failed/processing-failed/2026/01/01/one`],
    ['s3:ListBucket', archive(stage)],
    ['logs:PutLogEvents', logs(`/aws/kinesisfirehose/kite-${stage}-logs`)],
  ],
  denied: [
    ['s3:PutObject', `${archive(stage)}/athena-results/one.csv`],
    ['s3:DeleteObject', `${archive(stage)}/lines/2026/01/01/one.gz`],
    ['s3:PutObject', `${archive(other)}/lines/2026/01/01/one.gz`],
    ['s3:PutBucketPolicy', archive(stage)],
    ['logs:PutLogEvents', logs(`/aws/lambda/${stage}-request-dispatcher`)],
    ...chatCalls(stage),
    ...chatCalls(other),
  ],
});

/** CloudWatch Logs, which brings the lines to Firehose. */
const archiveSubscriber = (stage: string, other: string): Expectation => ({
  allowed: [
    ['firehose:PutRecord', archiveStream(stage)],
    ['firehose:PutRecordBatch', archiveStream(stage)],
  ],
  denied: [
    ['firehose:PutRecordBatch', archiveStream(other)],
    ['firehose:UpdateDestination', archiveStream(stage)],
    ['firehose:DeleteDeliveryStream', archiveStream(stage)],
    ['s3:PutObject', `${archive(stage)}/lines/2026/01/01/one.gz`],
    ...chatCalls(stage),
  ],
});

/** What no build does: it never sees what visitors write, nor a secret that it does not need, nor the state. */
const CHATS: Calls = [...chatCalls('dev'), ...chatCalls('prod')];
const STATE_READS: Calls = [
  ['s3:GetObject', `${STATE}/kite/terraform.tfstate`],
  ['s3:ListBucket', STATE],
];
/** Whose turn it is to deploy to a stage. */
const turn = (stage: string): string => `${ARTIFACTS}/deployments/${stage}.json`;
const LAST_REPORT = `${ARTIFACTS}/drift-check/last-report.json`;

const EXPECTED: Readonly<Record<string, Expectation>> = {
  'kite-dev-request-dispatcher': dispatcher('dev', 'prod'),
  'kite-prod-request-dispatcher': dispatcher('prod', 'dev'),
  'kite-dev-lifecycle-handler': lifecycle('dev', 'prod'),
  'kite-prod-lifecycle-handler': lifecycle('prod', 'dev'),
  'kite-dev-webhook-check': webhookCheck('dev', 'prod'),
  'kite-prod-webhook-check': webhookCheck('prod', 'dev'),
  'kite-dev-logs': archiveWriter('dev', 'prod'),
  'kite-prod-logs': archiveWriter('prod', 'dev'),
  'kite-dev-logs-subscriber': archiveSubscriber('dev', 'prod'),
  'kite-prod-logs-subscriber': archiveSubscriber('prod', 'dev'),
  'kite-build-and-deploy-project': {
    allowed: [
      ...deployCalls('dev'),
      ['s3:PutObject', ZIP],
      ['s3:PutObject', `${ZIP}.sha256`],
      ['s3:GetObject', ZIP],
      ['s3:ListBucket', ARTIFACTS],
      ['s3:GetObject', turn('dev')],
      ['s3:PutObject', turn('dev')],
      ['logs:PutLogEvents', logs('/aws/codebuild/build-and-deploy-project')],
    ],
    denied: [
      ['s3:PutObject', turn('prod')],
      ...deployCalls('prod'),
      ...CHATS,
      ...STATE_READS,
      ['s3:PutObject', LAST_REPORT],
      ['lambda:InvokeFunction', lambda('dev-request-dispatcher')],
      ['logs:PutLogEvents', logs('/aws/codebuild/deploy-on-tag-project')],
      ['sns:Publish', topic],
    ],
  },
  'kite-deploy-on-tag-project': {
    allowed: [
      ...deployCalls('prod'),
      ['s3:GetObject', ZIP],
      ['s3:GetObject', `${ZIP}.sha256`],
      ['s3:GetObject', turn('prod')],
      ['s3:PutObject', turn('prod')],
      ['logs:PutLogEvents', logs('/aws/codebuild/deploy-on-tag-project')],
    ],
    denied: [
      ['s3:PutObject', turn('dev')],
      ...deployCalls('dev'),
      ...CHATS,
      ...STATE_READS,
      // It promotes what others have built.
      ['s3:PutObject', ZIP],
      ['s3:PutObject', `${ZIP}.sha256`],
      ['s3:PutObject', LAST_REPORT],
      ['sns:Publish', topic],
    ],
  },
  'kite-drift-check-project': {
    allowed: [...DRIFT_CALLS, ['logs:PutLogEvents', logs('/aws/codebuild/drift-check-project')]],
    denied: [
      ...[...deployCalls('dev'), ...deployCalls('prod')].filter(([action]) => !/:(Get|List)/.test(action)),
      // It compares the bot tokens, and reads nothing else that is anybody's.
      ...CHATS.filter(([action]) => action !== 'ssm:GetParameter'),
      ['ssm:GetParameter', parameter('another')],
      ['s3:PutObject', ZIP],
      ['s3:PutObject', `${STATE}/kite/terraform-build.tfstate`],
      ['s3:GetObject', `${STATE}/another/terraform.tfstate`],
      ['iam:GetRole', role('another')],
      ['sns:Publish', `${topic}-of-another`],
      ['codebuild:StartBuild', project('drift-check-project')],
      ['s3:GetObject', `${archive('prod')}/lines/2026/01/01/one.gz`],
    ],
  },
  'kite-drift-check-schedule': {
    allowed: [['codebuild:StartBuild', project('drift-check-project')]],
    denied: [
      ['codebuild:StartBuild', project('build-and-deploy-project')],
      ...CHATS,
      ...deployCalls('dev'),
      ...deployCalls('prod'),
      ...STATE_READS,
    ],
  },
  // What it may is AWS's own policy, which is attached: Kite adds nothing to it.
  [`kite-api-gateway-logs-${REGION}`]: {
    allowed: [],
    denied: [...CHATS, ...deployCalls('prod'), ...STATE_READS, ['sqs:SendMessage', queue('prod-delivery.fifo')]],
  },
};

test('every role is looked at', () => {
  expect(policies.roles).toEqual(Object.keys(EXPECTED).sort());
});

describe.each(Object.entries(EXPECTED))('%s', (name, { allowed, denied }) => {
  const verdicts = async (calls: Calls): Promise<string[]> =>
    await Promise.all(
      calls.map(
        async ([action, resource]) => `${await policies.verdict(name, action, resource)} ${action} ${resource}`,
      ),
    );

  test('may do what it is for', async () => {
    expect((await verdicts(allowed)).filter((verdict) => !verdict.startsWith('Allowed'))).toEqual([]);
  });

  test('may do nothing that it must not', async () => {
    const found = await verdicts([...denied, ...NEVER]);
    expect(found.filter((verdict) => verdict.startsWith('Allowed'))).toEqual([]);
  });
});

test('no role changes an API: the drift check reads them, and no other role may do even that', () => {
  // The simulator does not know the resources of API Gateway's management, so this is read off the policies themselves.
  const granted = policies.roles.flatMap((name) =>
    policies.actionsOf(name).flatMap((action) => (action.startsWith('apigateway:') ? [`${name} ${action}`] : [])),
  );
  expect(granted).toEqual(['kite-drift-check-project apigateway:GET']);
});
