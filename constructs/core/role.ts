import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { AwsAccount } from './aws-account';

/** One thing a role may do. */
export interface Statement {
  /** Full names only, for example `s3:GetObject`. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** @default - allowed without a condition */
  readonly conditions?: Record<string, Record<string, string | readonly string[]>>;
}

/** Whatever acts under a role of its own: a function, a build project, a schedule. */
export interface Grantee {
  readonly role: Role;
}

export interface RoleProps {
  /** Unique in the account. */
  readonly roleName: string;
  readonly description: string;
  /** The AWS service that takes the role on, for example `lambda.amazonaws.com`. */
  readonly service: string;
  /** Only on behalf of this account, against the confused deputy. @default - any account of the service */
  readonly onBehalfOf?: AwsAccount;
}

/**
 * A role that may do nothing until something grants it.
 *
 * Each grant is an `aws_iam_role_policy` of its own: inline policies on the role would make it depend on everything that it is
 * granted, which ends in cycles.
 *
 * @example
 * const role = new Role(scope, 'role', {
 *   roleName: 'kite-reporter',
 *   description: 'Writes reports',
 *   service: 'lambda.amazonaws.com',
 * });
 * role.allow('write-reports', { actions: ['s3:PutObject'], resources: ['arn:aws:s3:::kite-reports/*'] });
 */
export class Role extends Construct {
  readonly resource: IamRole;
  private readonly policies: IamRolePolicy[] = [];

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    this.resource = new IamRole(this, 'role', {
      name: props.roleName,
      description: props.description,
      assumeRolePolicy: policyDocument([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: props.service },
          ...(props.onBehalfOf && { Condition: onlyFor(props.onBehalfOf, props.service) }),
        },
      ]),
    });
  }

  get arn(): string {
    return this.resource.arn;
  }

  get roleName(): string {
    return this.resource.name;
  }

  /** What has been granted so far: who tries at once whether the role may has to wait for it. */
  get grants(): readonly IamRolePolicy[] {
    return this.policies;
  }

  /** Adds a policy named `id`. Throws on a wildcard in an action: a grant names what it allows. */
  allow(id: string, ...statements: Statement[]): IamRolePolicy {
    for (const action of statements.flatMap((statement) => statement.actions)) {
      if (action.includes('*'))
        throw new Error(`${this.node.path}: "${action}" is a wildcard; name the actions that ${id} needs.`);
    }
    const policy = new IamRolePolicy(this, id, {
      name: id,
      role: this.resource.id,
      policy: policyDocument(
        statements.map(({ actions, resources, conditions }) => ({
          Effect: 'Allow',
          Action: actions,
          Resource: resources,
          ...(conditions && { Condition: conditions }),
        })),
      ),
    });
    this.policies.push(policy);
    return policy;
  }
}

/** An IAM policy document as JSON. */
export function policyDocument(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** The condition in a trust policy that holds a service to one account, as AWS's own examples for that service have it. */
function onlyFor(account: AwsAccount, service: string): object {
  switch (service) {
    // https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#firehose-assume-role
    case 'firehose.amazonaws.com':
      return { StringEquals: { 'sts:ExternalId': account.accountId } };
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample
    case 'logs.amazonaws.com':
      return { StringLike: { 'aws:SourceArn': account.arn('logs', '*') } };
    // https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    default:
      return { StringEquals: { 'aws:SourceAccount': account.accountId } };
  }
}
