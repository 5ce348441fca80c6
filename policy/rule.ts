import { SynthesizedResource, SynthesizedStack } from './synthesized-stack';

/** What every resource of some types has to keep to. */
export interface Rule {
  /** In lower case, as an exemption names it. */
  readonly name: string;
  /** What could happen otherwise, in a sentence. */
  readonly reason: string;
  /** Where the rule comes from: a control of the AWS Foundational Security Best Practices (FSBP), or a page. */
  readonly source: string;
  /** What to do about a violation, in a sentence. */
  readonly remedy: string;
  /** Types of Terraform, for example `aws_s3_bucket`; `*` is every resource. */
  readonly of: readonly [string, ...string[]];
  /** What is wrong with a resource, without a full stop; undefined if nothing is. */
  readonly problem: (resource: SynthesizedResource, stack: SynthesizedStack) => string | undefined;
}
