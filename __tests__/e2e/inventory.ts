import { ACCOUNT_ID, type EmulatedAws } from '../../emulators/aws/account';
import { isRecord, text } from '../../json';

/** Kinds of resources: service, call, the member with the list, and the member that names an item (`''`: items are names). */
const LISTINGS: readonly (readonly [kind: string, service: string, call: string, list: string, name: string])[] = [
  ['API', 'apigateway', '/v2/apis', 'items', 'name'],
  ['domain name', 'apigateway', '/v2/domainnames', 'items', 'domainName'],
  ['function', 'lambda', '/2015-03-31/functions/', 'Functions', 'FunctionName'],
  ['event source mapping', 'lambda', '/2015-03-31/event-source-mappings/', 'EventSourceMappings', 'UUID'],
  ['table', 'dynamodb', 'DynamoDB_20120810.ListTables', 'TableNames', ''],
  ['queue', 'sqs', 'AmazonSQS.ListQueues', 'QueueUrls', ''],
  ['parameter', 'ssm', 'AmazonSSM.DescribeParameters', 'Parameters', 'Name'],
  ['log group', 'logs', 'Logs_20140328.DescribeLogGroups', 'logGroups', 'logGroupName'],
  ['build project', 'codebuild', 'CodeBuild_20161006.ListProjects', 'projects', ''],
  ['source credential', 'codebuild', 'CodeBuild_20161006.ListSourceCredentials', 'sourceCredentialsInfos', 'arn'],
  ['event rule', 'events', 'AWSEvents.ListRules', 'Rules', 'Name'],
  ['saved query', 'logs', 'Logs_20140328.DescribeQueryDefinitions', 'queryDefinitions', 'name'],
  ['budget', 'budgets', 'AWSBudgetServiceGateway.DescribeBudgets', 'Budgets', 'BudgetName'],
  ['delivery stream', 'firehose', 'Firehose_20150804.ListDeliveryStreams', 'DeliveryStreamNames', ''],
  ['workgroup', 'athena', 'AmazonAthena.ListWorkGroups', 'WorkGroups', 'Name'],
  ['database', 'glue', 'AWSGlue.GetDatabases', 'DatabaseList', 'Name'],
  ['schedule', 'scheduler', '/schedules', 'Schedules', 'Name'],
  ['certificate', 'acm', 'CertificateManager.ListCertificates', 'CertificateSummaryList', 'DomainName'],
];

/** What every account has. */
const ALWAYS = ['workgroup primary'];

/** Kinds whose lists are XML: service, parameters of the call, and the element that names an item. */
const XML_LISTINGS: readonly (readonly [kind: string, service: string, form: string, element: RegExp])[] = [
  ['role', 'iam', 'Action=ListRoles&Version=2010-05-08', /<RoleName>(.*?)<\/RoleName>/g],
  ['policy', 'iam', 'Action=ListPolicies&Version=2010-05-08&Scope=Local', /<PolicyName>(.*?)<\/PolicyName>/g],
  ['topic', 'sns', 'Action=ListTopics&Version=2010-03-31', /<TopicArn>(.*?)<\/TopicArn>/g],
  ['subscription', 'sns', 'Action=ListSubscriptions&Version=2010-03-31', /<SubscriptionArn>(.*?)<\/SubscriptionArn>/g],
  ['alarm', 'monitoring', 'Action=DescribeAlarms&Version=2010-08-01', /<AlarmName>(.*?)<\/AlarmName>/g],
  ['dashboard', 'monitoring', 'Action=ListDashboards&Version=2010-08-01', /<DashboardName>(.*?)<\/DashboardName>/g],
];

/**
 * Everything there is in an account of the kinds that Kite's stacks make, one line each: `table dev.Messages`.
 * DNS records of a zone other than its own NS and SOA are listed too.
 */
export async function inventory(aws: EmulatedAws): Promise<readonly string[]> {
  const json = LISTINGS.map(async ([kind, service, call, list, name]) => {
    const body = service === 'budgets' ? { AccountId: ACCOUNT_ID } : {};
    const how = call.startsWith('/') ? { method: 'GET', url: call } : { target: call, body };
    const items = (await aws.call({ service, ...how }))[list];
    return (Array.isArray(items) ? items : []).map(
      (item) => `${kind} ${isRecord(item) ? text(item[name]) : String(item).split('/').at(-1)}`,
    );
  });
  const xml = XML_LISTINGS.map(async ([kind, service, form, element]) =>
    [...(await aws.text({ service, form })).matchAll(element)].map(([, name]) => `${kind} ${name}`),
  );
  const buckets = aws
    .text({ service: 's3', method: 'GET', url: '/' })
    .then((list) => [...list.matchAll(/<Bucket>.*?<Name>(.*?)<\/Name>/gs)].map(([, name]) => `bucket ${name}`));
  const found = (await Promise.all([...json, ...xml, buckets, records(aws)])).flat();
  return found.filter((line) => !ALWAYS.includes(line)).sort();
}

async function records(aws: EmulatedAws): Promise<string[]> {
  const zones = await aws.text({ service: 'route53', method: 'GET', url: '/2013-04-01/hostedzone' });
  const ids = [...zones.matchAll(/<Id>\/hostedzone\/(.*?)<\/Id>/g)].map(([, id]) => id);
  const lists = await Promise.all(
    ids.map((id) => aws.text({ service: 'route53', method: 'GET', url: `/2013-04-01/hostedzone/${id}/rrset` })),
  );
  return lists.flatMap((list) =>
    [...list.matchAll(/<Name>(.*?)<\/Name>\s*<Type>(.*?)<\/Type>/g)]
      .filter(([, , type]) => type !== 'NS' && type !== 'SOA')
      .map(([, name, type]) => `record ${name} ${type}`),
  );
}
