import type { Channel, Conversation, Member } from '../model/records';
import type { World } from '../ports';

/** The channel and the visitor of a conversation. */
export interface Sides {
  readonly channel: Channel;
  readonly member: Member;
}

/** Undefined: there is nobody to deliver to, or nothing to deliver any more. /ban holds messages back until /unban. */
export async function readSides(
  world: Pick<World, 'channels' | 'members'>,
  conversation: Conversation,
): Promise<Sides | undefined> {
  const [channel, member] = await Promise.all([
    world.channels.find(conversation.channel),
    world.members.find(conversation),
  ]);
  return channel && channel.state !== 'dropping' && member && !member.banned ? { channel, member } : undefined;
}
