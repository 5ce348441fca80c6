import type { Channel, Conversation, Member, Message } from '../model/records';
import type { World } from '../ports';
import type { PostPlace } from '../messenger/port';

/** Who talks to whom. */
export interface Sides {
  readonly channel: Channel;
  readonly member: Member;
}

/** Undefined: there is nobody to deliver to, or nothing to deliver any more. /ban holds messages back until /unban. */
export async function readSides(world: World, conversation: Conversation): Promise<Sides | undefined> {
  const [channel, member] = await Promise.all([
    world.channels.find(conversation.channel),
    world.members.find(conversation),
  ]);
  return channel && channel.state !== 'dropping' && member && !member.banned ? { channel, member } : undefined;
}

/** A channel whose host is away keeps its messages until the host is back. */
export async function activeSides(world: World, conversation: Conversation): Promise<Sides | undefined> {
  const sides = await readSides(world, conversation);
  return sides?.channel.state === 'active' ? sides : undefined;
}

/** A message on its way to the host. */
export interface Target extends Sides {
  readonly place: PostPlace;
  readonly message: Message;
}
