import { block, blocks, text } from '../attributes';
import { Rule } from '../rule';
import { refusesPlainText } from '../statements';

/** What closes a bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
const LOCKS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

const REMEDY = 'make the bucket by PrivateBucket (constructs/storage/private-bucket.ts), which does it.';

export const BUCKET_RULES = [
  {
    name: 'bucket-not-public',
    reason: 'A policy or an ACL that is set later must not make the files public',
    source: 'FSBP S3.8',
    remedy: REMEDY,
    of: ['aws_s3_bucket'],
    problem: (bucket, stack) => {
      const [access] = stack.belonging(bucket, 'aws_s3_bucket_public_access_block', 'bucket');
      if (access === undefined) return 'it has no public access block';
      const open = LOCKS.filter((lock) => access.attributes[lock] !== true);
      return open.length > 0 ? `its public access block leaves open: ${open.join(', ')}` : undefined;
    },
  },
  {
    name: 'bucket-tls-only',
    reason: 'Requests without TLS can be read in transit',
    source: 'FSBP S3.5',
    remedy: REMEDY,
    of: ['aws_s3_bucket'],
    problem: (bucket, stack) =>
      stack
        .belonging(bucket, 'aws_s3_bucket_policy', 'bucket')
        .some(({ attributes }) => refusesPlainText(attributes['policy'], ['s3:*']))
        ? undefined
        : 'it answers requests without TLS',
  },
  {
    name: 'bucket-encrypted',
    reason: 'S3 encrypts by default, but only an explicit setting is checked for drift',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html',
    remedy: REMEDY,
    of: ['aws_s3_bucket'],
    problem: (bucket, stack) => {
      const type = 'aws_s3_bucket_server_side_encryption_configuration';
      const algorithms = stack
        .belonging(bucket, type, 'bucket')
        .flatMap(({ attributes }) => blocks(attributes, 'rule'))
        .map((rule) => text(block(rule, 'apply_server_side_encryption_by_default')['sse_algorithm']));
      return algorithms.some((algorithm) => algorithm !== '') ? undefined : 'nothing says how it is encrypted';
    },
  },
  {
    name: 'bucket-keeps-or-ends',
    reason: 'Files that never expire are paid for forever, and files that are kept must survive a mistake',
    source: 'FSBP S3.13, S3.14',
    remedy: 'keep versions (versioned: true), or say when everything in it ends (lifecycleRules).',
    of: ['aws_s3_bucket'],
    problem: (bucket, stack) => {
      const versioned = stack
        .belonging(bucket, 'aws_s3_bucket_versioning', 'bucket')
        .some(({ attributes }) => block(attributes, 'versioning_configuration')['status'] === 'Enabled');
      const rules = stack
        .belonging(bucket, 'aws_s3_bucket_lifecycle_configuration', 'bucket')
        .flatMap(({ attributes }) => blocks(attributes, 'rule'));
      const ends = rules.length > 0 && rules.every((rule) => block(rule, 'expiration')['days'] !== undefined);
      return versioned || ends ? undefined : 'it keeps no versions, and nothing says when its files end';
    },
  },
] as const satisfies readonly Rule[];
