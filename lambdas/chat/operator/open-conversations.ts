import type { Handle } from '../model/identifiers';
import { DAY } from '../model/lifetimes';
import type { HostChat } from '../model/records';
import type { OpenConversations, World } from '../ports';

/** How long after the last message a conversation counts as open, milliseconds. */
export const OPEN_FOR = DAY;

/** The conversations of which an operator may think when addressing none, the latest first. */
export function openHandles({ open }: HostChat, now: number): Handle[] {
  return Object.entries(open)
    .filter(([, at]) => now - Date.parse(at) < OPEN_FOR)
    .sort(([, one], [, other]) => (one < other ? 1 : -1))
    .map(([handle]) => handle as Handle);
}

/** Whether more conversations are open than a host remembers. */
export function hasMoreOpen({ manyAt }: HostChat, now: number): boolean {
  return manyAt !== undefined && now - Date.parse(manyAt) < OPEN_FOR;
}

/**
 * The visitor that an operator's text is for if it names none: the only one with an open conversation when it was written,
 * at `sentAt` (epoch milliseconds, whole seconds). Undefined: there was none, there were several, or it cannot be known.
 */
export function onlyOpen(host: HostChat, sentAt: number): Handle | undefined {
  const [only, ...others] = openHandles(host, sentAt);
  // The text arrives late, or crossed the first message of a conversation.
  const openedSince = host.openedAt !== undefined && Date.parse(host.openedAt) >= sentAt + 1000;
  // Then it may have been for the one that was closed.
  const closedSince = host.closedAt !== undefined && Date.parse(host.closedAt) >= sentAt;
  // While messages wait for Telegram's limit, the operators may not have seen the conversation yet.
  const unseen = Math.max(host.blockedUntil, host.nextTurn) > sentAt;
  return others.length > 0 || hasMoreOpen(host, sentAt) || openedSince || closedSince || unseen ? undefined : only;
}

/** Notes that a conversation had a message at `at` (ISO). */
export async function openConversation(
  world: Pick<World, 'channels' | 'clock'>,
  host: OpenConversations,
  handle: Handle,
  at: string,
): Promise<void> {
  const since = new Date(world.clock.now() - OPEN_FOR).toISOString();
  await world.channels.openConversation(host, handle, at, since);
}
