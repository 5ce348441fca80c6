import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { FileStore } from '../chat/ports';

/** How long a presigned link is good, seconds. */
const UPLOAD_SECONDS = 15 * 60;
const DOWNLOAD_SECONDS = 60 * 60;

/** How often the removal of an object is tried. */
const REMOVALS = 3;

export interface S3FilesProps {
  readonly bucket: string;
  /** An emulated account, which has no name of its own per bucket. */
  readonly endpoint?: string | undefined;
  /** @default - the region and credentials of the environment */
  readonly config?: S3ClientConfig;
}

/**
 * The bucket of a stage. The SDK is loaded when a file is first dealt with: texts never need it. What is signed is what
 * was declared: an upload of another type or size is refused by S3 itself.
 */
export function createS3Files({ bucket: Bucket, endpoint, config }: S3FilesProps): FileStore {
  let loaded: Promise<{ sdk: typeof import('./sdk/s3'); client: S3Client }> | undefined;
  const s3 = () =>
    (loaded ??= import('./sdk/s3.ts').then((sdk) => ({
      sdk,
      client: new sdk.S3Client({
        ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
        // Otherwise a presigned PUT wants a checksum header that v1 clients do not send.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        ...config,
      }),
    })));

  return {
    async uploadUrl(Key, ContentType, ContentLength) {
      const { sdk, client } = await s3();
      return sdk.getSignedUrl(client, new sdk.PutObjectCommand({ Bucket, Key, ContentType, ContentLength }), {
        expiresIn: UPLOAD_SECONDS,
        signableHeaders: new Set(['content-type', 'content-length', 'host']),
      });
    },
    async downloadUrl(Key) {
      const { sdk, client } = await s3();
      return sdk.getSignedUrl(client, new sdk.GetObjectCommand({ Bucket, Key }), { expiresIn: DOWNLOAD_SECONDS });
    },
    async inspect(Key) {
      const { sdk, client } = await s3();
      try {
        const head = await client.send(new sdk.HeadObjectCommand({ Bucket, Key }));
        return { type: head.ContentType ?? '', size: head.ContentLength ?? 0 };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async *read(Key) {
      const { sdk, client } = await s3();
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }));
      // A stream of Node's: it is closed when reading stops.
      yield* Body as unknown as AsyncIterable<Uint8Array>;
    },
    async write(Key, file, ContentType) {
      const { sdk, client } = await s3();
      if (file instanceof Uint8Array) {
        await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body: file, ContentType }));
        return;
      }
      const { size: ContentLength, pieces } = file;
      const Body = Readable.from(pieces);
      const interrupted = new AbortController();
      // The SDK does not notice that its source has failed: it would wait for the rest for ever.
      Body.once('error', (error) => interrupted.abort(error));
      try {
        const put = new sdk.PutObjectCommand({ Bucket, Key, Body, ContentLength, ContentType });
        await client.send(put, { abortSignal: interrupted.signal });
      } catch (error) {
        throw interrupted.signal.aborted ? interrupted.signal.reason : error;
      } finally {
        Body.destroy();
        collectGarbage();
      }
    },
    async removeSome(Prefix) {
      const { sdk, client } = await s3();
      const { Contents = [], IsTruncated } = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix }));
      const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
      // S3 answers for each object; what fails for a moment is not repeated by the SDK.
      for (let left = Objects, tries = 1; left.length > 0; tries++) {
        const Delete = { Objects: left, Quiet: true };
        const { Errors = [] } = await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete }));
        const [first] = Errors;
        if (first && tries === REMOVALS) {
          throw new Error(`${Errors.length} files were not removed: ${first.Code} (${first.Message})`);
        }
        left = Errors.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
        if (left.length > 0) await setTimeout(100 * 2 ** tries);
      }
      return !IsTruncated;
    },
  };
}

/** Bun lets what was read of files pile up: ten of 20 MB in a row leave 290 MB in the process, and so 210. */
function collectGarbage(): void {
  (globalThis as { Bun?: { gc(synchronously: boolean): void } }).Bun?.gc(true);
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'NotFound' || name === 'NoSuchKey' || $metadata?.httpStatusCode === 404;
}
