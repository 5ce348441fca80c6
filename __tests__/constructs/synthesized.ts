import { TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { AwsAccount } from '../../constructs/core/aws-account';

/** The JSON that Terraform reads. */
export interface TerraformJson {
  readonly resource?: Record<string, Record<string, Attributes>>;
  readonly data?: Record<string, Record<string, Attributes>>;
  readonly variable?: Record<string, Attributes>;
  readonly output?: Record<string, Attributes>;
  readonly provider?: Record<string, Attributes[]>;
  readonly terraform: {
    readonly backend?: Record<string, Attributes>;
    readonly required_providers: Record<string, Attributes>;
  };
}
export type Attributes = Record<string, unknown>;

/** One statement of an IAM policy. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: string | string[];
  readonly Principal?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** What has been synthesized, to be looked at as an operator would look at a plan. */
export class Synthesized {
  constructor(readonly json: TerraformJson) {}

  /** A stack with what `build` puts into it. */
  static stackWith(build: (scope: Construct, account: AwsAccount) => void): Synthesized {
    const app = Testing.app();
    const stack = new TerraformStack(app, 'test');
    build(stack, new AwsAccount(stack, 'aws', { region: 'eu-north-1' }));
    return Synthesized.of(stack);
  }

  static of(stack: TerraformStack): Synthesized {
    return new Synthesized(JSON.parse(Testing.synth(stack, true)) as TerraformJson);
  }

  all(type: string): Attributes[] {
    return Object.values(this.json.resource?.[type] ?? {});
  }

  /** The only resource of a type. */
  the(type: string): Attributes {
    const [first, ...others] = this.all(type);
    if (!first || others.length > 0) throw new Error(`There are ${this.all(type).length} of ${type}, not one.`);
    return first;
  }

  dataOf(type: string): Attributes[] {
    return Object.values(this.json.data?.[type] ?? {});
  }

  /** Terraform's address of the only resource of a type. */
  address(type: string): string {
    const [name, ...others] = Object.keys(this.json.resource?.[type] ?? {});
    if (!name || others.length > 0) throw new Error(`There is not exactly one ${type}.`);
    return `${type}.${name}`;
  }

  /** The statements of the role policy with this name. */
  grant(name: string): PolicyStatement[] {
    const policy = this.all('aws_iam_role_policy').find((candidate) => candidate['name'] === name);
    if (!policy) throw new Error(`There is no grant ${name}.`);
    return statements(policy['policy']);
  }

  /** Every statement of every role's policy, with the policy's name. */
  grants(): { policy: string; statement: PolicyStatement }[] {
    return this.all('aws_iam_role_policy').flatMap((policy) =>
      statements(policy['policy']).map((statement) => ({ policy: String(policy['name']), statement })),
    );
  }
}

export function statements(policy: unknown): PolicyStatement[] {
  return (JSON.parse(String(policy)) as { Statement: PolicyStatement[] }).Statement;
}
