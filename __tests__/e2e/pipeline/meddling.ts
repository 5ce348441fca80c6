import {
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListSubscriptionsCommand, SNSClient, UnsubscribeCommand } from '@aws-sdk/client-sns';

import { ACCOUNT_ID, type EmulatedAws } from '../../../emulators/aws/account';
import { isRecord } from '../../../json';
import { clientSettings } from './somebody';

/** One change that somebody makes past Terraform. */
export interface Meddling {
  readonly what: string;
  /** Terraform's addresses of what is reported, without the hash at the end. */
  readonly addresses: readonly string[];
  readonly by: (aws: EmulatedAws) => Promise<unknown>;
}

const FUNCTIONS = '/2015-03-31/functions';
const bucket = (name: string, aws: EmulatedAws): string => `kite-${name}-${ACCOUNT_ID}-${aws.region}`;
const json = (service: string, target: string, body: unknown) => ({ service, target, body });
const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** One for each kind of thing that can change. Each is a resource of its own, so that none is found by another's finding. */
export const MEDDLING: readonly Meddling[] = [
  {
    what: "a function's memory",
    addresses: ['aws_lambda_function.dev_request-dispatcher_function'],
    by: (aws) =>
      aws.call({
        service: 'lambda',
        method: 'PUT',
        url: `${FUNCTIONS}/dev-request-dispatcher/configuration`,
        body: { MemorySize: 1024 },
      }),
  },
  {
    what: "a function's environment",
    addresses: ['aws_lambda_function.prod_lifecycle-handler_function'],
    by: async (aws) => {
      const url = `${FUNCTIONS}/prod-lifecycle-handler/configuration`;
      const { Environment } = await aws.call({ service: 'lambda', method: 'GET', url });
      const variables = isRecord(Environment) && isRecord(Environment.Variables) ? Environment.Variables : {};
      const body = { Environment: { Variables: { ...variables, LOG_LEVEL: 'DEBUG' } } };
      return await aws.call({ service: 'lambda', method: 'PUT', url, body });
    },
  },
  {
    what: "a function's alias, led back to the version that Terraform's state still names",
    addresses: ['aws_lambda_alias.prod_request-dispatcher_alias'],
    by: (aws) =>
      aws.call({
        service: 'lambda',
        method: 'PUT',
        url: `${FUNCTIONS}/prod-request-dispatcher/aliases/live`,
        body: { FunctionVersion: '1' },
      }),
  },
  {
    what: "a table's expiry",
    addresses: ['aws_dynamodb_table.dev_tables_members'],
    by: (aws) =>
      aws.call(
        json('dynamodb', 'DynamoDB_20120810.UpdateTimeToLive', {
          TableName: 'dev.Members',
          TimeToLiveSpecification: { Enabled: false, AttributeName: 'expiresAt' },
        }),
      ),
  },
  {
    what: "a table's point-in-time recovery",
    addresses: ['aws_dynamodb_table.prod_tables_messages'],
    by: (aws) =>
      aws.call(
        json('dynamodb', 'DynamoDB_20120810.UpdateContinuousBackups', {
          TableName: 'prod.Messages',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        }),
      ),
  },
  {
    what: "a bucket's policy",
    addresses: ['aws_s3_bucket_policy.artifacts_files_policy'],
    by: (aws) => {
      const Bucket = bucket('artifacts', aws);
      const open = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [open] });
      return s3(aws).send(new PutBucketPolicyCommand({ Bucket, Policy }));
    },
  },
  {
    what: "a bucket's lifecycle",
    addresses: ['aws_s3_bucket_lifecycle_configuration.dev_files_lifecycle'],
    by: (aws) =>
      s3(aws).send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket: bucket('dev-files', aws),
          LifecycleConfiguration: {
            Rules: [{ ID: 'soon', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }],
          },
        }),
      ),
  },
  {
    what: "a bucket's public access",
    addresses: ['aws_s3_bucket_public_access_block.prod_files_public-access'],
    by: (aws) =>
      s3(aws).send(
        new PutPublicAccessBlockCommand({
          Bucket: bucket('prod-files', aws),
          PublicAccessBlockConfiguration: { BlockPublicAcls: false, BlockPublicPolicy: false },
        }),
      ),
  },
  {
    what: "a bucket's tags",
    addresses: ['aws_s3_bucket.prod_files_bucket'],
    by: (aws) =>
      s3(aws).send(
        new PutBucketTaggingCommand({
          Bucket: bucket('prod-files', aws),
          Tagging: { TagSet: [{ Key: 'Owner', Value: 'somebody' }] },
        }),
      ),
  },
  {
    what: 'how long a log is kept',
    addresses: ['aws_cloudwatch_log_group.dev_request-dispatcher_logs_group'],
    by: (aws) =>
      aws.call(
        json('logs', 'Logs_20140328.PutRetentionPolicy', {
          logGroupName: '/aws/lambda/dev-request-dispatcher',
          retentionInDays: 1,
        }),
      ),
  },
  {
    what: "a role's policy",
    addresses: ['aws_iam_role_policy.dev_request-dispatcher_role_write-logs'],
    by: (aws) => {
      const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
      const form = new URLSearchParams({
        Action: 'PutRolePolicy',
        Version: '2010-05-08',
        RoleName: 'kite-dev-request-dispatcher',
        PolicyName: 'write-logs',
        PolicyDocument: JSON.stringify(everything),
      });
      return aws.text({ service: 'iam', form: form.toString() });
    },
  },
  {
    what: 'a route of the WebSocket API, which takes its response along',
    addresses: [
      'aws_apigatewayv2_route.websocket-api_ping',
      'aws_apigatewayv2_route_response.websocket-api_ping-response',
    ],
    by: async (aws) => {
      const routes = `${await api(aws, 'WEBSOCKET')}/routes`;
      const { items } = await aws.call({ service: 'apigateway', method: 'GET', url: routes });
      const ping = records(items).find(({ routeKey }) => routeKey === 'PING');
      return await aws.text({ service: 'apigateway', method: 'DELETE', url: `${routes}/${String(ping?.routeId)}` });
    },
  },
  {
    what: 'an integration of the HTTP API',
    addresses: ['aws_apigatewayv2_integration.http-api_function'],
    by: async (aws) => {
      const integrations = `${await api(aws, 'HTTP')}/integrations`;
      const { items } = await aws.call({ service: 'apigateway', method: 'GET', url: integrations });
      const [first] = records(items);
      const integrationUri = `arn:aws:apigateway:${aws.region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${aws.region}:${ACCOUNT_ID}:function:other/invocations`;
      const url = `${integrations}/${String(first?.integrationId)}`;
      return await aws.call({ service: 'apigateway', method: 'PATCH', url, body: { integrationUri } });
    },
  },
  {
    what: 'what a stage lets through',
    addresses: ['aws_apigatewayv2_stage.dev_http_stage'],
    by: async (aws) =>
      await aws.call({
        service: 'apigateway',
        method: 'PATCH',
        url: `${await api(aws, 'HTTP')}/stages/dev`,
        body: { defaultRouteSettings: { throttlingRateLimit: 1, throttlingBurstLimit: 1 } },
      }),
  },
  {
    what: 'who gets the mails',
    addresses: ['aws_sns_topic_subscription.notifications_mail'],
    by: async (aws) => {
      const sns = new SNSClient(clientSettings(aws));
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand());
      const mail = Subscriptions.find(({ Protocol }) => Protocol === 'email');
      return await sns.send(new UnsubscribeCommand({ SubscriptionArn: mail?.SubscriptionArn }));
    },
  },
  {
    what: 'when drift is looked for',
    addresses: ['aws_scheduler_schedule.drift-schedule'],
    by: async (aws) => {
      const url = '/schedules/kite-drift-check';
      const schedule = await aws.call({ service: 'scheduler', method: 'GET', url });
      const body = { ...schedule, ScheduleExpression: 'cron(0 3 * * ? *)' };
      return await aws.call({ service: 'scheduler', method: 'PUT', url, body });
    },
  },
  {
    what: "a build project's image",
    addresses: ['aws_codebuild_project.build-and-deploy_project'],
    by: async (aws) => {
      const name = 'build-and-deploy-project';
      const { projects } = await aws.call(json('codebuild', 'CodeBuild_20161006.BatchGetProjects', { names: [name] }));
      const [project] = records(projects);
      const environment = {
        ...(isRecord(project?.environment) && project.environment),
        image: 'aws/codebuild/standard:1.0',
      };
      return await aws.call(json('codebuild', 'CodeBuild_20161006.UpdateProject', { name, environment }));
    },
  },
  {
    what: 'a secret',
    addresses: ['aws_ssm_parameter.dev_bot-token_parameter'],
    // And not, beside it, what names its version: the function's environment and the registration of the webhook.
    by: (aws) =>
      aws.call(
        json('ssm', 'AmazonSSM.PutParameter', {
          Name: '/kite/dev/telegram-bot-token',
          Value: CHANGED_SECRET,
          Type: 'SecureString',
          Overwrite: true,
        }),
      ),
  },
];

/** What the secret is changed to: no mail may say it. */
export const CHANGED_SECRET = '9999:changed-by-hand';

async function api(aws: EmulatedAws, protocol: 'HTTP' | 'WEBSOCKET'): Promise<string> {
  const { items } = await aws.call({ service: 'apigateway', method: 'GET', url: '/v2/apis' });
  return `/v2/apis/${String(records(items).find(({ protocolType }) => protocolType === protocol)?.apiId)}`;
}

function s3(aws: EmulatedAws): S3Client {
  return new S3Client({ ...clientSettings(aws), forcePathStyle: true });
}
