import {
  BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Refusal } from '../command';

/** The bucket that keeps Terraform's state. */
export interface StateBucketProps {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly region: string;
}

interface PolicyStatement {
  readonly Sid?: string;
}

const TLS_ONLY = 'TlsOnly';

/**
 * Makes the bucket if it is not there, and in either case keeps its versions, encrypts it, closes it to the public and to
 * requests without TLS. It may be run any number of times; nothing in the bucket is touched.
 *
 * Throws a Refusal if the name belongs to another account or the bucket is in another region.
 */
export async function makeStateBucket(props: StateBucketProps): Promise<'made' | 'was there'> {
  const { s3, bucket: Bucket } = props;
  const found = await exists(props);
  if (!found) await create(props);
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    }),
  );
  await requireTls(props);
  return found ? 'was there' : 'made';
}

async function exists({ s3, bucket, region }: StateBucketProps): Promise<boolean> {
  try {
    const { BucketRegion } = await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    if (BucketRegion !== undefined && BucketRegion !== region) throw elsewhere(bucket, region, BucketRegion);
    return true;
  } catch (error) {
    // An answer to HEAD has no body, so S3 says what is wrong by its status only.
    switch (statusOf(error)) {
      case 404:
        return false;
      case 301:
        throw elsewhere(bucket, region);
      case 403:
        throw new Refusal(
          `The bucket ${bucket} is not yours, or these credentials may not use it: write another name into .env, STATE_BUCKET="...", or use other credentials.`,
        );
      default:
        throw error;
    }
  }
}

async function create({ s3, bucket, region }: StateBucketProps): Promise<void> {
  try {
    await s3.send(
      new CreateBucketCommand({
        Bucket: bucket,
        // Of all regions, S3 refuses to be told the first one.
        ...(region !== 'us-east-1' && {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        }),
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'BucketAlreadyExists') throw error;
    throw new Refusal(
      `The name ${bucket} is taken by another account: bucket names are unique in all of AWS. Write another into .env, STATE_BUCKET="...".`,
    );
  }
}

/** Adds the statement to the policy that is there, and leaves the others in it. */
async function requireTls({ s3, bucket }: StateBucketProps): Promise<void> {
  const others = (await statementsOf(s3, bucket)).filter(({ Sid }) => Sid !== TLS_ONLY);
  const arn = `arn:aws:s3:::${bucket}`;
  const tlsOnly = {
    Sid: TLS_ONLY,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [...others, tlsOnly] });
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
}

async function statementsOf(s3: Pick<S3Client, 'send'>, Bucket: string): Promise<readonly PolicyStatement[]> {
  try {
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    const document = JSON.parse(Policy ?? '{}') as { Statement?: PolicyStatement | PolicyStatement[] };
    return [document.Statement ?? []].flat();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchBucketPolicy') return [];
    throw error;
  }
}

function elsewhere(bucket: string, region: string, actual?: string): Refusal {
  return new Refusal(
    `The bucket ${bucket} is in ${actual ?? 'another region'}, and AWS_REGION is ${region}: the state is kept where Kite is deployed. Write another STATE_BUCKET or another AWS_REGION into .env.`,
  );
}

function statusOf(error: unknown): number | undefined {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata;
  return metadata?.httpStatusCode;
}
