import { ArtifactBucket, REQUEST_DISPATCHER } from '../../constructs/pipeline/artifact-bucket';
import { Duration } from '../../constructs/core/duration';
import { FileBucket } from '../../constructs/storage/file-bucket';
import { PrivateBucket } from '../../constructs/storage/private-bucket';
import { Protection } from '../../constructs/core/protection';
import { Role } from '../../constructs/core/role';
import { PENDING as UPLOADS } from '../../lambdas/adapters/s3-files';
import { statements, Synthesized } from './synthesized';

const role = { roleName: 'r', description: 'test', service: 'lambda.amazonaws.com' };

describe('PrivateBucket', () => {
  const stack = Synthesized.stackWith((scope) => new PrivateBucket(scope, 'bucket', { bucketName: 'b' }));

  it('is private and encrypted', () => {
    expect(stack.the('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(stack.the('aws_s3_bucket_server_side_encryption_configuration')).toMatchObject({
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
    });
  });

  it('refuses requests without TLS', () => {
    const arn = `\${${stack.address('aws_s3_bucket')}.arn}`;
    expect(statements(stack.the('aws_s3_bucket_policy')['policy'])).toEqual([
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  });

  it('goes with the stack unless it is protected', () => {
    expect(stack.the('aws_s3_bucket')).toMatchObject({ force_destroy: true });
    const kept = Synthesized.stackWith(
      (scope) => new PrivateBucket(scope, 'bucket', { bucketName: 'b', protection: Protection.full }),
    );
    expect(kept.the('aws_s3_bucket')).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
  });
});

describe('ArtifactBucket', () => {
  const stack = Synthesized.stackWith((scope) => {
    const bucket = new ArtifactBucket(scope, 'artifacts', { bucketName: 'artifacts' });
    bucket.upload('upload', REQUEST_DISPATCHER, { path: 'function.zip', hash: 'aGFzaA==' });
    bucket.grantStore({ role: new Role(scope, 'builder', role) });
    bucket.grantRead({ role: new Role(scope, 'promoter', role) });
    bucket.grantMemory({ role: new Role(scope, 'checker', role) }, 'drift-check/last-report.json');
  });
  const arn = `\${${stack.address('aws_s3_bucket')}.arn}`;

  it('keeps every version, and replaced ones for 90 days', () => {
    expect(stack.the('aws_s3_bucket_versioning')).toMatchObject({ versioning_configuration: { status: 'Enabled' } });
    expect(stack.the('aws_s3_bucket_lifecycle_configuration')).toMatchObject({
      rule: [{ status: 'Enabled', noncurrent_version_expiration: [{ noncurrent_days: 90 }] }],
    });
  });

  it('takes an upload as the latest build, once versions are kept', () => {
    expect(stack.the('aws_s3_object')).toMatchObject({
      key: 'request-dispatcher/latest/function.zip',
      source: 'function.zip',
      source_hash: 'aGFzaA==',
      depends_on: [stack.address('aws_s3_bucket_versioning')],
    });
  });

  it('lets a builder store, and a promoter only read', () => {
    const objects = [`${arn}/request-dispatcher/*`, `${arn}/lifecycle/*`];
    const list = { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [arn] };
    expect(stack.grant('store-artifacts')).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: objects },
      list,
    ]);
    expect(stack.grant('read-artifacts')).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: objects },
      list,
    ]);
  });

  it('lets the drift check remember one object', () => {
    expect(stack.grant('remember')).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: [`${arn}/drift-check/last-report.json`] },
    ]);
  });
});

describe('FileBucket', () => {
  const stack = Synthesized.stackWith((scope) => {
    const bucket = new FileBucket(scope, 'files', { bucketName: 'files', retention: Duration.days(90) });
    bucket.grantReadWrite({ role: new Role(scope, 'role', role) });
  });

  it('ends files with the messages that hold them, and uploads that were never sent after a day', () => {
    expect(stack.the('aws_s3_bucket_lifecycle_configuration')).toMatchObject({
      rule: [
        { status: 'Enabled', filter: [{ prefix: '' }], expiration: [{ days: 90 }] },
        { status: 'Enabled', filter: [{ prefix: UPLOADS }], expiration: [{ days: 1 }] },
      ],
    });
  });

  it('lets browsers upload and download from any website', () => {
    expect(stack.the('aws_s3_bucket_cors_configuration')).toMatchObject({
      cors_rule: [
        { allowed_origins: ['*'], allowed_methods: ['GET', 'HEAD', 'PUT'], allowed_headers: ['content-type'] },
      ],
    });
  });

  it('lets a function use the files and nothing else of the bucket', () => {
    const arn = `\${${stack.address('aws_s3_bucket')}.arn}`;
    expect(stack.grant('use-files')).toEqual([
      { Effect: 'Allow', Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], Resource: [`${arn}/*`] },
      { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [arn] },
    ]);
  });
});
