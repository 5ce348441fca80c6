import { DAY } from '../model/lifetimes';
import type { Channel, Conversation, Member } from '../model/records';
import type { World } from '../ports';
import { topicName } from '../messenger/header';
import { type Messenger, MessengerFailure } from '../messenger/port';

/** How long making a topic may take, milliseconds: whoever crashes at it holds up the conversation for as long. */
const LEASE = 30_000;

/** `none`: messages go to the chat itself. `busy`: another instance is making the topic. */
export type TopicPlace = { readonly thread: number } | 'none' | 'busy';

/** The visitor's topic in the host chat; made, once, if there is none. Throws {@link MessengerFailure}. */
export async function topicFor(
  world: World,
  messenger: Messenger,
  channel: Channel,
  member: Member,
): Promise<TopicPlace> {
  if (!channel.forum) return 'none';
  const conversation = { channel: member.channel, handle: member.handle };
  const now = world.clock.now();
  const { topic } = member;
  if (topic?.chat === channel.host) {
    const age = now - Date.parse(topic.linkedAt);
    if (age > (world.settings.retentionDays * DAY) / 3) await link(world, channel, conversation, topic.thread);
    return { thread: topic.thread };
  }
  const holder = Buffer.from(world.random.bytes(9)).toString('base64url');
  // A topic in the chat that hosted before is none: after a migration the numbers are others.
  if (topic) await world.members.change(conversation, { topic: null });
  if (!(await world.members.claimTopic(conversation, { holder, until: now + LEASE }, now))) return 'busy';
  try {
    const thread = await messenger.createTopic(channel.host, topicName(member));
    await link(world, channel, conversation, thread);
    return { thread };
  } catch (error) {
    if (!(error instanceof MessengerFailure)) throw error;
    await world.members.change(conversation, { topic: null });
    if (error.kind === 'no forum') await world.channels.change(channel.name, { forum: false });
    if (error.kind === 'no forum' || error.kind === 'forbidden' || error.kind === 'refused') {
      world.logger.warn('No topic could be made; the message goes to the group', { reason: error.message });
      return 'none';
    }
    throw error;
  }
}

/** The topic is no more: the next message gets another. */
export async function forgetTopic(world: World, channel: Channel, member: Member, thread: number): Promise<void> {
  await world.members.change({ channel: member.channel, handle: member.handle }, { topic: null });
  await world.members.unlinkTopic(channel.host, thread);
}

/** The way back first: a topic that the member knows leads to the member. */
async function link(world: World, channel: Channel, conversation: Conversation, thread: number): Promise<void> {
  await world.members.linkTopic(channel.host, thread, conversation);
  const linkedAt = new Date(world.clock.now()).toISOString();
  await world.members.change(conversation, { topic: { chat: channel.host, thread, linkedAt } });
}
