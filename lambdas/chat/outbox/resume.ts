import type { Channel, Conversation, HostChat } from '../model/records';
import type { QueueItem, QueueOutcome, World } from '../ports';
import { DONE, WORK } from './batch';

/**
 * Notes that something waits for a host who is away, so that the host gets it on coming back. False: the host is back
 * already.
 */
export async function waitForHost(world: World, conversation: Conversation): Promise<boolean> {
  await world.messages.noteWaiting(conversation, Buffer.from(world.random.bytes(9)).toString('base64url'));
  // Whoever brings the channel back first changes its state, then reads the notes: one of the two sees the other.
  return (await world.channels.find(conversation.channel))?.state === 'suspended';
}

/** The host is there (again). The queue brings the channel back and delivers what waited. Repeatable. */
export async function resume(world: World, { name, state }: Channel): Promise<void> {
  if (state !== 'dropping') await world.queue.send({ kind: 'resume', channel: name, step: world.clock.now() });
}

/** Somebody wrote in a host chat, so the bot is in it: a channel that was suspended comes back. True: it was. */
export async function resumeIfSuspended(world: World, { chat, channel: name }: HostChat): Promise<boolean> {
  const channel = await world.channels.find(name);
  if (channel?.state !== 'suspended' || channel.host !== chat) return false;
  await resume(world, channel);
  return true;
}

/** Brings a channel back and pokes every conversation in which something waits for the host, however many there are. */
export async function continueResuming(
  world: World,
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
