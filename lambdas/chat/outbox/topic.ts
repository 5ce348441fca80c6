import { DAY } from '../model/lifetimes';
import { conversationOf, type Channel, type Conversation, type Member, type Topic } from '../model/records';
import type { World } from '../ports';
import { topicName } from '../messenger/header';
import { newLease } from './lease';
import { type Messenger, MessengerFailure } from '../messenger/port';

/** How long making a topic may take, milliseconds: a crash meanwhile holds up the conversation for as long. */
const LEASE = 30_000;

/**
 * `none`: messages go to the chat itself. `busy`: another instance is making the topic. `held`: the visitor was banned or
 * erased while it was made.
 */
export type TopicPlace = { readonly thread: string } | 'none' | 'busy' | 'held';

/** The visitor's topic in the host chat; made, once, if there is none. Throws {@link MessengerFailure}. */
export async function topicFor(
  world: Pick<World, 'channels' | 'members' | 'clock' | 'random' | 'logger' | 'settings'>,
  messenger: Messenger,
  channel: Channel,
  member: Member,
): Promise<TopicPlace> {
  if (!channel.forum) return 'none';
  const conversation = conversationOf(member);
  const now = world.clock.now();
  const { topic } = member;
  if (topic?.chat === channel.host) {
    const age = now - Date.parse(topic.linkedAt);
    if (age > (world.settings.retentionDays * DAY) / 3) await link(world, channel, conversation, topic.thread);
    return { thread: topic.thread };
  }
  // A topic in the chat that hosted before is none: after a migration the numbers are others.
  if (topic) await world.members.change(conversation, { topic: null });
  if (!(await world.members.claimTopic(conversation, newLease(world, LEASE), now))) return 'busy';
  try {
    const thread = await messenger.createTopic(channel.host, topicName(member));
    const linked = await link(world, channel, conversation, thread);
    return linked && !linked.banned ? { thread } : 'held';
  } catch (error) {
    if (!(error instanceof MessengerFailure)) throw error;
    await world.members.change(conversation, { topic: null });
    if (error.kind === 'no forum') await world.channels.change(channel.name, channel.host, { forum: false });
    if (error.kind === 'no forum' || error.kind === 'forbidden' || error.kind === 'refused') {
      world.logger.warn('No topic could be created; the message goes to the group', { reason: error.message });
      return 'none';
    }
    throw error;
  }
}

/** The topic is no more: the next message gets another. */
export async function forgetTopic(
  { members }: Pick<World, 'members'>,
  conversation: Conversation,
  { chat, thread }: Topic,
): Promise<void> {
  await members.change(conversation, { topic: null });
  await members.unlinkTopic(chat, thread);
}

/** The way back first: a topic that the member knows leads to the member. */
async function link(
  world: Pick<World, 'members' | 'clock'>,
  channel: Channel,
  conversation: Conversation,
  thread: string,
): Promise<Member | undefined> {
  await world.members.linkTopic(channel.host, thread, conversation);
  const linkedAt = new Date(world.clock.now()).toISOString();
  return world.members.change(conversation, { topic: { chat: channel.host, thread, linkedAt } });
}
