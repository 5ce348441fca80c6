import { MessengerFailure, type MessengerFailureKind } from '../../chat/messenger/port';
import { chatId } from './ids';
import { TelegramRefusal, TelegramUnreachable } from './bot-api';

/** Telegram's words for it, where the code alone does not tell; there is no list of them in the Bot API's documents. */
const WORDS: readonly (readonly [pattern: RegExp, kind: MessengerFailureKind])[] = [
  [/thread not found|TOPIC_(ID_INVALID|DELETED)|topic.*not found/i, 'topic gone'],
  [/TOPIC_CLOSED/i, 'topic closed'],
  [/not a forum|supergroup chats only/i, 'no forum'],
  [/chat not found|PEER_ID_INVALID|group chat was deactivated|user is deactivated/i, 'gone'],
  [/rights|CHAT_[A-Z_]*(FORBIDDEN|RESTRICTED|REQUIRED)|can't be (pinned|deleted)/i, 'forbidden'],
];

/** An error of a Bot API call in the domain's words. Anything else is thrown as it is. */
export function messengerFailure(error: unknown): MessengerFailure {
  if (error instanceof TelegramUnreachable) {
    return new MessengerFailure(error.mayHaveHappened ? 'uncertain' : 'unreachable', error.message);
  }
  if (!(error instanceof TelegramRefusal)) throw error;
  const { code, description, message, retryAfter, migratedTo } = error;
  if (migratedTo !== undefined) return new MessengerFailure('migrated', message, { migratedTo: chatId(migratedTo) });
  if (code === 429) return new MessengerFailure('busy', message, { retryAfter: retryAfter ?? 5 });
  if (code >= 500) return new MessengerFailure('uncertain', message);
  if (code === 401 || code === 404) return new MessengerFailure('unauthorized', message);
  const kind = WORDS.find(([pattern]) => pattern.test(description))?.[1];
  return new MessengerFailure(kind ?? (code === 403 ? 'gone' : 'refused'), message);
}
