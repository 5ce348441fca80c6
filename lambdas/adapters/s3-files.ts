import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { HeadObjectCommandOutput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { FileFacts, FileStore } from '../chat/ports';

/**
 * Where uploads wait until they are kept: a lifecycle rule of the bucket removes them (`constructs/storage/file-bucket.ts`). No
 * channel has a name as short.
 */
export const PENDING = 'pending/';

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

  const head = async (Key: string) => {
    const { sdk, client } = await s3();
    return client.send(new sdk.HeadObjectCommand({ Bucket, Key })).catch((error: unknown) => {
      if (statusOf(error) === 404) return undefined;
      throw error;
    });
  };

  return {
    async uploadUrl(key, ContentType, ContentLength) {
      const { sdk, client } = await s3();
      const put = new sdk.PutObjectCommand({ Bucket, Key: PENDING + key, ContentType, ContentLength });
      return sdk.getSignedUrl(client, put, {
        expiresIn: UPLOAD_SECONDS,
        signableHeaders: new Set(['content-type', 'content-length', 'host']),
      });
    },
    async pending(key) {
      const object = await head(PENDING + key);
      return object && { ...factsOf(object), version: object.ETag ?? '' };
    },
    async keep(Key, { version, type, name }) {
      const { sdk, client } = await s3();
      const copy = new sdk.CopyObjectCommand({
        Bucket,
        Key,
        CopySource: `${Bucket}/${PENDING}${Key}`,
        CopySourceIfMatch: version,
        IfNoneMatch: '*',
        // Of what the uploader said about the object, nothing but the type is kept.
        MetadataDirective: 'REPLACE',
        ContentType: type,
        Metadata: metadataOf(name),
      });
      try {
        await client.send(copy);
      } catch (error) {
        // Something else is pending, the key has a file, or is being given one.
        if ([404, 412, 409].includes(statusOf(error) ?? 0)) return false;
        throw error;
      }
      // Not needed any more; if this fails, the lifecycle rule removes it.
      await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: PENDING + Key })).catch(() => undefined);
      return true;
    },
    async downloadUrl(Key, { type: ResponseContentType, disposition: ResponseContentDisposition }) {
      const { sdk, client } = await s3();
      const get = new sdk.GetObjectCommand({ Bucket, Key, ResponseContentType, ResponseContentDisposition });
      return sdk.getSignedUrl(client, get, { expiresIn: DOWNLOAD_SECONDS });
    },
    async inspect(key) {
      const object = await head(key);
      return object && factsOf(object);
    },
    async *read(Key) {
      const { sdk, client } = await s3();
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }));
      // A stream of Node's: it is closed when reading stops.
      yield* Body as unknown as AsyncIterable<Uint8Array>;
    },
    async write(Key, file, { type: ContentType, name }) {
      const { sdk, client } = await s3();
      const Metadata = metadataOf(name);
      if (file instanceof Uint8Array) {
        await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body: file, ContentType, Metadata }));
        return;
      }
      const { size: ContentLength, pieces } = file;
      const Body = Readable.from(pieces);
      const interrupted = new AbortController();
      // The SDK does not notice that its source has failed: it would wait for the rest for ever.
      Body.once('error', (error) => interrupted.abort(error));
      try {
        const put = new sdk.PutObjectCommand({ Bucket, Key, Body, ContentLength, ContentType, Metadata });
        await client.send(put, { abortSignal: interrupted.signal });
      } catch (error) {
        throw interrupted.signal.aborted ? interrupted.signal.reason : error;
      } finally {
        Body.destroy();
        collectGarbage();
      }
    },
    async removeSome(prefix) {
      const { sdk, client } = await s3();
      const list = async (Prefix: string) => {
        const { Contents = [], IsTruncated } = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix }));
        return { keys: Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }])), more: IsTruncated };
      };
      // What is pending first: it may become a file meanwhile, and a file does not become pending.
      const pending = await list(PENDING + prefix);
      const { keys: Objects, more } = pending.keys.length > 0 ? { ...pending, more: true } : await list(prefix);
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
      return { removed: Objects.length, done: !more };
    },
  };
}

function factsOf({ ContentType = '', ContentLength = 0, Metadata }: HeadObjectCommandOutput): FileFacts {
  const name = decoded(Metadata?.['name'] ?? '');
  return { type: ContentType, size: ContentLength, ...(name ? { name } : {}) };
}

/** Headers are ASCII. */
function metadataOf(name: string): Record<string, string> {
  return { name: encodeURIComponent(name) };
}

function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** Bun lets what was read of files pile up: ten of 20 MB in a row leave 290 MB in the process, and so 210. */
function collectGarbage(): void {
  (globalThis as { Bun?: { gc(synchronously: boolean): void } }).Bun?.gc(true);
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
