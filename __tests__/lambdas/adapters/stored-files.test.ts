import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer, listen } from '../../../emulators/loopback';
import { ObjectStore } from '../../../emulators/aws/s3/object-store';
import { answerHttp, type HttpEvent } from '../../../lambdas/adapters/lambda-events/http';
import { createS3Files } from '../../../lambdas/adapters/s3-files';
import { createVisitorSide, type VisitorSide } from '../../../lambdas/chat/browser-side';
import type { ChannelName, ConnectionId } from '../../../lambdas/chat/model/identifiers';
import type { FileStore } from '../../../lambdas/chat/ports';
import { scratchFolder } from '../../emulators/aws/scratch-folder';
import { createMemoryWorld, type MemoryWorld } from '../../memory/world';

/** Files from a browser to the bucket and back, over HTTP as S3 speaks it. */

const HOUR = 60 * 60 * 1000;
const CHANNEL = 'my-channel' as ChannelName;
const API = 'https://api.example.com/dev';
const NOW = '2026-01-02T03:04:05Z';
const KEYS = { accessKeyId: 'kite', secretAccessKey: 'kite-secret' };

let server: Server;
let store: ObjectStore;
let files: FileStore;
let world: MemoryWorld;
let visitors: VisitorSide;
/** Milliseconds that the bucket is ahead. */
let ahead: number;
/** What the bucket was asked for. */
let requests: string[];
/** Called before a request is answered; false: it never is. */
let before: (method: string) => unknown;

beforeEach(async () => {
  ahead = 0;
  requests = [];
  before = () => undefined;
  const expiration = [{ after: 90 * 24 * HOUR }, { prefix: 'pending/', after: 24 * HOUR }];
  store = new ObjectStore(scratchFolder(), [{ name: 'files', expiration }], KEYS, () => Date.now() + ahead);
  server = createServer(async (request, response) => {
    const method = request.headers['x-amz-copy-source'] ? 'COPY' : (request.method ?? '');
    requests.push(method);
    if ((await before(method)) !== false) store.handle(request, response);
  });
  await listen(server);
  files = createS3Files({
    bucket: 'files',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    config: { region: 'eu-north-1', credentials: KEYS },
  });
  world = createMemoryWorld({ files });
  visitors = createVisitorSide(world);
  await world.channels.create({
    name: CHANNEL,
    host: 'tg:home' as never,
    handleKey: Buffer.alloc(32, 3).toString('base64url'),
    state: 'active',
    forum: false,
    origins: [],
    messages: 0,
    createdAt: NOW,
  });
});
afterEach(() => closeServer(server));

interface Visitor {
  readonly frame: (...elements: unknown[]) => Promise<unknown[]>;
}

async function visitor(name: string): Promise<Visitor> {
  const connection: ConnectionId = `ws:${name}`;
  world.push.open(connection);
  await visitors.connect({ connection, protocols: [] });
  await visitors.receive(connection, JSON.stringify(['JOIN', `secret-of-${name}`, name, CHANNEL]), Date.parse(NOW));
  return {
    frame: async (...elements) =>
      JSON.parse((await visitors.receive(connection, JSON.stringify([...elements, NOW]), Date.parse(NOW))) ?? 'null'),
  };
}

interface Offer {
  readonly link: string;
  readonly upload: string;
  readonly key: string;
}

async function offered({ frame }: Visitor, name: string, type: string, size: number): Promise<Offer> {
  const answer = await frame('UPL', 'm', name, type, size);
  expect(answer[0]).toBe('UPL');
  const [, , link, upload] = answer.map(String) as [string, string, string, string];
  return { link, upload, key: link.slice(`${API}/files/`.length) };
}

/** As clients in the field do it: with a Content-Type and nothing else. */
const put = (url: string, body: string, type: string, more: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'PUT', body, headers: { 'content-type': type, ...more } });

/** Follows a link of the history, as a browser does. */
async function follow(link: string): Promise<Response> {
  const path = link.replace('https://api.example.com', '');
  const event: HttpEvent = { requestContext: { http: { method: 'GET', path }, stage: 'dev' } };
  const targets = { visitors, operators: undefined as never, isWebhookSecret: async () => false };
  const { statusCode, headers = {} } = await answerHttp(event, targets);
  expect(headers['x-content-type-options']).toBe('nosniff');
  return statusCode === 302 ? fetch(headers['location'] ?? '') : new Response(null, { status: statusCode });
}

const textOf = async (link: string): Promise<string> => (await follow(link)).text();

test('a file is sent with its real name, and the link works from then on', async () => {
  const ann = await visitor('ann');
  const { link, upload } = await offered(ann, 'übersicht "2025".pdf', 'application/pdf', 5);
  expect((await put(upload, '%PDF-', 'application/pdf')).status).toBe(200);
  expect((await follow(link)).status).toBe(404);
  const sent = await ann.frame('BIN', 'm', link, 'übersicht "2025".pdf', 'application/pdf', 5);
  expect(sent[0]).toBe('ACK');
  const response = await follow(link);
  expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
    200,
    '%PDF-',
    'application/pdf',
  ]);
  expect(response.headers.get('content-disposition')).toBe(
    `inline; filename="_bersicht _2025_.pdf"; filename*=UTF-8''%C3%BCbersicht%20_2025_.pdf`,
  );
  const [message] = [...world.messages.messages.entries()].map(([, { content }]) => content).slice(-1);
  expect(message).toMatchObject({ kind: 'file', file: { name: 'übersicht "2025".pdf', size: 5 } });
});

test('the upload URL changes nothing any more once the file is sent', async () => {
  const ann = await visitor('ann');
  const { link, upload } = await offered(ann, 'a.txt', 'text/plain', 5);
  await put(upload, 'first', 'text/plain');
  const bin = ['BIN', 'm', link, 'a.txt', 'text/plain', 5];
  const sent = await ann.frame(...bin);
  expect(sent[0]).toBe('ACK');
  await put(upload, 'other', 'text/plain');
  expect(await textOf(link)).toBe('first');
  expect(await ann.frame(...bin)).toEqual(sent);
  expect((await ann.frame('BIN', 'again', link, 'a.txt', 'text/plain', 5))[0]).toBe('ACK');
  expect(await textOf(link)).toBe('first');
});

test('a file that is replaced while it is accepted is looked at again', async () => {
  const ann = await visitor('ann');
  const { link, upload } = await offered(ann, 'a.txt', 'text/plain', 5);
  await put(upload, 'first', 'text/plain');
  let replaced = 0;
  before = async (method) => {
    if (method === 'COPY' && replaced++ === 0) await put(upload, 'other', 'text/plain');
  };
  expect((await ann.frame('BIN', 'm', link, 'a.txt', 'text/plain', 5))[0]).toBe('ACK');
  expect(replaced).toBe(2);
  expect(await textOf(link)).toBe('other');
});

test('a file that is replaced again and again is refused, and can be sent by a new upload URL', async () => {
  const ann = await visitor('ann');
  const { link, upload } = await offered(ann, 'a.txt', 'text/plain', 5);
  await put(upload, 'first', 'text/plain');
  let version = 10;
  before = async (method) => {
    if (method === 'COPY') await put(upload, `vers${version++}`.slice(-5), 'text/plain');
  };
  const answer = await ann.frame('BIN', 'm', link, 'a.txt', 'text/plain', 5);
  expect(answer).toEqual(['ERR', expect.stringContaining('changed while it was accepted'), 400, 'm']);
  before = () => undefined;
  expect((await follow(link)).status).toBe(404);
});

test('two BINs at once for one upload are both acknowledged, and the file is one of what was uploaded', async () => {
  const ann = await visitor('ann');
  const { link, upload } = await offered(ann, 'a.txt', 'text/plain', 5);
  await put(upload, 'first', 'text/plain');
  const bin = ['BIN', 'm', link, 'a.txt', 'text/plain', 5];
  const [one, other] = await Promise.all([ann.frame(...bin), ann.frame(...bin)]);
  expect([one?.[0], other]).toEqual(['ACK', one]);
  expect(await textOf(link)).toBe('first');
});

test.each(['before the copy', 'after the copy', 'after the upload was removed'])(
  'a function that stops %s leaves a file that the same BIN sends',
  async (point) => {
    const ann = await visitor('ann');
    const { link, upload, key } = await offered(ann, 'a.txt', 'text/plain', 5);
    await put(upload, 'first', 'text/plain');
    const pending = await files.pending(key);
    await new Promise<void>((stopped) => {
      before = (method) => {
        if (method !== (point === 'before the copy' ? 'COPY' : 'DELETE')) return true;
        stopped();
        return point === 'after the upload was removed';
      };
      void files.keep(key, { ...pending!, name: 'a.txt' }).catch(() => undefined);
    });
    before = () => undefined;
    const sent = await ann.frame('BIN', 'm', link, 'a.txt', 'text/plain', 5);
    expect(sent[0]).toBe('ACK');
    expect(await textOf(link)).toBe('first');
  },
);

test('what an uploader adds to the upload is not handed on', async () => {
  const ann = await visitor('ann');
  const { link, upload } = await offered(ann, 'a.txt', 'text/plain', 5);
  const headers = { 'content-disposition': 'inline; filename=evil.html', 'content-encoding': 'gzip' };
  expect((await put(upload, 'first', 'text/plain', headers)).status).toBe(200);
  for (const name of ['x-amz-meta-name', 'x-amz-storage-class', 'x-amz-acl']) {
    expect((await put(upload, 'first', 'text/plain', { [name]: 'x' })).status).toBe(403);
  }
  await ann.frame('BIN', 'm', link, 'a.txt', 'text/plain', 5);
  const response = await follow(link);
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="a\.txt"/);
  expect(response.headers.get('content-encoding')).toBeNull();
});

test.each([
  ['more than was declared', 'longer', 'text/plain'],
  ['less than was declared', 'tiny', 'text/plain'],
  ['another type', 'first', 'text/html'],
])('an upload of %s is refused by the bucket', async (_, body, type) => {
  const ann = await visitor('ann');
  const { link, upload } = await offered(ann, 'a.txt', 'text/plain', 5);
  expect((await put(upload, body, type)).status).toBe(403);
  const answer = await ann.frame('BIN', 'm', link, 'a.txt', 'text/plain', 5);
  expect(answer).toEqual(['ERR', expect.stringContaining('Nothing was uploaded there'), 400, 'm']);
});

test("nobody sends what another visitor has uploaded, whatever the link's path", async () => {
  const [ann, eve] = [await visitor('ann'), await visitor('eve')];
  const { link, upload, key } = await offered(ann, 'a.txt', 'text/plain', 5);
  await put(upload, 'first', 'text/plain');
  const own = await offered(eve, 'a.txt', 'text/plain', 5);
  const paths = [key, `pending/${key}`, `${own.key}/../../../../${key}`, own.key.replace(/^[^/]+\//, 'pending/'), '..'];
  for (const path of paths) {
    const answer = await eve.frame('BIN', 'm', `${API}/files/${path}`, 'a.txt', 'text/plain', 5);
    expect([path, answer]).toEqual([path, ['ERR', expect.any(String), 403, 'm']]);
    if (path !== key) expect((await follow(`${API}/files/${path}`)).status).toBe(404);
  }
  expect((await ann.frame('BIN', 'm', link, 'a.txt', 'text/plain', 5))[0]).toBe('ACK');
});

test('what is never sent is gone after a day, what was sent stays', async () => {
  const ann = await visitor('ann');
  const offers = [];
  for (let i = 0; i < 5; i++) {
    const offer = await offered(ann, 'a.txt', 'text/plain', 5);
    await put(offer.upload, 'first', 'text/plain');
    offers.push(offer);
  }
  const [sent] = offers as [Offer];
  await ann.frame('BIN', 'm', sent.link, 'a.txt', 'text/plain', 5);
  ahead = 25 * HOUR;
  expect(await store.expire()).toBe(4);
  ahead = 0;
  expect(await textOf(sent.link)).toBe('first');
});

test('a file of an earlier version is handed out under what its key holds of its name, and can still be sent', async () => {
  const ann = await visitor('ann');
  const { link, key } = await offered(ann, 'my page.html', 'text/plain', 5);
  await files.write(key, Buffer.from('first'), { type: 'text/plain', name: '' });
  expect((await ann.frame('BIN', 'm', link, 'my page.html', 'text/plain', 5))[0]).toBe('ACK');
  const response = await follow(link);
  expect([response.status, response.headers.get('content-disposition')]).toEqual([
    200,
    `attachment; filename="my_page.html"; filename*=UTF-8''my_page.html`,
  ]);
});

test('erasing finds what was sent and what was only uploaded', async () => {
  const [ann, bob] = [await visitor('ann'), await visitor('bob')];
  const sent = await offered(ann, 'a.txt', 'text/plain', 5);
  const pending = await offered(ann, 'b.txt', 'text/plain', 5);
  const other = await offered(bob, 'c.txt', 'text/plain', 5);
  for (const { upload } of [sent, pending, other]) await put(upload, 'first', 'text/plain');
  await ann.frame('BIN', 'm', sent.link, 'a.txt', 'text/plain', 5);
  const prefix = sent.key.split('/').slice(0, 2).join('/');
  while (!(await files.removeSome(`${prefix}/`)).done);
  expect(await Promise.all([files.inspect(sent.key), files.pending(pending.key)])).toEqual([undefined, undefined]);
  expect(await files.pending(other.key)).toMatchObject({ size: 5 });
});

test('sending a file asks the bucket four times, asking where to put it not at all', async () => {
  const ann = await visitor('ann');
  const { link, upload } = await offered(ann, 'a.txt', 'text/plain', 5);
  expect(requests).toEqual([]);
  await put(upload, 'first', 'text/plain');
  requests.length = 0;
  await ann.frame('BIN', 'm', link, 'a.txt', 'text/plain', 5);
  expect(requests).toEqual(['HEAD', 'HEAD', 'COPY', 'DELETE']);
});
