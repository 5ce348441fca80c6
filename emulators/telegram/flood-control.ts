import { tooManyRequests } from './bot-api-error';
import type { Clock } from './clock';
import type { Parameters } from './parameters';

/** How many messages a bot may send. */
export interface FloodLimits {
  /** Into one group, in any minute. */
  readonly groupPerMinute: number;
  /** In all, in any second. */
  readonly perSecond: number;
}

/** What Telegram names; https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
export const TELEGRAM_FLOOD_LIMITS: FloodLimits = { groupPerMinute: 20, perSecond: 30 };

const MINUTE = 60_000;
const SECOND = 1000;

/** Refuses messages that come too fast, and says in how many seconds the next one may come. */
export class FloodControl {
  /** When messages were sent, milliseconds, by bot and by bot and group. */
  private readonly sent = new Map<string, number[]>();

  constructor(
    private readonly limits: FloodLimits,
    private readonly clock: Clock,
  ) {}

  /** Counts a call of a sending method. @throws BotApiError 429 */
  admit(botId: number, method: string, parameters: Parameters): void {
    if (!/^(send(?!ChatAction)|forwardMessage|copyMessage)/.test(method)) return;
    const messages = method === 'sendMediaGroup' ? Math.max(1, parameters.list('media')?.length ?? 1) : 1;
    const chatId = parameters.integer('chat_id') ?? 0;
    const windows = [{ key: `${botId}`, limit: this.limits.perSecond, length: SECOND }];
    if (chatId < 0) windows.push({ key: `${botId} ${chatId}`, limit: this.limits.groupPerMinute, length: MINUTE });
    const now = this.clock();
    for (const { key, limit, length } of windows) {
      const recent = (this.sent.get(key) ?? []).filter((at) => at > now - length);
      this.sent.set(key, recent);
      // An album larger than the limit goes when nothing else did.
      const oldest = recent[Math.max(0, recent.length + messages - limit - 1)];
      if (recent.length + messages > limit && oldest !== undefined) {
        throw tooManyRequests(Math.max(1, Math.ceil((oldest + length - now) / SECOND)));
      }
    }
    for (const { key } of windows) this.sent.get(key)?.push(...Array.from({ length: messages }, () => now));
  }
}
