import { chatOfConnection, type ChannelName, type ChatId } from '../model/identifiers';
import { fileKeyPrefix } from '../files';
import { conversationKey, type Conversation, type Member } from '../model/records';
import type { QueueItem, QueueOutcome, World } from '../ports';
import { bestEffort } from '../messenger/failure';
import type { Messenger } from '../messenger/port';
import { DONE } from '../outbox/poke';
import { bold, rich } from '../messenger/rich-text';

/** What removing uses. */
type RemovalWorld = Pick<
  World,
  'channels' | 'members' | 'connections' | 'messages' | 'push' | 'queue' | 'files' | 'clock' | 'logger'
>;

/** Messages removed at a time. */
const BATCH = 100;

/** After so long the rest is left to another item of the queue, milliseconds. */
const WORK = 12_000;

/** Goes on erasing a conversation, and comes back through the queue until nothing is left. Repeatable. */
export async function continueErasing(
  world: RemovalWorld,
  item: Extract<QueueItem, { kind: 'erase' }>,
): Promise<QueueOutcome> {
  const { channel, handle, step } = item;
  const conversation = { channel, handle };
  const deadline = world.clock.now() + WORK;
  const finished =
    (await eraseConversation(world, conversation, await world.members.find(conversation), deadline)) &&
    (await emptied(world, deadline, () => world.files.removeSome(fileKeyPrefix(conversation))));
  if (!finished) {
    await world.queue.send({ ...item, step: step + 1 });
    return DONE;
  }
  const found = await world.channels.find(channel);
  if (found) await world.channels.closeConversation(found.host, handle, new Date(world.clock.now()).toISOString());
  world.logger.info('A conversation was erased', { conversation: conversationKey(conversation) });
  return DONE;
}

/**
 * Goes on removing a channel, one page of members after the other, however many there are. When the time is over, the
 * next item of the queue continues with the same page. Repeatable.
 */
export async function continueDropping(
  world: RemovalWorld,
  messenger: Messenger,
  item: Extract<QueueItem, { kind: 'drop' }>,
): Promise<QueueOutcome> {
  const { channel: name, step, requestedBy } = item;
  let { from } = item;
  const channel = await world.channels.find(name);
  // Made again under the same name meanwhile: that one is not ours to remove.
  if (channel && channel.state !== 'dropping') return DONE;
  const deadline = world.clock.now() + WORK;
  const goOn = async (): Promise<QueueOutcome> => {
    await world.queue.send({ ...item, step: step + 1, ...(from === undefined ? {} : { from }) });
    return DONE;
  };
  for (;;) {
    const { members, next } = await world.members.page(name, from);
    for (const member of members) {
      const finished = await eraseConversation(world, member, member, deadline);
      if (!finished || world.clock.now() >= deadline) return goOn();
    }
    if (next === undefined) break;
    from = next;
    if (world.clock.now() >= deadline) return goOn();
  }
  if (!(await emptied(world, deadline, () => world.files.removeSome(`${name}/`)))) return goOn();
  if (channel) await world.channels.remove(name, channel.host);
  world.logger.info('A channel was removed', { channel: name });
  if (requestedBy && channel) await sayRemoved(world, messenger, requestedBy, name);
  return DONE;
}

function sayRemoved(
  world: Pick<World, 'logger'>,
  messenger: Messenger,
  chat: ChatId,
  name: ChannelName,
): Promise<boolean> {
  const text = rich`✅ The channel ${bold(name)} is removed, with everything that was in it.`;
  return bestEffort(world, 'Saying that a channel is removed', () => messenger.post(chat, { kind: 'text', text }));
}

/**
 * Removes a visitor with everything of theirs but files: first what leads to them, so that nothing new comes; the member
 * last, so that a removal that was cut off finds the rest. False: the time was not enough.
 */
async function eraseConversation(
  world: Pick<RemovalWorld, 'members' | 'connections' | 'messages' | 'push' | 'clock'>,
  { channel, handle }: Conversation,
  member: Member | undefined,
  deadline: number,
): Promise<boolean> {
  const conversation = { channel, handle };
  for (const connection of member?.connections ?? []) {
    const chat = chatOfConnection(connection);
    if (chat !== undefined) {
      await world.members.unlinkChat(chat, conversation);
      continue;
    }
    await world.connections.close(connection);
    await world.push.disconnect(connection).catch(() => undefined);
  }
  if (member?.topic) await world.members.unlinkTopic(member.topic.chat, member.topic.thread);
  if (!(await emptied(world, deadline, () => world.messages.removeSome(conversation, BATCH)))) return false;
  await world.members.remove(conversation);
  // What was stored while this ran.
  while (!(await world.messages.removeSome(conversation, BATCH)));
  return true;
}

/** Removes until nothing is left, at least once. False: the time was not enough. */
async function emptied(
  world: Pick<World, 'clock'>,
  deadline: number,
  removeSome: () => Promise<boolean>,
): Promise<boolean> {
  while (!(await removeSome())) {
    if (world.clock.now() >= deadline) return false;
  }
  return true;
}
