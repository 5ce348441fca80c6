import { DataAwsS3Objects } from '@cdktf/provider-aws/lib/data-aws-s3-objects';
import { DataTerraformRemoteStateS3, S3Backend, S3BackendConfig, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

/** Where a stack keeps its state. */
export interface StateLocation {
  /** A bucket that exists already: `npm run bootstrap` makes it. @default - none yet: the stack can be synthesized, but not deployed */
  readonly bucket?: string;
  /** The key of the state object, for example `kite/terraform.tfstate`. */
  readonly key: string;
  readonly region: string;
  /** Where S3 is emulated. @default - the real S3 */
  readonly endpointUrl?: string;
}

/**
 * Keeps the stack's state in S3: encrypted, and locked by S3 itself (Terraform 1.10 and later), so no lock table is needed.
 *
 * As long as there is no bucket, Terraform must come as far as the sentence that says so, which it does without a backend. (Not
 * with a backend of another kind: Terraform would ask to migrate from it when the bucket is there.)
 */
export function keepState(stack: TerraformStack, location: StateLocation): void {
  stack.addOverride('terraform.required_version', '>= 1.10.0');
  if (!location.bucket) {
    stack.addOverride('terraform.backend', undefined);
    return;
  }
  // cdktf 0.21 has no type for `use_lockfile`, but writes the key if it is given.
  const lock: object = { useLockfile: true };
  new S3Backend(stack, { ...access(location), encrypt: true, ...lock });
}

/** The bucket's name, or one that says that there is none. */
export function stateBucketName({ bucket }: StateLocation): string {
  return bucket ?? 'state-bucket-is-not-set';
}

export interface StackOutputsProps {
  readonly state: StateLocation;
  /** The stack that writes the outputs, for example `kite-build`. */
  readonly stackName: string;
  /** The names of the outputs that are read. */
  readonly names: readonly string[];
}

/**
 * The outputs of another stack.
 *
 * Fails the plan with a sentence that names the stack to deploy first, if it was never deployed (no state object) or has been
 * destroyed (a state without outputs). Terraform's own words would be "Unable to find remote state".
 *
 * @example
 * const build = new StackOutputs(scope, 'build', {
 *   state: { bucket: 'my-state', key: 'kite/terraform-build.tfstate', region: 'eu-north-1' },
 *   stackName: 'kite-build',
 *   names: ['s3-source-bucket'],
 * });
 * build.get('s3-source-bucket');
 */
export class StackOutputs extends Construct {
  private readonly state: DataTerraformRemoteStateS3;

  constructor(scope: Construct, id: string, props: StackOutputsProps) {
    super(scope, id);
    const sentence = `Deploy ${props.stackName} first (npx cdktf deploy ${props.stackName}): this stack reads its outputs, and there are none in s3://${stateBucketName(props.state)}/${props.state.key}.`;

    const present = new DataAwsS3Objects(this, 'present', {
      bucket: stateBucketName(props.state),
      prefix: props.state.key,
      lifecycle: {
        postcondition: [{ condition: '${try(contains(self.keys, self.prefix), false)}', errorMessage: sentence }],
      },
    });

    this.state = new DataTerraformRemoteStateS3(this, 'state', {
      ...access(props.state),
      defaults: Object.fromEntries(props.names.map((name) => [name, ''])),
    });
    this.state.addOverride('depends_on', [`data.${DataAwsS3Objects.tfResourceType}.${present.friendlyUniqueId}`]);
    // An output that is not there has its default.
    const complete = `alltrue([for name in ${JSON.stringify(props.names)} : self.outputs[name] != ""])`;
    this.state.addOverride('lifecycle.postcondition', [{ condition: `\${${complete}}`, error_message: sentence }]);
  }

  get(name: string): string {
    return this.state.getString(name);
  }
}

function access(location: StateLocation): S3BackendConfig {
  const { key, region, endpointUrl } = location;
  return {
    bucket: stateBucketName(location),
    key,
    region,
    ...(endpointUrl && {
      endpoints: { s3: endpointUrl },
      usePathStyle: true,
      skipCredentialsValidation: true,
      skipMetadataApiCheck: true,
      skipRegionValidation: true,
      skipRequestingAccountId: true,
    }),
  };
}
