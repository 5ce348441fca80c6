import {
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Check } from '../check';
import { nameOf, statusOf } from '../error-parts';
import { ok, problem, warning, type Finding } from '../finding';

const MEND = 'npm run bootstrap';

/** The bucket that keeps Terraform's state is there, ours, and as `npm run bootstrap` makes it. */
export const stateBucket: Check = {
  subject: 'State bucket',
  look: async (around) => {
    const bucket = await around.stateBucket();
    const { account } = await around.account();
    const { AWS_REGION: region } = around.reading.settings;
    const { s3 } = around.aws;
    const wrong = await whatIsWrong(s3, bucket, account, region);
    if (wrong) return wrong;
    const lacking = (await Promise.all([versioned(s3, bucket), encrypted(s3, bucket), closed(s3, bucket)])).filter(
      (sentence) => sentence !== undefined,
    );
    if (lacking.length > 0) return lacking.map((sentence) => warning(`${bucket} ${sentence}.`, MEND));
    return ok(`${bucket}: versioned, encrypted, private.`);
  },
};

async function whatIsWrong(
  s3: S3Client,
  bucket: string,
  account: string,
  region: string,
): Promise<Finding | undefined> {
  try {
    const head = await s3.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }));
    const { BucketRegion: actual } = head;
    return actual !== undefined && actual !== region ? elsewhere(bucket, region, actual) : undefined;
  } catch (error) {
    // An answer to HEAD has no body, so S3 says what is wrong by its status only.
    switch (statusOf(error)) {
      case 404:
        return problem(`There is no bucket ${bucket} yet.`, MEND);
      case 301:
        return elsewhere(bucket, region);
      case 403:
        return problem(
          `${bucket} is not yours, or these credentials may not use it.`,
          'Write another name into .env, STATE_BUCKET="...", or use other credentials.',
        );
      default:
        throw error;
    }
  }
}

function elsewhere(bucket: string, region: string, actual = 'another region'): Finding {
  return problem(
    `${bucket} is in ${actual}, and AWS_REGION is ${region}: the state is kept where Kite is deployed.`,
    'Write another STATE_BUCKET or another AWS_REGION into .env.',
  );
}

async function versioned(s3: S3Client, Bucket: string): Promise<string | undefined> {
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  return Status === 'Enabled' ? undefined : 'is not versioned: a lost state cannot be restored';
}

async function encrypted(s3: S3Client, Bucket: string): Promise<string | undefined> {
  const encryption = await unless(
    'ServerSideEncryptionConfigurationNotFoundError',
    s3.send(new GetBucketEncryptionCommand({ Bucket })),
  );
  const rules = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  return rules.length > 0 ? undefined : 'is not encrypted';
}

async function closed(s3: S3Client, Bucket: string): Promise<string | undefined> {
  const block = await unless(
    'NoSuchPublicAccessBlockConfiguration',
    s3.send(new GetPublicAccessBlockCommand({ Bucket })),
  );
  const {
    BlockPublicAcls: acls,
    BlockPublicPolicy: policy,
    IgnorePublicAcls: ignored,
    RestrictPublicBuckets: restricted,
  } = block?.PublicAccessBlockConfiguration ?? {};
  return acls && policy && ignored && restricted ? undefined : 'is not private';
}

async function unless<T>(name: string, answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (nameOf(error) === name) return undefined;
    throw error;
  });
}
