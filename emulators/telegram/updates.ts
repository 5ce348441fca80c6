import type { Update } from 'grammy/types';
import { BotApiError } from './bot-api-error';
import { type Clock, unixSeconds } from './clock';
import type { BotRecord, PendingUpdate, UpdateKind } from './state';

/** Kinds that a bot gets only if it asks for them by name; https://core.telegram.org/bots/api#setwebhook */
const ON_REQUEST: readonly UpdateKind[] = ['chat_member', 'message_reaction', 'message_reaction_count'];

const KEPT_SECONDS = 24 * 60 * 60;

interface Poll {
  readonly finish: () => void;
  readonly conflict: () => void;
}

/** Each bot's queue of updates, and long polling of it. */
export class Updates {
  private readonly polls = new Map<number, Poll>();
  private readonly listeners = new Set<(bot: BotRecord) => void>();

  constructor(
    private readonly clock: Clock,
    private readonly changed: () => void,
  ) {}

  /** Called with the bot whenever its queue grew or shrank. */
  onChange(listener: (bot: BotRecord) => void): void {
    this.listeners.add(listener);
  }

  /** Queues an update if the bot wants its kind. Updates of one `queue` reach a webhook in order. */
  push(bot: BotRecord, queue: string, content: Omit<Update, 'update_id'>): void {
    const kind = Object.keys(content)[0] as UpdateKind;
    const wanted = bot.allowedUpdates ? bot.allowedUpdates.includes(kind) : !ON_REQUEST.includes(kind);
    if (!wanted) return;
    const update = structuredClone({ update_id: bot.nextUpdateId++, ...content }) as Update;
    bot.pending.push({ update, queue, expiresAt: unixSeconds(this.clock) + KEPT_SECONDS });
    this.polls.get(bot.id)?.finish();
    this.notify(bot);
  }

  /** What is still to be delivered, oldest first. */
  pending(bot: BotRecord): readonly PendingUpdate[] {
    const now = unixSeconds(this.clock);
    if (bot.pending.some((pending) => pending.expiresAt <= now)) {
      bot.pending = bot.pending.filter((pending) => pending.expiresAt > now);
    }
    return bot.pending;
  }

  forget(bot: BotRecord, updateId: number): void {
    bot.pending = bot.pending.filter((pending) => pending.update.update_id !== updateId);
    this.notify(bot);
  }

  clear(bot: BotRecord): void {
    bot.pending = [];
    this.notify(bot);
  }

  /** Tells the listeners that the bot's settings are different. */
  touch(bot: BotRecord): void {
    this.notify(bot);
  }

  /** Ends a waiting getUpdates, as setWebhook does. */
  interrupt(bot: BotRecord): void {
    this.polls.get(bot.id)?.conflict();
  }

  /**
   * getUpdates: confirms everything before `offset`, then waits up to `timeout` seconds for something to give.
   * A second call ends the first with 409, as Telegram does.
   */
  async poll(
    bot: BotRecord,
    call: { offset?: number; limit: number; timeout: number; signal?: AbortSignal },
  ): Promise<Update[]> {
    this.interrupt(bot);
    const { offset } = call;
    if (offset !== undefined && offset < 0) bot.pending = bot.pending.slice(offset);
    else if (offset !== undefined && bot.pending.some((pending) => pending.update.update_id < offset)) {
      bot.pending = bot.pending.filter((pending) => pending.update.update_id >= offset);
      this.notify(bot);
    }
    if (this.pending(bot).length === 0 && call.timeout > 0) await this.wait(bot, call.timeout, call.signal);
    return this.pending(bot)
      .slice(0, call.limit)
      .map(({ update }) => update);
  }

  private wait(bot: BotRecord, seconds: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const done = (settle: () => void) => (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', poll.finish);
        if (this.polls.get(bot.id) === poll) this.polls.delete(bot.id);
        settle();
      };
      const poll: Poll = {
        finish: done(resolve),
        conflict: done(() =>
          reject(
            new BotApiError(
              409,
              'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
            ),
          ),
        ),
      };
      const timer = setTimeout(poll.finish, seconds * 1000);
      timer.unref();
      signal?.addEventListener('abort', poll.finish);
      this.polls.set(bot.id, poll);
    });
  }

  private notify(bot: BotRecord): void {
    this.changed();
    for (const listener of this.listeners) listener(bot);
  }
}
