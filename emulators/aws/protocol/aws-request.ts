import type { IncomingHttpHeaders } from 'node:http';
import { record } from '../../../json';

/** One HTTP request to the emulated account, read to its end. */
export interface AwsRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  /** The decoded path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names are lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Signing name from the credential scope (`sqs`, `s3`, `execute-api`); `s3` for a presigned or unsigned request. */
  readonly service: string;
  /** The operation of a JSON or Query protocol (`SendMessage`, `CreateRole`); empty for REST protocols. */
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId?: string;
}

/** What is known of a request before its service and operation are worked out. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const SCOPE = /Credential=([^/\s,]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/**
 * Works out who asks which service for what, as AWS does: from the Signature Version 4 credential scope
 * (header or presigned query), the `X-Amz-Target` header or the `Action` parameter.
 */
export function readAwsRequest(raw: RawRequest): AwsRequest {
  const { pathname, searchParams } = new URL(raw.url, 'http://account.invalid');
  const scope =
    SCOPE.exec(raw.headers.authorization ?? '') ??
    SCOPE.exec(`Credential=${searchParams.get('X-Amz-Credential') ?? ''}`);
  const region = scope?.[2] ?? 'us-east-1';
  return {
    ...raw,
    path: decoded(pathname),
    query: searchParams,
    service: scope?.[3] ?? 's3',
    operation: operationOf(raw),
    region,
    ...(scope?.[1] === undefined ? {} : { accessKeyId: scope[1] }),
  };
}

/** The same request with another body; checksums of the old body are taken out. */
export function withBody(request: AwsRequest, body: unknown): AwsRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => name !== 'content-md5' && !/^x-amz-(sdk-)?checksum/.test(name)),
  );
  return { ...request, headers, body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)) };
}

/** The same request for another operation of a JSON protocol. */
export function withOperation(request: AwsRequest, operation: string, body: unknown): AwsRequest {
  const prefix = String(request.headers['x-amz-target'] ?? '').split('.')[0] ?? '';
  const renamed = withBody(request, body);
  return { ...renamed, operation, headers: { ...renamed.headers, 'x-amz-target': `${prefix}.${operation}` } };
}

/** The JSON body, or an empty object where there is none. */
export function jsonBody(request: { readonly body: Buffer }): Record<string, unknown> {
  return request.body.length === 0 ? {} : record(JSON.parse(request.body.toString()));
}

function operationOf(raw: RawRequest): string {
  const target = raw.headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? '';
  if (!String(raw.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return '';
  return /(?:^|&)Action=(\w+)/.exec(raw.body.subarray(0, 4096).toString('latin1'))?.[1] ?? '';
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A call that the emulated account makes itself, as one of its identities. */
export interface OwnCall {
  readonly service: string;
  readonly region: string;
  readonly method?: string;
  /** Path and query. @default '/' */
  readonly url?: string;
  /** `X-Amz-Target` of a JSON protocol, such as `AmazonSQS.ReceiveMessage`. */
  readonly target?: string;
  readonly accessKeyId?: string;
  /** Sent as JSON; a Buffer as it is. */
  readonly body?: unknown;
  /** Parameters of a Query protocol, such as `Action=ListRoles&Version=2010-05-08`; in place of a body. */
  readonly form?: string;
}

/** Writes such a call as a request. */
export function ownRequest(call: OwnCall): AwsRequest {
  const scope = `${call.accessKeyId ?? 'EMULATOR'}/20260101/${call.region}/${call.service}/aws4_request`;
  const host = call.service === 's3' ? 's3.amazonaws.com' : `${call.service}.${call.region}.amazonaws.com`;
  const type = contentType(call);
  return readAwsRequest({
    method: call.method ?? 'POST',
    url: call.url ?? '/',
    headers: {
      host,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(call.target === undefined ? {} : { 'x-amz-target': call.target }),
    },
    body: contents(call),
  });
}

function contentType({ form, body, target }: OwnCall): string | undefined {
  if (form !== undefined) return 'application/x-www-form-urlencoded; charset=utf-8';
  if (body === undefined || Buffer.isBuffer(body)) return undefined;
  return target === undefined ? 'application/json' : 'application/x-amz-json-1.1';
}

function contents({ form, body }: OwnCall): Buffer {
  if (form !== undefined) return Buffer.from(form);
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(body === undefined ? '' : JSON.stringify(body));
}
