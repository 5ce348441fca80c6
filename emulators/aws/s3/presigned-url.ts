import { createHash, createHmac } from 'node:crypto';

import { readAwsRequest, type AwsRequest, type RawRequest } from '../protocol/aws-request';

/** Why S3 refuses a presigned URL: its error code and message. */
export interface PresignedRefusal {
  readonly code: 'AccessDenied' | 'SignatureDoesNotMatch';
  readonly message: string;
}

/**
 * Checks a request that is signed in its query, as S3 does: not expired, and method, path and every signed header (type
 * and length of an upload, say) as they were signed.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @param secretOf the secret key behind an access key; requests signed with a key it does not know are let through
 * @param now milliseconds since 1970
 * @returns undefined if there is nothing against it, nor against a browser's question whether it may (CORS)
 */
export function refusePresigned(
  request: AwsRequest,
  secretOf: (accessKeyId: string) => string | undefined,
  now = Date.now(),
): PresignedRefusal | undefined {
  const { query } = request;
  const signature = query.get('X-Amz-Signature');
  const secret = request.accessKeyId === undefined ? undefined : secretOf(request.accessKeyId);
  if (signature === null || secret === undefined || request.method === 'OPTIONS') return undefined;
  const date = query.get('X-Amz-Date') ?? '';
  if (now > timeOf(date) + Number(query.get('X-Amz-Expires')) * 1000)
    return { code: 'AccessDenied', message: 'Request has expired' };
  const scope = (query.get('X-Amz-Credential') ?? '').split('/').slice(1);
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical(request))].join('\n');
  const key = scope.reduce<string | Buffer>((previous, part) => hmac(previous, part), `AWS4${secret}`);
  if (hmac(key, toSign).toString('hex') === signature) return undefined;
  return {
    code: 'SignatureDoesNotMatch',
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  };
}

/**
 * Whether a request follows a link to S3 that a role of the account has signed. A browser's question whether it may (CORS) cannot be
 * checked like one, and tells nothing.
 */
export function isSignedLink(raw: RawRequest, secretOf: (accessKeyId: string) => string | undefined): boolean {
  if (raw.headers.authorization !== undefined || raw.headers['x-amz-target'] !== undefined) return false;
  const request = readAwsRequest(raw);
  if (request.service !== 's3' || !request.query.has('X-Amz-Signature')) return false;
  if (request.method === 'OPTIONS') return true;
  const isKnown = request.accessKeyId !== undefined && secretOf(request.accessKeyId) !== undefined;
  return isKnown && refusePresigned(request, secretOf) === undefined;
}

function canonical(request: AwsRequest): string {
  const [path = '', query = ''] = request.url.split('?');
  const signed = (request.query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const parameters = query.split('&').filter((parameter) => !parameter.startsWith('X-Amz-Signature='));
  return [
    request.method,
    path,
    parameters.sort().join('&'),
    ...signed.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    signed.join(';'),
    request.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

/** `20261121T050521Z` */
function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
