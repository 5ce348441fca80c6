import { conversationOf, type Member } from '../model/records';
import type { World } from '../ports';
import { bestEffort } from '../messenger/failure';
import type { Messenger } from '../messenger/port';
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
