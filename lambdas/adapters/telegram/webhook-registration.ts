import { type BotApi, TelegramRefusal } from './bot-api';

/** The kinds of update that Kite understands; Telegram keeps the others to itself. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'callback_query',
  'my_chat_member',
] as const;

/** What Telegram offers when somebody types `/`. Order as people need them. */
export const BOT_COMMANDS = [
  { command: 'help', description: 'What I can do' },
  { command: 'host', description: 'Answer a channel from this chat: /host name' },
  { command: 'info', description: 'What this chat is, and the address of the channel' },
  { command: 'origins', description: 'Websites that may use the channel' },
  { command: 'ban', description: 'Stop a visitor from writing' },
  { command: 'unban', description: 'Let a visitor write again' },
  { command: 'export', description: 'One conversation as a JSON file' },
  { command: 'erase', description: 'Remove everything of one conversation' },
  { command: 'drop', description: 'Remove the channel with everything in it' },
  { command: 'join', description: 'Write to a channel as a visitor: /join name' },
  { command: 'leave', description: 'Stop being a visitor of a channel' },
] as const;

/** Requests that Telegram may have open at a time; 40 is its own default. Updates of one chat come one by one. */
const MAX_CONNECTIONS = 40;

/** Asks Telegram to send this bot's updates here. Repeatable. Throws {@link TelegramRefusal} with Telegram's words. */
export async function registerWebhook(api: BotApi, url: string, secret: string): Promise<void> {
  await api.setWebhook(url, {
    secret_token: secret,
    allowed_updates: ALLOWED_UPDATES,
    max_connections: MAX_CONNECTIONS,
  });
  await api.setMyCommands(BOT_COMMANDS);
}

/**
 * `removed`: no updates come here any more. `elsewhere`: the bot has been pointed to another address, which is left
 * alone. `unknown bot`: Telegram knows no bot by this token, so there is nothing to remove.
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
