import { ACCOUNT_ID, type EmulatedAws } from '../../emulators/aws/account';
import { isRecord, text } from '../../emulators/json';

/** Lists one kind of resource: a call, where the names are in its answer, and which of them AWS keeps by itself. */
interface Listing {
  readonly kind: string;
  readonly service: string;
  readonly method?: string;
  readonly url?: string;
  readonly target?: string;
  readonly body?: unknown;
  /** Members that lead to the list. */
  readonly list: string;
  /** The member that names an item; items that are strings name themselves. */
  readonly name: string;
  /** The item that every account has. */
  readonly always?: string;
}

const LISTINGS: readonly Listing[] = [
  { kind: 'API', service: 'apigateway', method: 'GET', url: '/v2/apis', list: 'items', name: 'name' },
  {
    kind: 'domain name',
    service: 'apigateway',
    method: 'GET',
    url: '/v2/domainnames',
    list: 'items',
    name: 'domainName',
  },
  {
    kind: 'function',
    service: 'lambda',
    method: 'GET',
    url: '/2015-03-31/functions/',
    list: 'Functions',
    name: 'FunctionName',
  },
  {
    kind: 'event source mapping',
    service: 'lambda',
    method: 'GET',
    url: '/2015-03-31/event-source-mappings/',
    list: 'EventSourceMappings',
    name: 'UUID',
  },
  {
    kind: 'table',
    service: 'dynamodb',
    target: 'DynamoDB_20120810.ListTables',
    body: {},
    list: 'TableNames',
    name: '',
  },
  { kind: 'queue', service: 'sqs', target: 'AmazonSQS.ListQueues', body: {}, list: 'QueueUrls', name: '' },
  {
    kind: 'parameter',
    service: 'ssm',
    target: 'AmazonSSM.DescribeParameters',
    body: {},
    list: 'Parameters',
    name: 'Name',
  },
  {
    kind: 'log group',
    service: 'logs',
    target: 'Logs_20140328.DescribeLogGroups',
    body: {},
    list: 'logGroups',
    name: 'logGroupName',
  },
  {
    kind: 'build project',
    service: 'codebuild',
    target: 'CodeBuild_20161006.ListProjects',
    body: {},
    list: 'projects',
    name: '',
  },
  {
    kind: 'source credential',
    service: 'codebuild',
    target: 'CodeBuild_20161006.ListSourceCredentials',
    body: {},
    list: 'sourceCredentialsInfos',
    name: 'arn',
  },
  { kind: 'event rule', service: 'events', target: 'AWSEvents.ListRules', body: {}, list: 'Rules', name: 'Name' },
  {
    kind: 'saved query',
    service: 'logs',
    target: 'Logs_20140328.DescribeQueryDefinitions',
    body: {},
    list: 'queryDefinitions',
    name: 'name',
  },
  {
    kind: 'budget',
    service: 'budgets',
    target: 'AWSBudgetServiceGateway.DescribeBudgets',
    body: { AccountId: ACCOUNT_ID },
    list: 'Budgets',
    name: 'BudgetName',
  },
  {
    kind: 'delivery stream',
    service: 'firehose',
    target: 'Firehose_20150804.ListDeliveryStreams',
    body: {},
    list: 'DeliveryStreamNames',
    name: '',
  },
  {
    kind: 'workgroup',
    service: 'athena',
    target: 'AmazonAthena.ListWorkGroups',
    body: {},
    list: 'WorkGroups',
    name: 'Name',
    always: 'primary',
  },
  { kind: 'database', service: 'glue', target: 'AWSGlue.GetDatabases', body: {}, list: 'DatabaseList', name: 'Name' },
  { kind: 'schedule', service: 'scheduler', method: 'GET', url: '/schedules', list: 'Schedules', name: 'Name' },
  {
    kind: 'certificate',
    service: 'acm',
    target: 'CertificateManager.ListCertificates',
    body: {},
    list: 'CertificateSummaryList',
    name: 'DomainName',
  },
];

/** Kinds whose lists are XML: a call, and the element that names an item. */
const XML_LISTINGS: readonly {
  readonly kind: string;
  readonly service: string;
  readonly url?: string;
  readonly form?: string;
  readonly element: RegExp;
}[] = [
  { kind: 'bucket', service: 's3', url: '/', element: /<Bucket>.*?<Name>(.*?)<\/Name>/gs },
  {
    kind: 'role',
    service: 'iam',
    form: 'Action=ListRoles&Version=2010-05-08',
    element: /<RoleName>(.*?)<\/RoleName>/g,
  },
  {
    kind: 'policy',
    service: 'iam',
    form: 'Action=ListPolicies&Version=2010-05-08&Scope=Local',
    element: /<PolicyName>(.*?)<\/PolicyName>/g,
  },
  {
    kind: 'topic',
    service: 'sns',
    form: 'Action=ListTopics&Version=2010-03-31',
    element: /<TopicArn>(.*?)<\/TopicArn>/g,
  },
  {
    kind: 'subscription',
    service: 'sns',
    form: 'Action=ListSubscriptions&Version=2010-03-31',
    element: /<SubscriptionArn>(.*?)<\/SubscriptionArn>/g,
  },
  {
    kind: 'alarm',
    service: 'monitoring',
    form: 'Action=DescribeAlarms&Version=2010-08-01',
    element: /<AlarmName>(.*?)<\/AlarmName>/g,
  },
  {
    kind: 'dashboard',
    service: 'monitoring',
    form: 'Action=ListDashboards&Version=2010-08-01',
    element: /<DashboardName>(.*?)<\/DashboardName>/g,
  },
];

/**
 * Everything there is in an account of the kinds that Kite's stacks make, one line each: `table dev.Messages`.
 * DNS records of a zone other than its own NS and SOA are listed too.
 */
export async function inventory(aws: EmulatedAws): Promise<readonly string[]> {
  const json = await Promise.all(
    LISTINGS.map(async ({ kind, list, name, always, ...call }) => {
      const items = (await aws.call(call))[list];
      const names = (Array.isArray(items) ? items : []).map((item) =>
        isRecord(item) ? text(item[name]) : String(item).split('/').at(-1),
      );
      return names.filter((each) => each !== always).map((each) => `${kind} ${each}`);
    }),
  );
  const xml = await Promise.all(
    XML_LISTINGS.map(async ({ kind, service, url, form, element }) => {
      const body = await aws.text({ service, ...(form === undefined ? { method: 'GET', url: url ?? '/' } : { form }) });
      return [...body.matchAll(element)].map(([, name]) => `${kind} ${String(name)}`);
    }),
  );
  return [...json.flat(), ...xml.flat(), ...(await records(aws))].sort();
}

async function records(aws: EmulatedAws): Promise<string[]> {
  const zones = await aws.text({ service: 'route53', method: 'GET', url: '/2013-04-01/hostedzone' });
  const ids = [...zones.matchAll(/<Id>\/hostedzone\/(.*?)<\/Id>/g)].map(([, id]) => String(id));
  const lists = await Promise.all(
    ids.map(
      async (id) => await aws.text({ service: 'route53', method: 'GET', url: `/2013-04-01/hostedzone/${id}/rrset` }),
    ),
  );
  return lists.flatMap((list) =>
    [...list.matchAll(/<Name>(.*?)<\/Name>\s*<Type>(.*?)<\/Type>/g)]
      .filter(([, , type]) => type !== 'NS' && type !== 'SOA')
      .map(([, name, type]) => `record ${String(name)} ${String(type)}`),
  );
}
