import { conversationOf, messageRef, type Member } from '../model/records';
import type { QueueItem, QueueOutcome, World } from '../ports';
import { bestEffort } from '../messenger/failure';
import { type Messenger, MessengerFailure } from '../messenger/port';
import { backOff, DONE } from './poke';
import type { Outcome } from './post-once';

/** The first message that nobody has answered is pinned; remembered first, so that a burst makes one pin. */
export async function pinFirst(
  world: Pick<World, 'members' | 'logger'>,
  messenger: Messenger,
  member: Member,
  outcome: Outcome,
): Promise<void> {
  const [first] = outcome.receipt.places;
  if (!first || (member.pinned !== undefined && member.pinned !== first.message)) return;
  const conversation = conversationOf(member);
  const claimed = member.pinned === first.message || (await world.members.claimPin(conversation, first.message));
  if (!claimed || (await bestEffort(world, 'Pinning', () => messenger.pin(first)))) return;
  // Then the next one that nobody has answered is.
  await world.members.change(conversation, { pinned: null });
}

/** How often the messenger is asked to unpin a message. */
const ATTEMPTS = 20;

/** Unpins a message that has an answer. It stays pinned only if the messenger does not allow it, or fails again and again. */
export async function unpin(
  { logger }: Pick<World, 'logger'>,
  messenger: Messenger,
  { chat, message }: Pick<Extract<QueueItem, { kind: 'unpin' }>, 'chat' | 'message'>,
  attempt: number,
): Promise<QueueOutcome> {
  try {
    await messenger.unpin(messageRef(chat, message));
    return DONE;
  } catch (error) {
    if (!(error instanceof MessengerFailure)) throw error;
    const { kind, message: reason, details } = error;
    logger.info('Unpinning: not done', { kind, reason, attempt });
    const passes = kind === 'busy' || kind === 'unreachable' || kind === 'uncertain';
    if (!passes || attempt >= ATTEMPTS) return DONE;
    return { kind: 'retry', retryAfter: Math.max(details.retryAfter ?? 0, backOff(attempt)) };
  }
}
