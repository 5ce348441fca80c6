import type { Callbacks } from './callbacks';
import type { Chats } from './chats';
import type { Clock } from './clock';
import type { Media } from './media';
import type { Messages } from './messages';
import type { Parameters } from './parameters';
import type { BotRecord, ChatRecord, TelegramState } from './state';
import type { Updates } from './updates';

/** The parts of the emulator that methods and people act on. */
export interface World {
  readonly state: TelegramState;
  readonly clock: Clock;
  readonly chats: Chats;
  readonly messages: Messages;
  readonly media: Media;
  readonly updates: Updates;
  readonly callbacks: Callbacks;
  /** Whether webhooks may be plain HTTP on any host and port, as with Telegram's own local Bot API server. */
  readonly anyWebhook: boolean;
  /** Says that something about a chat (or, without one, about bots) is different now. */
  readonly changed: (chat?: ChatRecord) => void;
}

/** One call of a method by a bot. */
export interface Call {
  readonly world: World;
  readonly bot: BotRecord;
  readonly parameters: Parameters;
  /** Aborted when the caller hangs up. */
  readonly signal?: AbortSignal;
}

/** A method of the Bot API: gives the `result`, or throws a BotApiError. */
export type Method = (call: Call) => unknown;
