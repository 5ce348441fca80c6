import type { LifecycleEnvironment } from '../adapters/environment';
import { createLogger } from '../adapters/logger';
import { ssmSecrets } from '../adapters/ssm-secrets';
import { CALL_SECONDS, createBotApi, TelegramRefusal, TelegramUnreachable } from '../adapters/telegram/bot-api';
import { registerWebhook, removeWebhook } from '../adapters/telegram/webhook-registration';
import { webhookSecret } from '../adapters/telegram/webhook-secret';
import type { Logger, Secrets } from '../chat/ports';
import { parseLifecycleEvent } from './event';

/** What Terraform keeps of an invocation. */
export interface LifecycleResult {
  readonly webhookUrl: string;
  readonly webhook: 'registered' | 'removed' | 'elsewhere' | 'unknown bot';
}

export type LifecycleHandler = (event: unknown) => Promise<LifecycleResult>;

/** Real ones are made of the environment where none are given. */
export interface LifecycleOverrides {
  readonly secrets?: Secrets;
  readonly logger?: Logger;
}

/**
 * The handler that Terraform invokes when a stage is made, changed and destroyed: registers the bot's webhook, or
 * removes it. Throws what fails the deployment: an error with Telegram's own words, never with the token.
 */
export function createLifecycleHandler(
  environment: LifecycleEnvironment,
  overrides: LifecycleOverrides = {},
): LifecycleHandler {
  const secrets = overrides.secrets ?? ssmSecrets(environment.botTokenParameter);
  const logger = overrides.logger ?? createLogger('lifecycle', environment.logLevel);

  return async (event) => {
    const { action, webhookUrl } = parseLifecycleEvent(event);
    const token = await secrets.botToken();
    const api = await createBotApi(token, environment.telegramApiRoot, CALL_SECONDS.patient);
    try {
      if (action === 'delete') {
        const webhook = await removeWebhook(api, webhookUrl);
        logger.info('Webhook removed', { webhookUrl, webhook });
        return { webhookUrl, webhook };
      }
      await registerWebhook(api, webhookUrl, webhookSecret(token, environment.stage));
      logger.info('Webhook registered', { webhookUrl });
      return { webhookUrl, webhook: 'registered' };
    } catch (error) {
      logger.error('Telegram did not do it', { action, webhookUrl, reason: String(error) });
      throw explained(error, environment);
    }
  };
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
