import { ownRequest, readAwsRequest } from '../../../../emulators/aws/protocol/aws-request';
import { iamActions } from '../../../../emulators/aws/account/iam-action';

const REGIONAL = 'eu-north-1:123456789012';
const said = (service: string, request: { method?: string; url?: string; target?: string; body?: unknown }): string[] =>
  iamActions(ownRequest({ service, region: 'eu-north-1', ...request })).map(
    ({ action, resource }) => `${action} ${resource}`,
  );

/** What Terraform asks when it plans, in the words of IAM: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
test('the tags of a function and of an event source mapping are read from these', () => {
  const tags = (arn: string) => said('lambda', { method: 'GET', url: `/2017-03-31/tags/${encodeURIComponent(arn)}` });
  const fn = `arn:aws:lambda:${REGIONAL}:function:dev-request-dispatcher`;
  const mapping = `arn:aws:lambda:${REGIONAL}:event-source-mapping:0b6d`;
  expect([...tags(fn), ...tags(mapping)]).toEqual([`lambda:ListTags ${fn}`, `lambda:ListTags ${mapping}`]);
  const loop = '/2024-08-31/functions/dev-request-dispatcher/recursion-config';
  expect([...said('lambda', { method: 'GET', url: loop }), ...said('lambda', { method: 'PUT', url: loop })]).toEqual([
    `lambda:GetFunctionRecursionConfig ${fn}`,
    `lambda:PutFunctionRecursionConfig ${fn}`,
  ]);
  expect(said('lambda', { method: 'GET', url: '/2015-03-31/event-source-mappings/0b6d' })).toEqual([
    `lambda:GetEventSourceMapping ${mapping}`,
  ]);
});

test('every project of a batch is asked for, by its name or its ARN', () => {
  const project = (name: string) => `arn:aws:codebuild:${REGIONAL}:project/${name}`;
  const target = 'CodeBuild_20161006.BatchGetProjects';
  expect(said('codebuild', { target, body: { names: ['one', project('two')] } })).toEqual([
    `codebuild:BatchGetProjects ${project('one')}`,
    `codebuild:BatchGetProjects ${project('two')}`,
  ]);
  expect(said('codebuild', { target: 'CodeBuild_20161006.ListSourceCredentials', body: {} })).toEqual([
    'codebuild:ListSourceCredentials *',
  ]);
});

test('what lists everything is no matter of one resource', () => {
  expect(
    said('logs', { target: 'Logs_20140328.DescribeLogGroups', body: { logGroupNamePrefix: '/aws/lambda/dev' } }),
  ).toEqual(['logs:DescribeLogGroups *']);
  expect(said('ssm', { target: 'AmazonSSM.DescribeParameters', body: { ParameterFilters: [] } })).toEqual([
    'ssm:DescribeParameters *',
  ]);
});

test('a budget is seen or changed, whatever of it', () => {
  const budget = 'arn:aws:budgets::123456789012:budget/kite-monthly';
  const ask = (operation: string, body: unknown) =>
    said('budgets', { target: `AWSBudgetServiceGateway.${operation}`, body });
  expect([
    ...ask('DescribeNotificationsForBudget', { BudgetName: 'kite-monthly' }),
    ...ask('CreateBudget', { Budget: { BudgetName: 'kite-monthly' } }),
    ...ask('ListTagsForResource', { ResourceARN: budget }),
  ]).toEqual([
    `budgets:ViewBudget ${budget}`,
    `budgets:ModifyBudget ${budget}`,
    `budgets:ListTagsForResource ${budget}`,
  ]);
});

test('an API is a path to IAM, without the version that its address has', () => {
  expect(said('apigateway', { method: 'GET', url: '/v2/apis/abc/stages/dev' })).toEqual([
    'apigateway:GET arn:aws:apigateway:eu-north-1::/apis/abc/stages/dev',
  ]);
});

test('a copy in S3 reads its source and writes where it goes', () => {
  const headers = { host: 's3', 'x-amz-copy-source': 'files/pending/a%20b', authorization: '' };
  const request = readAwsRequest({ method: 'PUT', url: '/files/a%20b', headers, body: Buffer.alloc(0) });
  expect(iamActions({ ...request, service: 's3' }).map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    's3:GetObject arn:aws:s3:::files/pending/a b',
    's3:PutObject arn:aws:s3:::files/a b',
  ]);
});
