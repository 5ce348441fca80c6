import type { LifecycleEnvironment } from '../adapters/environment';
import { createLogger } from '../adapters/logger';
import { readSecureString } from '../adapters/ssm-secrets';
import { systemClock } from '../adapters/system';
import { CALL_SECONDS, createBotApi, TelegramRefusal, TelegramUnreachable } from '../adapters/telegram/bot-api';
import {
  currentWebhook,
  pointWebhook,
  registerWebhook,
  removeWebhook,
} from '../adapters/telegram/webhook-registration';
import { webhookSecret } from '../adapters/telegram/webhook-secret';
import type { Clock, Logger } from '../chat/ports';
import { type LifecycleEvent, parseLifecycleEvent, type Webhook } from './event';
import { BETWEEN_WEBHOOKS, isUnresolved, patiently } from './patience';
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
 * The handler that Terraform invokes when a stage is made, changed and destroyed. It registers the bot's webhook; if Telegram refuses,
 * it sets the former webhook of this stage again. Once it has succeeded, the bot of before, if it is another one, is told to send
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

  /** Whether the former webhook is set again. */
  const restore = async (set: () => Promise<void>): Promise<boolean> => {
    await clock.sleep(BETWEEN_WEBHOOKS);
    try {
      await set();
      return true;
    } catch (error) {
      logger.warn('Former webhook not set again', { reason: String(error) });
      return false;
    }
  };

  const carryOut = async (wanted: LifecycleEvent, remaining: () => number): Promise<LifecycleResult['webhook']> => {
    const { webhookUrl } = wanted;
    switch (wanted.action) {
      case 'register': {
        const token = await tokenOf(wanted, environment, readSecret);
        const api = await apiOf(token);
        const secret = webhookSecret(token, environment.stage);
        let former: string | undefined;
        const register = async (): Promise<void> => {
          former ??= await currentWebhook(api);
          await registerWebhook(api, webhookUrl, secret, wanted.profile);
        };
        await patiently(register, { clock, remaining, logger }).catch(async (error: unknown) => {
          if (!(error instanceof TelegramRefusal) || former === undefined) throw error;
          // Telegram closes a webhook before it tries the next:
          // https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp (process_set_webhook_query)
          const restored =
            isFormer(former, webhookUrl) &&
            (await restore(() => pointWebhook(api, former ?? '', secret, wanted.profile)));
          throw new NotRegistered(error, restored ? former : undefined);
        });
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

/** Whether a webhook is this stage's own, under another host. */
function isFormer(url: string, webhookUrl: string): boolean {
  return url !== webhookUrl && URL.canParse(url) && new URL(url).pathname === new URL(webhookUrl).pathname;
}

/** Telegram refused the registration. */
class NotRegistered extends Error {
  constructor(
    readonly refusal: TelegramRefusal,
    /** Where the updates go again. Undefined: nowhere. */
    readonly former: string | undefined,
  ) {
    super(refusal.message);
  }
}

/** The error with what to do about it. */
function explained(error: unknown, wanted: LifecycleEvent, environment: LifecycleEnvironment): unknown {
  if (error instanceof NotRegistered) {
    const { message } = explained(error.refusal, wanted, environment) as Error;
    const updates = error.former === undefined ? 'wait at Telegram, for 24 hours' : `go to ${error.former}`;
    return new Error(`${message.replace(/[^?]$/, '$&.')} Meanwhile updates ${updates}`);
  }
  if (wanted.action === 'replace') {
    const reason = error instanceof Error ? error.message : String(error);
    return new Error(
      `${reason}. The new webhook is registered, but the former bot still sends its updates to ${wanted.before.webhookUrl}, ` +
        'where they are refused; revoke its token at @BotFather to end them',
    );
  }
  if (error instanceof TelegramRefusal && isUnresolved(error)) {
    return new Error(
      `${error.message}. Telegram cannot resolve this new name yet. ` +
        'Deploy again in a few minutes, or in half an hour if the name was looked up before it existed',
    );
  }
  if (error instanceof TelegramRefusal && (error.code === 401 || error.code === 404)) {
    const { message } = error;
    return new Error(`${message}. Is the token in ${environment.botTokenParameter} the one that BotFather gave you?`);
  }
  if (error instanceof TelegramUnreachable) return new Error(`${error.message}. Deploy again when it can be reached`);
  return error;
}
