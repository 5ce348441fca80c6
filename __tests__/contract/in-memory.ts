import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../emulators/loopback';
import { createMemoryWorld, MemoryFiles, MemoryPush } from '../memory/world';
import { systemClock, systemRandomness } from '../../lambdas/adapters/system';
import { registerWebhook } from '../../lambdas/adapters/telegram/webhook-registration';
import { createBotApi } from '../../lambdas/adapters/telegram/bot-api';
import { webhookSecret } from '../../lambdas/adapters/telegram/webhook-secret';
import type { ConnectionId } from '../../lambdas/chat/model/identifiers';
import type { QueueItem } from '../../lambdas/chat/ports';
import { createRequestDispatcher, type DispatcherHandler } from '../../lambdas/request-dispatcher/wiring';
import { createTelegram } from '../../emulators/telegram';
import { HandshakeRefused, Inbox, type ChatUnderTest, type Client, type ConnectOptions } from './driver';
import { memoryEnvironment } from '../lambdas/request-dispatcher/memory-environment';

const TOKEN = '123456:in-memory-contract';
const BOT = 'kite_contract_bot';

/** The request dispatcher on ports in memory: no gateway, no cloud; events are made here. */
export async function inMemoryChat(): Promise<ChatUnderTest> {
  const telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT, privacyMode: false }] });
  const { apiRoot } = await telegram.listen();
  const dispatch: { handler?: DispatcherHandler } = {};
  const handle = async (event: object) => {
    if (!dispatch.handler) throw new Error('Not started');
    return (await dispatch.handler(event)) as { statusCode: number; headers?: Record<string, string>; body?: string };
  };
  const push = new ListeningPush();
  const server = createServer((request, response) => void serve(request, response));
  const origin = `http://127.0.0.1:${await listen(server)}`;
  const files = new ServedFiles(`${origin}/objects`);
  const queue = new RunningQueue(handle);
  const settings = {
    stage: 'dev',
    websocketUrl: 'wss://ws.example.com/dev',
    apiUrl: `${origin}/dev`,
    retentionDays: 90,
  };
  const world = createMemoryWorld({
    push,
    files,
    clock: systemClock,
    random: systemRandomness,
    secrets: { botToken: async () => TOKEN },
    settings,
  });
  dispatch.handler = createRequestDispatcher(memoryEnvironment(settings, apiRoot, 'ERROR'), {
    ...world,
    queue,
    delayQueueItem: async (receiptHandle, seconds) => queue.delay(receiptHandle, seconds),
  });
  await registerWebhook(await createBotApi(TOKEN, apiRoot), `${origin}/dev/tg`, webhookSecret(TOKEN, 'dev'));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', origin);
    if (url.pathname.startsWith('/objects/')) return files.serve(request, response, url, body);
    const answer = await handle({
      version: '2.0',
      headers: request.headers,
      requestContext: { stage: 'dev', http: { method: request.method, path: decodeURI(url.pathname) } },
      body: body.toString(),
      isBase64Encoded: false,
    });
    response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  }

  let connections = 0;
  return {
    telegram,
    bot: BOT,
    connect: (options) => open(handle, push, `c${connections++}`, options),
    async request(path, init) {
      const response = await fetch(`${origin}/dev${path}`, { redirect: 'manual', ...init });
      const location = response.headers.get('location') ?? undefined;
      return { status: response.status, body: await response.text(), location };
    },
    async close() {
      queue.stop();
      await telegram.close();
      await closeServer(server);
    },
  };
}

type Handle = (event: object) => Promise<{ statusCode: number; headers?: Record<string, string>; body?: string }>;

async function open(handle: Handle, push: ListeningPush, id: string, options: ConnectOptions = {}): Promise<Client> {
  const inbox = new Inbox();
  const connection: ConnectionId = `ws:${id}`;
  const event = (eventType: string, more: object = {}) => ({
    requestContext: { eventType, connectionId: id, requestTimeEpoch: Date.now(), stage: 'dev' },
    ...more,
  });
  const { query, origin, protocols = [] } = options;
  const answer = await handle(
    event('CONNECT', {
      headers: {
        ...(origin ? { Origin: origin } : {}),
        ...(protocols.length > 0 ? { 'Sec-WebSocket-Protocol': protocols.join(', ') } : {}),
      },
      queryStringParameters: query ? Object.fromEntries(new URLSearchParams(query)) : null,
    }),
  );
  if (answer.statusCode !== 200) throw new HandshakeRefused(answer.statusCode);
  push.listen(connection, (frame) => inbox.add(frame));
  return {
    protocol: answer.headers?.['Sec-WebSocket-Protocol'],
    send(frame) {
      const body = typeof frame === 'string' ? frame : JSON.stringify(frame);
      // API Gateway does not wait for the answer to one frame before it hands over the next.
      void handle(event('MESSAGE', { body })).then((result) => {
        if (result.body !== undefined) inbox.add(result.body);
      });
    },
    next: () => inbox.next(),
    isQuiet: (milliseconds) => inbox.isQuiet(milliseconds),
    async close() {
      push.close(connection);
      await handle(event('DISCONNECT'));
    },
  };
}

/** Pushes go straight into the inbox of the client. */
class ListeningPush extends MemoryPush {
  readonly #listeners = new Map<ConnectionId, (frame: string) => void>();

  listen(connection: ConnectionId, listener: (frame: string) => void): void {
    this.open(connection);
    this.#listeners.set(connection, listener);
  }

  override async push(connection: ConnectionId, frame: string): Promise<'sent' | 'gone'> {
    const outcome = await super.push(connection, frame);
    if (outcome === 'sent') this.#listeners.get(connection)?.(frame);
    return outcome;
  }
}

/** Files that can be put and fetched over HTTP; as S3 does, it accepts only what was declared. */
class ServedFiles extends MemoryFiles {
  constructor(private readonly root: string) {
    super();
  }

  override async uploadUrl(key: string, type: string, size: number): Promise<string> {
    return `${this.root}/${key}?${new URLSearchParams({ type, size: String(size) })}`;
  }

  override async downloadUrl(key: string): Promise<string> {
    return `${this.root}/${key}`;
  }

  serve(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): void {
    const key = url.pathname.slice('/objects/'.length);
    if (request.method === 'PUT') {
      const [type, size] = [url.searchParams.get('type'), Number(url.searchParams.get('size'))];
      const declared = request.headers['content-type'] === type && body.length === size;
      if (declared) this.objects.set(key, { body, type: type ?? '' });
      response.writeHead(declared ? 200 : 403).end();
      return;
    }
    const object = this.objects.get(key);
    response.writeHead(object ? 200 : 404, object ? { 'content-type': object.type } : {}).end(object?.body);
  }
}

/** A FIFO queue that hands its items to the dispatcher, one at a time per group, and again after the delay it asks for. */
class RunningQueue {
  readonly #groups = new Map<string, { item: QueueItem; attempt: number }[]>();
  readonly #delays = new Map<string, number>();
  #stopped = false;
  #serial = 0;

  constructor(private readonly handle: Handle) {}

  async send(item: QueueItem): Promise<void> {
    const group = 'handle' in item ? `${item.kind}/${item.channel}/${item.handle}` : `${item.kind}/${item.channel}`;
    const waiting = this.#groups.get(group);
    if (waiting) return void waiting.push({ item, attempt: 0 });
    this.#groups.set(group, [{ item, attempt: 0 }]);
    setImmediate(() => void this.#run(group));
  }

  delay(receiptHandle: string, seconds: number): void {
    this.#delays.set(receiptHandle, seconds);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(group: string): Promise<void> {
    const items = this.#groups.get(group) ?? [];
    for (let first = items[0]; first && !this.#stopped; first = items[0]) {
      first.attempt++;
      const messageId = `q${this.#serial++}`;
      const answer = (await this.handle({
        Records: [
          {
            eventSource: 'aws:sqs',
            messageId,
            receiptHandle: messageId,
            body: JSON.stringify(first.item),
            attributes: { ApproximateReceiveCount: String(first.attempt), MessageGroupId: group },
          },
        ],
      })) as unknown as { batchItemFailures: unknown[] };
      if (answer.batchItemFailures.length === 0) items.shift();
      else await new Promise((resolve) => setTimeout(resolve, (this.#delays.get(messageId) ?? 1) * 1000).unref());
    }
    this.#groups.delete(group);
  }
}
