import type { ChannelName, ChatId, Handle } from '../../lambdas/chat/model/identifiers';
import {
  OPEN_CONVERSATIONS,
  type Channel,
  type ChannelState,
  type HostChat,
  type RateWindow,
} from '../../lambdas/chat/model/records';
import { CHANNEL_LIFE } from '../../lambdas/chat/model/lifetimes';
import type { ChannelChange, ChannelStore, Clock, OpenConversations } from '../../lambdas/chat/ports';
import { SHARE, shareWait } from '../../lambdas/chat/model/share';
import { countIn, windowEnd } from '../../lambdas/chat/model/rate';
import { MemoryTable } from './table';

/** Channels in memory, for tests of the domain. */
export class MemoryChannels implements ChannelStore {
  readonly channels: MemoryTable<Channel>;
  readonly hosts: MemoryTable<HostChat>;
  readonly #rates = new Map<ChannelName, RateWindow>();
  readonly #lines = new Map<string, number>();

  constructor(clock: Clock) {
    this.channels = new MemoryTable(clock, CHANNEL_LIFE);
    this.hosts = new MemoryTable(clock, CHANNEL_LIFE);
  }

  async find(name: ChannelName): Promise<Channel | undefined> {
    return this.channels.get(name);
  }

  async look(name: ChannelName, now: number, window: number): Promise<Channel | undefined> {
    const [found, rate] = [this.channels.get(name), this.#rates.get(name)];
    const until = windowEnd(now, window);
    return found && { ...found, rate: rate?.until === until ? rate : { count: 0, until } };
  }

  async use(name: ChannelName, messages: number, now: number, window: number): Promise<void> {
    const used = this.channels.prolong(name, (channel) => ({ ...channel, messages: channel.messages + messages }));
    if (used) this.#rates.set(name, countIn(this.#rates.get(name), now, window, messages));
  }

  async create(channel: Channel): Promise<'created' | 'name taken' | 'already hosting'> {
    const { name, host: chat } = channel;
    const there = this.hosts.get(chat);
    if (there && this.channels.get(there.channel)?.host === chat) return 'already hosting';
    const existing = this.channels.get(name);
    if (existing && existing.host !== chat) {
      this.hosts.delete(chat);
      return 'name taken';
    }
    this.hosts.put(chat, { chat, channel: name, open: {}, blockedUntil: 0, nextTurn: 0 });
    if (!existing) this.channels.put(name, { ...channel, origins: [...channel.origins].sort() });
    return 'created';
  }

  async change(
    name: ChannelName,
    host: ChatId,
    { state, forum, origins }: ChannelChange,
  ): Promise<Channel | undefined> {
    return this.channels.prolong(name, (channel) => {
      if (channel.host !== host) return undefined;
      return {
        ...channel,
        state: state ?? channel.state,
        forum: forum ?? channel.forum,
        origins: [...(origins ?? channel.origins)].sort(),
      };
    });
  }

  async suspend(name: ChannelName, host: ChatId): Promise<void> {
    this.#hosting(name, host, (chat) => ({ ...chat, away: true }));
    this.#goes(name, host, 'active', 'suspended');
  }

  async resume(name: ChannelName, host: ChatId): Promise<void> {
    this.#goes(name, host, 'suspended', 'active');
    this.#hosting(name, host, ({ away: _away, ...chat }) => chat);
  }

  #hosting(name: ChannelName, host: ChatId, change: (chat: HostChat) => HostChat): void {
    this.hosts.update(host, (chat) => (chat.channel === name ? change(chat) : undefined));
  }

  #goes(name: ChannelName, host: ChatId, from: ChannelState, state: ChannelState): void {
    this.channels.prolong(name, (channel) =>
      channel.host === host && channel.state === from ? { ...channel, state } : undefined,
    );
  }

  async remove(name: ChannelName, host: ChatId): Promise<void> {
    this.hosts.delete(host, ({ channel }) => channel === name);
    this.channels.delete(name, (channel) => channel.host === host);
  }

  async host(chat: ChatId): Promise<HostChat | undefined> {
    return this.hosts.get(chat);
  }

  async moveHost(from: ChatId, to: ChatId): Promise<boolean> {
    const host = this.hosts.get(from);
    if (!host) return false;
    const there = this.hosts.get(to);
    if (!there || there.channel === host.channel) this.hosts.put(to, { ...host, chat: to });
    const moved = this.channels.update(host.channel, (channel) =>
      channel.host === from || channel.host === to ? { ...channel, host: to } : undefined,
    );
    for (const each of moved ? [from] : [from, to]) {
      this.hosts.delete(each, ({ channel }) => channel === host.channel);
    }
    return moved !== undefined;
  }

  async openConversation({ chat }: OpenConversations, handle: Handle, at: string, since: string): Promise<void> {
    this.hosts.prolong(chat, (host) => {
      const { [handle]: own = '', ...rest } = host.open;
      if (own >= at || (host.manyAt ?? '') >= at) return undefined;
      if (own >= since) return { ...host, open: { ...host.open, [handle]: at } };
      const others = Object.entries(rest);
      const kept = others.length < OPEN_CONVERSATIONS ? others : others.filter(([, time]) => time >= since);
      if (kept.length === OPEN_CONVERSATIONS) return { ...host, manyAt: at };
      return { ...host, open: { ...Object.fromEntries(kept), [handle]: at }, openedAt: at };
    });
  }

  async closeConversation(chat: ChatId, handle: Handle, at: string): Promise<void> {
    this.hosts.update(chat, ({ open: { [handle]: closed, ...open }, ...host }) =>
      closed === undefined ? undefined : { ...host, open, closedAt: at },
    );
  }

  async claimShare(chat: ChatId, line: string, weight: number, now: number) {
    const host = this.hosts.get(chat);
    if (!host) return undefined;
    const busyUntil = this.#lines.get(`${chat} ${line}`) ?? 0;
    const wait = shareWait(busyUntil, weight, now);
    if (wait === 0) this.#lines.set(`${chat} ${line}`, Math.max(busyUntil, now) + weight * SHARE.pace);
    return { host, wait };
  }

  async blockHost(chat: ChatId, until: number): Promise<void> {
    this.hosts.prolong(chat, (host) => (host.blockedUntil < until ? { ...host, blockedUntil: until } : undefined));
  }

  async takeTurn(chat: ChatId, earliest: number, pace: number): Promise<number> {
    const taken = this.hosts.prolong(chat, (host) => ({
      ...host,
      nextTurn: Math.max(earliest, host.nextTurn) + pace,
    }));
    return taken ? taken.nextTurn - pace : earliest;
  }
}
