import { createHmac } from 'node:crypto';

/**
 * What Telegram sends back in `X-Telegram-Bot-Api-Secret-Token`. Derived, so that nobody has to make, store or rotate
 * it: knowing it does not reveal the bot token. Telegram allows 1..256 characters of `A-Z a-z 0-9 _ -`
 * (https://core.telegram.org/bots/api#setwebhook).
 */
export function webhookSecret(botToken: string, stage: string): string {
  return createHmac('sha256', botToken).update(`kite telegram webhook ${stage}`).digest('base64url');
}
