import type { AwsTarget } from '../constructs/core/aws-account';
import type { EnvFile } from '../constructs/core/stack-settings';
import type { FunctionRuntime } from '../constructs/function/function-runtime';

/** What both stacks are told about the deployment that they belong to. */
export interface DeploymentProps {
  /** The MainStack's name, in front of names that are unique in the account. */
  readonly prefix: string;
  readonly prodStage: boolean;
  /** The tag `Owner` on every resource. @default - no tag */
  readonly owner?: string;
  readonly runtime: FunctionRuntime;
  readonly aws: AwsTarget;
  /** A sentence for each setting without which the stack cannot be deployed. @default - none is missing */
  readonly missing?: readonly string[];
  /** What `.env` may hold, which Terraform reads as well. @default - the stack declares only the secrets that it needs */
  readonly envFile?: EnvFile;
}
