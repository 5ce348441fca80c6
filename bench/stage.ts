import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDynamoDb } from '../emulators/aws/dynamodb/embedded-dynamodb';
import { queueSource } from '../emulators/aws/sqs/queue-service';
import { createTelegram, type Telegram } from '../emulators/telegram';
import { webhookSecret } from '../lambdas/adapters/telegram/webhook-secret';
import { Chat } from '../local/chat';
import { LocalServer } from '../local/local-server';
import { stageApis } from '../local/stage-apis';
import { StageCloud } from '../local/stage-cloud';
import { DynamoDbMeter } from './dynamodb-meter';
import { commonCode, type FunctionCode } from './function-code';
import { FunctionProcess } from './function-process';
import { Ledger, type SeenInvocation, type SeenRequest } from './ledger';
import { observeRequest } from './observed-request';

const STAGE = 'dev';
const REGION = 'eu-north-1';
const BOT = 'kite_bench_bot';
const TOKEN = '1000000001:telegram-emulator';
const CHANNEL = 'bench-channel';

/** How long anything may take that a stage waits for, milliseconds. */
const PATIENCE = 20_000;

export interface StageOptions {
  /** Whether the operators' group has topics. */
  readonly forum: boolean;
  /** What runs. @default - the common build of the sources */
  readonly code?: FunctionCode;
  /** Where DynamoDB keeps its data. @default - in memory */
  readonly dynamoDbFolder?: string;
}

/**
 * A stage as `npm start` has it, and everything that is asked of its parts noted down: the deployed code in a process of
 * its own, behind the gateway; DynamoDB, queue, bucket and secrets embedded; the Telegram emulator with a group that hosts
 * {@link channel}. One invocation at a time, so that every request belongs to one.
 */
export class Stage {
  readonly ledger = new Ledger();
  /** What the function printed. */
  readonly lines: string[] = [];
  /** The channel that {@link group} hosts. */
  readonly channel = CHANNEL;
  /** The operators' group, and who owns it. */
  group = 0;
  owner = 0;
  private engine: EmbeddedDynamoDb | undefined;
  private meter: DynamoDbMeter | undefined;
  private cloud: StageCloud | undefined;
  private chat: Chat | undefined;
  private process: FunctionProcess | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private running = 0;

  private constructor(
    private readonly folder: string,
    private readonly server: LocalServer,
    readonly telegram: Telegram,
  ) {}

  /** Starts everything and hosts the channel. Call {@link stop} in the end. */
  static async start(options: StageOptions): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'kite-bench-'));
    const telegram = createTelegram({ bots: [{ token: TOKEN, username: BOT, name: 'Kite', privacyMode: false }] });
    const stage = new Stage(folder, await LocalServer.listen(0), telegram);
    try {
      const cloud = await stage.startCloud(options.dynamoDbFolder);
      await stage.startFunction(cloud, options.code ?? (await commonCode(join(folder, 'code'))));
      stage.serve(cloud);
      await stage.host(options.forum);
      return stage;
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  /** `ws://` URL of the stage. */
  get webSocketUrl(): string {
    return `${this.server.origin.replace('http', 'ws')}/${STAGE}`;
  }

  /** `http://` URL of the stage. */
  get apiUrl(): string {
    return `${this.server.origin}/${STAGE}`;
  }

  /** The process that runs the function. */
  get pid(): number {
    return this.process?.pid ?? 0;
  }

  /** Milliseconds that each answer of DynamoDB waits from now on. */
  set latency(milliseconds: number) {
    if (this.meter) this.meter.latency = milliseconds;
  }

  /** Ends DynamoDB, does something to its data, and starts it again. Nothing else may be under way. */
  async withoutDynamoDb(folder: string, change: () => Promise<void>): Promise<void> {
    await this.engine?.close();
    await change();
    this.engine = await EmbeddedDynamoDb.start(folder);
    if (this.meter) this.meter.engine = this.engine.endpoint;
  }

  /** Does something and waits until all that it caused is over. @throws Error if it is not after 20 s */
  async settled(cause: () => Promise<unknown> | unknown): Promise<void> {
    await cause();
    const deadline = performance.now() + PATIENCE;
    for (let quiet = 0; quiet < 3;) {
      await this.telegram.settled(PATIENCE);
      await new Promise((resolve) => setTimeout(resolve, 5));
      quiet = this.running === 0 && this.cloud?.queue.size === 0 ? quiet + 1 : 0;
      if (performance.now() > deadline) {
        throw new Error(
          `The stage is still busy after ${PATIENCE / 1000} s. The function said: ${this.lines.join('\n')}`,
        );
      }
    }
  }

  async stop(): Promise<void> {
    await this.chat?.disconnect();
    await this.chat?.stopDeliveries();
    await this.telegram.close();
    await this.process?.stop();
    await this.meter?.close();
    await this.cloud?.close();
    await this.engine?.close();
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async startCloud(dynamoDbFolder: string | undefined): Promise<StageCloud> {
    this.engine = await EmbeddedDynamoDb.start(dynamoDbFolder);
    this.meter = await DynamoDbMeter.start(this.engine.endpoint, this.ledger);
    this.cloud = await StageCloud.start({
      stage: STAGE,
      folder: join(this.folder, 'data'),
      origin: this.server.origin,
      region: REGION,
      retentionDays: 90,
      credentials: { accessKeyId: 'kite', secretAccessKey: 'a-key-that-opens-nothing' },
      botToken: TOKEN,
      dynamoDbEndpoint: this.engine.endpoint,
    });
    return this.cloud;
  }

  private async startFunction(cloud: StageCloud, code: FunctionCode): Promise<void> {
    this.process = await FunctionProcess.start(
      code,
      {
        ...cloud.functionVariables(`${this.server.origin}/telegram/api`),
        AWS_ENDPOINT_URL_DYNAMODB: this.meter?.endpoint ?? '',
      },
      (line) => this.lines.push(line),
    );
  }

  private serve({ aws, queue }: StageCloud): void {
    this.chat = Chat.assemble({
      server: this.server,
      definition: stageApis(STAGE),
      invoke: (event) => this.invoke(event),
      handlers: [
        (request, response) => aws.handleRequest(request, response),
        (request, response) => this.telegram.handle(request, response),
      ],
      watch: (request, response) => observeRequest(this.ledger, request, response),
    });
    this.chat.deliver(queueSource(queue, REGION));
  }

  /** A group hosts the channel by the command, as operators do it. */
  private async host(forum: boolean): Promise<void> {
    const { people } = this.telegram;
    await fetch(`${this.server.origin}/telegram/api/bot${TOKEN}/setWebhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: `${this.apiUrl}/tg`, secret_token: webhookSecret(TOKEN, STAGE) }),
    });
    this.owner = people.user({ firstName: 'Olena' }).id;
    this.group = people.group({ title: 'Support', owner: this.owner, kind: forum ? 'forum' : 'supergroup' });
    await this.settled(() => {
      people.addBot({ chat: this.group, by: this.owner, bot: BOT, administrator: true });
      people.send({ chat: this.group, from: this.owner, text: `/host ${CHANNEL}` });
    });
  }

  /** One at a time, whatever the event is; what an event source receives and removes is noted as its requests. */
  private invoke(event: object): Promise<unknown> {
    this.running += 1;
    const answer = this.last.then(() => this.run(event)).finally(() => (this.running -= 1));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private async run(event: object): Promise<unknown> {
    const { body } = event as { body?: string };
    const queue = 'Records' in event;
    const kind = queue ? 'queue' : 'connectionId' in requestContext(event) ? 'websocket' : 'http';
    const seen: SeenInvocation = this.ledger.invocation(kind, Buffer.byteLength(body ?? ''));
    if (queue) for (const operation of ['ReceiveMessage', 'DeleteMessage']) done(this.ledger.request('sqs', operation));
    try {
      const answer = await this.process?.invoke(event);
      seen.bytesOut = Buffer.byteLength((answer as { body?: string } | undefined)?.body ?? '');
      return answer;
    } finally {
      seen.endedAt = performance.now();
    }
  }
}

function done(request: SeenRequest): void {
  request.endedAt = request.startedAt;
}

function requestContext(event: object): object {
  return (event as { requestContext?: object }).requestContext ?? {};
}
