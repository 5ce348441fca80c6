import {
  chatOfConnection,
  connectionOf,
  type ChannelName,
  type ChatId,
  type ConnectionId,
  type Connector,
  type Handle,
} from '../../chat/model/identifiers';
import { DAY } from '../../chat/model/lifetimes';
import { conversationKey, type Conversation, type Lease, type Member } from '../../chat/model/records';
import type {
  Attachment,
  AttachOutcome,
  MemberChange,
  MemberPage,
  MemberStore,
  ReleaseOutcome,
} from '../../chat/ports';
import { Expression } from './expression';
import { idAttribute, item, ItemReader, type Item } from './item';
import { rateWindow } from './rate-window';
import { EXPIRY, type Table } from './table';

/**
 * `<channel>/<handle>`: the member. `<connector>#<chat>`: which member a chat is. `topic#<chat>#<thread>`: whose topic it
 * is.
 */
export class DynamoMembers implements MemberStore {
  constructor(
    private readonly table: Table,
    private readonly retentionDays: number,
  ) {}

  async find(conversation: Conversation): Promise<Member | undefined> {
    const found = await this.table.get(memberKey(conversation));
    return found?.['proof'] && readMember(conversation, found);
  }

  async attach(conversation: Conversation, attachment: Attachment): Promise<AttachOutcome> {
    const { proof, connector, line, name, connection, now, lease } = attachment;
    const seenAt = new Date(now).toISOString();
    const chat = chatOfConnection(connection);
    const attach = new Expression()
      .set({ proof, line, name, seenAt, chat, ...this.life(), leaseHolder: lease?.holder, leaseUntil: lease?.until })
      .setOnce({ connector, banned: false, since: seenAt })
      .add('connections', [connection])
      .when('attribute_not_exists({expelled})')
      .when('attribute_not_exists({proof}) OR ({proof} = ? AND {banned} = ?)', proof, false);
    if (chat === undefined) attach.remove('lostAt');
    if (lease) attach.when(free('lease'), now, lease.holder);
    const outcome = await this.table.update(memberKey(conversation), attach, 'ALL_OLD');
    if (!outcome.done) {
      if (outcome.there?.['expelled']) return { kind: 'erasing' };
      const there = outcome.there && readMember(conversation, outcome.there);
      if (there && there.proof !== proof) return { kind: 'taken' };
      return { kind: there?.banned ? 'banned' : 'busy' };
    }
    const before = outcome.item?.['proof'] ? readMember(conversation, outcome.item) : undefined;
    const { lostAt, ...base } = before ?? readMember(conversation, item({ proof, connector, since: seenAt }));
    const member: Member = {
      ...base,
      ...(line === undefined ? {} : { line }),
      name,
      seenAt,
      ...(chat === undefined ? {} : { chat }),
      ...(chat !== undefined && lostAt !== undefined ? { lostAt } : {}),
      connections: [...new Set([...base.connections, connection])].sort(),
      ...(lease ? { delivery: { ...base.delivery, lease } } : {}),
    };
    return { kind: 'attached', member, before };
  }

  async detach(conversation: Conversation, connection: ConnectionId, lostAt?: string): Promise<void> {
    const detach = new Expression().takeOut('connections', [connection]).set({ lostAt });
    detach.when('attribute_exists({proof})');
    await this.table.update(memberKey(conversation), detach);
  }

  async countSent(conversation: Conversation, now: number, window: number): Promise<Member | undefined> {
    const rate = rateWindow(now, window);
    const change = rate.count(new Expression().add('sent', 1).set({ seenAt: new Date(now).toISOString() }));
    const found = await this.changedItem(conversation, change);
    if (!found) return undefined;
    const stale = rate.stale(found);
    if (stale) await this.changedItem(conversation, stale);
    return { ...readMember(conversation, found), rate: rate.read(found) };
  }

  async change(conversation: Conversation, change: MemberChange): Promise<Member | undefined> {
    const { name, banned, seenAt, announcedAt, presence, pinned, turn, topic } = change;
    const update = new Expression().set({
      name,
      banned,
      seenAt,
      announcedAt,
      presence: presence ?? undefined,
      pinned: idAttribute(pinned ?? undefined),
      turn: turn ?? undefined,
      topicChat: topic?.chat,
      topicThread: idAttribute(topic?.thread),
      topicLinkedAt: topic?.linkedAt,
    });
    if (presence === null) update.remove('presence');
    if (pinned === null) update.remove('pinned');
    if (turn === null) update.remove('turn');
    if (topic === null) update.remove('topicChat', 'topicThread', 'topicLinkedAt');
    if (topic !== undefined) update.remove('topicLeaseHolder', 'topicLeaseUntil');
    return this.changed(conversation, update);
  }

  async expel(conversation: Conversation): Promise<Pick<Member, 'connections' | 'topic'>> {
    const expel = new Expression().set({ expelled: true, ...this.life() }).remove('proof', 'name');
    const outcome = await this.table.update(memberKey(conversation), expel, 'ALL_NEW');
    return readMember(conversation, (outcome.done && outcome.item) || {});
  }

  async remove(conversation: Conversation): Promise<void> {
    await this.table.delete(memberKey(conversation));
  }

  async page(
    { channel, handle }: Pick<Conversation, 'channel'> & Partial<Conversation>,
    from?: string,
  ): Promise<MemberPage> {
    const prefix = `${channel}/`;
    const own =
      handle === undefined
        ? new Expression().when('begins_with({id}, ?) OR {channel} = ?', prefix, channel)
        : new Expression().when('{id} = ? OR ({channel} = ? AND {handle} = ?)', prefix + handle, channel, handle);
    const { items, next } = await this.table.scan(own, from === undefined ? undefined : item({ id: from }));
    const ids = items.map((found) => found['id']?.S ?? '');
    const members = items.flatMap((found, i) => {
      const id = ids[i] ?? '';
      return id.startsWith(prefix) ? [readMember({ channel, handle: id.slice(prefix.length) as Handle }, found)] : [];
    });
    const pointers = ids.filter((id) => !id.startsWith(prefix));
    return { members, pointers, ...(next?.['id']?.S === undefined ? {} : { next: next['id'].S }) };
  }

  async removePointers(pointers: readonly string[]): Promise<void> {
    await this.table.deleteAll(pointers.map((id) => item({ id })));
  }

  async requestDelivery(conversation: Conversation, lease: Lease, now: number) {
    const take = (tickets: number) => {
      const update = new Expression()
        .set({ leaseHolder: lease.holder, leaseUntil: lease.until })
        .when(free('lease'), now, lease.holder);
      return this.changed(conversation, tickets > 0 ? update.add('tickets', tickets) : update);
    };
    const taken = await take(1);
    if (taken) return { leased: true, member: taken };
    const waiting = await this.changed(conversation, new Expression().add('tickets', 1));
    if (!waiting) return undefined;
    const held = waiting.delivery.lease;
    if (held && held.until > now) return { leased: false, member: waiting };
    // Let go of in the meantime, before our ticket could be seen.
    const late = await take(0);
    return late ? { leased: true, member: late } : { leased: false, member: waiting };
  }

  async releaseDelivery(
    conversation: Conversation,
    holder: string,
    tickets: number,
    emptied: boolean,
    pushed?: Member['pushed'],
  ): Promise<ReleaseOutcome> {
    const release = new Expression()
      .set({ drained: emptied ? tickets : undefined, pushedId: pushed?.id, pushedAt: pushed?.at })
      .remove('leaseHolder', 'leaseUntil')
      .when('{leaseHolder} = ?', holder)
      .when(tickets === 0 ? 'attribute_not_exists({tickets}) OR {tickets} = ?' : '{tickets} = ?', tickets);
    const outcome = await this.table.update(memberKey(conversation), release);
    if (outcome.done) return { kind: 'released' };
    const member = outcome.there && readMember(conversation, outcome.there);
    return member?.delivery.lease?.holder === holder ? { kind: 'again', member } : { kind: 'lost' };
  }

  async claimTopic(conversation: Conversation, lease: Lease, now: number): Promise<boolean> {
    const claim = new Expression()
      .set({ topicLeaseHolder: lease.holder, topicLeaseUntil: lease.until })
      .when('attribute_not_exists({topicThread})')
      .when(free('topicLease'), now, lease.holder);
    return (await this.changed(conversation, claim)) !== undefined;
  }

  async claimPin(conversation: Conversation, message: string): Promise<boolean> {
    const pinned = idAttribute(message) ?? '';
    const claim = new Expression().set({ pinned }).when('attribute_not_exists({pinned}) OR {pinned} = ?', pinned);
    return (await this.changed(conversation, claim)) !== undefined;
  }

  async ofChat(chat: ChatId): Promise<Conversation | undefined> {
    return readPointer(await this.table.get(chatKey(chat)));
  }

  async linkChat(chat: ChatId, conversation: Conversation): Promise<void> {
    await this.link(chatKey(chat), conversation);
  }

  async unlinkChat(chat: ChatId, { channel, handle }: Conversation): Promise<void> {
    const still = new Expression().when('{channel} = ?', channel).when('{handle} = ?', handle);
    await this.table.delete(chatKey(chat), still);
  }

  async linkTopic(chat: ChatId, thread: string, conversation: Conversation): Promise<void> {
    await this.link(topicKey(chat, thread), conversation);
  }

  async unlinkTopic(chat: ChatId, thread: string): Promise<void> {
    await this.table.delete(topicKey(chat, thread));
  }

  private async link(key: Item, { channel, handle }: Conversation): Promise<void> {
    await this.table.put({ ...key, ...item({ channel, handle, ...this.life() }) }, key);
  }

  /** Changes a member that exists, prolonging its life. Undefined: it does not, or a condition was not met. */
  private async changed(conversation: Conversation, change: Expression): Promise<Member | undefined> {
    const found = await this.changedItem(conversation, change);
    return found && readMember(conversation, found);
  }

  private async changedItem(conversation: Conversation, change: Expression): Promise<Item | undefined> {
    const update = change.set(this.life()).when('attribute_exists({proof})');
    const outcome = await this.table.update(memberKey(conversation), update, 'ALL_NEW');
    return outcome.done ? outcome.item : undefined;
  }

  private life() {
    return { [EXPIRY]: this.table.expiry(this.retentionDays * DAY) };
  }
}

/**
 * Nobody holds the lease, or it is over (values: now), or it is ours (value: the holder) because the answer to the first
 * request was lost and the SDK asked again.
 */
function free(name: 'lease' | 'topicLease'): string {
  return `attribute_not_exists({${name}Until}) OR {${name}Until} <= ? OR {${name}Holder} = ?`;
}

export function chatKey(chat: ChatId): Item {
  return item({ id: connectionOf(chat).replace(':', '#') });
}

export function topicKey(chat: ChatId, thread: string): Item {
  return item({ id: `topic#${chat}#${encodeURIComponent(thread)}` });
}

/** The conversation that a pointer of the Members table points to. */
export function readPointer(found: Item | undefined): Conversation | undefined {
  if (!found) return undefined;
  const reader = new ItemReader(found);
  return { channel: reader.text('channel') as ChannelName, handle: reader.text('handle') as Handle };
}

function memberKey(conversation: Conversation): Item {
  return item({ id: conversationKey(conversation) });
}

function readMember({ channel, handle }: Conversation, found: Item): Member {
  const reader = new ItemReader(found);
  const lease = readLease(reader, 'leaseHolder', 'leaseUntil');
  const topicLease = readLease(reader, 'topicLeaseHolder', 'topicLeaseUntil');
  const thread = reader.optionalId('topicThread');
  const chat = reader.optionalText('chat') as ChatId | undefined;
  const pushedId = reader.optionalText('pushedId');
  const lostAt = reader.optionalText('lostAt');
  const presence = reader.optionalText('presence');
  const pinned = reader.optionalId('pinned');
  const turn = reader.optionalNumber('turn');
  const line = reader.optionalText('line');
  return {
    channel,
    handle,
    proof: reader.text('proof'),
    connector: reader.text('connector') as Connector,
    ...(line === undefined ? {} : { line }),
    name: reader.text('name'),
    banned: reader.truth('banned'),
    connections: reader.set('connections') as ConnectionId[],
    ...(chat === undefined ? {} : { chat }),
    sent: reader.number('sent'),
    since: reader.text('since'),
    seenAt: reader.text('seenAt'),
    announcedAt: reader.text('announcedAt'),
    ...(presence === undefined ? {} : { presence }),
    delivery: { tickets: reader.number('tickets'), drained: reader.number('drained'), ...(lease ? { lease } : {}) },
    ...(pushedId === undefined ? {} : { pushed: { id: pushedId, at: reader.text('pushedAt') } }),
    ...(lostAt === undefined ? {} : { lostAt }),
    ...(thread === undefined
      ? {}
      : { topic: { chat: reader.text('topicChat') as ChatId, thread, linkedAt: reader.text('topicLinkedAt') } }),
    ...(topicLease ? { topicLease } : {}),
    ...(pinned === undefined ? {} : { pinned }),
    ...(turn === undefined ? {} : { turn }),
  };
}

function readLease(reader: ItemReader, holderName: string, untilName: string): Lease | undefined {
  const holder = reader.optionalText(holderName);
  return holder === undefined ? undefined : { holder, until: reader.number(untilName) };
}
