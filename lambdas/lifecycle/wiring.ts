import type { LifecycleEnvironment } from '../adapters/environment';
import { createLogger } from '../adapters/logger';
import { readSecureString } from '../adapters/ssm-secrets';
import { CALL_SECONDS, createBotApi, TelegramRefusal, TelegramUnreachable } from '../adapters/telegram/bot-api';
import { registerWebhook, removeWebhook } from '../adapters/telegram/webhook-registration';
import { webhookSecret } from '../adapters/telegram/webhook-secret';
import type { Logger } from '../chat/ports';
import { type LifecycleEvent, parseLifecycleEvent } from './event';
import { checkWebhook, isWebhookCheck, type WebhookFinding } from './webhook-check';

/** What Terraform keeps of an invocation. */
export interface LifecycleResult {
  readonly webhookUrl: string;
  readonly webhook: 'registered' | 'removed' | 'elsewhere' | 'unknown bot';
}

export type LifecycleHandler = (event: unknown) => Promise<LifecycleResult | WebhookFinding | 'not asked'>;

/** Real ones are made of the environment where none are given. */
export interface LifecycleOverrides {
  /** The value of a parameter, or of one version of it (`name:3`). */
  readonly readSecret?: (name: string) => Promise<string>;
  readonly logger?: Logger;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * The handler that Terraform invokes when a stage is made, changed and destroyed: registers the bot's webhook, or
 * removes it. When the token is changed, it removes the webhook by the old one and registers it by the new one: nothing is
 * left behind at a bot that is not used any more. Throws what fails the deployment: an error with Telegram's own words,
 * never with the token. In between, a schedule invokes it to ask after the webhook.
 */
export function createLifecycleHandler(
  environment: LifecycleEnvironment,
  overrides: LifecycleOverrides = {},
): LifecycleHandler {
  const readSecret = overrides.readSecret ?? readSecureString;
  const logger = overrides.logger ?? createLogger('lifecycle', environment.logLevel);

  return async (event) => {
    if (isWebhookCheck(event)) {
      return checkWebhook(event, { environment, readSecret, logger, now: overrides.now ?? Date.now });
    }
    const wanted = parseLifecycleEvent(event);
    const { action, webhookUrl, profile } = wanted;
    const token = await tokenOf(wanted, environment, readSecret);
    const api = await createBotApi(token, environment.telegramApiRoot, CALL_SECONDS.patient);
    try {
      if (action === 'delete') {
        const webhook = await removeWebhook(api, webhookUrl);
        logger.info('Webhook removed', { webhookUrl, webhook });
        return { webhookUrl, webhook };
      }
      await registerWebhook(api, webhookUrl, webhookSecret(token, environment.stage), profile);
      logger.info('Webhook registered', { webhookUrl });
      return { webhookUrl, webhook: 'registered' };
    } catch (error) {
      logger.error('Telegram did not do it', { action, webhookUrl, reason: String(error) });
      throw explained(error, environment);
    }
  };
}

/** Read for each event: the token may have been changed since the last one. */
async function tokenOf(
  { action, botTokenVersion }: LifecycleEvent,
  { botTokenParameter }: LifecycleEnvironment,
  readSecret: (name: string) => Promise<string>,
): Promise<string> {
  if (botTokenVersion === undefined) return readSecret(botTokenParameter);
  return readSecret(`${botTokenParameter}:${botTokenVersion}`).catch((error: unknown) => {
    // SSM keeps a hundred versions, and none of a parameter that was deleted. A destroy must not stop there.
    const forgotten = error instanceof Error && error.name === 'ParameterVersionNotFound';
    if (action === 'delete' && forgotten) return readSecret(botTokenParameter);
    throw error;
  });
}

/** The error with what to do about it. */
function explained(error: unknown, environment: LifecycleEnvironment): unknown {
  if (error instanceof TelegramRefusal && (error.code === 401 || error.code === 404)) {
    const { message } = error;
    return new Error(`${message}. Is the token in ${environment.botTokenParameter} the one that BotFather gave you?`);
  }
  if (error instanceof TelegramUnreachable) return new Error(`${error.message}. Deploy again when it can be reached`);
  return error;
}
