import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import {
  S3BucketLifecycleConfiguration,
  S3BucketLifecycleConfigurationRule,
} from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import { Protection } from '../core/protection';
import { policyDocument } from '../core/role';

export interface PrivateBucketProps {
  /** Unique in all of AWS. */
  readonly bucketName: string;
  /** Keep what is overwritten or deleted. @default false */
  readonly versioned?: boolean;
  /** What ends when. @default - nothing ends */
  readonly lifecycleRules?: S3BucketLifecycleConfigurationRule[];
  /** @default Protection.none: the bucket goes when the stack goes, with what is in it */
  readonly protection?: Protection;
}

/**
 * A bucket that nobody outside of the account can read, and nobody at all without TLS.
 *
 * Creates the bucket, its public access block, its encryption, its policy, and if asked for versioning and lifecycle.
 *
 * @example
 * new PrivateBucket(scope, 'reports', { bucketName: 'kite-reports', versioned: true, protection: Protection.full });
 */
export class PrivateBucket extends Construct {
  readonly resource: S3Bucket;
  readonly versioning?: S3BucketVersioningA;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const protection = props.protection ?? Protection.none;
    this.resource = new S3Bucket(this, 'bucket', {
      bucket: props.bucketName,
      forceDestroy: !protection.on,
      lifecycle: protection.lifecycle,
    });
    this.encrypt();
    this.keepPrivate();
    if (props.versioned) this.versioning = this.keepVersions();
    if (props.lifecycleRules) this.endObjects(props.lifecycleRules);
  }

  get bucketName(): string {
    return this.resource.bucket;
  }

  get arn(): string {
    return this.resource.arn;
  }

  /** What an object of this bucket has to wait for: one stored before versioning was on has no version. */
  get ready(): S3Bucket | S3BucketVersioningA {
    return this.versioning ?? this.resource;
  }

  private encrypt(): void {
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: this.resource.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    });
  }

  private keepPrivate(): void {
    const block = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket: this.resource.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, 'policy', {
      bucket: this.resource.id,
      // A deny, so the wildcards take away and give nothing: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
      policy: policyDocument([
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [this.arn, `${this.arn}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
      // S3 refuses two changes of access at the same time.
      dependsOn: [block],
    });
  }

  private keepVersions(): S3BucketVersioningA {
    return new S3BucketVersioningA(this, 'versioning', {
      bucket: this.resource.id,
      versioningConfiguration: { status: 'Enabled' },
    });
  }

  private endObjects(rule: S3BucketLifecycleConfigurationRule[]): void {
    new S3BucketLifecycleConfiguration(this, 'lifecycle', { bucket: this.resource.id, rule, dependsOn: [this.ready] });
  }
}
