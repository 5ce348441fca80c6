import { chatOfConnection } from '../model/identifiers';
import { fileKeyPrefix } from '../files';
import { conversationOf, type Conversation, type Member } from '../model/records';
import type { ErasureProgress, QueueItem, QueueOutcome, World } from '../ports';
import { DONE, WORK } from '../outbox/poke';
import { bold, plain, rich } from '../messenger/rich-text';
import { report } from './report';

/** What removing uses. */
type RemovalWorld = Pick<
  World,
  'channels' | 'members' | 'connections' | 'messages' | 'push' | 'queue' | 'files' | 'clock' | 'logger'
>;

/** Messages removed at a time. */
const BATCH = 100;

/** Visitors of a dropped channel removed side by side. */
const SIDE_BY_SIDE = 10;

/**
 * From the moment at which nobody can begin anything new until everything is over that was begun before, milliseconds: no
 * function works longer than half a minute. What is removed then stays removed.
 */
export const QUIET = 60_000;

/**
 * Goes on erasing a conversation. First the visitor is cut off: nobody is them any more, and nobody can become them before
 * everything is gone. When it is quiet, what is stored is removed, in parts. Repeatable, also without a visitor.
 */
export async function continueErasing(
  world: RemovalWorld,
  item: Extract<QueueItem, { kind: 'erase' }>,
): Promise<QueueOutcome> {
  const { channel: name, handle, step, progress } = item;
  const conversation = { channel: name, handle };
  const { clock, members } = world;
  if (!progress) {
    await cutOff(world, conversation, await members.expel(conversation));
    await closeConversation(world, conversation);
    const begun = { removeAt: clock.now() + QUIET, messages: 0, files: 0 };
    await world.queue.send({ ...item, step: step + 1, progress: begun });
    return DONE;
  }
  const early = notQuiet(world, progress.removeAt);
  if (early) return early;
  if (progress.finished) return finish(world, item, progress);
  const deadline = clock.now() + WORK;
  let { messages, files, from } = progress;
  const removeMessages = async () => {
    const { removed, done } = await world.messages.removeSome(conversation, BATCH);
    messages += removed;
    return done;
  };
  const removeFiles = async () => {
    const { removed, done } = await world.files.removeSome(fileKeyPrefix(conversation));
    files += removed;
    return done;
  };
  const removePointers = async () => {
    const { pointers, next } = await members.page(conversation, from);
    await members.removePointers(pointers);
    from = next;
    return next === undefined;
  };
  const finished =
    (await emptied(world, deadline, removeMessages)) &&
    (await emptied(world, deadline, removeFiles)) &&
    (await emptied(world, deadline, removePointers));
  const { removeAt } = progress;
  const reached = { removeAt, messages, files, finished, ...(from === undefined ? {} : { from }) };
  await world.queue.send({ ...item, step: step + 1, progress: reached });
  return DONE;
}

/** The conversation is gone, but nobody can be its visitor yet. */
async function finish(
  world: RemovalWorld,
  { channel, handle, step, place }: Extract<QueueItem, { kind: 'erase' }>,
  { messages, files }: ErasureProgress,
): Promise<QueueOutcome> {
  await closeConversation(world, { channel, handle });
  if (place) {
    const what = `${counted(messages, 'message')} and ${counted(files, 'file')}`;
    const text =
      messages + files === 0
        ? `✅ Of #${handle} nothing was left to erase: no message and no file.`
        : `✅ #${handle} is erased: ${what}, and the visitor. Technical logs keep the handle, but no names and no texts.`;
    await report(world, { channel, step, place, text: plain(text) });
  }
  await world.members.remove({ channel, handle });
  world.logger.info('A conversation was erased', { channel, messages, files });
  return DONE;
}

/** In the host's list of open conversations. */
async function closeConversation({ channels, clock }: RemovalWorld, { channel, handle }: Conversation): Promise<void> {
  const found = await channels.find(channel);
  if (found) await channels.closeConversation(found.host, handle, new Date(clock.now()).toISOString());
}

/**
 * Goes on removing a channel, which nobody can use any more: when it is quiet, one page of members after the other, however
 * many there are. When the time is over, the next item of the queue continues with the same page. Repeatable.
 */
export async function continueDropping(
  world: RemovalWorld,
  item: Extract<QueueItem, { kind: 'drop' }>,
): Promise<QueueOutcome> {
  const { channel: name, step, requestedBy, removeAt } = item;
  const channel = await world.channels.find(name);
  // Made again under the same name meanwhile: that one is not ours to remove.
  if (channel && channel.state !== 'dropping') return DONE;
  if (removeAt === undefined) {
    await world.queue.send({ ...item, step: step + 1, removeAt: world.clock.now() + QUIET });
    return DONE;
  }
  const early = notQuiet(world, removeAt);
  if (early) return early;
  const deadline = world.clock.now() + WORK;
  let { from } = item;
  const removeMembers = async () => {
    const { members, pointers, next } = await world.members.page({ channel: name }, from);
    for (let first = 0; first < members.length; first += SIDE_BY_SIDE) {
      if (first > 0 && world.clock.now() >= deadline) return false;
      const some = members.slice(first, first + SIDE_BY_SIDE);
      const finished = await Promise.all(some.map((member) => removeMember(world, member, deadline)));
      if (finished.includes(false)) return false;
    }
    await world.members.removePointers(pointers);
    from = next;
    return next === undefined;
  };
  const finished =
    (await emptied(world, deadline, removeMembers)) &&
    (await emptied(world, deadline, async () => (await world.files.removeSome(`${name}/`)).done));
  if (!finished) {
    await world.queue.send({ ...item, step: step + 1, ...(from === undefined ? {} : { from }) });
    return DONE;
  }
  if (requestedBy && channel) {
    const text = rich`✅ The channel ${bold(name)} is removed, with everything that was in it.`;
    await report(world, { channel: name, step, place: { chat: requestedBy }, text });
  }
  if (channel) await world.channels.remove(name, channel.host);
  world.logger.info('A channel was removed', { channel: name });
  return DONE;
}

/** The item comes again when everything is over that was begun before nobody could begin anything new. */
function notQuiet({ clock }: Pick<World, 'clock'>, removeAt: number): QueueOutcome | undefined {
  const wait = removeAt - clock.now();
  return wait > 0 ? { kind: 'retry', retryAfter: wait / 1000 } : undefined;
}

/** Ends what connects a visitor with their conversation. */
async function cutOff(
  world: Pick<RemovalWorld, 'members' | 'connections' | 'push'>,
  conversation: Conversation,
  { connections, topic }: Pick<Member, 'connections' | 'topic'>,
): Promise<void> {
  for (const connection of connections) {
    const chat = chatOfConnection(connection);
    if (chat !== undefined) {
      await world.members.unlinkChat(chat, conversation);
      continue;
    }
    await world.connections.close(connection);
    await world.push.disconnect(connection).catch(() => undefined);
  }
  if (topic) await world.members.unlinkTopic(topic.chat, topic.thread);
}

/** Removes a visitor of a dropped channel, the member last, so that a removal that was cut off finds the rest. */
async function removeMember(world: RemovalWorld, member: Member, deadline: number): Promise<boolean> {
  const conversation = conversationOf(member);
  await cutOff(world, conversation, member);
  const remove = async () => (await world.messages.removeSome(conversation, BATCH)).done;
  if (!(await emptied(world, deadline, remove))) return false;
  await world.members.remove(conversation);
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

function counted(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? what : `${what}s`}`;
}
