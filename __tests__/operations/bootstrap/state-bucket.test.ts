import { makeStateBucket } from '../../../operations/bootstrap/state-bucket';

/** S3 as it answers the calls of the bootstrap: a bucket of this account, of another account, or none. */
class FakeS3 {
  readonly calls: string[] = [];
  readonly inputs = new Map<string, Record<string, unknown>>();

  constructor(
    private readonly head: { region?: string; status?: number },
    private readonly policy?: string,
    private readonly taken = false,
  ) {}

  send(command: unknown): never {
    const { constructor, input } = command as { constructor: { name: string }; input: Record<string, unknown> };
    const name = constructor.name.replace('Command', '');
    this.calls.push(name);
    this.inputs.set(name, input);
    return Promise.resolve().then(() => this.answer(name)) as never;
  }

  private answer(name: string): object {
    if (name === 'HeadBucket' && this.head.status) throw failure('Unknown', this.head.status);
    if (name === 'HeadBucket') return { BucketRegion: this.head.region };
    if (name === 'CreateBucket' && this.taken) throw failure('BucketAlreadyExists', 409);
    if (name === 'GetBucketPolicy' && !this.policy) throw failure('NoSuchBucketPolicy', 404);
    return name === 'GetBucketPolicy' ? { Policy: this.policy } : {};
  }
}

function failure(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}

const place = { bucket: 'my-state', region: 'eu-north-1' };
const TLS_ONLY = expect.objectContaining({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
}) as object;

function policyOf(s3: FakeS3): { Statement: unknown[] } {
  return JSON.parse(String(s3.inputs.get('PutBucketPolicy')?.['Policy'])) as { Statement: unknown[] };
}

describe('makeStateBucket', () => {
  it('makes a bucket that is versioned, encrypted, private and TLS only', async () => {
    const s3 = new FakeS3({ status: 404 });
    await expect(makeStateBucket({ s3, ...place })).resolves.toBe('made');
    expect(s3.calls).toEqual([
      'HeadBucket',
      'CreateBucket',
      'PutPublicAccessBlock',
      'PutBucketVersioning',
      'PutBucketEncryption',
      'GetBucketPolicy',
      'PutBucketPolicy',
    ]);
    expect(s3.inputs.get('CreateBucket')).toMatchObject({
      CreateBucketConfiguration: { LocationConstraint: 'eu-north-1' },
    });
    expect(s3.inputs.get('PutBucketVersioning')).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
    expect(policyOf(s3).Statement).toEqual([TLS_ONLY]);
  });

  it('names no region to S3 in us-east-1, which S3 refuses', async () => {
    const s3 = new FakeS3({ status: 404 });
    await makeStateBucket({ s3, bucket: 'my-state', region: 'us-east-1' });
    expect(s3.inputs.get('CreateBucket')).toEqual({ Bucket: 'my-state' });
  });

  it('may be run again: it makes nothing, and keeps what others have put into the policy', async () => {
    const theirs = { Sid: 'Theirs', Effect: 'Allow' };
    const s3 = new FakeS3({ region: 'eu-north-1' }, JSON.stringify({ Statement: [theirs, { Sid: 'TlsOnly' }] }));
    await expect(makeStateBucket({ s3, ...place })).resolves.toBe('was there');
    expect(s3.calls).not.toContain('CreateBucket');
    expect(policyOf(s3).Statement).toEqual([theirs, TLS_ONLY]);
  });

  it.each([
    ['is not yours', new FakeS3({ status: 403 }), 'The bucket my-state is not yours'],
    ['is taken', new FakeS3({ status: 404 }, undefined, true), 'The name my-state is taken by another account'],
    [
      'is in another region',
      new FakeS3({ region: 'us-west-2' }),
      'The bucket my-state is in us-west-2, and AWS_REGION is eu-north-1',
    ],
    [
      'is in another region that S3 does not name',
      new FakeS3({ status: 301 }),
      'The bucket my-state is in another region',
    ],
  ])('says what to do if the name %s', async (_, s3, words) => {
    await expect(makeStateBucket({ s3, ...place })).rejects.toThrow(words);
    expect(s3.calls).not.toContain('PutBucketPolicy');
  });
});
