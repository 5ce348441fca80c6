import { jsonBody, type AwsRequest } from '../protocol/aws-request';
import { isRecord, list, text } from '../../../json';
import { ACCOUNT_ID } from './identities';

/** An IAM action and the resource it is checked against. */
export interface IamAction {
  readonly action: string;
  readonly resource: string;
}

/** Services whose IAM prefix differs from their signing name. */
const PREFIXES: Readonly<Record<string, string>> = {
  monitoring: 'cloudwatch',
  'codestar-connections': 'codeconnections',
  email: 'ses',
};

/** Batches of SQS need the permission of the single call. */
const SINGLE_ACTIONS: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

/**
 * What a request means to IAM: one action, on each of the resources that it names. Exact for the calls that functions and builds make; for services that only Terraform
 * calls, the operation is right and the resource may be `*`.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function iamActions(request: AwsRequest): readonly IamAction[] {
  const resources = [...batchTables(request), ...batchProjects(request)];
  if (resources.length === 0) return [...copySource(request), iamAction(request)];
  return resources.map((resource) => ({ action: `${request.service}:${request.operation}`, resource }));
}

function iamAction(request: AwsRequest): IamAction {
  switch (request.service) {
    case 's3':
      return s3(request);
    case 'lambda':
      return lambda(request);
    case 'execute-api':
      return {
        action: 'execute-api:ManageConnections',
        resource: `arn:aws:execute-api:${request.region}:${ACCOUNT_ID}:*${request.path.replace(/^(\/[^/]+)\//, `$1/${request.method}/`)}`,
      };
    case 'apigateway':
      return {
        action: `apigateway:${request.method}`,
        // What is called `/v2/apis/...` over HTTP is `/apis/...` to IAM.
        resource: `arn:aws:apigateway:${request.region}::${request.path.replace(/^\/v2\//, '/')}`,
      };
    case 'budgets':
      return budgets(request);
    case 'scheduler':
      return {
        action: `scheduler:${SCHEDULER[request.method] ?? request.method}Schedule`,
        resource: `arn:aws:scheduler:${request.region}:${ACCOUNT_ID}:schedule/default${request.path.replace(/^\/schedules/, '')}`,
      };
    default:
      return byOperation(request);
  }
}

/** Whatever is read of a budget, and whatever is changed of it, is one permission each. */
function budgets(request: AwsRequest): IamAction {
  const body = jsonBody(request);
  if (request.operation.endsWith('ForResource'))
    return { action: `budgets:${request.operation}`, resource: text(body['ResourceARN']) || '*' };
  const budget = isRecord(body['Budget']) ? body['Budget'] : body;
  return {
    action: `budgets:${request.operation.startsWith('Describe') ? 'ViewBudget' : 'ModifyBudget'}`,
    resource: `arn:aws:budgets::${ACCOUNT_ID}:budget/${text(budget['BudgetName'])}`,
  };
}

const SCHEDULER: Readonly<Record<string, string>> = { GET: 'Get', POST: 'Create', PUT: 'Update', DELETE: 'Delete' };

function byOperation(request: AwsRequest): IamAction {
  const operation =
    request.operation === ''
      ? `${request.method} ${request.path}`
      : (SINGLE_ACTIONS[request.operation] ?? request.operation);
  return { action: `${PREFIXES[request.service] ?? request.service}:${operation}`, resource: resourceOf(request) };
}

function resourceOf(request: AwsRequest): string {
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${request.region}:${ACCOUNT_ID}:${rest}`;
  const type = String(request.headers['content-type'] ?? '');
  if (!type.includes('json')) {
    const parameters = new URLSearchParams(request.body.toString());
    const role = parameters.get('RoleName');
    if (request.service === 'iam' && role !== null) return `arn:aws:iam::${ACCOUNT_ID}:role/${role}`;
    return parameters.get('TopicArn') ?? parameters.get('ResourceArn') ?? '*';
  }
  let body: Record<string, unknown>;
  try {
    body = jsonBody(request);
  } catch {
    return '*';
  }
  switch (request.service) {
    case 'dynamodb':
      return dynamoDbTable(body, request.region);
    case 'sqs':
      return typeof body['QueueUrl'] === 'string'
        ? arn('sqs', body['QueueUrl'].split('/').at(-1) ?? '')
        : arn('sqs', text(body['QueueName']));
    case 'ssm':
      return request.operation === 'DescribeParameters'
        ? '*'
        : arn('ssm', `parameter/${parameterName(text(body['Name']) || text(body['ResourceId']))}`);
    case 'logs':
      return body['logGroupName'] === undefined
        ? text(body['resourceArn']) || '*'
        : arn('logs', `log-group:${text(body['logGroupName'])}:*`);
    case 'codebuild':
      return request.operation.startsWith('List')
        ? '*'
        : projectArn(text(body['name']) || text(body['projectName']), request.region);
    case 'secretsmanager':
      return text(body['SecretId']) || '*';
    default:
      return text(body['resourceArn']) || text(body['ResourceArn']) || text(body['ResourceARN']) || '*';
  }
}

function dynamoDbTable(body: Record<string, unknown>, region: string): string {
  const table = text(body['TableName']);
  if (table === '') return text(body['ResourceArn']) || '*';
  const index = text(body['IndexName']);
  return `${tableArn(table, region)}${index === '' ? '' : `/index/${index}`}`;
}

/** The projects of a BatchGetProjects, which may be named by their ARNs. */
function batchProjects(request: AwsRequest): readonly string[] {
  if (request.service !== 'codebuild' || request.operation !== 'BatchGetProjects') return [];
  const { names } = jsonBody(request);
  return list(names).map((name) => projectArn(text(name), request.region));
}

function projectArn(name: string, region: string): string {
  return `arn:aws:codebuild:${region}:${ACCOUNT_ID}:project/${name.split('/').at(-1) ?? ''}`;
}

/** The tables of a BatchGetItem or BatchWriteItem. */
function batchTables(request: AwsRequest): readonly string[] {
  if (request.service !== 'dynamodb' || !request.operation.startsWith('Batch')) return [];
  const items = jsonBody(request)['RequestItems'];
  return isRecord(items) ? Object.keys(items).map((table) => tableArn(table, request.region)) : [];
}

function tableArn(table: string, region: string): string {
  return table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${ACCOUNT_ID}:table/${table}`;
}

function s3(request: AwsRequest): IamAction {
  const [, bucket = '', ...rest] = request.path.split('/');
  const key = rest.join('/');
  const subresource = S3_SUBRESOURCES.find(([name]) => request.query.has(name));
  if (bucket === '') return { action: 's3:ListAllMyBuckets', resource: '*' };
  const resource = `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
  if (subresource !== undefined) {
    const verb =
      request.method === 'GET' ? 'Get' : request.method === 'DELETE' && subresource[0] === 'policy' ? 'Delete' : 'Put';
    return { action: `s3:${verb}${subresource[1]}`, resource };
  }
  if (key === '') {
    if (request.query.has('versions')) return { action: 's3:ListBucketVersions', resource };
    if (request.query.has('delete')) return { action: 's3:DeleteObject', resource: `${resource}/*` };
    const verbs: Record<string, string> = {
      GET: 'ListBucket',
      HEAD: 'ListBucket',
      PUT: 'CreateBucket',
      DELETE: 'DeleteBucket',
    };
    return { action: `s3:${verbs[request.method] ?? request.method}`, resource };
  }
  const version = request.query.has('versionId') ? 'Version' : '';
  if (request.query.has('tagging'))
    return { action: `s3:${request.method === 'GET' ? 'Get' : 'Put'}Object${version}Tagging`, resource };
  if (request.method === 'DELETE')
    return {
      action: request.query.has('uploadId') ? 's3:AbortMultipartUpload' : `s3:DeleteObject${version}`,
      resource,
    };
  if (request.method === 'GET' || request.method === 'HEAD') return { action: `s3:GetObject${version}`, resource };
  return { action: 's3:PutObject', resource };
}

/** A copy reads its source. */
function copySource({ service, headers }: AwsRequest): IamAction[] {
  const source = service === 's3' ? headers['x-amz-copy-source'] : undefined;
  if (source === undefined) return [];
  const path = decodeURIComponent(String(source).split('?', 1)[0] ?? '').replace(/^\//, '');
  return [{ action: 's3:GetObject', resource: `arn:aws:s3:::${path}` }];
}

/** Query parameter that names a part of a bucket's configuration, and its name in IAM. */
const S3_SUBRESOURCES: readonly (readonly [string, string])[] = [
  ['policy', 'BucketPolicy'],
  ['acl', 'BucketAcl'],
  ['cors', 'BucketCORS'],
  ['versioning', 'BucketVersioning'],
  ['lifecycle', 'LifecycleConfiguration'],
  ['encryption', 'EncryptionConfiguration'],
  ['publicAccessBlock', 'BucketPublicAccessBlock'],
  ['ownershipControls', 'BucketOwnershipControls'],
  ['notification', 'BucketNotification'],
  ['logging', 'BucketLogging'],
  ['website', 'BucketWebsite'],
  ['accelerate', 'AccelerateConfiguration'],
  ['requestPayment', 'BucketRequestPayment'],
  ['replication', 'ReplicationConfiguration'],
  ['object-lock', 'BucketObjectLockConfiguration'],
  ['location', 'BucketLocation'],
];

/** Path and method of each Lambda operation, and its action in IAM. */
const LAMBDA_OPERATIONS: readonly (readonly [RegExp, Readonly<Record<string, string>>])[] = [
  [/\/functions\/([^/]+)\/invocations$/, { POST: 'InvokeFunction' }],
  [/\/functions\/([^/]+)\/code$/, { PUT: 'UpdateFunctionCode' }],
  [/\/functions\/([^/]+)\/configuration$/, { GET: 'GetFunctionConfiguration', PUT: 'UpdateFunctionConfiguration' }],
  [/\/functions\/([^/]+)\/recursion-config$/, { GET: 'GetFunctionRecursionConfig', PUT: 'PutFunctionRecursionConfig' }],
  [/\/functions\/([^/]+)\/versions$/, { GET: 'ListVersionsByFunction', POST: 'PublishVersion' }],
  [/\/functions\/([^/]+)\/aliases$/, { GET: 'ListAliases', POST: 'CreateAlias' }],
  [/\/functions\/([^/]+)\/aliases\/[^/]+$/, { GET: 'GetAlias', PUT: 'UpdateAlias', DELETE: 'DeleteAlias' }],
  [/\/functions\/([^/]+)\/policy$/, { GET: 'GetPolicy', POST: 'AddPermission' }],
  [/\/functions\/([^/]+)\/policy\/[^/]+$/, { DELETE: 'RemovePermission' }],
  [/\/functions\/([^/]+)\/code-signing-config$/, { GET: 'GetFunctionCodeSigningConfig' }],
  [
    /\/functions\/([^/]+)\/concurrency$/,
    { GET: 'GetFunctionConcurrency', PUT: 'PutFunctionConcurrency', DELETE: 'DeleteFunctionConcurrency' },
  ],
  [/\/functions\/([^/]+)$/, { GET: 'GetFunction', DELETE: 'DeleteFunction' }],
  [/\/functions\/?$/, { GET: 'ListFunctions', POST: 'CreateFunction' }],
  [/\/tags\/(.+)$/, { GET: 'ListTags', POST: 'TagResource', DELETE: 'UntagResource' }],
  [/\/event-source-mappings\/?$/, { GET: 'ListEventSourceMappings', POST: 'CreateEventSourceMapping' }],
  [
    /\/(event-source-mapping)s\/([^/]+)$/,
    { GET: 'GetEventSourceMapping', PUT: 'UpdateEventSourceMapping', DELETE: 'DeleteEventSourceMapping' },
  ],
];

function lambda(request: AwsRequest): IamAction {
  for (const [pattern, methods] of LAMBDA_OPERATIONS) {
    const match = pattern.exec(request.path);
    if (match === null) continue;
    const action = `lambda:${methods[request.method] ?? request.method}`;
    const [, first = '', mapping] = match;
    const arn = (rest: string): string => `arn:aws:lambda:${request.region}:${ACCOUNT_ID}:${rest}`;
    if (mapping !== undefined) return { action, resource: arn(`event-source-mapping:${mapping}`) };
    if (first.startsWith('arn:') && !first.includes(':function:')) return { action, resource: first };
    const name = first.split(':function:').at(-1) ?? '';
    const qualifier = request.query.get('Qualifier');
    const qualified = qualifier === null || name.includes(':') ? name : `${name}:${qualifier}`;
    return { action, resource: name === '' ? '*' : arn(`function:${qualified}`) };
  }
  return { action: `lambda:${request.method}`, resource: request.path };
}

/** Without the slash in front, and without the version that may be asked for: a version is no resource of its own. */
function parameterName(name: string): string {
  return name.replace(/^\//, '').replace(/:\d+$/, '');
}
