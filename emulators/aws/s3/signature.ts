import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from './s3-error';

/** A key that may sign. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a signature covers. */
export interface SignedRequest {
  readonly method?: string | undefined;
  /** Path and query as they were sent. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Milliseconds that a signer's clock may differ from ours, as S3 allows. */
const CLOCK_SKEW = 15 * 60 * 1000;

/**
 * Checks a request to S3 that is signed by AWS Signature Version 4, in its `Authorization` header or in its query (a presigned
 * URL): signs it again with the signer's date, region and headers, and compares.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @returns the signed hash of the payload in hexadecimal, or undefined if the payload was not signed
 * @throws S3Error
 */
export async function checkSignature(
  request: SignedRequest,
  key: SigningKey,
  now = Date.now(),
): Promise<string | undefined> {
  const { pathname, searchParams } = splitTarget(request.url ?? '/');
  const isPresigned = searchParams.has('X-Amz-Signature');
  const signed = isPresigned ? fromQuery(searchParams, now) : fromHeader(request.headers, now);
  const [accessKeyId, date, region = '', service, terminator] = signed.credential.split('/');
  if (accessKeyId !== key.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.');
  }
  const isOfToday = date === new Date(signed.signedAt).toISOString().slice(0, 10).replaceAll('-', '');
  if (!isOfToday || terminator !== 'aws4_request') {
    throw new S3Error('AuthorizationQueryParametersError', 400, 'The credential is malformed.');
  }
  const unsigned = Object.keys(request.headers).filter((name) => isToBeSigned(name) && !signed.headers.includes(name));
  if (unsigned.length > 0) {
    throw new S3Error(
      'AccessDenied',
      403,
      `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
    );
  }
  if (service !== 's3') throw new S3Error('AuthorizationQueryParametersError', 400, 'The service must be s3.');

  const signer = new SignatureV4({
    service,
    region,
    credentials: key,
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const covered = {
    method: request.method ?? 'GET',
    protocol: 'http:',
    hostname: 'localhost',
    path: canonicalPath(pathname),
    query: queryOf(searchParams),
    headers: {
      ...Object.fromEntries(signed.headers.map((name) => [name, String(request.headers[name] ?? '')])),
      'x-amz-content-sha256': signed.payloadHash,
    },
  };
  const options = {
    signingDate: new Date(signed.signedAt),
    signableHeaders: new Set(signed.headers),
    unsignableHeaders: new Set(['x-amz-content-sha256']),
  };
  const again = isPresigned
    ? await signer.presign(covered, {
        ...options,
        expiresIn: Number(searchParams.get('X-Amz-Expires')),
        unhoistableHeaders: new Set([...signed.headers, 'x-amz-content-sha256']),
      })
    : await signer.sign(covered, options);
  const expected = isPresigned
    ? String(again.query?.['X-Amz-Signature'])
    : authorizationPart(again.headers['authorization'], 'Signature');
  if (!isEqual(signed.signature, expected)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  return /^[0-9a-f]{64}$/.test(signed.payloadHash) ? signed.payloadHash : undefined;
}

/** Headers that would change what is stored, or how. The hash of the payload has its own check. */
function isToBeSigned(name: string): boolean {
  return name.startsWith('x-amz-') && name !== 'x-amz-content-sha256';
}

interface Signed {
  readonly credential: string;
  /** Epoch milliseconds. */
  readonly signedAt: number;
  readonly headers: readonly string[];
  readonly payloadHash: string;
  readonly signature: string;
}

function fromQuery(query: URLSearchParams, now: number): Signed {
  const parameter = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  const signedAt = parseTime(parameter('Date'));
  const expires = Number(parameter('Expires'));
  // A week: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
  if (signedAt === undefined || !(expires > 0 && expires <= 604_800)) {
    throw new S3Error('AuthorizationQueryParametersError', 400, 'X-Amz-Date or X-Amz-Expires is malformed.');
  }
  if (now > signedAt + expires * 1000) throw new S3Error('AccessDenied', 403, 'Request has expired');
  if (now < signedAt - CLOCK_SKEW) throw new S3Error('AccessDenied', 403, 'Request is not yet valid');
  return {
    credential: parameter('Credential'),
    signedAt,
    headers: parameter('SignedHeaders').split(';'),
    payloadHash: query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
    signature: parameter('Signature'),
  };
}

function fromHeader(headers: IncomingHttpHeaders, now: number): Signed {
  if (!headers.authorization) throw new S3Error('AccessDenied', 403, 'Access Denied');
  const signedAt = parseTime(String(headers['x-amz-date'] ?? ''));
  if (signedAt === undefined || Math.abs(now - signedAt) > CLOCK_SKEW) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      403,
      'The difference between the request time and the current time is too large.',
    );
  }
  return {
    credential: authorizationPart(headers.authorization, 'Credential'),
    signedAt,
    headers: authorizationPart(headers.authorization, 'SignedHeaders').split(';'),
    payloadHash: String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'),
    signature: authorizationPart(headers.authorization, 'Signature'),
  };
}

function authorizationPart(header: string | undefined, name: string): string {
  return new RegExp(`${name}=([^,\\s]+)`).exec(header ?? '')?.[1] ?? '';
}

/** `20260131T235959Z` as epoch milliseconds. */
function parseTime(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const [, year, month, day, hour, minute, second] = parts ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The path as it was sent: keys may have dots, which URL would take for steps in a path. */
function splitTarget(target: string): { pathname: string; searchParams: URLSearchParams } {
  const [pathname = '/', query = ''] = target.split('?', 2);
  return { pathname, searchParams: new URLSearchParams(query) };
}

function queryOf(parameters: URLSearchParams): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const name of parameters.keys()) {
    const [value = '', ...more] = parameters.getAll(name);
    if (name !== 'X-Amz-Signature') query[name] = more.length === 0 ? value : [value, ...more];
  }
  return query;
}

/** The path encoded once: S3, unlike the other services, neither encodes twice nor removes dots. */
function canonicalPath(path: string): string {
  try {
    return path
      .split('/')
      .map((segment) => encode(decodeURIComponent(segment)))
      .join('/');
  } catch {
    throw new S3Error('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

/** Encodes all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

type Data = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, or HMAC-SHA-256 with a secret, as the library takes it. */
class Sha256 {
  private readonly hash;

  constructor(secret?: Data) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array);
  }

  update(data: Data): void {
    this.hash.update(data as Uint8Array);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}
