import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../../../emulators/loopback';
import { createS3Files } from '../../../lambdas/adapters/s3-files';

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => unknown;
beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await listen(server);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const files = () =>
  createS3Files({
    bucket: 'files',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    config: { region: 'eu-north-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
  });

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

test('a file goes into the bucket while it is still coming', async () => {
  const received: { length: string | undefined; body: Promise<Buffer> }[] = [];
  let begun: (() => void) | undefined;
  const beginning = new Promise<void>((resolve) => (begun = resolve));
  answer = (request, response) => {
    const body = bytesOf(request);
    request.once('data', () => begun?.());
    received.push({ length: request.headers['content-length'], body });
    void body.then(() => response.writeHead(200, { etag: '"x"' }).end());
  };
  async function* pieces() {
    yield Buffer.from('first ');
    await beginning;
    yield Buffer.from('second');
  }
  await files().write('a/b.pdf', { size: 12, pieces: pieces() }, { type: 'application/pdf', name: 'b.pdf' });
  expect(received).toHaveLength(1);
  expect(received[0]?.length).toBe('12');
  await expect(received[0]?.body).resolves.toEqual(Buffer.from('first second'));
});

test('a file that breaks off is not stored, and its own error says why', async () => {
  answer = (request) => request.resume();
  const broken = new Error('A file could not be fetched from Telegram');
  async function* pieces() {
    yield Buffer.from('first ');
    throw broken;
  }
  await expect(
    files().write('a/b.pdf', { size: 12, pieces: pieces() }, { type: 'application/pdf', name: 'b.pdf' }),
  ).rejects.toBe(broken);
});

test('a refusal of the bucket lets go of what was to be stored', async () => {
  answer = (_request, response) => {
    response.writeHead(403, { 'content-type': 'application/xml', connection: 'close' });
    response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
  };
  let letGo = false;
  async function* pieces() {
    try {
      for (;;) yield Buffer.alloc(1000);
    } finally {
      letGo = true;
    }
  }
  await expect(
    files().write('a/b.pdf', { size: 1e9, pieces: pieces() }, { type: 'application/pdf', name: 'b.pdf' }),
  ).rejects.toThrow();
  await new Promise((resolve) => setImmediate(resolve));
  expect(letGo).toBe(true);
});

test('a file is read only as far as somebody wants it', async () => {
  let sent = 0;
  let closed: Promise<unknown> | undefined;
  answer = (_request, response) => {
    closed = new Promise((resolve) => response.once('close', resolve));
    response.writeHead(200, { 'content-type': 'application/pdf' });
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024;
    };
    response.on('drain', more);
    more();
  };
  for await (const piece of files().read('a/b.pdf')) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  await closed;
  expect(sent).toBeLessThan(32 * 1024 * 1024);
});

test('a file that is not there is an error on reading, and undefined on looking', async () => {
  answer = (_request, response) => response.writeHead(404).end();
  await expect(files().inspect('a/b.pdf')).resolves.toBeUndefined();
  await expect(files().read('a/b.pdf')[Symbol.asyncIterator]().next()).rejects.toThrow();
});

test('files are removed a thousand at a time, what is pending first', async () => {
  const left = ['pending/a/0.pdf', ...Array.from({ length: 2500 }, (_, i) => `a/${i}.pdf`)];
  const checksums: unknown[] = [];
  answer = async (request, response) => {
    response.setHeader('content-type', 'application/xml');
    if (request.method === 'POST') {
      const keys = [...(await bytesOf(request)).toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key);
      checksums.push(request.headers['x-amz-checksum-crc32']);
      left.splice(0, left.length, ...left.filter((key) => !keys.includes(key)));
      return response.end('<DeleteResult></DeleteResult>');
    }
    const prefix = new URL(request.url ?? '/', 'http://s3').searchParams.get('prefix') ?? '';
    const listed = left.filter((key) => key.startsWith(prefix));
    const contents = listed.slice(0, 1000).map((key) => `<Contents><Key>${key}</Key></Contents>`);
    const truncated = `<IsTruncated>${contents.length < listed.length}</IsTruncated>`;
    return response.end(`<ListBucketResult>${truncated}${contents.join('')}</ListBucketResult>`);
  };
  const counts: [number, boolean, number][] = [];
  for (let i = 0; i < 4; i++) {
    const { removed, done } = await files().removeSome('a/');
    counts.push([removed, done, left.length]);
  }
  expect(counts).toEqual([
    [1, false, 2500],
    [1000, false, 1500],
    [1000, false, 500],
    [500, true, 0],
  ]);
  expect(checksums).toEqual(Array.from({ length: 4 }, () => expect.any(String)));
});

test('nothing is asked to be removed where nothing is', async () => {
  const methods: (string | undefined)[] = [];
  answer = (request, response) => {
    methods.push(request.method);
    response.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
  };
  await expect(files().removeSome('a/')).resolves.toEqual({ removed: 0, done: true });
  expect(methods).toEqual(['GET', 'GET']);
});

test('a file that S3 does not remove is an error, so that the removal is tried again', async () => {
  answer = (request, response) =>
    response.end(
      request.method === 'POST'
        ? '<DeleteResult><Error><Key>a/b</Key><Code>InternalError</Code><Message>Try again</Message></Error></DeleteResult>'
        : '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a/b</Key></Contents></ListBucketResult>',
    );
  await expect(files().removeSome('a/')).rejects.toThrow('1 files were not removed: InternalError (Try again)');
});

test('a file that S3 does not remove at first is removed a moment later', async () => {
  const asked: string[] = [];
  answer = async (request, response) => {
    if (request.method !== 'POST') {
      if (request.url?.includes('pending')) return void response.end('<ListBucketResult></ListBucketResult>');
      const contents = ['a/b', 'a/c'].map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
      return void response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`);
    }
    const body = Buffer.concat(await request.toArray()).toString();
    asked.push([...body.matchAll(/<Key>(.+?)<\/Key>/g)].map(([, key]) => key).join(' '));
    const error = '<Error><Key>a/c</Key><Code>SlowDown</Code><Message>Later</Message></Error>';
    response.end(`<DeleteResult>${asked.length === 1 ? error : ''}</DeleteResult>`);
  };
  await expect(files().removeSome('a/')).resolves.toEqual({ removed: 2, done: true });
  expect(asked).toEqual(['a/b a/c', 'a/c']);
});
