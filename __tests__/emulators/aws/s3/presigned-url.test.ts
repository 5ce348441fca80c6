import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

import { readAwsRequest, type AwsRequest } from '../../../../emulators/aws/protocol/aws-request';
import { Identities } from '../../../../emulators/aws/account/identities';
import { isSignedLink, refusePresigned } from '../../../../emulators/aws/s3/presigned-url';

const identities = new Identities();
const credentials = identities.assume('arn:aws:iam::123456789012:role/dev-request-dispatcher');
const s3 = new S3Client({ endpoint: 'http://127.0.0.1:4566', region: 'eu-north-1', forcePathStyle: true, credentials });
const secretOf = (key: string): string | undefined => identities.secretOf(key);

afterAll(() => s3.destroy());

async function upload(): Promise<URL> {
  const command = new PutObjectCommand({
    Bucket: 'files',
    Key: 'a b/ü.png',
    ContentType: 'image/png',
    ContentLength: 4,
  });
  return new URL(
    await getSignedUrl(s3, command, { expiresIn: 60, signableHeaders: new Set(['content-type', 'content-length']) }),
  );
}

function request(url: URL, method: string, headers: Record<string, string> = {}): AwsRequest {
  return readAwsRequest({
    method,
    url: url.pathname + url.search,
    headers: { host: url.host, ...headers },
    body: Buffer.alloc(0),
  });
}

test('an upload as it was signed is accepted', async () => {
  const headers = { 'content-type': 'image/png', 'content-length': '4' };
  expect(await refusePresigned(request(await upload(), 'PUT', headers), secretOf)).toBeUndefined();
});

test.each([
  ['another type', { 'content-type': 'text/html', 'content-length': '4' }],
  ['another length', { 'content-type': 'image/png', 'content-length': '5' }],
])('an upload with %s than was signed is refused', async (_, headers) => {
  expect(await refusePresigned(request(await upload(), 'PUT', headers), secretOf)).toMatchObject({
    code: 'SignatureDoesNotMatch',
  });
});

test('a link for reading is neither for writing nor for another object', async () => {
  const link = new URL(
    await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'files', Key: 'a.png' }), { expiresIn: 60 }),
  );
  expect(await refusePresigned(request(link, 'GET'), secretOf)).toBeUndefined();
  expect(await refusePresigned(request(link, 'PUT'), secretOf)).toMatchObject({ code: 'SignatureDoesNotMatch' });
  link.pathname = '/files/b.png';
  expect(await refusePresigned(request(link, 'GET'), secretOf)).toMatchObject({ code: 'SignatureDoesNotMatch' });
});

test('a link that has expired is refused', async () => {
  const link = new URL(
    await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'files', Key: 'a.png' }), { expiresIn: 60 }),
  );
  expect(await refusePresigned(request(link, 'GET'), secretOf, Date.now() + 61_000)).toMatchObject({
    code: 'AccessDenied',
    message: 'Request has expired',
  });
});

test('requests that are not presigned, or signed by an unknown key, are not checked', async () => {
  expect(await refusePresigned(request(new URL('http://127.0.0.1/files/a.png'), 'GET'), secretOf)).toBeUndefined();
  expect(await refusePresigned(request(await upload(), 'GET'), () => undefined)).toBeUndefined();
});

function inCredential(link: URL, part: RegExp, other: string): void {
  const credential = link.searchParams.get('X-Amz-Credential') ?? '';
  link.searchParams.set('X-Amz-Credential', credential.replace(part, other));
}

describe('a website', () => {
  const HEADERS = { 'content-type': 'image/png', 'content-length': '4' };

  test('may follow a link that a role has signed, and ask before whether it may', async () => {
    const link = await upload();
    expect(await isSignedLink(request(link, 'PUT', HEADERS), secretOf)).toBe(true);
    expect(await isSignedLink(request(link, 'OPTIONS'), secretOf)).toBe(true);
    expect(await refusePresigned(request(link, 'OPTIONS'), secretOf)).toBeUndefined();
  });

  test.each([
    ['no signature', (link: URL) => link.searchParams.delete('X-Amz-Signature'), {}],
    ['a signature of its own', (link: URL) => link.searchParams.set('X-Amz-Signature', '0'.repeat(64)), {}],
    [
      'a key of its own',
      (link: URL) => link.searchParams.set('X-Amz-Credential', 'me/20261121/eu/s3/aws4_request'),
      {},
    ],
    ['a credential of another day', (link: URL) => inCredential(link, /\/\d{8}\//, '/20010101/'), {}],
    ['a credential for another signature', (link: URL) => inCredential(link, /aws4_request$/, 'aws5_request'), {}],
    ['a date in another form', (link: URL) => link.searchParams.set('X-Amz-Date', new Date().toISOString()), {}],
    ['a link for another object', (link: URL) => (link.pathname = '/files/other'), {}],
    ['another service in its headers', () => undefined, { 'x-amz-target': 'DynamoDB_20120810.Scan' }],
    ['another signature in its headers', () => undefined, { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/iam/d' }],
  ])('may do nothing with %s', async (_, change, headers) => {
    const link = await upload();
    change(link);
    expect(await isSignedLink(request(link, 'PUT', { ...HEADERS, ...headers }), secretOf)).toBe(false);
  });

  test('cannot make a signature: each account has secrets of its own', () => {
    const role = 'arn:aws:iam::123456789012:role/dev-request-dispatcher';
    expect(new Identities().assume(role).secretAccessKey).not.toBe(identities.assume(role).secretAccessKey);
    expect(identities.assume(role)).toEqual(identities.assume(role));
  });
});
