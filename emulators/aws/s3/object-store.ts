import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { judgeCopySource, judgeRead, judgeWrite, readRange } from './conditions';
import { ObjectFolder, type ObjectFacts } from './object-folder';
import { escapeXml, S3Error, unescapeXml, xmlDocument } from './s3-error';
import { checkSignature, type SigningKey } from './signature';
import { readUpload } from './upload-body';

/** Headers of a PUT that come back with the object. */
const KEPT_HEADERS = /^(content-(type|disposition|encoding|language)|cache-control|expires|x-amz-meta-.+)$/;

/** Query parameters of a GET that replace a header of the answer. */
const RESPONSE_OVERRIDE = /^response-(content-(?:type|disposition|encoding|language)|cache-control|expires)$/;

/** A lifecycle rule: objects under a prefix are removed when they are older than that. */
export interface ExpirationRule {
  /** @default - all objects */
  readonly prefix?: string;
  /** Milliseconds. */
  readonly after: number;
}

/** A bucket. */
export interface BucketDefinition {
  readonly name: string;
  /** Where several apply, the first to remove an object does. @default - objects stay */
  readonly expiration?: readonly ExpirationRule[];
}

/** A request to one of the buckets, whose signature is checked. */
interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly bucketName: string;
  readonly bucket: ObjectFolder;
  /** Empty for the bucket itself. */
  readonly key: string;
  /** The hash of the body, if it was signed. */
  readonly signedHash: string | undefined;
}

/**
 * Part of S3, path-style over HTTP: PutObject, GetObject, HeadObject, CopyObject, DeleteObject, DeleteObjects,
 * ListObjectsV2, HeadBucket; signed requests and presigned URLs; conditional requests and ranges; CORS that lets any page
 * use a presigned URL.
 */
export class ObjectStore {
  private readonly buckets: ReadonlyMap<string, ObjectFolder>;

  /**
   * @param folder holds a folder for each bucket
   * @param now epoch milliseconds, for tests of expiry
   */
  constructor(
    folder: string,
    private readonly definitions: readonly BucketDefinition[],
    private readonly key: SigningKey,
    private readonly now: () => number = Date.now,
  ) {
    this.buckets = new Map(definitions.map(({ name }) => [name, new ObjectFolder(join(folder, name))]));
  }

  /** Removes the objects that have expired; returns how many. */
  async expire(): Promise<number> {
    let count = 0;
    for (const { name, expiration = [] } of this.definitions) {
      for (const { prefix, after } of expiration) {
        count += (await this.buckets.get(name)?.expire(this.now() - after, prefix)) ?? 0;
      }
    }
    return count;
  }

  /** Answers a request to one of the buckets; false, untouched, if it is to none of them. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    // The path as it is sent: keys may have dots that URL would take for steps in a path.
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const [, bucketName = '', ...rest] = path.split('/');
    const bucket = this.buckets.get(bucketName);
    if (!bucket) return false;
    const call = { request, response, query: new URLSearchParams(query), bucketName, bucket };
    this.answer(call, rest.join('/')).catch((error: unknown) => {
      const known =
        error instanceof S3Error ? error : new S3Error('InternalError', 500, 'We encountered an internal error.');
      request.resume();
      if (response.headersSent) response.destroy();
      else sendXml(response, known.status, request.method === 'HEAD' ? '' : known.toXml(path));
    });
    return true;
  }

  private async answer(unsigned: Omit<Call, 'key' | 'signedHash'>, encodedKey: string): Promise<void> {
    const { request, response, bucket } = unsigned;
    if (request.headers.origin !== undefined) allowOrigin(request, response);
    if (request.method === 'OPTIONS') return answerPreflight(request, response);

    const signedHash = await checkSignature(request, this.key, this.now());
    const key = decodeKey(encodedKey);
    const call = { ...unsigned, key, signedHash };
    if (key === '') return this.answerBucket(call);
    switch (request.method) {
      case 'PUT':
        return request.headers['x-amz-copy-source'] ? this.copy(call) : this.put(call);
      case 'GET':
      case 'HEAD':
        return this.get(call);
      case 'DELETE':
        request.resume();
        await bucket.remove(key);
        response.writeHead(204).end();
        return;
      default:
        throw notAllowed();
    }
  }

  private async put({ request, response, query, bucket, key, signedHash }: Call): Promise<void> {
    if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError', 400, 'Your key is too long');
    const body = await readUpload(request, query, signedHash);
    judgeWrite(request.headers, await bucket.inspect(key));
    const facts = await bucket.put(key, body, keptHeaders(request), this.now());
    response.writeHead(200, { etag: `"${facts.etag}"`, 'content-length': 0 }).end();
  }

  private async copy({ request, response, bucket, key }: Call): Promise<void> {
    request.resume();
    const source = decodeKey(String(request.headers['x-amz-copy-source']).replace(/^\//, '').split('?', 1)[0] ?? '');
    const [sourceBucket = '', ...rest] = source.split('/');
    const from = this.buckets.get(sourceBucket);
    if (!from) throw new S3Error('NoSuchBucket', 404, 'The specified bucket does not exist');
    const [facts, body] = await Promise.all([from.inspect(rest.join('/')), from.read(rest.join('/'))]);
    if (!facts || !body) throw noSuchKey();
    judgeCopySource(request.headers, facts);
    judgeWrite(request.headers, await bucket.inspect(key));
    const replaces = request.headers['x-amz-metadata-directive'] === 'REPLACE';
    const copied = await bucket.put(key, body, replaces ? keptHeaders(request) : facts.headers, this.now());
    const modified = `<LastModified>${new Date(copied.modifiedAt).toISOString()}</LastModified>`;
    sendXml(response, 200, xmlDocument('CopyObjectResult', `${modified}<ETag>&quot;${copied.etag}&quot;</ETag>`));
  }

  private async get({ request, response, query, bucket, key }: Call): Promise<void> {
    request.resume();
    const facts = await bucket.inspect(key);
    if (!facts) throw noSuchKey();
    const headers: Record<string, string | number> = {
      'content-type': 'binary/octet-stream',
      ...facts.headers,
      'accept-ranges': 'bytes',
      etag: `"${facts.etag}"`,
      'last-modified': new Date(facts.modifiedAt).toUTCString(),
    };
    for (const [name, value] of query) {
      const replaced = RESPONSE_OVERRIDE.exec(name)?.[1];
      if (replaced !== undefined) headers[replaced] = value;
    }
    if (judgeRead(request.headers, facts) === 'unchanged') {
      response.writeHead(304, headers).end();
      return;
    }
    const range = readRange(request.headers.range, facts.size);
    headers['content-length'] = range ? range.to - range.from + 1 : facts.size;
    if (range) headers['content-range'] = `bytes ${range.from}-${range.to}/${facts.size}`;
    const body = request.method === 'HEAD' ? undefined : await bucket.read(key);
    if (request.method === 'GET' && !body) throw noSuchKey();
    response.writeHead(range ? 206 : 200, headers);
    response.end(range ? body?.subarray(range.from, range.to + 1) : body);
  }

  private async answerBucket({ request, response, query, bucketName, bucket, signedHash }: Call): Promise<void> {
    if (request.method === 'HEAD') {
      response.writeHead(200, { 'x-amz-bucket-region': 'us-east-1' }).end();
    } else if (request.method === 'GET' && query.get('list-type') === '2') {
      request.resume();
      sendXml(response, 200, await listXml(bucketName, bucket, query));
    } else if (request.method === 'POST' && query.has('delete')) {
      const checksums = Object.keys(request.headers).some((name) => /^(content-md5|x-amz-checksum-.+)$/.test(name));
      if (!checksums) throw invalid('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
      const body = await readUpload(request, query, signedHash);
      const keys = [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => unescapeXml(key));
      if (keys.length === 0 || keys.length > 1000) {
        throw new S3Error('MalformedXML', 400, 'A request deletes from 1 to 1000 keys.');
      }
      for (const key of keys) await bucket.remove(key);
      const deleted = keys.map((key) => `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`).join('');
      const quiet = /<Quiet>\s*true\s*<\/Quiet>/.test(body.toString());
      sendXml(response, 200, xmlDocument('DeleteResult', quiet ? '' : deleted));
    } else {
      throw notAllowed();
    }
  }
}

async function listXml(bucketName: string, bucket: ObjectFolder, query: URLSearchParams): Promise<string> {
  const prefix = query.get('prefix') ?? '';
  const limit = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const delimiter = query.get('delimiter') ?? '';
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : escapeXml;

  const contents: ObjectFacts[] = [];
  const folders = new Set<string>();
  let last = '';
  let truncated = false;
  for (const facts of await bucket.list(prefix)) {
    if (Buffer.compare(Buffer.from(facts.key), Buffer.from(after)) <= 0) continue;
    const end = delimiter === '' ? -1 : facts.key.indexOf(delimiter, prefix.length);
    const folder = end < 0 ? undefined : facts.key.slice(0, end + delimiter.length);
    if (folder === undefined || !folders.has(folder)) {
      if (contents.length + folders.size >= limit) {
        truncated = true;
        break;
      }
      if (folder === undefined) contents.push(facts);
      else folders.add(folder);
    }
    last = facts.key;
  }
  const items = contents.map(
    ({ key, modifiedAt, etag, size }) =>
      `<Contents><Key>${encode(key)}</Key><LastModified>${new Date(modifiedAt).toISOString()}</LastModified>` +
      `<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  const prefixes = [...folders].map((each) => `<CommonPrefixes><Prefix>${encode(each)}</Prefix></CommonPrefixes>`);
  return xmlDocument(
    'ListBucketResult',
    [
      `<Name>${bucketName}</Name><Prefix>${encode(prefix)}</Prefix><MaxKeys>${limit}</MaxKeys>`,
      `<KeyCount>${contents.length + folders.size}</KeyCount><IsTruncated>${truncated}</IsTruncated>`,
      truncated ? `<NextContinuationToken>${Buffer.from(last).toString('base64url')}</NextContinuationToken>` : '',
      query.get('encoding-type') === 'url' ? '<EncodingType>url</EncodingType>' : '',
      ...items,
      ...prefixes,
    ].join(''),
  );
}

/** Any page may use a link: the signature opens the bucket, not the page's origin. */
function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const method = request.headers['access-control-request-method'] ?? request.method ?? '';
  if (!['GET', 'HEAD', 'PUT'].includes(method)) return;
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'etag');
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
}

function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const asked = (request.headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim());
  const allowed = asked.every((name) => ['', 'content-type'].includes(name.toLowerCase()));
  if (!response.hasHeader('access-control-allow-origin') || !allowed) {
    response.removeHeader('access-control-allow-origin');
    throw new S3Error('AccessForbidden', 403, 'CORSResponse: This CORS request is not allowed.');
  }
  response
    .writeHead(200, {
      'access-control-allow-methods': 'GET, HEAD, PUT',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '3600',
      'content-length': '0',
    })
    .end();
}

function keptHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => KEPT_HEADERS.test(name))
      .map(([name, value]) => [name, String(value).replace(/^aws-chunked(,\s*)?/, '')])
      .filter(([, value]) => value !== ''),
  );
}

function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new S3Error('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

const invalid = (message: string): S3Error => new S3Error('InvalidRequest', 400, message);
const noSuchKey = (): S3Error => new S3Error('NoSuchKey', 404, 'The specified key does not exist.');
const notAllowed = (): S3Error =>
  new S3Error('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.');

function sendXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) });
  response.end(xml);
}
