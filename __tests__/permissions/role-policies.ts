import { runSimulation, type SimulationIdentityPolicy } from '@cloud-copilot/iam-simulate';

import { statements, type Attributes, type Synthesized } from '../constructs/synthesized';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-north-1';

/** The policies of all roles of synthesized stacks, with ARNs in place of what Terraform would put in. */
export class RolePolicies {
  private readonly resources = new Map<string, Attributes>();
  private readonly policies = new Map<string, SimulationIdentityPolicy[]>();

  constructor(stacks: readonly Synthesized[]) {
    for (const { json } of stacks) {
      for (const [type, resources] of Object.entries(json.resource ?? {})) {
        for (const [id, attributes] of Object.entries(resources)) this.resources.set(`${type}.${id}`, attributes);
      }
    }
    for (const stack of stacks) {
      for (const role of stack.all('aws_iam_role')) this.policies.set(String(role['name']), []);
      for (const policy of stack.all('aws_iam_role_policy')) {
        const role = this.resolved(String(policy['role']));
        const document: unknown = JSON.parse(this.resolved(String(policy['policy'])));
        this.policies.get(role)?.push({ name: String(policy['name']), policy: document });
      }
    }
  }

  /** The names of all roles. */
  get roles(): string[] {
    return [...this.policies.keys()].sort();
  }

  /** All actions that a role is granted, on whatever. */
  actionsOf(role: string): string[] {
    const granted = (this.policies.get(role) ?? []).flatMap(({ policy }) => statements(JSON.stringify(policy)));
    return granted.flatMap(({ Action }) => Action);
  }

  /** `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`, as IAM decides. Throws an Error for a call that AWS does not know. */
  async verdict(role: string, action: string, resource: string): Promise<string> {
    const identityPolicies = this.policies.get(role);
    if (identityPolicies === undefined) throw new Error(`There is no role ${role}: ${this.roles.join(', ')}`);
    const result = await runSimulation(
      {
        request: {
          principal: `arn:aws:iam::${ACCOUNT}:role/${role}`,
          action,
          resource: { resource, accountId: ACCOUNT },
          contextVariables: {},
        },
        identityPolicies,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === 'error') throw new Error(`${action} ${resource}: ${JSON.stringify(result.errors)}`);
    return result.overallResult;
  }

  private resolved(text: string): string {
    return text.replace(/\$\{([^}]+)\}/g, (_, expression: string) => this.valueOf(expression));
  }

  private valueOf(expression: string): string {
    if (/^data\.aws_caller_identity\.[\w-]+\.account_id$/.test(expression)) return ACCOUNT;
    const [, address = '', type = '', attribute = ''] = /^((\w+)\.[\w-]+)\.(\w+)$/.exec(expression) ?? [];
    const resource = this.resources.get(address);
    if (resource === undefined) throw new Error(`What is \${${expression}}?`);
    const name = this.resolved(String(resource['name'] ?? resource['bucket'] ?? resource['function_name']));
    if (['id', 'name', 'bucket', 'function_name'].includes(attribute)) return name;
    const arn = ARNS[`${type}.${attribute}`];
    if (arn === undefined) throw new Error(`What is \${${expression}}?`);
    return arn(name, this.resolved(String(resource['function_name'] ?? '')));
  }
}

const regional = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** How AWS makes the ARNs that the stacks refer to; the id of an API stands for itself by the API's name. */
const ARNS: Readonly<Record<string, (name: string, functionName: string) => string>> = {
  'aws_s3_bucket.arn': (name) => `arn:aws:s3:::${name}`,
  'aws_dynamodb_table.arn': (name) => regional('dynamodb', `table/${name}`),
  'aws_sqs_queue.arn': (name) => regional('sqs', name),
  'aws_ssm_parameter.arn': (name) => regional('ssm', `parameter${name}`),
  'aws_sns_topic.arn': (name) => regional('sns', name),
  'aws_cloudwatch_log_group.arn': (name) => regional('logs', `log-group:${name}`),
  'aws_codebuild_project.arn': (name) => regional('codebuild', `project/${name}`),
  'aws_lambda_alias.arn': (name, functionName) => regional('lambda', `function:${functionName}:${name}`),
  'aws_kinesis_firehose_delivery_stream.arn': (name) => regional('firehose', `deliverystream/${name}`),
  'aws_apigatewayv2_api.execution_arn': (name) => regional('execute-api', name),
};
