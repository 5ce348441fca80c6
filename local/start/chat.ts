import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join, relative, resolve } from 'node:path';
import type { LocalSettings } from '../../settings';
import { bundleWidget } from '../../web/widget/build';
import { EmbeddedCloud } from '../../emulators/aws/embedded-cloud';
import type { EventSource } from '../../emulators/aws/lambda/event-source';
import { errorText, Failure } from '../../emulators/failure';
import { Gateway } from '../../emulators/aws/api-gateway';
import { createTelegram, ensureDemoGroup, hostDemoChannel, type Telegram } from '../../emulators/telegram';
import { localApis } from './definition';
import { FunctionHost } from './function-host';
import { LocalServer } from './local-server';
import type { StartOptions } from './options';
import type { TelegramPolling } from './telegram-polling';
import type { Terminal } from './terminal';
import { Website } from './website';

const STAGE = 'dev';

/** The bot of the stand-in. */
const STAND_IN_BOT = { id: 1_000_000_001, username: 'kite_dev_bot' };

/** The channel that the demo website opens. */
const DEMO_CHANNEL = 'kite-demo';

/** Until a batch of the queue comes again whose function failed as a whole: in AWS it takes three minutes. */
const RETRY_AFTER = 5000;

/** How long the functions may take to host the demo channel, in milliseconds. */
const LONGEST_HOSTING = 5000;

/** How long deliveries under way may take at the end, in milliseconds. */
const LONGEST_GOODBYE = 5000;

/** The chat on this machine: gateway, cloud, functions, Telegram or its stand-in, demo website; in one process. */
export class LocalChat {
  private gateway: Gateway | undefined;
  private cloud: EmbeddedCloud | undefined;
  private functions: FunctionHost | undefined;
  private queue: EventSource | undefined;
  private standIn: Telegram | undefined;
  private polling: TelegramPolling | undefined;
  private readonly website = new Website(bundleWidget);
  /** Of the bot of the stand-in: another one at each start, so that nobody knows it. */
  private readonly standInToken = `${STAND_IN_BOT.id}:${randomBytes(26).toString('base64url')}`;

  private constructor(
    private readonly settings: LocalSettings,
    private readonly options: StartOptions,
    private readonly terminal: Terminal,
    private readonly server: LocalServer,
  ) {}

  /** Starts everything and prints where it is. @throws Failure; nothing is left running then */
  static async start(settings: LocalSettings, options: StartOptions, terminal: Terminal): Promise<LocalChat> {
    const chat = new LocalChat(settings, options, terminal, await LocalServer.listen(settings.port));
    try {
      await chat.startCloud();
      await all([chat.startFunctions(), chat.startTelegram()]);
      chat.serve();
      await chat.connectTelegram();
      chat.startQueue();
      chat.introduce();
      return chat;
    } catch (error) {
      await chat.stop();
      throw error;
    }
  }

  /** Ends connections, lets what was begun finish, and closes the data. */
  async stop(): Promise<void> {
    await this.polling?.stop();
    await this.gateway?.close();
    const delivered = this.queue?.stop();
    await Promise.race([delivered, new Promise((resolve) => setTimeout(resolve, LONGEST_GOODBYE).unref())]);
    await this.standIn?.close();
    // What a delivery under way has not done by now is done after the next start.
    await this.functions?.close();
    await delivered;
    await this.cloud?.close();
    await this.server.close();
  }

  private get folder(): string {
    return resolve(this.settings.dataFolder);
  }

  private get botToken(): string {
    return this.settings.botToken ?? this.standInToken;
  }

  private get webhookUrl(): string {
    return `${this.server.origin}/${STAGE}/tg`;
  }

  /** Where the stand-in keeps its chats. */
  private get telegramFile(): string {
    return join(this.folder, 'telegram', 'telegram.json');
  }

  private async startCloud(): Promise<void> {
    const { region, retentionDays, dynamoDbEndpoint } = this.settings;
    this.cloud = await EmbeddedCloud.start({
      stage: STAGE,
      folder: this.folder,
      origin: this.server.origin,
      region,
      retentionDays,
      credentials: { accessKeyId: 'kite', secretAccessKey: this.secretKey() },
      parameters: { [`/kite/${STAGE}/telegram-bot-token`]: this.botToken },
      ...(dynamoDbEndpoint === undefined ? {} : { dynamoDbEndpoint }),
      empty: this.options.reset,
    });
  }

  private async startFunctions(): Promise<void> {
    const { origin } = this.server;
    this.functions = await FunctionHost.start({
      folder: join(this.folder, 'functions'),
      environment: {
        ...this.cloud?.functionVariables,
        BOT_TOKEN_PARAMETER: `/kite/${STAGE}/telegram-bot-token`,
        TELEGRAM_API_ROOT: this.settings.botToken
          ? (this.settings.telegramApiRoot ?? 'https://api.telegram.org')
          : `${origin}/telegram/api`,
        WEBSOCKET_URL: `${origin.replace('http', 'ws')}/${STAGE}`,
        WEBSOCKET_CALLBACK_URL: `${origin}/${STAGE}`,
        API_URL: `${origin}/${STAGE}`,
        // The settings of this machine's user for AWS are no business of the chat.
        AWS_CONFIG_FILE: join(this.folder, 'no-aws-config'),
        AWS_SHARED_CREDENTIALS_FILE: join(this.folder, 'no-aws-credentials'),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      onLine: (line) => this.terminal.functionLine(line),
      onChange: (change) => {
        if (change.kind === 'reloaded') this.terminal.note(`Functions reloaded in ${change.duration.toFixed(0)} ms.`);
        else if (change.kind === 'crashed') this.terminal.warn(`The functions ended: ${change.reason}`);
        else this.terminal.warn(`The functions stay as they were: ${change.problems.join('; ')}`);
      },
    });
  }

  private async startTelegram(): Promise<void> {
    const { botToken, telegramApiRoot } = this.settings;
    if (botToken === undefined) {
      if (this.options.reset) await rm(dirname(this.telegramFile), { recursive: true, force: true });
      try {
        this.standIn = createTelegram({
          bots: [{ token: this.standInToken, username: STAND_IN_BOT.username, name: 'Kite' }],
          stateFile: this.telegramFile,
        });
      } catch (error) {
        throw new Failure(errorText(error));
      }
      return;
    }
    const { TelegramPolling } = await import('./telegram-polling.js');
    this.polling = await TelegramPolling.connect({
      botToken,
      stage: STAGE,
      webhookUrl: this.webhookUrl,
      note: (text) => this.terminal.note(text),
      warn: (text) => this.terminal.warn(text),
      ...(telegramApiRoot === undefined ? {} : { apiRoot: telegramApiRoot }),
    });
  }

  private serve(): void {
    const { idleMillis, connectionMillis } = this.options;
    const gateway = new Gateway({
      definition: localApis(STAGE),
      invoke: (_, event) => this.invokeDispatcher(event),
      observe: (activity) => this.terminal.activity(activity),
      limits: {
        ...(idleMillis === undefined ? {} : { idleMillis }),
        ...(connectionMillis === undefined ? {} : { connectionMillis }),
      },
    });
    this.gateway = gateway;
    this.server.serve(
      (request, response) => {
        if (gateway.handleRequest(request, response) || this.cloud?.handleRequest(request, response)) return;
        this.servePage(request, response).catch(() => response.destroy());
      },
      (request, socket, head) => {
        if (!gateway.handleUpgrade(request, socket, head))
          socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      },
    );
  }

  private async servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await this.standIn?.handle(request, response)) return;
    if (await this.website.handle(request, response)) return;
    request.resume();
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`There is nothing at ${request.url}. The demo website is at ${this.server.origin}/\n`);
  }

  /** Has the updates come: by the webhook that the lifecycle function registers, or by polling the real Telegram. */
  private async connectTelegram(): Promise<void> {
    this.polling?.start();
    if (!this.standIn) return;
    await this.functions?.invoke('lifecycle-handler', { webhookUrl: this.webhookUrl });
    hostDemoChannel(this.standIn, ensureDemoGroup(this.standIn, STAND_IN_BOT.username), DEMO_CHANNEL);
    // The demo website opens that channel: it is there before anybody is told of the website.
    await this.standIn.settled(LONGEST_HOSTING).catch((error: unknown) => this.terminal.warn(errorText(error)));
  }

  private startQueue(): void {
    this.queue = this.cloud?.deliver((event) => this.invokeDispatcher(event), {
      retryAfter: RETRY_AFTER,
      observe: ({ messages, failed, duration, error }) => this.terminal.delivery(messages, failed, duration, error),
    });
  }

  private async invokeDispatcher(event: object): Promise<unknown> {
    if (!this.functions) throw new Error('The functions are not running.');
    return this.functions.invoke('request-dispatcher', event);
  }

  /** Signs the links to files; kept, so that links outlive a restart. */
  private secretKey(): string {
    const file = join(this.folder, 'secret-key');
    try {
      if (existsSync(file)) return readFileSync(file, 'utf8').trim();
      const key = randomBytes(30).toString('base64url');
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(file, `${key}\n`, { mode: 0o600 });
      return key;
    } catch (error) {
      throw new Failure(
        `The data folder ${this.folder} is not writable (${errorText(error)}): make it writable, or set KITE_DATA to another folder.`,
      );
    }
  }

  private introduce(): void {
    const { origin } = this.server;
    const { dynamoDbEndpoint } = this.settings;
    const folder = relative(process.cwd(), this.folder) || '.';
    const data = dynamoDbEndpoint === undefined ? folder : `${folder}, tables in the DynamoDB at ${dynamoDbEndpoint}`;
    const rows: [string, string][] = [
      ['Demo website', this.polling ? `${origin}/?c=<channel>` : `${origin}/`],
      ...(this.standIn ? ([['Operators', `${origin}/telegram`]] as [string, string][]) : []),
      ['WebSocket', `${origin.replace('http', 'ws')}/${STAGE}`],
      ['Webhook', this.webhookUrl],
      ['Data', data],
      [
        'Telegram',
        this.polling
          ? `@${this.polling.username}: write /host <channel> to it, in a group or alone`
          : 'the operators’ page stands in for it; TELEGRAM_BOT_TOKEN in .env brings the real one',
      ],
    ];
    const seconds = (performance.now() / 1000).toFixed(1);
    this.terminal.introduce(`Kite is ready in ${seconds} s`, rows, 'Ctrl-C ends it and keeps the data.');
    const undelivered = this.cloud?.deadLetters.size ?? 0;
    if (undelivered > 0) {
      this.terminal.warn(
        `${undelivered} messages could not be delivered to Telegram; they are kept in the queue of dead letters.`,
      );
    }
  }
}

/** Waits for all, also when one fails, and then throws what the first one threw. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
