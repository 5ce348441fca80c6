import type { Channel, Conversation, HostChat, Member, Message } from '../model/records';
import type { QueueOutcome, World } from '../ports';
import { bestEffort } from '../messenger/failure';
import { headerOf } from '../messenger/header';
import type { Messenger } from '../messenger/port';
import { openConversation } from '../operator/open-conversations';
import { deliverDue, type DeliveryWorld, type Recipient, type Side } from './delivery';
import { textPart } from './parts';
import { pinFirst } from './pin';
import { anotherTurn, DONE, waitFor } from './poke';
import { waitForHost } from './resume';
import { forgetTopic, topicFor } from './topic';
import { takeShare, takeTurn, turnOf } from './turns';

/**
 * How old a message must be before it is delivered, milliseconds. API Gateway runs the frames of one connection side by
 * side, so an earlier message may be stored up to this much later, by an instance that had to start first.
 */
const SETTLE = 300;

/** The channel and the visitor of a conversation. */
interface Sides {
  readonly channel: Channel;
  readonly member: Member;
}

/** The operators of a channel, in its host chat. */
interface Operators extends Recipient, Sides {
  /** As it was when the batch began. */
  readonly host?: HostChat | undefined;
}

/** Delivers what is due to the operators. */
export function deliverToHost(
  world: DeliveryWorld & Pick<World, 'channels' | 'members' | 'random'>,
  messenger: Messenger,
  conversation: Conversation,
  attempt: number,
): Promise<QueueOutcome> {
  const operators = (sides: Sides, host: HostChat | undefined): Operators => {
    return { ...sides, host, chat: sides.channel.host, sender: sides.member };
  };
  // /ban holds messages back until /unban.
  const find = async (): Promise<Sides | undefined> => {
    const [channel, member] = await Promise.all([
      world.channels.find(conversation.channel),
      world.members.find(conversation),
    ]);
    return channel && channel.state !== 'dropping' && member && !member.banned ? { channel, member } : undefined;
  };
  let shareTakenFor: string | undefined;
  const side: Side<Operators, Sides> = {
    kind: 'to-host',
    direction: 'to-host',
    find,
    // A channel whose host is away keeps its messages until the host is back.
    async findAgain({ host }) {
      const sides = await find();
      return sides?.channel.state === 'active' ? operators(sides, host) : undefined;
    },
    // A file may have waited for others; the first message may have made the topic and the pin of those after it.
    isStale: ({ content }, first) => !first || content.kind === 'file',
    // They were stored by a former version.
    knows: ({ content }) => content.kind === 'notice',
    presence({ member }, { content }) {
      const isTold = content.kind === 'text' || content.kind === 'file';
      return isTold ? member.presence : undefined;
    },
    async choose(sides, due, { attempt, deadline }) {
      if (sides.channel.state === 'suspended') return (await waitForHost(world, conversation)) ? DONE : 'read again';
      const age = ({ at }: Message) => world.clock.now() - Date.parse(at);
      const [first, ...others] = due.filter((message) => age(message) >= SETTLE);
      if (!first) {
        if (world.clock.now() >= deadline) return anotherTurn(world, 'to-host', conversation);
        await world.clock.sleep(Math.min(SETTLE, SETTLE - Math.min(...due.map(age))));
        return 'read again';
      }
      const chat = sides.channel.host;
      // Who has a turn has taken their share before.
      const share =
        sides.member.turn === undefined
          ? await takeShare(world, chat, sides.member, first)
          : { kind: 'taken' as const, host: await world.channels.host(chat) };
      if (share.kind === 'later') return waitFor(world, 'to-host', conversation, share.seconds, attempt);
      shareTakenFor = first.key;
      const { host } = share;
      const turn = await turnOf(world, host, sides.member);
      if (turn.kind === 'later') return waitFor(world, 'to-host', conversation, turn.seconds, attempt);
      const messages = turn.kind === 'one' ? [first] : [first, ...others];
      return { kind: 'batch', to: operators(sides, host), messages };
    },
    async prepare({ channel, member, host }, message) {
      if (message.key !== shareTakenFor) {
        const share = await takeShare(world, channel.host, member, message);
        if (share.kind === 'later') return waitFor(world, 'to-host', conversation, share.seconds, attempt);
        shareTakenFor = message.key;
      }
      const topic = await topicFor(world, messenger, channel, member);
      if (topic === 'busy') return { kind: 'retry', retryAfter: 2 };
      if (topic === 'held') return DONE;
      const place = topic === 'none' ? {} : { thread: topic.thread };
      // Before the operators see it: what they write then must not go to the one who was alone until now. The chat is the
      // one that is posted to: the group may have moved since `host` was read.
      const seenAt = new Date(world.clock.now()).toISOString();
      if (host) await openConversation(world, { ...host, chat: channel.host }, member.handle, seenAt);
      return place;
    },
    async follow({ member }, { content, at, presence }, outcome) {
      const isFromVisitor = content.kind === 'text' || content.kind === 'file';
      if (!outcome || !isFromVisitor) return;
      if (presence !== undefined || member.announcedAt === '') {
        await world.members.change(conversation, { announcedAt: at, presence: null });
      }
      await pinFirst(world, messenger, member, outcome);
    },
    async note({ channel }, { forum }) {
      if (forum !== undefined && forum !== channel.forum)
        await world.channels.change(channel.name, channel.host, { forum });
    },
    async pause({ chat }, message, seconds) {
      const until = world.clock.now() + seconds * 1000;
      await world.channels.blockHost(chat, until);
      return (await takeTurn(world, { chat }, message.conversation, until)).seconds;
    },
    gone: ({ channel }) => world.channels.suspend(channel.name, channel.host),
    async moved({ chat }, to) {
      await world.channels.moveHost(chat, to);
    },
    async mendTopic({ channel }, kind) {
      if (kind === 'no forum') return void (await world.channels.change(channel.name, channel.host, { forum: false }));
      // As it was posted to: it may have been made a moment ago.
      const topic = (await world.members.find(conversation))?.topic;
      if (topic?.chat !== channel.host) return;
      if (kind === 'topic gone') return forgetTopic(world, conversation, topic);
      await bestEffort(world, 'Reopening a topic', () => messenger.reopenTopic(topic.chat, topic.thread));
    },
    instead: async ({ member }) => [
      textPart(`${headerOf(member)}\n⚠️ A message of this visitor could not be shown here. /export has it.`),
    ],
  };
  return deliverDue(world, messenger, side, conversation, attempt);
}
