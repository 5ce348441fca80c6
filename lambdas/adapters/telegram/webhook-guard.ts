import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../../chat/ports';
import { webhookSecret } from './webhook-secret';

/**
 * Tells whether a request to the webhook is Telegram's. If not, the bot token may have been changed since this
 * instance read it: it is read again, at most once a minute.
 */
export function createWebhookGuard(secrets: Secrets, stage: string): (given: string | undefined) => Promise<boolean> {
  const isRight = async (given: string) => isEqual(given, webhookSecret(await secrets.botToken(), stage));
  return async (given) => {
    if (given === undefined || given === '') return false;
    if (await isRight(given)) return true;
    await secrets.renew?.();
    return isRight(given);
  };
}

/** In constant time. */
function isEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
