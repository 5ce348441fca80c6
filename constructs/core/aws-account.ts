import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { DeploymentGate } from './deployment-gate';

/** Which AWS a stack is deployed to. */
export interface AwsTarget {
  /** For example `eu-north-1`. */
  readonly region: string;
  /** Where all of AWS is emulated, for example `http://127.0.0.1:5000`. @default - the real AWS */
  readonly endpointUrl?: string;
  /** The version of the AWS provider to require. @default - the one the bindings were made for */
  readonly providerVersion?: string;
}

export interface AwsAccountProps extends AwsTarget {
  /** Keeps Terraform from asking AWS anything as long as settings are missing. @default - nothing is missing */
  readonly gate?: DeploymentGate;
  /** Put on every resource that can have tags. @default - none */
  readonly tags?: Record<string, string>;
}

/**
 * The account and region a stack lives in.
 *
 * Creates the AWS provider and looks the account's number up.
 *
 * @example
 * const aws = new AwsAccount(scope, 'aws', { region: 'eu-north-1', tags: { Project: 'kite' } });
 * aws.arn('sqs', 'dev-delivery.fifo');
 */
export class AwsAccount extends Construct {
  readonly region: string;
  private readonly identity: DataAwsCallerIdentity;

  constructor(scope: Construct, id: string, props: AwsAccountProps) {
    super(scope, id);
    this.region = props.region;
    new AwsProvider(this, 'provider', {
      region: props.gate?.guard(props.region) ?? props.region,
      ...(props.tags && { defaultTags: [{ tags: props.tags }] }),
      ...(props.endpointUrl && emulated),
    });
    this.requireVersion(props.providerVersion);
    this.identity = new DataAwsCallerIdentity(this, 'identity');
  }

  /** The account's twelve digits, known when Terraform plans. */
  get accountId(): string {
    return this.identity.accountId;
  }

  /** The ARN of something in this account and region. */
  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.accountId}:${resource}`;
  }

  private requireVersion(version?: string): void {
    if (version) TerraformStack.of(this).addOverride('terraform.required_providers.aws.version', version);
  }
}

/** The provider reads the endpoint itself from AWS_ENDPOINT_URL; these keep it from asking what an emulator cannot answer. */
const emulated = {
  s3UsePathStyle: true,
  skipMetadataApiCheck: 'true',
  skipRegionValidation: true,
  // An emulator answers 500 for what it lacks, and the provider would otherwise try again for ever.
  maxRetries: 1,
};
