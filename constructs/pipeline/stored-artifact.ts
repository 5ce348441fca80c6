import { DataAwsS3Objects } from '@cdktf/provider-aws/lib/data-aws-s3-objects';
import { Construct } from 'constructs';

export interface StoredArtifactProps {
  readonly bucket: string;
  readonly key: string;
  /** How to come by the artifact if it is not there: goes into the sentence that fails the plan. */
  readonly remedy: string;
}

/**
 * A zip in the artifact bucket that functions are made from.
 *
 * Fails the plan with a sentence if there is none. Lambda would also say so, but only after half of the stack is created.
 *
 * @example
 * new StoredArtifact(scope, 'artifact', {
 *   bucket: 'kite-artifacts',
 *   key: 'request-dispatcher/latest/function.zip',
 *   remedy: 'start a build, then deploy again.',
 * });
 */
export class StoredArtifact extends Construct {
  /** What has to wait until the zip has been seen. */
  readonly seen: DataAwsS3Objects;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: StoredArtifactProps,
  ) {
    super(scope, id);
    const { bucket, key, remedy } = props;
    this.seen = new DataAwsS3Objects(this, 'seen', {
      bucket,
      prefix: key,
      lifecycle: {
        postcondition: [
          {
            // Where nothing is found, the provider gives no list or an empty one.
            condition: `\${try(contains(self.keys, self.prefix), false)}`,
            errorMessage: `There is no s3://${bucket}/${key} to make functions from: ${remedy}`,
          },
        ],
      },
    });
  }

  get bucket(): string {
    return this.props.bucket;
  }

  get key(): string {
    return this.props.key;
  }
}
