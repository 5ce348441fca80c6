import type { ChannelName, ChatId, ConnectionId } from '../../lambdas/chat/model/identifiers';
import { DAY } from '../../lambdas/chat/model/lifetimes';
import { conversationKey, type Conversation, type Lease, type Member } from '../../lambdas/chat/model/records';
import type {
  Attachment,
  AttachOutcome,
  Clock,
  MemberChange,
  MemberStore,
  ReleaseOutcome,
} from '../../lambdas/chat/ports';
import { countIn } from '../../lambdas/chat/model/rate';
import { ExpiringMap } from './expiring-map';

/** Members in memory, for tests of the domain. */
export class MemoryMembers implements MemberStore {
  readonly members: ExpiringMap<Member>;
  readonly chats: ExpiringMap<Conversation>;
  readonly topics: ExpiringMap<Conversation>;

  constructor(clock: Clock, retentionDays: number) {
    this.members = new ExpiringMap(clock, retentionDays * DAY);
    this.chats = new ExpiringMap(clock, retentionDays * DAY);
    this.topics = new ExpiringMap(clock, retentionDays * DAY);
  }

  async find(conversation: Conversation): Promise<Member | undefined> {
    return this.members.get(conversationKey(conversation));
  }

  async attach(
    { channel, handle }: Conversation,
    { proof, connector, name, connection, now, lease }: Attachment,
  ): Promise<AttachOutcome> {
    const before = this.members.get(conversationKey({ channel, handle }));
    if (before && before.proof !== proof) return { kind: 'taken' };
    if (before?.banned) return { kind: 'banned' };
    if (before && lease && isHeld(before.delivery.lease, now)) return { kind: 'busy' };
    const seenAt = new Date(now).toISOString();
    const member: Member = {
      channel,
      handle,
      proof,
      connector,
      banned: false,
      sent: 0,
      announcedAt: '',
      delivery: { tickets: 0, drained: 0 },
      ...before,
      name,
      seenAt,
      connections: [...new Set([...(before?.connections ?? []), connection])],
    };
    const attached = lease ? { ...member, delivery: { ...member.delivery, lease } } : member;
    this.members.set(conversationKey({ channel, handle }), attached);
    return { kind: 'attached', member: attached, before };
  }

  async detach(conversation: Conversation, connection: ConnectionId): Promise<void> {
    this.#update(conversation, (member) => ({
      ...member,
      connections: member.connections.filter((id) => id !== connection),
    }));
  }

  async countSent(conversation: Conversation, now: number, window: number): Promise<Member | undefined> {
    return this.#update(conversation, (member) => ({
      ...member,
      sent: member.sent + 1,
      rate: countIn(member.rate, now, window),
      seenAt: new Date(now).toISOString(),
    }));
  }

  async change(conversation: Conversation, change: MemberChange): Promise<Member | undefined> {
    const { topic, pinned, turn, ...rest } = change;
    return this.#update(conversation, (member) => {
      const changed = { ...member, ...rest };
      const { topicLease: _made, ...withoutLease } = changed;
      const withTopic = topic === undefined ? changed : { ...withoutLease, topic: topic ?? undefined };
      const withTurn = turn === undefined ? withTopic : { ...withTopic, turn: turn ?? undefined };
      return pinned === undefined ? withTurn : { ...withTurn, pinned: pinned ?? undefined };
    });
  }

  async remove(conversation: Conversation): Promise<void> {
    this.members.delete(conversationKey(conversation));
  }

  async page(channel: ChannelName, from = '') {
    const later = [...this.members.entries(`${channel}/`)].filter(([key]) => key > from);
    const page = later.slice(0, 50);
    const last = page.at(-1)?.[0];
    return {
      members: page.map(([, member]) => member),
      ...(last === undefined || page.length === later.length ? {} : { next: last }),
    };
  }

  async requestDelivery(conversation: Conversation, lease: Lease, now: number) {
    let leased = false;
    const member = this.#update(conversation, ({ delivery, ...member }) => {
      leased = !isHeld(delivery.lease, now);
      return {
        ...member,
        delivery: { ...delivery, tickets: delivery.tickets + 1, lease: leased ? lease : delivery.lease },
      };
    });
    return member && { leased, member };
  }

  async releaseDelivery(
    conversation: Conversation,
    holder: string,
    tickets: number,
    emptied: boolean,
  ): Promise<ReleaseOutcome> {
    const member = this.members.get(conversationKey(conversation));
    if (!member || member.delivery.lease?.holder !== holder) return { kind: 'lost' };
    if (member.delivery.tickets !== tickets) return { kind: 'again', member };
    const drained = emptied ? tickets : member.delivery.drained;
    this.#update(conversation, (current) => ({ ...current, delivery: { tickets, drained } }));
    return { kind: 'released' };
  }

  async claimTopic(conversation: Conversation, lease: Lease, now: number): Promise<boolean> {
    let claimed = false;
    this.#update(conversation, (member) => {
      claimed = !member.topic && !isHeld(member.topicLease, now);
      return claimed ? { ...member, topicLease: lease } : member;
    });
    return claimed;
  }

  async claimPin(conversation: Conversation, messageId: number): Promise<boolean> {
    let claimed = false;
    this.#update(conversation, (member) => {
      claimed = member.pinned === undefined;
      return claimed ? { ...member, pinned: messageId } : member;
    });
    return claimed;
  }

  async ofChat(chat: ChatId): Promise<Conversation | undefined> {
    return this.chats.get(chat);
  }

  async linkChat(chat: ChatId, { channel, handle }: Conversation): Promise<void> {
    this.chats.set(chat, { channel, handle });
  }

  async unlinkChat(chat: ChatId, conversation: Conversation): Promise<void> {
    const linked = this.chats.get(chat);
    if (linked && conversationKey(linked) === conversationKey(conversation)) this.chats.delete(chat);
  }

  async linkTopic(chat: ChatId, thread: number, { channel, handle }: Conversation): Promise<void> {
    this.topics.set(`${chat}#${thread}`, { channel, handle });
  }

  async unlinkTopic(chat: ChatId, thread: number): Promise<void> {
    this.topics.delete(`${chat}#${thread}`);
  }

  #update(conversation: Conversation, change: (member: Member) => Member): Member | undefined {
    const member = this.members.get(conversationKey(conversation));
    return member && this.members.set(conversationKey(conversation), change(member));
  }
}

function isHeld(lease: Lease | undefined, now: number): boolean {
  return lease !== undefined && lease.until > now;
}
