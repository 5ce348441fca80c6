import { CALL_SECONDS, TelegramRefusal } from '../adapters/telegram/bot-api';
import type { Clock, Logger } from '../chat/ports';

export interface PatienceProps {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Milliseconds that the function has left. */
  readonly remaining: () => number;
  readonly logger: Logger;
}

/** Between two attempts, in milliseconds. */
const PAUSE = 10_000;

/** Before a webhook is set right after another one, in milliseconds: Telegram refuses two within a second. */
export const BETWEEN_WEBHOOKS = 2000;

/** What one more registration may take, in milliseconds: three calls, one to undo it, and a second to say how it went. */
const ATTEMPT = 4 * CALL_SECONDS.patient * 1000 + BETWEEN_WEBHOOKS + 1000;

/**
 * Registers a webhook as often as the function's time allows while Telegram does not find its host, or asks for a pause. Telegram
 * resolves the host at `setWebhook`, and a name that was made seconds ago is not known everywhere. Throws what the last attempt threw.
 */
export async function patiently(register: () => Promise<void>, props: PatienceProps): Promise<void> {
  const { clock, remaining, logger } = props;
  for (;;) {
    try {
      return await register();
    } catch (error) {
      const pause = pauseAfter(error);
      if (pause === undefined || remaining() < pause + ATTEMPT) throw error;
      logger.warn('Webhook not registered yet', { reason: String(error), pause });
      await clock.sleep(pause);
    }
  }
}

/** Telegram does not find the webhook's host: "Bad Request: bad webhook: Failed to resolve host: Name or service not known". */
export function isUnresolved({ code, description }: TelegramRefusal): boolean {
  return code === 400 && /failed to resolve host/i.test(description);
}

function pauseAfter(error: unknown): number | undefined {
  if (!(error instanceof TelegramRefusal)) return undefined;
  if (isUnresolved(error)) return PAUSE;
  return error.code === 429 && error.retryAfter !== undefined ? error.retryAfter * 1000 : undefined;
}
