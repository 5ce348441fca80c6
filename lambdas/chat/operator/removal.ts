import type { ChannelName, ChatId } from '../identifiers';
import { fileKeyPrefix } from '../files';
import { conversationKey, type Conversation, type Member } from '../model';
import type { QueueItem, QueueOutcome, World } from '../ports';
import { welcome } from './failure';
import type { Host } from './host';
import { bold, rich } from './rich-text';

/** Messages removed at a time. */
const BATCH = 100;

/** After so long the rest is left to another item of the queue, milliseconds. */
const WORK = 12_000;

const DONE: QueueOutcome = { kind: 'done' };

/** Goes on erasing a conversation, and comes back through the queue until nothing is left. Repeatable. */
export async function continueErasing(
  world: World,
  item: Extract<QueueItem, { kind: 'erase' }>,
): Promise<QueueOutcome> {
  const { channel, handle, step } = item;
  const finished = await eraseConversation(world, { channel, handle }, world.clock.now() + WORK);
  if (!finished) await world.queue.send({ ...item, step: step + 1 });
  return DONE;
}

/** Goes on removing a channel, member by member, however many there are (D24). Repeatable. */
export async function continueDropping(
  world: World,
  host: Host,
  item: Extract<QueueItem, { kind: 'drop' }>,
): Promise<QueueOutcome> {
  const { channel: name, step, requestedBy } = item;
  const channel = await world.channels.find(name);
  // Made again under the same name meanwhile: that one is not ours to remove.
  if (channel && channel.state !== 'dropping') return DONE;
  const deadline = world.clock.now() + WORK;
  for await (const member of world.members.list(name)) {
    const finished = await eraseConversation(world, member, deadline, member);
    if (!finished || world.clock.now() >= deadline) {
      await world.queue.send({ ...item, step: step + 1 });
      return DONE;
    }
  }
  await world.files.removeAll(`${name}/`);
  if (channel) await world.channels.remove(name, channel.host);
  if (requestedBy && channel) await sayRemoved(world, host, requestedBy, name);
  return DONE;
}

function sayRemoved(world: World, host: Host, chat: ChatId, name: ChannelName): Promise<boolean> {
  const text = rich`✅ The channel ${bold(name)} is removed, with everything that was in it.`;
  return welcome(world, 'Saying that a channel is removed', () => host.post(chat, { kind: 'text', text }));
}

/**
 * Removes a visitor with everything of theirs: first what leads to them, so that nothing new comes; the member last, so
 * that a removal that was cut off finds the rest. False: the time was not enough.
 */
async function eraseConversation(
  world: World,
  { channel, handle }: Conversation,
  deadline: number,
  known?: Member,
): Promise<boolean> {
  const conversation = { channel, handle };
  const member = known ?? (await world.members.find(conversation));
  for (const connection of member?.connections ?? []) {
    if (connection.startsWith('tg:')) {
      await world.members.unlinkChat(connection.slice(3) as ChatId, conversation);
      continue;
    }
    await world.connections.close(connection);
    await world.push.disconnect(connection).catch(() => undefined);
  }
  if (member?.topic) await world.members.unlinkTopic(member.topic.chat, member.topic.thread);
  while (!(await world.messages.removeSome(conversation, BATCH))) {
    if (world.clock.now() >= deadline) return false;
  }
  await world.files.removeAll(fileKeyPrefix(conversation));
  const found = await world.channels.find(channel);
  if (found) await world.channels.closeConversation(found.host, handle);
  await world.members.remove(conversation);
  // What was stored while this ran.
  while (!(await world.messages.removeSome(conversation, BATCH)));
  world.logger.info('A conversation was erased', { conversation: conversationKey(conversation) });
  return true;
}
