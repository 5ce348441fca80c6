import type { Update } from 'grammy/types';
import {
  createBotApi,
  TELEGRAM_API_ROOT,
  TelegramRefusal,
  TelegramUnreachable,
  type BotApi,
} from '../../lambdas/adapters/telegram/bot-api';
import { registerWebhook } from '../../lambdas/adapters/telegram/webhook-registration';
import { webhookSecret } from '../../lambdas/adapters/telegram/webhook-secret';
import { ALLOWED_UPDATES, BOT_COMMANDS } from '../../lambdas/bot-profile';
import { Failure } from '../../emulators/failure';

export interface TelegramPollingOptions {
  readonly botToken: string;
  /** @default - Telegram's own */
  readonly apiRoot?: string;
  /** The stage whose webhook takes the updates. */
  readonly stage: string;
  /** Where the updates go: `http://localhost:3000/dev/tg`. */
  readonly webhookUrl: string;
  /** Tells the developer. */
  readonly note: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** Seconds that Telegram holds a request for updates open. */
const POLL_SECONDS = 50;

/** Between tries, in milliseconds; doubles up to the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * Fetches a bot's updates from Telegram by long polling and posts them to the webhook as Telegram would, with the secret:
 * a laptop has no address that Telegram could reach.
 */
export class TelegramPolling {
  private readonly ending = new AbortController();
  private running: Promise<void> | undefined;

  private constructor(
    private readonly options: TelegramPollingOptions,
    private readonly api: BotApi,
    /** Without the @. */
    readonly username: string,
    private readonly formerWebhook: string | undefined,
  ) {}

  /**
   * Makes sure of the bot and takes its updates over from a webhook, if it has one.
   * @throws Failure if Telegram cannot be reached or refuses the token
   */
  static async connect(options: TelegramPollingOptions): Promise<TelegramPolling> {
    const quick = await createBotApi(options.botToken, options.apiRoot);
    try {
      const me = await quick.getMe();
      const { url } = await quick.getWebhookInfo();
      await quick.deleteWebhook();
      await quick.setMyCommands(BOT_COMMANDS);
      if (url) {
        options.warn(`@${me.username} sent its updates to ${url}; they come here until this ends.`);
      }
      const api = await createBotApi(options.botToken, options.apiRoot, POLL_SECONDS + 10);
      return new TelegramPolling(options, api, me.username, url || undefined);
    } catch (error) {
      throw connectFailure(error, options.apiRoot ?? TELEGRAM_API_ROOT);
    }
  }

  /** Begins to fetch updates. */
  start(): void {
    this.running = this.poll();
  }

  /** Stops fetching, waits for what is being handled, and gives the updates back to the webhook of before. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
    const { formerWebhook, options } = this;
    // Only a webhook of Kite's: of others the secret is not known.
    const stage = formerWebhook && /\/([A-Za-z0-9_-]+)\/tg$/.exec(formerWebhook)?.[1];
    if (!formerWebhook || !stage) return;
    try {
      await registerWebhook(this.api, formerWebhook, webhookSecret(options.botToken, stage));
      options.note(`@${this.username} sends its updates to ${formerWebhook} again.`);
    } catch (error) {
      options.warn(`@${this.username} could not be given back to ${formerWebhook}: deploy again (${String(error)}).`);
    }
  }

  private async poll(): Promise<void> {
    let offset = 0;
    let pause = FIRST_PAUSE;
    while (!this.ending.signal.aborted) {
      try {
        const updates = await this.api.getUpdates(
          { offset, timeout: POLL_SECONDS, allowed_updates: ALLOWED_UPDATES },
          // grammY's type of it is an older package's.
          this.ending.signal as Parameters<BotApi['getUpdates']>[1],
        );
        pause = FIRST_PAUSE;
        await this.handle(updates);
        // Updates that were not handled because this ends come again at the next start.
        if (!this.ending.signal.aborted) offset = Math.max(offset, ...updates.map((update) => update.update_id + 1));
      } catch (error) {
        if (this.ending.signal.aborted) return;
        this.options.warn(`${String(error)}. Trying again in ${pause / 1000} s.`);
        await this.wait(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  /** The updates of one chat one after the other, as Telegram's webhooks come; chats at the same time. */
  private async handle(updates: readonly Update[]): Promise<void> {
    const chats = new Map<number, Update[]>();
    for (const update of updates) {
      const chat = chatOf(update) ?? update.update_id;
      chats.set(chat, [...(chats.get(chat) ?? []), update]);
    }
    await Promise.all(
      [...chats.values()].map(async (ofChat) => {
        for (const update of ofChat) await this.post(update);
      }),
    );
  }

  private async post(update: Update): Promise<void> {
    const { webhookUrl, botToken, stage, warn } = this.options;
    for (let pause = FIRST_PAUSE; !this.ending.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        const response = await fetch(webhookUrl, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-telegram-bot-api-secret-token': webhookSecret(botToken, stage),
          },
          body: JSON.stringify(update),
        });
        await response.arrayBuffer();
        if (response.ok) return;
        warn(`Update ${update.update_id} was answered ${response.status}. Trying again in ${pause / 1000} s.`);
      } catch (error) {
        warn(`Update ${update.update_id} could not be handed over (${String(error)}).`);
      }
      await this.wait(pause);
    }
  }

  private async wait(milliseconds: number): Promise<void> {
    const { signal } = this.ending;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
    });
  }
}

function chatOf(update: Update): number | undefined {
  const message =
    update.message ??
    update.edited_message ??
    update.channel_post ??
    update.edited_channel_post ??
    update.callback_query?.message ??
    update.my_chat_member;
  return message?.chat.id;
}

function connectFailure(error: unknown, apiRoot: string): unknown {
  if (error instanceof TelegramRefusal && (error.code === 401 || error.code === 404)) {
    return new Failure(
      `Telegram does not know the bot of TELEGRAM_BOT_TOKEN (${error.description}): copy the token again from @BotFather into .env, or leave it out to use the console at /telegram.`,
    );
  }
  if (error instanceof TelegramRefusal) return new Failure(`${error.message}: try again later.`);
  if (error instanceof TelegramUnreachable) {
    return new Failure(
      `Telegram cannot be reached at ${apiRoot} (${error.message.replace(/^.*?: /, '')}): check the network, or leave TELEGRAM_BOT_TOKEN out to use the console at /telegram.`,
    );
  }
  return error;
}
