import type { LifecycleEnvironment } from '../adapters/environment';
import { createLogger } from '../adapters/logger';
import { readSecureString } from '../adapters/ssm-secrets';
import { systemClock } from '../adapters/system';
import { CALL_SECONDS, createBotApi, TelegramRefusal, TelegramUnreachable } from '../adapters/telegram/bot-api';
import { registerWebhook, removeWebhook } from '../adapters/telegram/webhook-registration';
import { webhookSecret } from '../adapters/telegram/webhook-secret';
import type { Clock, Logger } from '../chat/ports';
import { type LifecycleEvent, parseLifecycleEvent, type Webhook } from './event';
import { isUnresolved, patiently } from './patience';
import { checkWebhook, isWebhookCheck, type WebhookFinding } from './webhook-check';

/** What Terraform keeps of an invocation. */
export interface LifecycleResult {
  readonly webhookUrl: string;
  /** `kept`: nothing was to be done. For the others see {@link removeWebhook}. */
  readonly webhook: 'registered' | 'kept' | 'removed' | 'elsewhere' | 'unknown bot';
}

/** `context`: of the invocation, as AWS gives it. */
export type LifecycleHandler = (
  event: unknown,
  context?: { getRemainingTimeInMillis?: () => number },
) => Promise<LifecycleResult | WebhookFinding | 'not asked'>;

/** Real ones are made of the environment where none are given. */
export interface LifecycleOverrides {
  /** The value of a parameter, or of one version of it (`name:3`). */
  readonly readSecret?: (name: string) => Promise<string>;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/**
 * The handler that Terraform invokes when a stage is made, changed and destroyed. It registers the bot's webhook; a registration
 * that fails leaves the one before as it was. Once it has succeeded, the bot of before, if it is another one, is told to send
 * nothing any more; a destroyed stage removes the webhook. Throws what fails the deployment: an error with Telegram's own
 * words, never with the token. In between, a schedule invokes it to ask after the webhook.
 */
export function createLifecycleHandler(
  environment: LifecycleEnvironment,
  overrides: LifecycleOverrides = {},
): LifecycleHandler {
  const readSecret = overrides.readSecret ?? readSecureString;
  const logger = overrides.logger ?? createLogger('lifecycle', environment.logLevel);
  const clock = overrides.clock ?? systemClock;
  const apiOf = async (token: string) => createBotApi(token, environment.telegramApiRoot, CALL_SECONDS.patient);

  const remove = async (token: string, webhookUrl: string): Promise<LifecycleResult['webhook']> => {
    const webhook = await removeWebhook(await apiOf(token), webhookUrl);
    logger.info('Webhook removed', { webhookUrl, webhook });
    return webhook;
  };

  const carryOut = async (wanted: LifecycleEvent, remaining: () => number): Promise<LifecycleResult['webhook']> => {
    const { webhookUrl } = wanted;
    switch (wanted.action) {
      case 'register': {
        const token = await tokenOf(wanted, environment, readSecret);
        const api = await apiOf(token);
        const secret = webhookSecret(token, environment.stage);
        await patiently(() => registerWebhook(api, webhookUrl, secret, wanted.profile), { clock, remaining, logger });
        logger.info('Webhook registered', { webhookUrl });
        return 'registered';
      }
      case 'keep':
        return 'kept';
      case 'replace': {
        const { before } = wanted;
        const [token, former] = await Promise.all([
          tokenOf(wanted, environment, readSecret),
          tokenOf(before, environment, readSecret).catch(unlessForgotten),
        ]);
        // Of the same bot, the registration has replaced the webhook already.
        return former === undefined || botOf(former) === botOf(token) ? 'kept' : remove(former, before.webhookUrl);
      }
      case 'remove': {
        // A destroy must not stop at a version that is gone.
        const token = await tokenOf(wanted, environment, readSecret).catch(unlessForgotten);
        return remove(token ?? (await readSecret(environment.botTokenParameter)), webhookUrl);
      }
    }
  };

  return async (event, context) => {
    if (isWebhookCheck(event)) {
      return checkWebhook(event, { environment, readSecret, logger, now: clock.now });
    }
    const wanted = parseLifecycleEvent(event);
    const { action, webhookUrl } = wanted;
    try {
      return { webhookUrl, webhook: await carryOut(wanted, () => context?.getRemainingTimeInMillis?.() ?? 0) };
    } catch (error) {
      logger.error('Telegram did not do it', { action, webhookUrl, reason: String(error) });
      throw explained(error, wanted, environment);
    }
  };
}

/** Read for each event: the token may have been changed since the last one. */
async function tokenOf(
  { botTokenVersion }: Webhook,
  { botTokenParameter }: LifecycleEnvironment,
  readSecret: (name: string) => Promise<string>,
): Promise<string> {
  return readSecret(botTokenVersion === undefined ? botTokenParameter : `${botTokenParameter}:${botTokenVersion}`);
}

/** SSM keeps a hundred versions, and none of a parameter that was deleted. */
function unlessForgotten(error: unknown): undefined {
  if (!(error instanceof Error && error.name === 'ParameterVersionNotFound')) throw error;
}

/** The bot's id, with which its token begins. */
function botOf(token: string): string {
  return token.split(':', 1)[0] ?? '';
}

/** The error with what to do about it. */
function explained(error: unknown, wanted: LifecycleEvent, environment: LifecycleEnvironment): unknown {
  if (wanted.action === 'replace') {
    const reason = error instanceof Error ? error.message : String(error);
    return new Error(
      `${reason}. The new webhook is registered, but the bot of before was not told to send nothing to ${wanted.before.webhookUrl}. ` +
        'Its updates are refused there; revoke its token at @BotFather to end them',
    );
  }
  if (error instanceof TelegramRefusal && isUnresolved(error)) {
    return new Error(
      `${error.message}. The name is new to Telegram; the webhook of before was not touched. ` +
        'Deploy again in a few minutes, or in half an hour if somebody asked for the name before it was there',
    );
  }
  if (error instanceof TelegramRefusal && (error.code === 401 || error.code === 404)) {
    const { message } = error;
    return new Error(`${message}. Is the token in ${environment.botTokenParameter} the one that BotFather gave you?`);
  }
  if (error instanceof TelegramUnreachable) return new Error(`${error.message}. Deploy again when it can be reached`);
  return error;
}
