import {
  chatOfConnection,
  type ChannelName,
  type ChatId,
  type ConnectionId,
  type Handle,
} from '../../lambdas/chat/model/identifiers';
import { DAY } from '../../lambdas/chat/model/lifetimes';
import {
  conversationKey,
  type Conversation,
  type Lease,
  type Member,
  type RateWindow,
} from '../../lambdas/chat/model/records';
import type {
  Attachment,
  AttachOutcome,
  Clock,
  MemberChange,
  MemberPage,
  MemberStore,
  ReleaseOutcome,
} from '../../lambdas/chat/ports';
import { countIn } from '../../lambdas/chat/model/rate';
import { createHash } from 'node:crypto';
import { MemoryTable } from './table';

/** Members that a page reads, as a scan reads a number of bytes. */
const PAGE = 50;

/** Members in memory, for tests of the domain. */
export class MemoryMembers implements MemberStore {
  readonly members: MemoryTable<Member>;
  readonly chats: MemoryTable<Conversation>;
  readonly topics: MemoryTable<Conversation>;
  readonly #rates = new Map<string, RateWindow>();
  readonly #expelled = new Map<string, Pick<Member, 'connections' | 'topic'>>();
  #order: readonly (readonly [hash: string, key: string])[] = [];

  constructor(clock: Clock, retentionDays: number) {
    this.members = new MemoryTable(clock, retentionDays * DAY);
    this.chats = new MemoryTable(clock, retentionDays * DAY);
    this.topics = new MemoryTable(clock, retentionDays * DAY);
  }

  async find(conversation: Conversation): Promise<Member | undefined> {
    return this.members.get(conversationKey(conversation));
  }

  async attach(
    { channel, handle }: Conversation,
    { proof, connector, line, name, connection, now, lease }: Attachment,
  ): Promise<AttachOutcome> {
    const key = conversationKey({ channel, handle });
    const before = this.members.stored(key);
    if (this.#expelled.has(key)) return { kind: 'erasing' };
    if (before && before.proof !== proof) return { kind: 'taken' };
    if (before?.banned) return { kind: 'banned' };
    if (before && lease && !isFree(before.delivery.lease, now, lease.holder)) return { kind: 'busy' };
    const chat = chatOfConnection(connection);
    const { lostAt, ...known } = before ?? {};
    const delivery = before?.delivery ?? { tickets: 0, drained: 0 };
    const member: Member = {
      channel,
      handle,
      proof,
      connector,
      banned: false,
      sent: 0,
      announcedAt: '',
      since: new Date(now).toISOString(),
      ...known,
      ...(line === undefined ? {} : { line }),
      name,
      seenAt: new Date(now).toISOString(),
      ...(chat === undefined ? {} : { chat }),
      ...(chat !== undefined && lostAt !== undefined ? { lostAt } : {}),
      connections: [...new Set([...(before?.connections ?? []), connection])].sort(),
      delivery: lease ? { ...delivery, lease } : delivery,
    };
    return { kind: 'attached', member: this.members.put(key, member), before };
  }

  async detach(conversation: Conversation, connection: ConnectionId, lostAt?: string): Promise<void> {
    this.members.update(conversationKey(conversation), (member) => ({
      ...member,
      ...(lostAt === undefined ? {} : { lostAt }),
      connections: member.connections.filter((id) => id !== connection),
    }));
  }

  async countSent(conversation: Conversation, now: number, window: number): Promise<Member | undefined> {
    const seenAt = new Date(now).toISOString();
    const member = this.#change(conversation, (each) => ({ ...each, sent: each.sent + 1, seenAt }));
    if (!member) return undefined;
    const rate = countIn(this.#rates.get(conversationKey(conversation)), now, window);
    this.#rates.set(conversationKey(conversation), rate);
    return { ...member, rate };
  }

  async change(conversation: Conversation, change: MemberChange): Promise<Member | undefined> {
    return this.#change(conversation, ({ topicLease, ...member }) => {
      const changed: Record<string, unknown> = { ...member };
      for (const [name, value] of Object.entries(change)) {
        if (value === null) delete changed[name];
        else if (value !== undefined) changed[name] = value;
      }
      if (topicLease && change.topic === undefined) changed['topicLease'] = topicLease;
      return changed as unknown as Member;
    });
  }

  async expel(conversation: Conversation): Promise<Pick<Member, 'connections' | 'topic'>> {
    const key = conversationKey(conversation);
    const { connections, topic } = this.members.delete(key) ?? this.#expelled.get(key) ?? { connections: [] };
    const expelled = { connections, ...(topic ? { topic } : {}) };
    this.#expelled.set(key, expelled);
    return expelled;
  }

  async remove(conversation: Conversation): Promise<void> {
    this.members.delete(conversationKey(conversation));
    this.#expelled.delete(conversationKey(conversation));
    this.#rates.delete(conversationKey(conversation));
  }

  /** In the order of hashes, as a scan of DynamoDB reads them, with those that have ended and were not swept. */
  async page({ channel, handle }: { channel: ChannelName; handle?: Handle }, from?: string): Promise<MemberPage> {
    const hash = (key: string) => createHash('sha1').update(key).digest('hex');
    if (from === undefined) {
      const keys = [...this.members.keys()].filter((key) => key.startsWith(`${channel}/`));
      this.#order = keys.map((key) => [hash(key), key] as const).sort(([one], [other]) => (one < other ? -1 : 1));
    }
    const after = from === undefined ? '' : hash(from);
    const first = this.#order.findIndex(([order]) => order > after);
    const page = first < 0 ? [] : this.#order.slice(first, first + PAGE);
    const last = page.at(-1)?.[1];
    const isTheirs = (to: Conversation) => to.channel === channel && (handle === undefined || to.handle === handle);
    return {
      members: page.flatMap(([, key]) => this.members.stored(key) ?? []).filter(isTheirs),
      ...(last !== undefined && page.length === PAGE
        ? { pointers: [], next: last }
        : {
            pointers: [this.chats, this.topics].flatMap((table, i) =>
              [...table.entries('', { ended: true })].filter(([, to]) => isTheirs(to)).map(([key]) => `${i} ${key}`),
            ),
          }),
    };
  }

  async removePointers(pointers: readonly string[]): Promise<void> {
    for (const pointer of pointers) (pointer.startsWith('0') ? this.chats : this.topics).delete(pointer.slice(2));
  }

  async requestDelivery(conversation: Conversation, lease: Lease, now: number) {
    let leased = false;
    const member = this.#change(conversation, ({ delivery, ...rest }) => {
      leased = isFree(delivery.lease, now, lease.holder);
      const tickets = delivery.tickets + 1;
      return { ...rest, delivery: { ...delivery, tickets, ...(leased ? { lease } : {}) } };
    });
    return member && { leased, member };
  }

  async releaseDelivery(
    conversation: Conversation,
    holder: string,
    tickets: number,
    emptied: boolean,
    pushed?: Member['pushed'],
  ): Promise<ReleaseOutcome> {
    const member = this.members.stored(conversationKey(conversation));
    if (!member || member.delivery.lease?.holder !== holder) return { kind: 'lost' };
    if (member.delivery.tickets !== tickets) return { kind: 'again', member };
    const drained = emptied ? tickets : member.delivery.drained;
    this.members.update(conversationKey(conversation), (current) => ({
      ...current,
      delivery: { tickets, drained },
      ...(pushed ? { pushed } : {}),
    }));
    return { kind: 'released' };
  }

  async claimTopic(conversation: Conversation, lease: Lease, now: number): Promise<boolean> {
    const claimed = this.#change(conversation, (member) =>
      !member.topic && isFree(member.topicLease, now, lease.holder) ? { ...member, topicLease: lease } : undefined,
    );
    return claimed !== undefined;
  }

  async claimPin(conversation: Conversation, message: string): Promise<boolean> {
    const claimed = this.#change(conversation, (member) =>
      member.pinned === undefined || member.pinned === message ? { ...member, pinned: message } : undefined,
    );
    return claimed !== undefined;
  }

  async ofChat(chat: ChatId): Promise<Conversation | undefined> {
    return this.chats.get(chat);
  }

  async linkChat(chat: ChatId, { channel, handle }: Conversation): Promise<void> {
    this.chats.put(chat, { channel, handle });
  }

  async unlinkChat(chat: ChatId, conversation: Conversation): Promise<void> {
    this.chats.delete(chat, (linked) => conversationKey(linked) === conversationKey(conversation));
  }

  async linkTopic(chat: ChatId, thread: string, { channel, handle }: Conversation): Promise<void> {
    this.topics.put(`${chat}#${thread}`, { channel, handle });
  }

  async unlinkTopic(chat: ChatId, thread: string): Promise<void> {
    this.topics.delete(`${chat}#${thread}`);
  }

  #change(conversation: Conversation, change: (member: Member) => Member | undefined): Member | undefined {
    return this.members.prolong(conversationKey(conversation), change);
  }
}

/** Nobody holds the lease, or it is over, or it is this holder's: the answer to its first request was lost. */
function isFree(lease: Lease | undefined, now: number, holder: string): boolean {
  return lease === undefined || lease.until <= now || lease.holder === holder;
}
