import { type Clock, unixSeconds } from './clock';
import type { BotRecord, PendingUpdate } from './state';
import type { Updates } from './updates';

export interface WebhookCourierOptions {
  readonly clock: Clock;
  /** First pause after a second failure in a row, milliseconds; it doubles up to a hundred times this. */
  readonly retryPause: number;
  /** How long a webhook may take to answer, milliseconds. */
  readonly timeout: number;
  /** Where a registered URL is really reached. */
  readonly target: (url: string) => string;
  /** A webhook may answer with a method call instead of making one. */
  readonly onReply: (bot: BotRecord, reply: Record<string, unknown>) => void;
}

interface Retry {
  readonly failures: number;
  /** Whether its pause is still running. */
  waiting: boolean;
}

/**
 * Posts updates to webhooks the way Telegram does: at most `max_connections` at once, one after the other within
 * one chat, again after anything but 2xx (at once, then with growing pauses or after `Retry-After`), never skipping.
 */
export class WebhookCourier {
  private readonly busy = new Map<number, Set<string>>();
  private readonly retries = new Map<string, Retry>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private closed = false;

  constructor(
    private readonly updates: Updates,
    private readonly options: WebhookCourierOptions,
  ) {
    updates.onChange((bot) => this.wake(bot));
  }

  /** Sends what may be sent now. */
  wake(bot: BotRecord): void {
    if (this.closed || !bot.webhook) return;
    const busy = this.busyQueues(bot);
    const seen = new Set<string>(busy);
    for (const pending of this.updates.pending(bot)) {
      if (busy.size >= bot.webhook.maxConnections) return;
      if (seen.has(pending.queue)) continue;
      seen.add(pending.queue);
      if (this.retries.get(this.key(bot, pending.queue))?.waiting) continue;
      busy.add(pending.queue);
      void this.deliver(bot, pending);
    }
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async deliver(bot: BotRecord, pending: PendingUpdate): Promise<void> {
    const failure = await this.post(bot, pending);
    this.busyQueues(bot).delete(pending.queue);
    const key = this.key(bot, pending.queue);
    if (!failure) {
      this.retries.delete(key);
      this.updates.forget(bot, pending.update.update_id);
      return;
    }
    if (bot.webhook) {
      bot.webhook.lastErrorDate = unixSeconds(this.options.clock);
      bot.webhook.lastErrorMessage = failure.reason;
    }
    const failures = (this.retries.get(key)?.failures ?? 0) + 1;
    const growing = failures === 1 ? 0 : this.options.retryPause * Math.min(2 ** (failures - 1), 100);
    const pause = failure.retryAfter ?? growing;
    const retry: Retry = { failures, waiting: true };
    this.retries.set(key, retry);
    this.later(pause, () => {
      retry.waiting = false;
      this.wake(bot);
    });
  }

  /** undefined when the webhook took the update. */
  private async post(
    bot: BotRecord,
    { update }: PendingUpdate,
  ): Promise<{ reason: string; retryAfter?: number } | undefined> {
    const { webhook } = bot;
    if (!webhook) return { reason: 'Webhook connection closed' };
    try {
      const response = await fetch(this.options.target(webhook.url), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(webhook.secretToken ? { 'x-telegram-bot-api-secret-token': webhook.secretToken } : {}),
        },
        body: JSON.stringify(update),
        redirect: 'manual',
        signal: AbortSignal.timeout(this.options.timeout),
      });
      const text = await response.text();
      if (response.ok) {
        this.reply(bot, text);
        return undefined;
      }
      const retryAfter = Number(response.headers.get('retry-after')) * 1000;
      const reason = `Wrong response from the webhook: ${response.status} ${response.statusText}`.trim();
      return { reason, ...(retryAfter > 0 ? { retryAfter } : {}) };
    } catch (error) {
      const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
      return { reason: timedOut ? 'Read timeout expired' : 'Connection refused' };
    }
  }

  private reply(bot: BotRecord, text: string): void {
    if (!text.trim().startsWith('{')) return;
    try {
      const reply = JSON.parse(text) as Record<string, unknown>;
      if (typeof reply.method === 'string') this.options.onReply(bot, reply);
    } catch {
      // Telegram ignores an answer it cannot read.
    }
  }

  private later(milliseconds: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, milliseconds);
    timer.unref();
    this.timers.add(timer);
  }

  private busyQueues(bot: BotRecord): Set<string> {
    const queues = this.busy.get(bot.id) ?? new Set<string>();
    this.busy.set(bot.id, queues);
    return queues;
  }

  private key(bot: BotRecord, queue: string): string {
    return `${bot.id} ${queue}`;
  }
}
