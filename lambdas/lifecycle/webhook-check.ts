import type { LifecycleEnvironment } from '../adapters/environment';
import {
  type BotApi,
  CALL_SECONDS,
  createBotApi,
  TelegramRefusal,
  TelegramUnreachable,
} from '../adapters/telegram/bot-api';
import type { Logger } from '../chat/ports';

/** What EventBridge Scheduler sends. */
export interface WebhookCheckEvent {
  readonly check: 'webhook';
  /** Where Telegram should send updates: `https://host/stage/tg`. */
  readonly webhookUrl: string;
}

/** What Telegram says about the webhook of the bot. */
export interface WebhookFinding {
  /** `none`: the bot has no webhook. `elsewhere`: another one. `unknown bot`: the token is not valid (any more). */
  readonly webhook: 'ours' | 'elsewhere' | 'none' | 'unknown bot';
  /** Telegram could not deliver an update since the last check. */
  readonly failing: boolean;
  /** Updates that wait at Telegram. */
  readonly pending: number;
  /** Telegram's words about the last update that it could not deliver, if that was since the last check. */
  readonly lastError?: string;
  /** The host where the updates go instead. */
  readonly elsewhere?: string;
}

export interface WebhookCheckWorld {
  readonly environment: LifecycleEnvironment;
  readonly readSecret: (name: string) => Promise<string>;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** As often as the check is made, milliseconds: so each error is seen by one check. */
const INTERVAL = 15 * 60 * 1000;

export function isWebhookCheck(event: unknown): event is WebhookCheckEvent {
  const { check, webhookUrl } = (event ?? {}) as Partial<WebhookCheckEvent>;
  return check === 'webhook' && typeof webhookUrl === 'string';
}

/**
 * Asks Telegram where it brings the bot's updates, and logs what it says; the same line holds the metrics that the alarms look at.
 * If Telegram cannot be reached there are no metrics, and the alarm on that goes off after a while.
 */
export async function checkWebhook(
  { webhookUrl }: WebhookCheckEvent,
  { environment, readSecret, logger, now }: WebhookCheckWorld,
): Promise<WebhookFinding | 'not asked'> {
  const token = await readSecret(environment.botTokenParameter);
  const api = await createBotApi(token, environment.telegramApiRoot, CALL_SECONDS.patient);
  const finding = await find(api, webhookUrl, now()).catch((error: unknown) => {
    if (!(error instanceof TelegramUnreachable)) throw error;
    logger.warn('Webhook not checked', { reason: error.message });
    return 'not asked' as const;
  });
  if (finding === 'not asked') return finding;
  const log = finding.webhook === 'ours' && !finding.failing ? logger.info : logger.warn;
  log('Webhook checked', { ...finding, ...metricsOf(finding, environment.stage, now()) });
  return finding;
}

async function find(api: BotApi, webhookUrl: string, now: number): Promise<WebhookFinding> {
  try {
    const {
      url = '',
      pending_update_count: pending,
      last_error_date: lastErrorAt = 0,
      last_error_message: lastError,
    } = await api.getWebhookInfo();
    const failing = lastErrorAt * 1000 > now - INTERVAL;
    return {
      webhook: url === webhookUrl ? 'ours' : url === '' ? 'none' : 'elsewhere',
      failing,
      pending,
      ...(failing && lastError !== undefined && { lastError }),
      // The path may hold a secret of its owner.
      ...(url !== '' && url !== webhookUrl && { elsewhere: URL.canParse(url) ? new URL(url).host : 'unknown' }),
    };
  } catch (error) {
    const invalid = error instanceof TelegramRefusal && (error.code === 401 || error.code === 404);
    if (!invalid) throw error;
    return { webhook: 'unknown bot', failing: false, pending: 0 };
  }
}

/**
 * CloudWatch makes metrics of a logged line that says so; the names are those of `constructs/function/webhook-check.ts`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function metricsOf({ webhook, failing, pending }: WebhookFinding, stage: string, now: number): Record<string, unknown> {
  const values = {
    WebhookIsOurs: webhook === 'ours' ? 1 : 0,
    WebhookFailing: failing ? 1 : 0,
    PendingUpdates: pending,
  };
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: 'Count' }));
  const CloudWatchMetrics = [{ Namespace: `Kite/${stage}`, Dimensions: [[]], Metrics }];
  return { ...values, _aws: { Timestamp: now, CloudWatchMetrics } };
}
