import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error';

/** Who may sign. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Milliseconds that the clock of a signer may differ from ours, as S3 allows. */
const CLOCK_SKEW = 15 * 60 * 1000;

/**
 * Checks a request's AWS Signature Version 4, in the `Authorization` header or in the query (a presigned URL), with its
 * time, and that every header it signs is as it was signed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @returns the payload's hash that was signed, in hexadecimal, or undefined if the payload was not signed
 * @throws S3Error
 */
export function checkSignature(request: IncomingMessage, key: SigningKey, now = Date.now()): string | undefined {
  const url = new URL(`http://localhost${request.url ?? '/'}`);
  const signed = url.searchParams.has('X-Amz-Signature') ? fromQuery(url, now) : fromHeader(request, now);
  const [accessKeyId, date, region, service] = signed.credential.split('/');
  if (accessKeyId !== key.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.');
  }
  if (service !== 's3') throw new S3Error('AuthorizationQueryParametersError', 400, 'The service must be s3.');

  const canonicalRequest = [
    request.method,
    canonicalPath(request.url ?? '/'),
    canonicalQuery(url),
    ...signed.headers.map((name) => `${name}:${headerValue(request, name)}`),
    '',
    signed.headers.join(';'),
    signed.payloadHash,
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', signed.time, scope, sha256(canonicalRequest)].join('\n');
  const signingKey = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) =>
      createHmac('sha256', secret)
        .update(part ?? '')
        .digest(),
    `AWS4${key.secretAccessKey}`,
  );
  const expected = createHmac('sha256', signingKey).update(toSign).digest();
  const given = Buffer.from(signed.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  return /^[0-9a-f]{64}$/.test(signed.payloadHash) ? signed.payloadHash : undefined;
}

interface Signed {
  readonly credential: string;
  readonly time: string;
  readonly headers: readonly string[];
  readonly payloadHash: string;
  readonly signature: string;
}

function fromQuery(url: URL, now: number): Signed {
  const parameter = (name: string): string => url.searchParams.get(`X-Amz-${name}`) ?? '';
  const time = parameter('Date');
  const signedAt = parseTime(time);
  const expires = Number(parameter('Expires'));
  // A week: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
  if (signedAt === undefined || !(expires > 0 && expires <= 604_800)) {
    throw new S3Error('AuthorizationQueryParametersError', 400, 'X-Amz-Date or X-Amz-Expires is malformed.');
  }
  if (now > signedAt + expires * 1000) throw new S3Error('AccessDenied', 403, 'Request has expired');
  if (now < signedAt - CLOCK_SKEW) throw new S3Error('AccessDenied', 403, 'Request is not yet valid');
  return {
    credential: parameter('Credential'),
    time,
    headers: parameter('SignedHeaders').split(';'),
    payloadHash: url.searchParams.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
    signature: parameter('Signature'),
  };
}

function fromHeader(request: IncomingMessage, now: number): Signed {
  const header = request.headers.authorization;
  if (!header) throw new S3Error('AccessDenied', 403, 'Access Denied');
  const part = (name: string): string => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? '';
  const time = String(request.headers['x-amz-date'] ?? '');
  const signedAt = parseTime(time);
  if (signedAt === undefined || Math.abs(now - signedAt) > CLOCK_SKEW) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      403,
      'The difference between the request time and the current time is too large.',
    );
  }
  return {
    credential: part('Credential'),
    time,
    headers: part('SignedHeaders').split(';'),
    payloadHash: String(request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'),
    signature: part('Signature'),
  };
}

/** `20260131T235959Z` as epoch milliseconds. */
function parseTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 1, ...rest] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...rest);
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([one, first], [other, second]) => (one === other ? compare(first, second) : compare(one, other)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The path encoded once: S3, unlike the other services, neither encodes twice nor removes dots. */
function canonicalPath(target: string): string {
  const path = target.split('?', 1)[0] ?? '/';
  try {
    return path
      .split('/')
      .map((segment) => encode(decodeURIComponent(segment)))
      .join('/');
  } catch {
    throw new S3Error('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

function headerValue(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/\s+/g, ' ');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Encodes all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
