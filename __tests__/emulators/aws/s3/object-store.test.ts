import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { closeServer, listen } from '../../../../emulators/loopback';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ObjectStore } from '../../../../emulators/aws/s3/object-store';
import { scratchFolder } from '../scratch-folder';

const CREDENTIALS = { accessKeyId: 'kite', secretAccessKey: 'kite-secret' };
const Bucket = 'dev-files';

let server: Server;
let client: S3Client;
let folder: string;
let store: ObjectStore;
let now: number | undefined;

const newClient = (
  credentials = CREDENTIALS,
  requestChecksumCalculation: 'WHEN_REQUIRED' | 'WHEN_SUPPORTED' = 'WHEN_REQUIRED',
): S3Client =>
  new S3Client({
    region: 'eu-north-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
    // As the functions set it: a presigned PUT must not carry the checksum of an empty body.
    requestChecksumCalculation,
  });

beforeEach(async () => {
  now = undefined;
  folder = scratchFolder();
  store = new ObjectStore(
    folder,
    [{ name: Bucket, expiration: [{ after: 7000 }, { prefix: 'brief/', after: 3000 }] }, { name: 'other' }],
    CREDENTIALS,
    () => now ?? Date.now(),
  );
  server = createServer((request, response) => {
    if (!store.handle(request, response)) response.writeHead(418).end();
  });
  await listen(server);
  client = newClient();
});
afterEach(async () => {
  client.destroy();
  await closeServer(server);
});

const put = (Key: string, Body = 'body', more: object = {}): Promise<unknown> =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

describe('the AWS SDK', () => {
  test('stores, reads, inspects and deletes an object', async () => {
    const Key = 'dev/канал/a b+c(1)&\'"<x>/../файл.png';
    await put(Key, 'hello', { ContentType: 'image/png', ContentDisposition: 'attachment', Metadata: { handle: 'h1' } });

    const got = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({
      ContentType: 'image/png',
      ContentDisposition: 'attachment',
      ContentLength: 5,
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      Metadata: { handle: 'h1' },
    });
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({ ContentLength: 5, ContentType: 'image/png' });

    await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(client.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
  });

  test('stores streams with the checksums that it adds by default', async () => {
    const fussy = newClient(CREDENTIALS, 'WHEN_SUPPORTED');
    await fussy.send(
      new PutObjectCommand({
        Bucket,
        Key: 'stream',
        Body: Readable.from([Buffer.alloc(70_000, 'x')]),
        ContentLength: 70_000,
      }),
    );
    await fussy.send(new PutObjectCommand({ Bucket, Key: 'plain', Body: 'plain', ContentType: 'text/plain' }));
    fussy.destroy();
    const stream = await client.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    expect(await stream.Body?.transformToString()).toBe('x'.repeat(70_000));
    const plain = await client.send(new GetObjectCommand({ Bucket, Key: 'plain' }));
    expect([await plain.Body?.transformToString(), plain.ContentType]).toEqual(['plain', 'text/plain']);
  });

  test('lists by prefix, in pages, in the order of keys, and by folder', async () => {
    for (const key of ['b/2', 'a/1', 'b/1', 'b/3', 'c', 'b/sub/1', 'b/sub/2']) await put(key);
    const keys: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'b/', MaxKeys: 2, ContinuationToken }));
      expect(page.KeyCount).toBeLessThanOrEqual(2);
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(keys).toEqual(['b/1', 'b/2', 'b/3', 'b/sub/1', 'b/sub/2']);

    const top = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(top.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'b/' }]);
    expect(top.Contents).toMatchObject([{ Key: 'c', Size: 4 }]);
    const nothing = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'z' }));
    expect(nothing.Contents).toBeUndefined();
  });

  test('deletes many at once, whatever their names', async () => {
    const keys = ['x&y', '<z>', 'ü "q"'];
    for (const key of keys) await put(key);
    await put('kept');
    const { Deleted } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(keys);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['kept']);
  });

  test('refuses to delete many at once without a checksum, or with a wrong one', async () => {
    await put('kept');
    const command = (): DeleteObjectsCommand =>
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'kept' }] } });
    const changed = (change: (headers: Record<string, string>) => void): DeleteObjectsCommand => {
      const changing = command();
      changing.middlewareStack.add(
        (next) => (args) => {
          change((args.request as { headers: Record<string, string> }).headers);
          return next(args);
        },
        { step: 'build', priority: 'low' },
      );
      return changing;
    };
    const without = changed((headers) => delete headers['x-amz-checksum-crc32']);
    await expect(client.send(without)).rejects.toMatchObject({ name: 'InvalidRequest' });
    const wrong = changed((headers) => (headers['x-amz-checksum-crc32'] = 'AAAAAA=='));
    await expect(client.send(wrong)).rejects.toMatchObject({ name: 'BadDigest' });
    await client.send(new HeadObjectCommand({ Bucket, Key: 'kept' }));
    await client.send(command());
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'kept' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test('copies with what belongs to the object', async () => {
    await put('from', 'copied', { ContentType: 'image/gif' });
    await client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from` }));
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'to' }));
    expect([await got.Body?.transformToString(), got.ContentType]).toEqual(['copied', 'image/gif']);
  });

  test('copies only what it was told to copy, to where nothing is', async () => {
    await put('from', 'seen', { ContentType: 'text/html', ContentDisposition: 'inline' });
    const { ETag } = await client.send(new HeadObjectCommand({ Bucket, Key: 'from' }));
    const copy = (more: object): Promise<number> =>
      client
        .send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from`, ...more }))
        .then(() => 200)
        .catch((error) => error.$metadata.httpStatusCode);
    expect(await copy({ CopySourceIfMatch: '"other"' })).toBe(412);
    expect(await copy({ CopySourceIfNoneMatch: ETag })).toBe(412);
    const replaced = { MetadataDirective: 'REPLACE', ContentType: 'text/plain', Metadata: { name: 'a' } };
    expect(await copy({ CopySourceIfMatch: ETag, IfNoneMatch: '*', ...replaced })).toBe(200);
    expect(await copy({ CopySourceIfMatch: ETag, IfNoneMatch: '*' })).toBe(412);
    expect(await copy({ CopySource: `${Bucket}/gone` })).toBe(404);
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'to' }));
    expect([await got.Body?.transformToString(), got.ContentType, got.ContentDisposition, got.Metadata]).toEqual([
      'seen',
      'text/plain',
      undefined,
      { name: 'a' },
    ]);
  });

  test('reads ranges and honours conditions', async () => {
    await put('k', '0123456789');
    const range = await client.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=2-4' }));
    expect([await range.Body?.transformToString(), range.ContentRange]).toEqual(['234', 'bytes 2-4/10']);
    const tail = await client.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=-3' }));
    expect(await tail.Body?.transformToString()).toBe('789');

    const etag = range.ETag;
    const status = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => 200,
        (error) => error.$metadata.httpStatusCode,
      );
    expect(await status(client.send(new GetObjectCommand({ Bucket, Key: 'k', IfNoneMatch: etag })))).toBe(304);
    expect(await status(client.send(new GetObjectCommand({ Bucket, Key: 'k', IfMatch: '"other"' })))).toBe(412);
    expect(await status(client.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=20-' })))).toBe(416);
    expect(await status(put('k', 'again', { IfNoneMatch: '*' }))).toBe(412);
    expect(await status(put('new', 'first', { IfNoneMatch: '*' }))).toBe(200);
    expect(await status(put('k', 'again', { IfMatch: etag }))).toBe(200);
    expect(await status(put('k', 'again', { IfMatch: etag }))).toBe(412);
  });

  test('is refused with other keys', async () => {
    const stranger = newClient({ accessKeyId: 'stranger', secretAccessKey: 'x' });
    const forger = newClient({ accessKeyId: CREDENTIALS.accessKeyId, secretAccessKey: 'guess' });
    await expect(stranger.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    });
    await expect(forger.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    stranger.destroy();
    forger.destroy();
  });

  test('finds the bucket, and what it stored before a restart', async () => {
    await put('kept', 'over restarts');
    store = new ObjectStore(folder, [{ name: Bucket }], CREDENTIALS);
    await client.send(new HeadBucketCommand({ Bucket }));
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'kept' }));
    expect(await got.Body?.transformToString()).toBe('over restarts');
  });
});

describe('presigned URLs', () => {
  const uploadUrl = (length = 5): Promise<string> =>
    getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'k', ContentType: 'image/png', ContentLength: length }), {
      expiresIn: 60,
      signableHeaders: new Set(['content-type', 'content-length', 'host']),
    });
  const upload = (url: string, body = 'hello', type = 'image/png'): Promise<Response> =>
    fetch(url, { method: 'PUT', body, headers: { 'content-type': type } });

  test('let anyone upload exactly what was signed, and download it', async () => {
    expect((await upload(await uploadUrl())).status).toBe(200);
    const url = await getSignedUrl(
      client,
      new GetObjectCommand({ Bucket, Key: 'k', ResponseContentDisposition: 'attachment; filename="ü.png"' }),
      { expiresIn: 60 },
    );
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, 'hello']);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-disposition')).toContain('attachment; filename=');
  });

  test.each([
    ['another type', (url: string) => upload(url, 'hello', 'text/html')],
    ['another length', (url: string) => upload(url, 'longer than that')],
    ['another method', (url: string) => fetch(url)],
    ['another key', (url: string) => upload(url.replace('/k?', '/other?'))],
    ['a longer life', (url: string) => upload(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))],
  ])('are refused for %s', async (_, use) => {
    const response = await use(await uploadUrl());
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  test('are refused with a header of S3 that was not signed, such as one that copies another object', async () => {
    await put('private');
    const headers = { 'x-amz-copy-source': `${Bucket}/private`, 'x-amz-storage-class': 'GLACIER' };
    for (const [name, value] of Object.entries(headers)) {
      const response = await fetch(await uploadUrl(), {
        method: 'PUT',
        body: 'hello',
        headers: { 'content-type': 'image/png', [name]: value },
      });
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('which were not signed')]);
    }
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('are refused when they have expired', async () => {
    const url = await uploadUrl();
    now = Date.now() + 62_000;
    const response = await upload(url);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  test('with the checksum of an empty body are refused for a body, as at AWS', async () => {
    const fussy = newClient(CREDENTIALS, 'WHEN_SUPPORTED');
    const url = await getSignedUrl(fussy, new PutObjectCommand({ Bucket, Key: 'k' }), { expiresIn: 60 });
    fussy.destroy();
    expect(url).toContain('x-amz-checksum-crc32');
    const response = await upload(url);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('BadDigest')]);
  });

  test('without a signature nothing is to be had', async () => {
    await put('k');
    const response = await fetch((await uploadUrl()).split('?')[0] ?? '');
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('AccessDenied')]);
  });
});

describe('browsers', () => {
  const ask = async (method: string, headers: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${Bucket}/k`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      },
    });

  test('may upload and download from any page, with a content type', async () => {
    const preflight = await ask('PUT', 'content-type');
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type');
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'none' }), { expiresIn: 60 });
    const response = await fetch(url, { headers: { origin: 'https://shop.example' } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([404, '*']);
  });

  test.each([
    ['DELETE', 'content-type'],
    ['PUT', 'x-amz-acl'],
  ])('may not %s with %s', async (method, headers) => {
    const preflight = await ask(method, headers);
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

test('objects expire, under some prefix sooner', async () => {
  await put('old');
  await put('brief/old');
  now = Date.now() + 5000;
  expect(await store.expire()).toBe(1);
  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'brief/old' }))).rejects.toThrow();
  now += 5000;
  expect(await store.expire()).toBe(1);
  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'old' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('what is not of a bucket is left to others', async () => {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/elsewhere/k`);
  expect(response.status).toBe(418);
});
