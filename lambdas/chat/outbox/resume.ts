import type { Channel, Conversation, HostChat } from '../model/records';
import type { QueueItem, QueueOutcome, World } from '../ports';
import { newHolder } from './lease';
import { DONE, WORK } from './poke';

/**
 * Notes that something waits for a host who is away, so that the host gets it on coming back. False: the host is back
 * already.
 */
export async function waitForHost(
  world: Pick<World, 'channels' | 'messages' | 'random'>,
  conversation: Conversation,
): Promise<boolean> {
  await world.messages.noteWaiting(conversation, newHolder(world.random));
  // Bringing the channel back first changes its state, then reads the notes: one of the two sees the other.
  return (await world.channels.find(conversation.channel))?.state === 'suspended';
}

/** The host is there (again). The queue brings the channel back and delivers what waited. Repeatable. */
export async function resume(world: Pick<World, 'queue' | 'clock'>, { name, state }: Channel): Promise<void> {
  if (state !== 'dropping') await world.queue.send({ kind: 'resume', channel: name, step: world.clock.now() });
}

/** Somebody wrote in a host chat, so the bot is in it: a channel that was suspended comes back. True: it was. */
export async function resumeIfSuspended(
  world: Pick<World, 'channels' | 'queue' | 'clock'>,
  { chat, channel: name }: HostChat,
): Promise<boolean> {
  const channel = await world.channels.find(name);
  if (channel?.state !== 'suspended' || channel.host !== chat) return false;
  await resume(world, channel);
  return true;
}

/** Brings a channel back and pokes every conversation in which something waits for the host, however many there are. */
export async function continueResuming(
  world: Pick<World, 'channels' | 'messages' | 'queue' | 'clock'>,
  item: Extract<QueueItem, { kind: 'resume' }>,
): Promise<QueueOutcome> {
  const { channel: name, step } = item;
  const deadline = world.clock.now() + WORK;
  const channel = await world.channels.find(name);
  if (!channel || channel.state === 'dropping') return DONE;
  if (channel.state === 'suspended') await world.channels.resume(name, channel.host);
  for await (const { conversation, mark } of world.messages.waiting(name)) {
    if (world.clock.now() >= deadline) {
      await world.queue.send({ ...item, step: step + 1 });
      return DONE;
    }
    await world.queue.send({ kind: 'to-host', ...conversation, message: `resume#${world.clock.now()}#${mark}` });
    await world.messages.forgetWaiting(conversation, mark);
  }
  return DONE;
}
