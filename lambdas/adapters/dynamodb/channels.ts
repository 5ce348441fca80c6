import type { ChannelName, ChatId, Handle } from '../../chat/model/identifiers';
import { CHANNEL_LIFE } from '../../chat/model/lifetimes';
import { OPEN_CONVERSATIONS, type Channel, type ChannelState, type HostChat } from '../../chat/model/records';
import type { ChannelChange, ChannelStore, OpenConversations } from '../../chat/ports';
import { Expression } from './expression';
import { attribute, item, ItemReader, type Item } from './item';
import { SHARE, shareWait } from '../../chat/model/share';
import { rateWindow } from './rate-window';
import { EXPIRY, type Table } from './table';

/** Attributes of a host: until when a line has used its share, epoch milliseconds. */
const LINE = 'line_';

/** So many lines that have their whole share may stay on a host's item. */
const RESTED = 50;

/** `channel#<name>`: the channel. `host#<chat>`: which channel a chat hosts. */
export class DynamoChannels implements ChannelStore {
  constructor(private readonly table: Table) {}

  async find(name: ChannelName): Promise<Channel | undefined> {
    const found = await this.table.get(channelKey(name));
    return found && readChannel(name, found);
  }

  async look(name: ChannelName, now: number, window: number): Promise<Channel | undefined> {
    const found = await this.table.get(channelKey(name));
    return found && { ...readChannel(name, found), rate: rateWindow(now, window).read(found) };
  }

  async use(name: ChannelName, messages: number, now: number, window: number): Promise<void> {
    const rate = rateWindow(now, window);
    const change = rate.count(new Expression().add('messages', messages).set(this.life()), messages);
    const outcome = await this.table.update(channelKey(name), change.when('attribute_exists({handleKey})'), 'ALL_NEW');
    const stale = outcome.done && outcome.item && rate.stale(outcome.item);
    if (stale) await this.table.update(channelKey(name), stale.when('attribute_exists({handleKey})'));
  }

  async create(channel: Channel): Promise<'created' | 'name taken' | 'already hosting'> {
    if (!(await this.claimHost(channel))) return 'already hosting';
    const written = await this.table.put(
      item({
        id: `channel#${channel.name}`,
        host: channel.host,
        handleKey: channel.handleKey,
        state: channel.state,
        forum: channel.forum,
        origins: channel.origins,
        messages: channel.messages,
        createdAt: channel.createdAt,
        ...this.life(),
      }),
      channelKey(channel.name),
      this.absent(),
    );
    if (!written.done && written.there?.['host']?.S !== channel.host) {
      await this.table.delete(
        hostKey(channel.host),
        new Expression().when('{channel} = ?', channel.name).when('{confirmed} = ?', false),
      );
      return 'name taken';
    }
    const confirmed = await this.table.update(
      hostKey(channel.host),
      new Expression().set({ confirmed: true, ...this.life() }).when('{channel} = ?', channel.name),
    );
    if (confirmed.done) return 'created';
    // The same chat made another channel at the same time, and took the pointer over while ours was not stored yet.
    await this.table.delete(channelKey(channel.name), new Expression().when('{host} = ?', channel.host));
    return 'already hosting';
  }

  async change(
    name: ChannelName,
    host: ChatId,
    { state, forum, origins }: ChannelChange,
  ): Promise<Channel | undefined> {
    const change = new Expression().set({ state, forum, ...this.life() }).when('{host} = ?', host);
    if (origins?.length === 0) change.remove('origins');
    else change.set({ origins });
    const outcome = await this.table.update(channelKey(name), change, 'ALL_NEW');
    return outcome.done && outcome.item ? readChannel(name, outcome.item) : undefined;
  }

  async suspend(name: ChannelName, host: ChatId): Promise<void> {
    await this.table.update(hostKey(host), new Expression().set({ away: true }).when('{channel} = ?', name));
    await this.goes(name, host, 'active', 'suspended');
  }

  async resume(name: ChannelName, host: ChatId): Promise<void> {
    await this.goes(name, host, 'suspended', 'active');
    await this.table.update(hostKey(host), new Expression().remove('away').when('{channel} = ?', name));
  }

  private async goes(name: ChannelName, host: ChatId, from: ChannelState, state: ChannelState): Promise<void> {
    const change = new Expression().set({ state, ...this.life() });
    await this.table.update(channelKey(name), change.when('{host} = ?', host).when('{state} = ?', from));
  }

  async remove(name: ChannelName, host: ChatId): Promise<void> {
    await this.table.delete(hostKey(host), new Expression().when('{channel} = ?', name));
    await this.table.delete(channelKey(name), new Expression().when('{host} = ?', host));
  }

  async host(chat: ChatId): Promise<HostChat | undefined> {
    const found = await this.table.get(hostKey(chat));
    return found && readHost(chat, found);
  }

  async moveHost(from: ChatId, to: ChatId): Promise<boolean> {
    const found = await this.table.get(hostKey(from));
    if (!found) return false;
    const { channel } = readHost(from, found);
    await this.table.put(
      { ...found, ...hostKey(to), confirmed: attribute(true) },
      hostKey(to),
      this.absent('{channel} = ?', channel),
    );
    const moved = await this.table.update(
      channelKey(channel),
      new Expression().set({ host: to }).when('{host} = ? OR {host} = ?', from, to),
    );
    // What is left of a channel that `from` once hosted leads nowhere, and does not follow.
    for (const chat of moved.done ? [from] : [from, to]) {
      await this.table.delete(hostKey(chat), new Expression().when('{channel} = ?', channel));
    }
    return moved.done;
  }

  async openConversation({ chat, open }: OpenConversations, handle: Handle, at: string, since: string): Promise<void> {
    for (let known: Pick<HostChat, 'open' | 'manyAt'> = { open }; ;) {
      if ((known.open[handle] ?? '') >= at || (known.manyAt ?? '') >= at) return;
      const outcome = await this.table.update(hostKey(chat), this.opening(known.open, handle, at, since));
      if (outcome.done || !outcome.there) return;
      known = readHost(chat, outcome.there);
    }
  }

  async closeConversation(chat: ChatId, handle: Handle, at: string): Promise<void> {
    const close = new Expression().set({ closedAt: at }).remove(LINE + handle);
    const entry = `${close.name('open')}.${close.name(handle)}`;
    close.when(`attribute_exists(${entry}) OR attribute_exists(${close.name(LINE + handle)})`).removeRaw(entry);
    await this.table.update(hostKey(chat), close);
  }

  async claimShare(chat: ChatId, line: string, weight: number, now: number) {
    const name = `${LINE}${line}`;
    const taken = weight * SHARE.pace;
    for (;;) {
      // The first for a while ...
      const first = new Expression()
        .set({ [name]: now + taken, ...this.life() })
        .when('attribute_exists({channel})')
        .when(`attribute_not_exists({${name}}) OR {${name}} <= ?`, now);
      const begun = await this.table.update(hostKey(chat), first, 'ALL_NEW');
      if (begun.done) return begun.item && this.claimed(chat, begun.item, now);
      if (!begun.there?.['channel']) return undefined;
      const wait = shareWait(new ItemReader(begun.there).number(name), weight, now);
      if (wait > 0) return { host: readHost(chat, begun.there), wait };
      // ... or one more.
      const more = new Expression()
        .add(name, taken)
        .set(this.life())
        .when(`{${name}} > ?`, now)
        .when(`{${name}} <= ?`, now + (SHARE.posts - weight) * SHARE.pace);
      const added = await this.table.update(hostKey(chat), more, 'ALL_NEW');
      if (added.done) return added.item && this.claimed(chat, added.item, now);
    }
  }

  /** Removes the lines that have their whole share again, once there are many. */
  private async claimed(chat: ChatId, found: Item, now: number) {
    const rested = Object.keys(found).filter((name) => name.startsWith(LINE) && Number(found[name]?.N) <= now);
    if (rested.length > RESTED) {
      const still = new Expression().remove(...rested).when('attribute_exists({channel})');
      for (const name of rested) still.when(`attribute_not_exists({${name}}) OR {${name}} <= ?`, now);
      await this.table.update(hostKey(chat), still);
    }
    return { host: readHost(chat, found), wait: 0 };
  }

  async blockHost(chat: ChatId, until: number): Promise<void> {
    const block = new Expression().set({ blockedUntil: until, ...this.life() }).when('{blockedUntil} < ?', until);
    await this.table.update(hostKey(chat), block);
  }

  async takeTurn(chat: ChatId, earliest: number, pace: number): Promise<number> {
    for (;;) {
      // Behind those who wait already ...
      const behind = new Expression().add('nextTurn', pace).set(this.life()).when('{nextTurn} > ?', earliest);
      const queued = await this.table.update(hostKey(chat), behind, 'ALL_NEW');
      if (queued.done && queued.item) return readHost(chat, queued.item).nextTurn - pace;
      // ... or as the first.
      const first = new Expression()
        .set({ nextTurn: earliest + pace, ...this.life() })
        .when('attribute_exists({channel})')
        .when('attribute_not_exists({nextTurn}) OR {nextTurn} <= ?', earliest);
      const taken = await this.table.update(hostKey(chat), first);
      if (taken.done || !taken.there) return earliest;
    }
  }

  /** Notes a message at `at`, if the item is as it is `known`: of an open conversation, of a new one, or of one too many. */
  private opening(known: HostChat['open'], handle: Handle, at: string, since: string): Expression {
    const change = new Expression().set(this.life()).when('attribute_exists({channel})');
    const entry = (of: string) => `${change.name('open')}.${change.name(of)}`;
    const own = entry(handle);
    const note = () => change.setRaw(`${own} = ${change.value(at)}`);
    if ((known[handle] ?? '') >= since) return note().when(`${own} < ?`, at).when(`${own} >= ?`, since);
    const others = Object.entries(known).filter(([other]) => other !== handle);
    const full = others.length >= OPEN_CONVERSATIONS;
    const ended = others.filter(([, time]) => full && time < since);
    if (full && ended.length === 0) {
      return change
        .set({ manyAt: at })
        .when(`attribute_not_exists(${own})`)
        .when('size({open}) >= ?', OPEN_CONVERSATIONS)
        .when('attribute_not_exists({manyAt}) OR {manyAt} < ?', at);
    }
    for (const [other, time] of ended) change.removeRaw(entry(other)).when(`${entry(other)} = ?`, time);
    const room = `attribute_not_exists(${own}) AND size({open}) < ?`;
    return note()
      .set({ openedAt: at })
      .when(`(${room}) OR ${own} < ?`, OPEN_CONVERSATIONS + ended.length, since);
  }

  /** The host chat is this channel's now, or was already. False: it hosts another one. */
  private async claimHost({ name, host }: Channel): Promise<boolean> {
    const pointer: Item = {
      ...item({ id: `host#${host}`, channel: name, confirmed: false, blockedUntil: 0, ...this.life() }),
      open: { M: {} },
    };
    const ours = ['{channel} = ? AND {confirmed} = ?', name, false] as const;
    const claimed = await this.table.put(pointer, hostKey(host), this.absent(...ours));
    if (claimed.done) return true;
    if (!claimed.there) return false;
    const there = new ItemReader(claimed.there);
    const channel = there.text('channel') as ChannelName;
    const other = await this.find(channel);
    if (other?.host === host) return false;
    // A pointer to a channel that does not name this host is void: what was left of a crash, or of a drop.
    const [orOurs, ...values] = ours;
    const unchanged = `({channel} = ? AND NOT {confirmed} = ?) OR (${orOurs})`;
    const takeOver = new Expression().when(unchanged, channel, !there.truth('confirmed'), ...values);
    return (await this.table.put(pointer, hostKey(host), takeOver)).done;
  }

  /** Nothing is there, or what is there has ended, or (if given) it is ours. */
  private absent(or?: string, ...values: readonly (string | boolean)[]): Expression {
    const alternatives = ['attribute_not_exists({id})', `{${EXPIRY}} <= ?`, ...(or ? [or] : [])];
    return new Expression().when(alternatives.join(' OR '), this.table.now, ...values);
  }

  private life() {
    return { [EXPIRY]: this.table.expiry(CHANNEL_LIFE) };
  }
}

/** `host#<chat>`, for look-ups that read several tables at once. */
export function hostKey(chat: ChatId): Item {
  return item({ id: `host#${chat}` });
}

export function readHost(chat: ChatId, found: Item): HostChat {
  const reader = new ItemReader(found);
  const manyAt = reader.optionalText('manyAt');
  const openedAt = reader.optionalText('openedAt');
  const closedAt = reader.optionalText('closedAt');
  return {
    chat,
    channel: reader.text('channel') as ChannelName,
    ...(reader.truth('away') ? { away: true } : {}),
    open: reader.map('open'),
    ...(manyAt === undefined ? {} : { manyAt }),
    ...(openedAt === undefined ? {} : { openedAt }),
    ...(closedAt === undefined ? {} : { closedAt }),
    blockedUntil: reader.number('blockedUntil'),
    nextTurn: reader.number('nextTurn'),
  };
}

function channelKey(name: ChannelName): Item {
  return item({ id: `channel#${name}` });
}

function readChannel(name: ChannelName, found: Item): Channel {
  const reader = new ItemReader(found);
  return {
    name,
    host: reader.text('host') as ChatId,
    handleKey: reader.text('handleKey'),
    state: reader.text('state') as ChannelState,
    forum: reader.truth('forum'),
    origins: reader.set('origins'),
    messages: reader.number('messages'),
    createdAt: reader.text('createdAt'),
  };
}
