import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { stageTables } from '../../local/stage-tables';
import { createDynamoClient } from '../../lambdas/adapters/dynamodb/database';
import { createDynamoStores } from '../../lambdas/adapters/dynamodb/stores';
import * as sdk from '../../lambdas/adapters/sdk/dynamodb';
import { systemClock } from '../../lambdas/adapters/system';
import { webhookSecret } from '../../lambdas/adapters/telegram/webhook-secret';
import { chatId, refOf } from '../../lambdas/adapters/telegram/ids';
import { type ChannelName, type Handle } from '../../lambdas/chat/model/identifiers';
import type { Content, Conversation, Direction } from '../../lambdas/chat/model/records';
import type { Stores } from '../../lambdas/chat/ports';
import { dynamoDbAt } from '../../emulators/aws/dynamodb/dynamodb-call';
import { EmbeddedDynamoDb } from '../../emulators/aws/dynamodb/embedded-dynamodb';
import { closeServer, listen } from '../../emulators/loopback';
import { makeTables } from '../../emulators/aws/dynamodb/tables';
import type { FunctionCode } from '../../bench/function-code';
import { FunctionProcess } from '../../bench/function-process';
import { processFigures } from '../../bench/process-start';

const TOKEN = '1000000001:telegram-emulator';
const CHANNEL = 'bench-channel' as ChannelName;
const GROUP = -1001234567890;
const REGION = 'eu-north-1';
const CREDENTIALS = { accessKeyId: 'kite', secretAccessKey: 'a-key-that-opens-nothing' };

/** Bytes a second that the imitated Telegram takes: less than the bucket gives, so that what is not awaited piles up. */
const TELEGRAM_SPEED = 60 * 1024 * 1024;

/** Files that one instance of the function gets at once. */
export interface FileBatch {
  /** To the operators, to visitors who are in Telegram (one batch of the queue each), or from operators (one update each). */
  readonly way: 'to-host' | 'to-chat' | 'from-host';
  readonly files: number;
  /** Of each file. */
  readonly bytes: number;
  /** Conversations with a text beside those with a file, in the same batch. @default 0 */
  readonly texts?: number;
}

export interface FileBatchResult {
  /** The most memory that the function's process held (VmHWM), bytes. Linux only. */
  readonly peakMemory: number;
  /** What Telegram (or, from it, the bucket) got, in order: bytes of each file, 0 for a text. */
  readonly arrived: readonly number[];
  /** The most files that were on their way to Telegram at once. */
  readonly atOnce: number;
  /** Items that the function put into the queue: files for which there was no time. */
  readonly pokes: number;
  /** Items that the function did not work off. */
  readonly failed: number;
}

/** Has a new process of the request dispatcher work off a batch with files, and tells how much memory that took. */
export async function runFileBatch(code: FunctionCode, batch: FileBatch): Promise<FileBatchResult> {
  const engine = await EmbeddedDynamoDb.start(undefined);
  const far = await FarEnd.listen(batch.bytes);
  const client = createDynamoClient(sdk, { endpoint: engine.endpoint, region: REGION, credentials: CREDENTIALS });
  await makeTables(dynamoDbAt(engine.endpoint, REGION, CREDENTIALS.accessKeyId), stageTables('dev'));
  const stores = createDynamoStores({ tables: TABLES, clock: systemClock, retentionDays: 90, client });
  const lines: string[] = [];
  const fn = await FunctionProcess.start(code, variables(engine.endpoint, far.origin), (line) => lines.push(line));
  try {
    const events = await prepare(stores, batch);
    let failed = 0;
    for (const event of events) {
      const answer = (await fn.invoke(event)) as { batchItemFailures?: readonly unknown[]; statusCode?: number };
      failed += answer.batchItemFailures?.length ?? Number(answer.statusCode !== 200);
    }
    const errors = lines.filter((line) => line.includes('"ERROR"'));
    if (errors.length > 0) throw new Error(`The function said: ${errors.join('\n')}`);
    const { peakMemory } = processFigures(fn.pid ?? 0);
    return { peakMemory, arrived: far.arrived, atOnce: far.atOnce, pokes: far.pokes, failed };
  } finally {
    await fn.stop();
    client.destroy();
    await far.close();
    await engine.close();
  }
}

const TABLES = {
  channelsTable: 'dev.Channels',
  membersTable: 'dev.Members',
  connectionsTable: 'dev.Connections',
  messagesTable: 'dev.Messages',
};

function variables(dynamoDb: string, origin: string): Record<string, string> {
  return {
    STAGE: 'dev',
    CHANNELS_TABLE: TABLES.channelsTable,
    MEMBERS_TABLE: TABLES.membersTable,
    CONNECTIONS_TABLE: TABLES.connectionsTable,
    MESSAGES_TABLE: TABLES.messagesTable,
    FILES_BUCKET: 'files',
    DELIVERY_QUEUE_URL: `${origin}/000000000000/dev-delivery.fifo`,
    RETENTION_DAYS: '90',
    BOT_TOKEN_PARAMETER: '/kite/dev/telegram-bot-token',
    TELEGRAM_API_ROOT: `${origin}/telegram`,
    WEBSOCKET_URL: 'ws://127.0.0.1:9/dev',
    WEBSOCKET_CALLBACK_URL: 'http://127.0.0.1:9/dev',
    API_URL: 'http://127.0.0.1:9/dev',
    AWS_ENDPOINT_URL: origin,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  };
}

/** Conversations with what waits in them; the events that the function gets. */
async function prepare(stores: Stores, { way, files, bytes, texts = 0 }: FileBatch): Promise<object[]> {
  await stores.channels.create({
    name: CHANNEL,
    host: chatId(GROUP),
    handleKey: 'a2V5',
    state: 'active',
    forum: false,
    origins: [],
    messages: 0,
    createdAt: new Date().toISOString(),
  });
  const conversations: Conversation[] = [];
  for (let i = 0; i < files + texts; i += 1) {
    const conversation = { channel: CHANNEL, handle: `visitor${String(i).padStart(5, '0')}` as Handle };
    conversations.push(conversation);
    await stores.members.attach(conversation, {
      proof: 'p',
      connector: 'ws',
      name: `Visitor ${i}`,
      connection: way === 'to-chat' ? `tg:${chatId(1000 + i)}` : `ws:gone${i}`,
      now: Date.now(),
    });
    if (way === 'from-host')
      await stores.messages.pointReply(refOf(chatId(GROUP), i + 1), { ...conversation, message: 'v#x' });
    else
      await stores.messages.put(waiting(conversation, way === 'to-host' ? 'to-host' : 'to-visitor', i, contentOf(i)));
  }
  if (way === 'from-host') return conversations.map((_, i) => update(i, bytes));
  return [{ Records: conversations.map((conversation, i) => record(way, conversation, i)) }];

  function contentOf(i: number): Content {
    if (i >= files) return { kind: 'text', text: 'Hello' };
    const key = `${CHANNEL}/visitor${String(i).padStart(5, '0')}/${'0'.repeat(32)}/f.pdf`;
    return { kind: 'file', file: { key, name: 'f.pdf', type: 'application/pdf', size: bytes } };
  }
}

function waiting(conversation: Conversation, direction: Direction, order: number, content: Content) {
  const at = new Date(Date.now() - 10_000).toISOString();
  return { conversation, key: 'm#1', direction, content, at, order, due: true };
}

function record(kind: 'to-host' | 'to-chat', conversation: Conversation, number: number): object {
  return {
    eventSource: 'aws:sqs',
    messageId: `item-${number}`,
    receiptHandle: `receipt-${number}`,
    body: JSON.stringify({ kind, ...conversation, message: 'm#1' }),
    attributes: { ApproximateReceiveCount: '1', MessageGroupId: `${kind}/${conversation.handle}` },
  };
}

/** An operator answers a visitor with a file. */
function update(number: number, bytes: number): object {
  const chat = { id: GROUP, type: 'supergroup', title: 'Support' };
  const date = Math.floor(Date.now() / 1000);
  const document = { file_id: `file-${number}`, file_name: 'f.pdf', mime_type: 'application/pdf', file_size: bytes };
  return {
    requestContext: { http: { method: 'POST', path: '/dev/tg' }, stage: 'dev' },
    headers: { 'x-telegram-bot-api-secret-token': webhookSecret(TOKEN, 'dev') },
    body: JSON.stringify({
      update_id: number + 1,
      message: {
        message_id: 100_000 + number,
        date,
        chat,
        from: { id: 1, is_bot: false, first_name: 'Olena' },
        document,
        reply_to_message: { message_id: number + 1, date, chat, text: 'x' },
      },
    }),
  };
}

/** Bucket, queue, parameter store and Telegram, as far as files go: no byte of them is kept. */
class FarEnd {
  readonly arrived: number[] = [];
  atOnce = 0;
  pokes = 0;
  private uploading = 0;
  origin = '';

  private constructor(
    private readonly server: Server,
    private readonly bytes: number,
  ) {}

  static async listen(bytes: number): Promise<FarEnd> {
    const server = createServer((request, response) => {
      far.answer(request, response).catch(() => response.destroy());
    });
    const far = new FarEnd(server, bytes);
    far.origin = `http://127.0.0.1:${await listen(server)}`;
    return far;
  }

  async close(): Promise<void> {
    await closeServer(this.server);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers['x-amz-target'] ?? '');
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (target.endsWith('GetParameter')) return this.json(request, response, () => ({ Parameter: { Value: TOKEN } }));
    if (target.endsWith('SendMessage')) {
      this.pokes += 1;
      return this.json(request, response, ({ MessageBody }) => ({
        MessageId: '1',
        MD5OfMessageBody: createHash('md5').update(String(MessageBody)).digest('hex'),
      }));
    }
    if (target !== '') return this.json(request, response, () => ({}));
    if (path.endsWith('/getFile')) return this.json(request, response, () => telegram({ file_path: 'f.pdf' }));
    if (path.endsWith('/sendMessage')) {
      this.arrived.push(0);
      return this.json(request, response, () => telegram(this.message()));
    }
    if (path.endsWith('/sendDocument')) {
      this.uploading += 1;
      this.atOnce = Math.max(this.atOnce, this.uploading);
      await this.take(request);
      this.uploading -= 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(telegram(this.message())));
      return;
    }
    if (path.startsWith('/telegram/bot')) return this.json(request, response, () => telegram(true));
    if (request.method === 'PUT') {
      await this.take(request);
      response.writeHead(200, { etag: '"x"' }).end();
      return;
    }
    const headers = { 'content-type': 'application/pdf', 'content-length': this.bytes };
    response.writeHead(200, headers);
    if (request.method === 'HEAD') response.end();
    else await pipeline(pieces(this.bytes), response);
  }

  private message(): object {
    return { message_id: this.arrived.length, date: 1, chat: { id: GROUP, type: 'supergroup', title: 'Support' } };
  }

  /** Reads what is sent, no quicker than Telegram does. */
  private async take(request: IncomingMessage): Promise<void> {
    const begun = performance.now();
    let taken = 0;
    for await (const chunk of request) {
      taken += (chunk as Buffer).length;
      const early = (taken / TELEGRAM_SPEED) * 1000 - (performance.now() - begun);
      if (early > 5) await setTimeout(early);
    }
    this.arrived.push(taken);
  }

  private async json(
    request: IncomingMessage,
    response: ServerResponse,
    answer: (input: Record<string, unknown>) => object,
  ): Promise<void> {
    const input = JSON.parse((await text(request)) || '{}') as Record<string, unknown>;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(input)));
  }
}

function telegram(result: object | true): object {
  return { ok: true, result };
}

/** So many bytes, in pieces. */
function* pieces(bytes: number): Iterable<Buffer> {
  const piece = Buffer.alloc(256 * 1024);
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
}
