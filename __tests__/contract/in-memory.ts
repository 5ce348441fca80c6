import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { FifoQueue } from '../../emulators/aws/sqs/fifo-queue';
import { queueSource } from '../../emulators/aws/sqs/queue-service';
import { createTelegram } from '../../emulators/telegram';
import { createManagementPush } from '../../lambdas/adapters/management-push';
import { DEFAULT_FILE_LIMITS } from '../../lambdas/chat/model/file-limits';
import type { Served } from '../../lambdas/chat/download';
import { systemClock, systemRandomness } from '../../lambdas/adapters/system';
import { createBotApi } from '../../lambdas/adapters/telegram/bot-api';
import { registerWebhook } from '../../lambdas/adapters/telegram/webhook-registration';
import { webhookSecret } from '../../lambdas/adapters/telegram/webhook-secret';
import { createRequestDispatcher } from '../../lambdas/request-dispatcher/wiring';
import { Chat } from '../../local/chat';
import { fifoDelivery } from '../../local/fifo-delivery';
import { LocalServer } from '../../local/local-server';
import { stageApis } from '../../local/stage-apis';
import { memoryEnvironment } from '../lambdas/request-dispatcher/memory-environment';
import { createMemoryWorld, MemoryFiles } from '../memory/world';
import type { ChatUnderTest } from './driver';
import { remoteChat } from './remote';

const TOKEN = '123456:in-memory-contract';
const BOT = 'kite_contract_bot';
const STAGE = 'dev';
const REGION = 'eu-north-1';

/** The chat of `npm start` with its stores, files and queue in memory, and the functions in this process. */
export async function inMemoryChat(): Promise<ChatUnderTest> {
  const server = await LocalServer.listen(0);
  const telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT, privacyMode: false }] });
  const queue = await FifoQueue.open(undefined, { name: 'delivery.fifo' });
  const files = new ServedFiles(`${server.origin}/objects`);
  const apiUrl = `${server.origin}/${STAGE}`;
  const websocketUrl = apiUrl.replace('http', 'ws');
  const apiRoot = `${server.origin}/telegram/api`;
  const settings = { stage: STAGE, websocketUrl, apiUrl, retentionDays: 90, fileLimits: DEFAULT_FILE_LIMITS };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const world = createMemoryWorld({
    push: createManagementPush({ callbackUrl: apiUrl, config: { region: REGION, credentials } }),
    files,
    queue: fifoDelivery(queue),
    clock: systemClock,
    random: systemRandomness,
    secrets: { botToken: async () => TOKEN },
    settings,
  });
  const dispatch = createRequestDispatcher(memoryEnvironment(settings, apiRoot, 'ERROR'), {
    ...world,
    delayQueueItem: async (receipt, seconds) => {
      await queue.hide(receipt, seconds * 1000);
    },
  });
  const chat = Chat.assemble({
    server,
    definition: stageApis(STAGE),
    invoke: (event) => dispatch(event),
    handlers: [
      (request, response) => telegram.handle(request, response),
      (request, response) => files.handle(request, response),
    ],
  });
  chat.deliver(queueSource(queue, REGION), { retryAfter: 1000 });
  await registerWebhook(await createBotApi(TOKEN, apiRoot), `${apiUrl}/tg`, webhookSecret(TOKEN, STAGE));
  return remoteChat({
    websocketUrl,
    apiUrl,
    telegram,
    bot: BOT,
    async close() {
      await chat.disconnect();
      await chat.stopDeliveries();
      await telegram.close();
      await server.close();
    },
  });
}

/** Files that can be put and fetched over HTTP; as S3 does, it accepts only what was declared. */
class ServedFiles extends MemoryFiles {
  constructor(private readonly root: string) {
    super();
  }

  override async uploadUrl(key: string, type: string, size: number): Promise<string> {
    return `${this.root}/${key}?${new URLSearchParams({ type, size: String(size) })}`;
  }

  override async downloadUrl(key: string, { type, disposition }: Served): Promise<string> {
    return `${this.root}/${key}?${new URLSearchParams({ type, disposition })}`;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '/', this.root);
    if (!url.href.startsWith(`${this.root}/`)) return false;
    const key = url.href.slice(this.root.length + 1).split('?', 1)[0] ?? '';
    const body = await buffer(request);
    if (request.method === 'PUT') {
      const [type, size] = [url.searchParams.get('type'), Number(url.searchParams.get('size'))];
      const declared = request.headers['content-type'] === type && body.length === size;
      if (declared) this.upload(key, body, type ?? '');
      response.writeHead(declared ? 200 : 403).end();
      return true;
    }
    const object = this.objects.get(key);
    const headers = {
      'content-type': url.searchParams.get('type') ?? '',
      'content-disposition': url.searchParams.get('disposition') ?? '',
    };
    response.writeHead(object ? 200 : 404, object ? headers : {}).end(object?.body);
    return true;
  }
}
