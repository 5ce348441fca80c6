import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import { readLimited } from '../../limited-body';
import { S3Error } from './s3-error';

/** The largest object put in one request at AWS is 5 GB; here the whole body is held in memory, so less. */
const LONGEST = 256 * 1024 * 1024;

/**
 * Reads what a PUT sends, out of the `aws-chunked` coding if it is in it, and checks it against the hash and the checksums
 * that came along.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 *
 * @param signedHash of the body, if it was signed
 * @throws S3Error if the body is not what was promised
 */
export async function readUpload(
  request: IncomingMessage,
  query: URLSearchParams,
  signedHash?: string,
): Promise<Buffer> {
  const received = await readLimited(request, LONGEST);
  if (!received) {
    throw new S3Error('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed object size.');
  }
  const isChunked = String(request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const { body, trailers } = isChunked ? decodeChunks(received) : { body: received, trailers: {} };

  const promised = (name: string): string | undefined =>
    trailers[name] ?? (request.headers[name] as string | undefined) ?? query.get(name) ?? undefined;
  if (signedHash !== undefined && hash('sha256', body, 'hex') !== signedHash) {
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  compareChecksum('Content-MD5', promised('content-md5'), () => hash('md5', body, 'base64'));
  compareChecksum('sha256', promised('x-amz-checksum-sha256'), () => hash('sha256', body, 'base64'));
  compareChecksum('crc32', promised('x-amz-checksum-crc32'), () => crc32Base64(body));
  return body;
}

function compareChecksum(name: string, promised: string | undefined, compute: () => string): void {
  if (promised === undefined) return;
  if (compute() !== promised) {
    throw new S3Error('BadDigest', 400, `The ${name} you specified did not match the calculated checksum.`);
  }
}

function hash(algorithm: string, body: Buffer, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(body).digest(encoding);
}

function crc32Base64(body: Buffer): string {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(body));
  return value.toString('base64');
}

function decodeChunks(coded: Buffer): { body: Buffer; trailers: Record<string, string> } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = coded.indexOf('\r\n', at);
    const size = Number.parseInt(coded.toString('latin1', at, lineEnd).split(';', 1)[0] ?? '', 16);
    if (lineEnd < 0 || !Number.isInteger(size)) {
      throw new S3Error('IncompleteBody', 400, 'The request body terminated unexpectedly.');
    }
    at = lineEnd + 2;
    if (size === 0) break;
    parts.push(coded.subarray(at, at + size));
    at += size + 2;
  }
  const trailers: Record<string, string> = {};
  for (const line of coded.toString('latin1', at).split('\r\n')) {
    const [name, value] = line.split(':', 2);
    if (name && value !== undefined) trailers[name.trim().toLowerCase()] = value.trim();
  }
  return { body: Buffer.concat(parts), trailers };
}
