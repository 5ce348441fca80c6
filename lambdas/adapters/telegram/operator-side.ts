import { createOperatorDomain } from '../../chat/messenger-side';
import { MessengerFailure, isPassing, type Messenger } from '../../chat/messenger/port';
import type { OperatorSide, World } from '../../chat/ports';
import { correlated, type Correlation } from '../correlation';
import { createTelegramMessenger } from './telegram-messenger';
import { readUpdate } from './update';

export interface TelegramOperatorSideOptions {
  /** @default Telegram's own */
  readonly apiRoot?: string | undefined;
  /** @default Telegram, through its Bot API */
  readonly messenger?: Messenger;
}

/** The operators' side of the chat, in Telegram. */
export function createTelegramOperatorSide(world: World, options: TelegramOperatorSideOptions = {}): OperatorSide {
  const { secrets, logger } = world;
  const messenger = options.messenger ?? createTelegramMessenger({ secrets, apiRoot: options.apiRoot });
  const domain = createOperatorDomain(world, messenger);
  const receive = async (update: unknown): Promise<'handled' | 'retry'> => {
    try {
      const incoming = readUpdate(update, await messenger.botId());
      return incoming ? await domain.receive(incoming) : 'handled';
    } catch (error) {
      const retry = mayHelp(error);
      logger.error('An update could not be handled', { ...numberOf(update), retry, error });
      return retry ? 'retry' : 'handled';
    }
  };
  return {
    receiveUpdate: (update) => correlated(numberOf(update), () => receive(update)),
    deliver: (item, attempt) => domain.deliver(item, attempt),
  };
}

/**
 * Whether the same update can succeed later. What Telegram refuses it will refuse again, and a mistake of ours stays one:
 * an update that came back for ever would hold up all others of its chat. Everything else is a failure of what we
 * depend on, and passes.
 */
function mayHelp(error: unknown): boolean {
  if (error instanceof MessengerFailure) return isPassing(error);
  const ours = [TypeError, RangeError, SyntaxError, ReferenceError].some((kind) => error instanceof kind);
  return !ours;
}

function numberOf(update: unknown): Correlation {
  const { update_id: number } = (update ?? {}) as { readonly update_id?: unknown };
  return typeof number === 'number' ? { update: number } : {};
}
