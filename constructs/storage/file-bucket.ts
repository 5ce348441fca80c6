import { S3BucketCorsConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration';
import { Construct } from 'constructs';
import { Duration } from '../core/duration';
import { PrivateBucket, PrivateBucketProps } from './private-bucket';
import { Grantee } from '../core/role';

export interface FileBucketProps extends Pick<PrivateBucketProps, 'bucketName' | 'protection'> {
  /** How long messages are kept, and the files in them. */
  readonly retention: Duration;
}

/** Where uploads wait until they are sent (`lambdas/adapters/s3-files.ts`). */
const PENDING = 'pending/';

/**
 * The files of a stage's visitors and operators. Browsers upload and download by presigned URLs, so it answers CORS.
 *
 * @example
 * const files = new FileBucket(scope, 'files', { bucketName: 'kite-dev-files', retention: Duration.days(90) });
 * files.grantReadWrite(fn);
 */
export class FileBucket extends Construct {
  private readonly bucket: PrivateBucket;

  constructor(scope: Construct, id: string, props: FileBucketProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'files', {
      bucketName: props.bucketName,
      protection: props.protection,
      lifecycleRules: [
        {
          id: 'end-with-retention',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          expiration: [{ days: props.retention.toDays() }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
        // A day is the shortest that S3 knows. Of two rules the one that ends an object sooner counts.
        { id: 'end-unsent', status: 'Enabled', filter: [{ prefix: PENDING }], expiration: [{ days: 1 }] },
      ],
    });
    this.letBrowsersIn();
  }

  get bucketName(): string {
    return this.bucket.bucketName;
  }

  /** May store, read, delete and list files. */
  grantReadWrite(grantee: Grantee): void {
    grantee.role.allow(
      'use-files',
      { actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], resources: [`${this.bucket.arn}/*`] },
      { actions: ['s3:ListBucket'], resources: [this.bucket.arn] },
    );
  }

  private letBrowsersIn(): void {
    new S3BucketCorsConfiguration(this, 'cors', {
      bucket: this.bucket.resource.id,
      corsRule: [
        {
          // The widget may be on any website. What opens the bucket is the signature in the URL, not the page's origin.
          allowedOrigins: ['*'],
          allowedMethods: ['GET', 'HEAD', 'PUT'],
          allowedHeaders: ['content-type'],
          exposeHeaders: ['etag'],
          maxAgeSeconds: 3600,
        },
      ],
    });
  }
}
