import { text } from '../attributes';
import { Rule } from '../rule';
import { names } from '../synthesized-stack';

/**
 * The runtimes that AWS maintains, of those that the builds are made for. `provided.al2` is not among them: it ends in 2026.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const MAINTAINED = ['provided.al2023', 'nodejs22.x'];

const REMEDY = 'make it by LiveFunction (constructs/function/live-function.ts), which does it.';

export const FUNCTION_RULES = [
  {
    name: 'function-role-of-its-own',
    reason: 'A shared role has the permissions of both functions, and stages could read each other',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html',
    remedy: REMEDY,
    of: ['aws_lambda_function'],
    problem: (fn, stack) => {
      const role = text(fn.attributes['role']);
      const owner = stack.all('aws_iam_role').find((candidate) => names(role, candidate));
      if (owner === undefined) return 'its role is not made by this stack';
      const sharers = stack.resources.filter(
        (other) => other !== fn && ['role', 'role_arn', 'service_role'].some((name) => other.attributes[name] === role),
      );
      const [first] = sharers.filter(({ type }) => type !== 'aws_iam_role_policy');
      return first && `${first.path} acts under the same role`;
    },
  },
  {
    name: 'function-log-group',
    reason: 'Lambda would create a group that never expires its lines, outside of Terraform',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html',
    remedy: REMEDY,
    of: ['aws_lambda_function'],
    problem: (fn, stack) => {
      const name = `/aws/lambda/${text(fn.attributes['function_name'])}`;
      const group = stack.all('aws_cloudwatch_log_group').find(({ attributes }) => attributes['name'] === name);
      if (group === undefined) return `there is no log group ${name}`;
      const after = [fn.attributes['depends_on']].flat();
      return after.includes(group.address) ? undefined : `it may run before its log group ${name} is there`;
    },
  },
  {
    name: 'function-alias',
    reason: 'Without an alias there is no way to roll back to the previous version',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html',
    remedy: REMEDY,
    of: ['aws_lambda_function'],
    problem: (fn, stack) => {
      if (fn.attributes['publish'] !== true) return 'its changes are not published as versions';
      return stack.belonging(fn, 'aws_lambda_alias', 'function_name').length > 0 ? undefined : 'it has no alias';
    },
  },
  {
    name: 'function-runtime',
    reason: 'A runtime that AWS no longer maintains gets no security fixes, and eventually no deployments',
    source: 'FSBP Lambda.2',
    remedy: `choose one of ${MAINTAINED.join(', ')} (RUNTIME in .env).`,
    of: ['aws_lambda_function'],
    problem: ({ attributes }) => {
      const runtime = text(attributes['runtime']);
      return MAINTAINED.includes(runtime) ? undefined : `its runtime is ${runtime || 'not set'}`;
    },
  },
  {
    name: 'function-called-by-the-known',
    reason: 'Anyone who may call a function can pretend to be API Gateway',
    source: 'FSBP Lambda.1',
    remedy: 'name the service, the ARN that it calls from (sourceArn) and the alias (qualifier).',
    of: ['aws_lambda_permission'],
    problem: ({ attributes }) => {
      const principal = text(attributes['principal']);
      if (!principal.endsWith('.amazonaws.com')) return `it lets ${principal || 'nobody named'} call`;
      if (text(attributes['source_arn']) === '') return `it lets ${principal} call on behalf of any account`;
      return text(attributes['qualifier']) === '' ? 'it lets unpublished code be called' : undefined;
    },
  },
  {
    name: 'function-no-public-url',
    reason: 'A function URL bypasses the throttle and the log of the API',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
    remedy: 'add a route to the API (docs/contributing.md), or set authorizationType to AWS_IAM.',
    of: ['aws_lambda_function_url'],
    problem: ({ attributes }) =>
      attributes['authorization_type'] === 'AWS_IAM' ? undefined : 'everybody may call its URL',
  },
] as const satisfies readonly Rule[];
