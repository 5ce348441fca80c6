import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Message, Update } from 'grammy/types';
import { BotApi, type CallRecord } from './bot-api';
import { Callbacks } from './callbacks';
import { Chats } from './chats';
import type { Clock } from './clock';
import { closeServer, listen } from '../loopback';
import { isFromAnotherWebsite, isToThisMachine, refuse } from '../web-access';
import { Console } from './console/server';
import { Faults } from './faults';
import { FloodControl, type FloodLimits } from './flood-control';
import { Media } from './media';
import { Messages } from './messages';
import { Parameters } from './parameters';
import { People, type ChatKey } from './people';
import { StateFile } from './state-file';
import type { BotRecord, ChatRecord } from './state';
import { Updates } from './updates';
import { WebhookCourier } from './webhook-courier';
import type { World } from './world';

/** A bot account to begin with. */
export interface BotDefinition {
  /** `<bot id>:<secret>`, as BotFather gives it. */
  readonly token: string;
  /** Without the @; ends in "bot". */
  readonly username: string;
  /** @default - the user name */
  readonly name?: string;
  /** Whether the bot, unless it is an administrator, sees only what is meant for it. @default true, as BotFather's */
  readonly privacyMode?: boolean;
}

/** How the emulator behaves. */
export interface TelegramOptions {
  readonly bots?: readonly BotDefinition[];
  /** Path under which a server mounts it. @default '/telegram' */
  readonly mountPath?: string;
  /** JSON file that keeps everything over restarts. @default - everything stays in memory */
  readonly stateFile?: string;
  /** The time that messages carry, milliseconds since 1970. @default Date.now */
  readonly clock?: Clock;
  /** Whether webhooks may be plain HTTP and on any host and port. @default true, as Telegram's own local server */
  readonly anyWebhook?: boolean;
  /** Where a registered webhook is really reached, e.g. a gateway on this machine. @default - at its own URL */
  readonly webhookTarget?: (url: string) => string;
  /** Milliseconds between tries of a webhook that failed twice; doubles each time. @default 1000 */
  readonly webhookRetryPause?: number;
  /** How fast bots may send, as Telegram limits them. @default - as fast as they like */
  readonly floodLimits?: FloodLimits;
  /** Milliseconds a webhook may take. @default 60000 */
  readonly webhookTimeout?: number;
}

/** Telegram on this machine; README.md says how to use it. */
export class Telegram {
  readonly people: People;
  readonly faults = new Faults();
  private readonly mountPath: string;
  private readonly file: StateFile;
  private readonly world: World;
  private readonly api: BotApi;
  private readonly courier: WebhookCourier;
  private readonly console: Console;
  private readonly watchers = new Set<() => void>();
  private server: Server | undefined;

  /** @throws Error if the state file cannot be read */
  constructor(options: TelegramOptions = {}) {
    this.mountPath = options.mountPath ?? '/telegram';
    this.file = new StateFile(options.stateFile);
    this.world = this.createWorld(options);
    const flood = options.floodLimits && new FloodControl(options.floodLimits, this.world.clock);
    this.api = new BotApi(this.world, this.faults, flood);
    this.courier = new WebhookCourier(this.world.updates, {
      clock: this.world.clock,
      retryPause: options.webhookRetryPause ?? 1000,
      timeout: options.webhookTimeout ?? 60_000,
      target: options.webhookTarget ?? ((url) => url),
      onReply: (bot, { method, ...values }) => {
        this.api.run(bot, String(method), new Parameters(values)).catch(() => undefined);
      },
    });
    this.people = new People(this.world);
    this.console = new Console(this.world, this.people, this.mountPath);
    for (const bot of options.bots ?? []) this.addBot(bot);
    for (const bot of this.world.state.bots.values()) this.courier.wake(bot);
  }

  /** Registers a bot account, or takes over the settings of one that is there. */
  addBot({ token, username, name, privacyMode }: BotDefinition): void {
    const id = Number(token.split(':')[0]);
    if (!Number.isSafeInteger(id) || id <= 0) throw new Error(`A bot token is <number>:<secret>, not "${token}".`);
    const { state, chats } = this.world;
    const known = state.bots.get(id);
    chats.createUser({ is_bot: true, first_name: name ?? username, username }, id);
    state.bots.set(id, {
      ...(known ?? { nextUpdateId: 100_000_000 + (id % 1000) * 1_000_000, pending: [], commands: [] }),
      id,
      token,
      // A webhook is set by a token and goes with it.
      webhook: known?.token === token ? known.webhook : undefined,
      privacyMode: privacyMode ?? known?.privacyMode ?? true,
    });
    this.world.changed();
  }

  /**
   * What /revoke at BotFather does: the old token means nothing any more, and its webhook is gone with it. Updates wait for
   * the next request with the new token, which is returned.
   * @throws Error if there is no such bot
   */
  revokeToken(username: string): string {
    const { updates } = this.world;
    const bot = this.bot(username);
    bot.token = `${bot.id}:${randomBytes(26).toString('base64url')}`;
    bot.webhook = undefined;
    updates.touch(bot);
    return bot.token;
  }

  /**
   * Gives and confirms all updates that wait for a bot, as getUpdates does, without a request.
   * @throws Error if there is no such bot
   */
  takeUpdates(username: string): Update[] {
    const bot = this.bot(username);
    const waiting = this.world.updates.pending(bot).map(({ update }) => update);
    if (waiting.length > 0) this.world.updates.clear(bot);
    return waiting;
  }

  /** Answers a request under the mount path; false for any other path. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== this.mountPath && !url.pathname.startsWith(`${this.mountPath}/`)) return false;
    const path = url.pathname.slice(this.mountPath.length);
    // The page itself holds nothing, and people follow links to it.
    if (path !== '' && path !== '/' && isFromAnotherWebsite(request)) {
      refuse(request, response, 403, 'No other website may look into this Telegram, or act in it.');
      return true;
    }
    if (path.startsWith('/api/')) await this.api.handle(request, response, path.slice('/api'.length), url.searchParams);
    else await this.console.handle(request, response, path, url.searchParams);
    return true;
  }

  /**
   * Serves it alone on 127.0.0.1; port 0 takes a free one.
   * @throws Error (EADDRINUSE) if the port is taken
   */
  async listen(port = 0): Promise<{ port: number; apiRoot: string; consoleUrl: string }> {
    const server = createServer((request, response) => {
      if (!isToThisMachine(request))
        return refuse(request, response, 421, `There is nothing at ${request.headers.host}.`);
      void this.handle(request, response).then((handled) => {
        if (!handled) response.writeHead(302, { location: this.mountPath }).end();
      });
    });
    const actual = await listen(server, port);
    this.server = server;
    const consoleUrl = `http://127.0.0.1:${actual}${this.mountPath}`;
    return { port: actual, apiRoot: `${consoleUrl}/api`, consoleUrl };
  }

  /** Calls that bots made, oldest first; without getUpdates. */
  calls(method?: string): CallRecord[] {
    return this.api.calls.filter((call) => method === undefined || call.method.toLowerCase() === method.toLowerCase());
  }

  /** Resolves when no update waits for a webhook any more. @throws Error after `timeout` milliseconds */
  async settled(timeout = 10_000): Promise<void> {
    const waiting = (): BotRecord[] =>
      [...this.world.state.bots.values()].filter((bot) => bot.webhook && this.world.updates.pending(bot).length > 0);
    await this.until(
      () => (waiting().length === 0 ? true : undefined),
      timeout,
      () =>
        waiting()
          .map(
            (bot) =>
              `${this.world.updates.pending(bot).length} updates wait for ${bot.webhook?.url} (${bot.webhook?.lastErrorMessage ?? 'no error'})`,
          )
          .join('; '),
    );
  }

  /** The first message of a chat that fits, now or later. @throws Error after `timeout` milliseconds */
  async message(chat: ChatKey, fits: (message: Message) => boolean, timeout = 5000): Promise<Message> {
    return await this.until(
      () => this.people.messages(chat).find(fits),
      timeout,
      () =>
        `no such message in chat ${chat}; it holds: ${this.people
          .messages(chat)
          .map((message) => message.text ?? message.caption ?? '(no text)')
          .join(' | ')}`,
    );
  }

  /** Stops serving and delivering, and writes the state. */
  async close(): Promise<void> {
    this.courier.close();
    this.console.close();
    this.file.flush();
    if (this.server) await closeServer(this.server);
  }

  private bot(username: string): BotRecord {
    const { state } = this.world;
    const bot = [...state.bots.values()].find(({ id }) => state.users.get(id)?.username === username);
    if (!bot) throw new Error(`There is no bot @${username}.`);
    return bot;
  }

  private createWorld(options: TelegramOptions): World {
    const state = this.file.load();
    const clock = options.clock ?? Date.now;
    const changed = (chat?: ChatRecord): void => {
      this.file.changed();
      this.console?.changed(chat);
      for (const watcher of this.watchers) watcher();
    };
    const chats = new Chats(state);
    const updates = new Updates(clock, () => changed());
    const messages = new Messages(state, chats, updates, clock, changed);
    const media = new Media(state, this.file);
    const anyWebhook = options.anyWebhook ?? true;
    return { state, clock, chats, messages, media, updates, callbacks: new Callbacks(), anyWebhook, changed };
  }

  private async until<T>(look: () => T | undefined, timeout: number, complaint: () => string): Promise<T> {
    const found = look();
    if (found !== undefined) return found;
    return await new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.watchers.delete(watcher);
        reject(new Error(`Waited ${timeout} ms: ${complaint()}.`));
      }, timeout);
      const watcher = (): void => {
        const value = look();
        if (value === undefined) return;
        clearTimeout(timer);
        this.watchers.delete(watcher);
        resolve(value);
      };
      this.watchers.add(watcher);
    });
  }
}

/** An emulator that is ready to be mounted or to listen. @throws Error if the state file cannot be read */
export const createTelegram = (options: TelegramOptions = {}): Telegram => new Telegram(options);
