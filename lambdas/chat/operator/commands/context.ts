import type { HostChat } from '../../model/records';
import type { Route, World } from '../../ports';
import { type Button, type Messenger, MessengerFailure, isPassing } from '../../messenger/port';
import type { IncomingMessage } from '../../messenger/incoming';
import type { RichText } from '../../messenger/rich-text';

/** What commands use of the world. */
export type CommandWorld = Omit<World, 'routes' | 'secrets'>;

/** What a command works with. */
export interface CommandContext {
  readonly world: CommandWorld;
  readonly messenger: Messenger;
  readonly message: IncomingMessage;
  /** What follows the command's name. */
  readonly words: readonly string[];
  readonly route: Route;
  /** The channel of this chat, if it really hosts one. */
  readonly hostChat: HostChat | undefined;
  /** Answers where the command was given. */
  say(text: RichText, buttons?: readonly Button[]): Promise<void>;
}

/** What commands are: an answer is part of each. Throws {@link MessengerFailure} if trying again may help. */
export type Command = (context: CommandContext) => Promise<void>;

/** Answers a message where it stands. A chat in which the bot may not write gets no answer, and nobody an error. */
export async function answer(
  world: Pick<World, 'logger'>,
  messenger: Messenger,
  message: IncomingMessage,
  text: RichText,
  buttons?: readonly Button[],
): Promise<void> {
  const { chat, ref } = message;
  try {
    const post = { kind: 'text' as const, text, ...(buttons ? { buttons } : {}) };
    await messenger.post(chat.id, post, { thread: ref.thread, replyTo: ref.message });
  } catch (error) {
    if (!(error instanceof MessengerFailure) || isPassing(error)) throw error;
    world.logger.info('An answer could not be posted', { kind: error.kind, reason: error.message });
  }
}
