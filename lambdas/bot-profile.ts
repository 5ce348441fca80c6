import { menu } from './chat/operator/command-list';

// What Telegram is told of a bot. Nothing but data: kite-stack hands it to the lifecycle function, so that a deployment
// registers what has changed, whichever code that function runs by then.

/** The kinds of update that Kite understands; Telegram keeps the others to itself. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'callback_query',
  'my_chat_member',
] as const;

/** A line of what Telegram offers when somebody types `/`. */
export interface BotCommand {
  /** Without the `/`. */
  readonly command: string;
  readonly description: string;
}

/** What Telegram offers when somebody types `/`. */
export const BOT_COMMANDS: readonly BotCommand[] = menu();
