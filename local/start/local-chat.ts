import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { LocalSettings } from '../../settings';
import { bundleWidget } from '../../web/widget/build';
import { notWritable } from '../../emulators/aws/data-folder';
import { queueSource } from '../../emulators/aws/sqs/queue-service';
import { errorText, Failure } from '../../emulators/failure';
import { createTelegram, type Telegram } from '../../emulators/telegram';
import { Chat } from '../chat';
import { DEMO_CHANNEL, ensureDemoGroup, hostDemoChannel } from '../demo-group';
import { LocalServer } from '../local-server';
import { stageApis } from '../stage-apis';
import { StageCloud, withRemedy } from '../stage-cloud';
import type { Terminal } from '../terminal';
import { Website } from '../website';
import { FunctionHost } from './function-host';
import type { StartOptions } from './options';
import type { TelegramPolling } from './telegram-polling';

const STAGE = 'dev';

/** The bot of the Telegram emulator. */
const EMULATED_BOT = { id: 1_000_000_001, username: 'kite_dev_bot' };

/** Milliseconds until a batch comes again whose function failed as a whole; three minutes in AWS. */
const RETRY_AFTER = 5000;

/** How long the functions may take to host the demo channel, in milliseconds. */
const LONGEST_HOSTING = 5000;

/** How long deliveries in flight may take at the end, in milliseconds. */
const LONGEST_GOODBYE = 5000;

/** `npm start`: gateway, cloud, functions, Telegram or its emulator, and the demo website in one process. */
export class LocalChat {
  private chat: Chat | undefined;
  private cloud: StageCloud | undefined;
  private functions: FunctionHost | undefined;
  private telegram: Telegram | undefined;
  private polling: TelegramPolling | undefined;
  private readonly website = new Website(bundleWidget);
  /** A token for the emulated bot, new at each start, so that it stays unknown. */
  private readonly emulatedToken = `${EMULATED_BOT.id}:${randomBytes(26).toString('base64url')}`;

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
      const cloud = await chat.startCloud();
      await all([chat.startFunctions(cloud), chat.startTelegram()]);
      chat.serve(cloud);
      await chat.connectTelegram();
      chat.deliver(cloud);
      chat.introduce(cloud);
      return chat;
    } catch (error) {
      await chat.stop();
      throw error;
    }
  }

  /** Ends connections, lets what was begun finish, and closes the data. */
  async stop(): Promise<void> {
    await this.polling?.stop();
    await this.chat?.disconnect();
    const delivered = this.chat?.stopDeliveries();
    await Promise.race([delivered, new Promise((resolve) => setTimeout(resolve, LONGEST_GOODBYE).unref())]);
    await this.telegram?.close();
    // A delivery that has not finished by now is made after the next start.
    await this.functions?.close();
    await delivered;
    await this.cloud?.close();
    await this.server.close();
  }

  private get folder(): string {
    return resolve(this.settings.dataFolder);
  }

  private get webhookUrl(): string {
    return `${this.server.origin}/${STAGE}/tg`;
  }

  /** Where the Telegram emulator keeps its chats. */
  private get telegramFile(): string {
    return join(this.folder, 'telegram', 'telegram.json');
  }

  private async startCloud(): Promise<StageCloud> {
    const { region, retentionDays, fileTypes, dynamoDbEndpoint, botToken } = this.settings;
    this.cloud = await StageCloud.start({
      stage: STAGE,
      folder: this.folder,
      origin: this.server.origin,
      region,
      retentionDays,
      fileTypes,
      credentials: { accessKeyId: 'kite', secretAccessKey: this.secretKey() },
      botToken: botToken ?? this.emulatedToken,
      ...(dynamoDbEndpoint === undefined ? {} : { dynamoDbEndpoint }),
      empty: this.options.reset,
    });
    return this.cloud;
  }

  private async startFunctions(cloud: StageCloud): Promise<void> {
    const { botToken, telegramApiRoot = 'https://api.telegram.org' } = this.settings;
    this.functions = await FunctionHost.start({
      folder: join(this.folder, 'functions'),
      environment: cloud.functionVariables(botToken ? telegramApiRoot : `${this.server.origin}/telegram/api`),
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
        this.telegram = createTelegram({
          bots: [{ token: this.emulatedToken, username: EMULATED_BOT.username, name: 'Kite' }],
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

  private serve({ aws }: StageCloud): void {
    const { idleMillis, connectionMillis } = this.options;
    this.chat = Chat.assemble({
      server: this.server,
      definition: stageApis(STAGE),
      invoke: (event) => this.invokeDispatcher(event),
      handlers: [
        (request, response) => aws.handleRequest(request, response),
        (request, response) => this.telegram?.handle(request, response) ?? false,
        (request, response) => this.website.handle(request, response),
      ],
      observe: (activity) => this.terminal.activity(activity),
      limits: {
        ...(idleMillis === undefined ? {} : { idleMillis }),
        ...(connectionMillis === undefined ? {} : { connectionMillis }),
      },
    });
  }

  /** Gets updates by the webhook that the lifecycle function registers, or by polling the real Telegram. */
  private async connectTelegram(): Promise<void> {
    this.polling?.start();
    if (!this.telegram) return;
    await this.functions?.invoke('lifecycle-handler', { webhookUrl: this.webhookUrl });
    hostDemoChannel(this.telegram, ensureDemoGroup(this.telegram, EMULATED_BOT.username), DEMO_CHANNEL);
    // The demo website opens that channel, so it exists before the website is announced.
    await this.telegram.settled(LONGEST_HOSTING).catch((error: unknown) => this.terminal.warn(errorText(error)));
  }

  private deliver({ queue }: StageCloud): void {
    this.chat?.deliver(queueSource(queue, this.settings.region), {
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
      throw withRemedy(notWritable(this.folder, error));
    }
  }

  private introduce({ deadLetters }: StageCloud): void {
    const { origin } = this.server;
    const { dynamoDbEndpoint } = this.settings;
    const folder = relative(process.cwd(), this.folder) || '.';
    const data = dynamoDbEndpoint === undefined ? folder : `${folder}, tables in the DynamoDB at ${dynamoDbEndpoint}`;
    const rows: [string, string][] = [
      ['Demo website', this.polling ? `${origin}/?c=<channel>` : `${origin}/`],
      ...(this.telegram ? ([['Operators', `${origin}/telegram`]] as [string, string][]) : []),
      ['WebSocket', `${origin.replace('http', 'ws')}/${STAGE}`],
      ['Webhook', this.webhookUrl],
      ['Data', data],
      [
        'Telegram',
        this.polling
          ? `@${this.polling.username}: write /host <channel> to it, in a group or alone`
          : 'emulated, with the operators’ page; set TELEGRAM_BOT_TOKEN in .env for the real one',
      ],
    ];
    const seconds = (performance.now() / 1000).toFixed(1);
    this.terminal.introduce(`Kite is ready in ${seconds} s`, rows, 'Ctrl-C ends it and keeps the data.');
    if (deadLetters.size > 0) {
      this.terminal.warn(
        `${deadLetters.size} messages could not be delivered to Telegram; they are kept in the queue of dead letters.`,
      );
    }
  }
}

/** Waits for all, also when one fails, and then throws what the first one threw. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
