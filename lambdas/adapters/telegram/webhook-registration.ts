import type { Update } from 'grammy/types';
import { ALLOWED_UPDATES, BOT_COMMANDS, type BotCommand } from '../../bot-profile';
import { type BotApi, TelegramRefusal } from './bot-api';

/** What Telegram is told beside the address. */
export interface BotProfile {
  readonly allowedUpdates: readonly string[];
  readonly commands: readonly BotCommand[];
}

/** What this code understands. */
export const OWN_PROFILE: BotProfile = { allowedUpdates: ALLOWED_UPDATES, commands: BOT_COMMANDS };

/** Requests that Telegram may have open at a time; 40 is its own default. Updates of one chat come one by one. */
const MAX_CONNECTIONS = 40;

/** Asks Telegram to send this bot's updates here. Repeatable. Throws {@link TelegramRefusal} with Telegram's words. */
export async function registerWebhook(
  api: BotApi,
  url: string,
  secret: string,
  profile: BotProfile = OWN_PROFILE,
): Promise<void> {
  await pointWebhook(api, url, secret, profile);
  await api.setMyCommands(profile.commands);
}

/** The same without the commands. */
export async function pointWebhook(
  api: BotApi,
  url: string,
  secret: string,
  { allowedUpdates }: BotProfile = OWN_PROFILE,
): Promise<void> {
  await api.setWebhook(url, {
    secret_token: secret,
    // Telegram passes over a kind that it does not know.
    allowed_updates: allowedUpdates as readonly Exclude<keyof Update, 'update_id'>[],
    max_connections: MAX_CONNECTIONS,
  });
}

/** Where Telegram sends this bot's updates. Empty: nowhere. */
export async function currentWebhook(api: BotApi): Promise<string> {
  return (await api.getWebhookInfo()).url ?? '';
}

/**
 * `removed`: no updates come here any more. `elsewhere`: the bot has been pointed to another address, which is left
 * alone. `unknown bot`: no bot has this token, so there is nothing to remove.
 */
export type WebhookRemoval = 'removed' | 'elsewhere' | 'unknown bot';

/** Asks Telegram to send nothing to `url` any more. Updates that wait stay with Telegram. Repeatable. */
export async function removeWebhook(api: BotApi, url: string): Promise<WebhookRemoval> {
  try {
    const current = await api.getWebhookInfo();
    if (current.url !== undefined && current.url !== '' && current.url !== url) return 'elsewhere';
    await api.deleteWebhook();
    return 'removed';
  } catch (error) {
    const revoked = error instanceof TelegramRefusal && (error.code === 401 || error.code === 404);
    if (revoked) return 'unknown bot';
    throw error;
  }
}
