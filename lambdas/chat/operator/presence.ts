import type { ChatId } from '../model/identifiers';
import type { World } from '../ports';
import { leaveChat, moveMember } from '../membership';
import type { Incoming } from '../messenger/incoming';
import type { Messenger } from '../messenger/port';
import { resume } from '../outbox/resume';

/**
 * The bot came into a chat or left it. A channel whose host is away is suspended, not removed; when the host is back, what
 * has waited is delivered.
 */
export async function receivePresence(
  world: Pick<World, 'channels' | 'members' | 'queue' | 'clock' | 'logger'>,
  messenger: Messenger,
  { chat, present }: Extract<Incoming, { kind: 'presence' }>,
): Promise<void> {
  const [hostChat, member] = await Promise.all([world.channels.host(chat.id), world.members.ofChat(chat.id)]);
  const channel = hostChat && (await world.channels.find(hostChat.channel));
  if (hostChat && channel?.host === chat.id) {
    if (present) await resume(world, channel);
    else if (channel.state === 'active') await world.channels.suspend(channel.name, chat.id);
  }
  if (member && !present) await leaveChat(world, messenger, chat.id, member);
}

/** A group has another id now: the channel follows, or the visitor that the group was. Repeatable. */
export async function receiveMigration(
  world: Pick<World, 'channels' | 'members' | 'clock'>,
  from: ChatId,
  to: ChatId,
): Promise<void> {
  await world.channels.moveHost(from, to);
  const conversation = await world.members.ofChat(from);
  if (conversation) await moveMember(world, conversation, from, to);
}
