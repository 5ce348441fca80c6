import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { Duration } from '../core/duration';
import { PrivateBucket, PrivateBucketProps } from '../storage/private-bucket';
import { Grantee } from '../core/role';

export type ArtifactBucketProps = Pick<PrivateBucketProps, 'bucketName'>;

/** How long a replaced version is kept. */
const KEEP_REPLACED = Duration.days(90);

/** One of the two zips that a build makes. */
export interface Artifact {
  /** The folder of the bucket that holds it, under which it is kept by commit and as `latest`. */
  readonly folder: string;
  readonly file: string;
}

export const REQUEST_DISPATCHER: Artifact = { folder: 'request-dispatcher', file: 'function.zip' };
export const LIFECYCLE: Artifact = { folder: 'lifecycle', file: 'lifecycle.zip' };

/** The key of the build that a new function starts with, for example `request-dispatcher/latest/function.zip`. */
export function latestKey({ folder, file }: Artifact): string {
  return `${folder}/latest/${file}`;
}

/**
 * Where builds are kept by commit: versioned, private, TLS only. What has been built stays; replaced versions end.
 *
 * @example
 * const artifacts = new ArtifactBucket(scope, 'artifacts', { bucketName: 'kite-artifacts-123456789012' });
 * artifacts.grantStore(project);
 */
export class ArtifactBucket extends Construct {
  private readonly bucket: PrivateBucket;

  constructor(scope: Construct, id: string, props: ArtifactBucketProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'files', {
      bucketName: props.bucketName,
      versioned: true,
      lifecycleRules: [
        {
          id: 'end-replaced-versions',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays: KEEP_REPLACED.toDays() }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
    });
  }

  get bucketName(): string {
    return this.bucket.bucketName;
  }

  get arn(): string {
    return this.bucket.arn;
  }

  /** Stores a zip from this machine as the latest build. `hash` is its SHA-256: a new one uploads it again. */
  upload(id: string, artifact: Artifact, { path, hash }: { path: string; hash: string }): S3Object {
    return new S3Object(this, id, {
      bucket: this.bucketName,
      key: latestKey(artifact),
      source: path,
      sourceHash: hash,
      dependsOn: [this.bucket.ready],
    });
  }

  /** May store builds and read them again. */
  grantStore(grantee: Grantee): void {
    grantee.role.allow(
      'store-artifacts',
      { actions: ['s3:GetObject', 's3:PutObject'], resources: this.objects },
      this.listing,
    );
  }

  /** May read builds. */
  grantRead(grantee: Grantee): void {
    grantee.role.allow('read-artifacts', { actions: ['s3:GetObject'], resources: this.objects }, this.listing);
  }

  /** May remember something of its own between two builds, under this key and no other. */
  grantMemory(grantee: Grantee, key: string): void {
    grantee.role.allow('remember', { actions: ['s3:GetObject', 's3:PutObject'], resources: [`${this.arn}/${key}`] });
  }

  /** May take the turn to deploy to a stage, and note down what it has deployed there (operations/deployment/stage-turn.ts). */
  grantTurn(grantee: Grantee, stage: string): void {
    grantee.role.allow('take-turns', {
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${this.arn}/deployments/${stage}.json`],
    });
  }

  private get objects(): string[] {
    return [REQUEST_DISPATCHER, LIFECYCLE].map(({ folder }) => `${this.arn}/${folder}/*`);
  }

  /** Without it S3 answers 403 for an artifact that was never built, and nobody can tell why. */
  private get listing() {
    return { actions: ['s3:ListBucket'], resources: [this.arn] };
  }
}
