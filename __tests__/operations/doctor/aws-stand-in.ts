import { type Answer, type Asked, type StandIn, standIn } from './http-stand-in';

/** What AWS answers, by operation (`GetCallerIdentity`, `HeadBucket my-state`, `GetObject my-state/kite/terraform.tfstate`). */
export type AwsAnswers = Readonly<Record<string, Answer>>;

export const ACCOUNT = '123456789012';

/** An account that has what `answers` say; in the shapes in which the services answer. An object that is not named is not there. */
export async function awsStandIn(answers: AwsAnswers = {}): Promise<StandIn> {
  return standIn((asked) => {
    const operation = operationOf(asked);
    return answers[operation] ?? defaults[operation] ?? missing(asked);
  });
}

const defaults: AwsAnswers = {
  DescribeBudgets: { json: { Budgets: [] } },
  GetCallerIdentity: xml(
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/olena</Arn><UserId>AIDA</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  ),
};

/** The JSON services name the operation in a header, the query services in the body, S3 by method, path and query. */
function operationOf({ method, path, query, headers, body }: Asked): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? target;
  if (body.startsWith('Action=')) return new URLSearchParams(body).get('Action') ?? '';
  const place = decodeURIComponent(path.slice(1)).replace(/\/$/, '');
  const isObject = place.includes('/');
  const [subresource] = ['versioning', 'encryption', 'publicAccessBlock'].filter((name) => query.has(name));
  const verb = method === 'HEAD' ? 'Head' : 'Get';
  return `${verb}${subresource ?? (isObject ? 'Object' : 'Bucket')} ${place}`;
}

function missing({ method, headers, path }: Asked): Answer {
  if (headers['x-amz-target'] !== undefined) return { status: 400, json: { __type: 'UnknownOperationException' } };
  return method === 'HEAD' ? { status: 404 } : s3Refusal(404, path.includes('/', 1) ? 'NoSuchKey' : 'NoSuchBucket');
}

export function xml(text: string, status = 200): Answer {
  return { status, text: `<?xml version="1.0" encoding="UTF-8"?>${text}`, headers: { 'content-type': 'text/xml' } };
}

/** S3 says no. */
export function s3Refusal(status: number, code: string): Answer {
  return xml(`<Error><Code>${code}</Code><Message>S3 says ${code}</Message></Error>`, status);
}

/** STS or SNS says no. */
export function queryRefusal(status: number, code: string, message = `AWS says ${code}`): Answer {
  return xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    status,
  );
}

/** A state bucket as `npm run bootstrap` makes it. */
export function soundBucket(bucket: string): AwsAnswers {
  return {
    [`HeadBucket ${bucket}`]: { headers: { 'x-amz-bucket-region': 'eu-north-1' } },
    [`Getversioning ${bucket}`]: xml('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'),
    [`Getencryption ${bucket}`]: xml(
      '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
    ),
    [`GetpublicAccessBlock ${bucket}`]: xml(
      '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>',
    ),
  };
}

export const TOPIC = `arn:aws:sns:eu-north-1:${ACCOUNT}:kite-notifications`;

/** kite-build has been deployed. */
export function deployedBuild(bucket: string): AwsAnswers {
  return {
    [`GetObject ${bucket}/kite/terraform-build.tfstate`]: state({
      's3-source-bucket': 'artifacts',
      'function-s3-key': 'request-dispatcher/latest/function.zip',
      'lifecycle-s3-key': 'lifecycle/latest/lifecycle.zip',
      'notification-topic-arn': TOPIC,
    }),
  };
}

export const API_URL = 'https://api.example.com/dev';

/** kite-stack has been deployed. */
export function deployedKite(bucket: string): AwsAnswers {
  return {
    [`GetObject ${bucket}/kite/terraform.tfstate`]: state({
      'dev-api-url': API_URL,
      'dev-websocket-url': 'wss://ws.example.com/dev',
    }),
  };
}

/** A state of Terraform, with a secret in it, as states have. */
export function state(outputs: Record<string, string>, resources = 1): Answer {
  return {
    json: {
      version: 4,
      serial: 3,
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value, type: 'string' }])),
      resources: Array.from({ length: resources }, () => ({
        type: 'aws_ssm_parameter',
        instances: [{ attributes: { value: 'a secret of the state' } }],
      })),
    },
  };
}

export function subscription(endpoint: string, arn: string): Answer {
  return xml(
    `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult><Subscriptions><member><TopicArn>${TOPIC}</TopicArn><Protocol>email</Protocol><SubscriptionArn>${arn}</SubscriptionArn><Owner>${ACCOUNT}</Owner><Endpoint>${endpoint}</Endpoint></member></Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
  );
}
