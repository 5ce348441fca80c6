import type { ChatId } from '../model/identifiers';
import type { Conversation } from '../model/records';
import type { World } from '../ports';
import { leaveChannel } from './commands/leave';
import type { Incoming } from '../messenger/incoming';
import { resume } from '../outbox/resume';

/**
 * The bot came into a chat or left it (`left` and `kicked` alike, D34). A channel whose host is away is suspended, not
 * removed; when the host is back, what has waited is delivered.
 */
export async function receivePresence(
  world: World,
  { chat, present }: Extract<Incoming, { kind: 'presence' }>,
): Promise<void> {
  const [hostChat, member] = await Promise.all([world.channels.host(chat.id), world.members.ofChat(chat.id)]);
  const channel = hostChat && (await world.channels.find(hostChat.channel));
  if (hostChat && channel?.host === chat.id) {
    if (present) await resume(world, channel);
    else if (channel.state === 'active') await world.channels.suspend(channel.name, chat.id);
  }
  if (member && !present) await leaveChannel(world, chat.id, member);
}

/** A group has another id now (D26): the channel follows, or the visitor that the group was. Repeatable. */
export async function receiveMigration(world: World, from: ChatId, to: ChatId): Promise<void> {
  await world.channels.moveHost(from, to);
  const conversation = await world.members.ofChat(from);
  if (conversation) await moveMember(world, conversation, from, to);
}

/** The handle stays: it is that of the id with which the group joined. */
async function moveMember(world: World, conversation: Conversation, from: ChatId, to: ChatId): Promise<void> {
  const member = await world.members.find(conversation);
  if (member) {
    const { proof, connector, name } = member;
    await world.members.attach(conversation, {
      proof,
      connector,
      name,
      connection: `tg:${to}`,
      now: world.clock.now(),
    });
    await world.members.linkChat(to, conversation);
    await world.members.detach(conversation, `tg:${from}`);
  }
  await world.members.unlinkChat(from, conversation);
}
