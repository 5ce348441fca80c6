import { text } from '../attributes';
import { Rule } from '../rule';
import { conditionKeys, PolicyStatement, statementsOf } from '../statements';

/**
 * Actions without resource types, which can be allowed only for `*`. Each service has its list:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const WITHOUT_RESOURCE: Readonly<Record<string, string>> = {
  'codebuild:ListSourceCredentials': 'an account has one list of credentials',
  'logs:DescribeLogGroups': 'lists names and settings of groups, and nothing that is in them',
  'logs:DescribeQueryDefinitions': 'lists all saved queries',
  'route53:ListHostedZones': 'lists all zones: a zone is found by its name',
  'sns:GetSubscriptionAttributes': 'subscriptions are not resources in IAM',
  'ssm:DescribeParameters': 'lists names and types, no values',
  'xray:PutTelemetryRecords': 'traces do not belong to a resource',
  'xray:PutTraceSegments': 'traces do not belong to a resource',
};

/** Services whose roles AWS binds to a resource itself, without a condition that names the account. */
const BOUND_BY_THEMSELVES = ['lambda.amazonaws.com', 'apigateway.amazonaws.com'];

/** What a service names the account by for which it acts, where it is not one of these two. */
const ACCOUNT_KEYS: Readonly<Record<string, readonly string[]>> = { 'firehose.amazonaws.com': ['sts:ExternalId'] };
const SOURCE_KEYS = ['aws:SourceAccount', 'aws:SourceArn'];

const POLICIES = ['aws_iam_role_policy', 'aws_iam_policy'] as const;

export const PERMISSION_RULES = [
  {
    name: 'permission-named-actions',
    reason: 'A wildcard also allows actions that AWS adds later',
    source: 'FSBP IAM.1, IAM.21',
    remedy: 'name the actions; an e2e run records which are called (docs/emulated-account.md).',
    of: POLICIES,
    problem: ({ attributes }) =>
      granted(attributes['policy'], ({ actions }) => {
        const [wide] = actions.filter((action) => action.includes('*'));
        return wide && `it allows "${wide}"`;
      }),
  },
  {
    name: 'permission-named-resources',
    reason: 'A role must reach its own stage and nothing else in the account',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege',
    remedy:
      'name the resource; if AWS has no resource type for the action, add it to WITHOUT_RESOURCE (policy/rules/permissions.ts) with the reason.',
    of: POLICIES,
    problem: ({ attributes }) =>
      granted(attributes['policy'], ({ actions, resources }) => {
        const [wide] = resources.filter(isEverything);
        const scoped = actions.filter((action) => WITHOUT_RESOURCE[action] === undefined);
        return wide && scoped.length > 0 ? `it allows ${scoped.join(', ')} on "${wide}"` : undefined;
      }),
  },
  {
    name: 'permission-written-here',
    reason: 'AWS changes its managed policies, and they allow more than is needed',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html',
    remedy: 'grant what is needed with Role.allow (constructs/core/role.ts).',
    of: ['aws_iam_role_policy_attachment'],
    problem: ({ attributes }) => `it attaches ${text(attributes['policy_arn'])}`,
  },
  {
    name: 'role-for-one-service',
    reason:
      'Anyone who may assume a role has all of its permissions, and a service can be made to assume it by another account (confused deputy)',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html',
    remedy: 'create it with Role (constructs/core/role.ts) and onBehalfOf.',
    of: ['aws_iam_role'],
    problem: ({ attributes }) => {
      const statements = statementsOf(attributes['assume_role_policy']);
      if (statements === undefined) return 'nobody can tell who may take it on';
      return statements.map(tooMany).find((problem) => problem !== undefined);
    },
  },
] as const satisfies readonly Rule[];

function granted(policy: unknown, look: (statement: PolicyStatement) => string | undefined): string | undefined {
  const statements = statementsOf(policy);
  if (statements === undefined) return 'its policy cannot be read';
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .map(look)
    .find((problem) => problem !== undefined);
}

/** `*`, or an ARN that ends in nothing but `*`, such as `arn:aws:s3:::*`. */
function isEverything(resource: string): boolean {
  return /^(\*|arn:[^:]*(:[^:]*){3}:\*+)$/.test(resource);
}

function tooMany(statement: PolicyStatement): string | undefined {
  const services = statement.principals['Service'] ?? [];
  if (Object.keys(statement.principals).join() !== 'Service' || services.length !== 1) {
    return `${JSON.stringify(statement.principals)} may assume it`;
  }
  const [service = ''] = services;
  if (BOUND_BY_THEMSELVES.includes(service)) return undefined;
  const keys = ACCOUNT_KEYS[service] ?? SOURCE_KEYS;
  return conditionKeys(statement).some((key) => keys.includes(key))
    ? undefined
    : `${service} is not bound to an account by ${keys.join(' or ')}`;
}
