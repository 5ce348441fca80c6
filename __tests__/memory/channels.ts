import type { ChannelName, ChatId, Handle } from '../../lambdas/chat/model/identifiers';
import { OPEN_CONVERSATIONS, type Channel, type ChannelState, type HostChat } from '../../lambdas/chat/model/records';
import { CHANNEL_LIFE } from '../../lambdas/chat/model/lifetimes';
import type { ChannelChange, ChannelStore, Clock, OpenConversations } from '../../lambdas/chat/ports';
import { countIn } from '../../lambdas/chat/model/rate';
import { ExpiringMap } from './expiring-map';

/** Channels in memory, for tests of the domain. */
export class MemoryChannels implements ChannelStore {
  readonly channels: ExpiringMap<Channel>;
  readonly hosts: ExpiringMap<HostChat>;

  constructor(clock: Clock) {
    this.channels = new ExpiringMap(clock, CHANNEL_LIFE);
    this.hosts = new ExpiringMap(clock, CHANNEL_LIFE);
  }

  async find(name: ChannelName): Promise<Channel | undefined> {
    return this.channels.get(name);
  }

  async use(name: ChannelName, now: number, window: number): Promise<Channel | undefined> {
    const channel = this.channels.get(name);
    if (!channel) return undefined;
    const rate = countIn(channel.rate, now, window);
    return this.channels.set(name, { ...channel, messages: channel.messages + 1, rate });
  }

  async create(channel: Channel): Promise<'created' | 'name taken' | 'already hosting'> {
    const host = this.hosts.get(channel.host);
    if (host && host.channel !== channel.name && this.channels.get(host.channel)?.host === channel.host) {
      return 'already hosting';
    }
    const existing = this.channels.get(channel.name);
    if (existing && existing.host !== channel.host) return 'name taken';
    if (existing && host?.confirmed) return 'already hosting';
    this.hosts.set(channel.host, {
      chat: channel.host,
      channel: channel.name,
      confirmed: true,
      open: {},
      blockedUntil: host?.blockedUntil ?? 0,
      nextTurn: host?.nextTurn ?? 0,
    });
    if (!existing) this.channels.set(channel.name, channel);
    return 'created';
  }

  async change(name: ChannelName, change: ChannelChange): Promise<Channel | undefined> {
    const channel = this.channels.get(name);
    return channel && this.channels.set(name, { ...channel, ...change });
  }

  async suspend(name: ChannelName, host: ChatId): Promise<void> {
    this.#goes(name, host, 'active', 'suspended');
  }

  async resume(name: ChannelName, host: ChatId): Promise<void> {
    this.#goes(name, host, 'suspended', 'active');
  }

  #goes(name: ChannelName, chat: ChatId, from: ChannelState, state: ChannelState): void {
    const { away: _away, ...host } = this.hosts.get(chat) ?? {};
    if ('chat' in host && host.channel === name) {
      this.hosts.set(chat, state === 'suspended' ? { ...host, away: true } : host);
    }
    const channel = this.channels.get(name);
    if (channel?.host === chat && channel.state === from) this.channels.set(name, { ...channel, state });
  }

  async remove(name: ChannelName, host: ChatId): Promise<void> {
    if (this.hosts.get(host)?.channel === name) this.hosts.delete(host);
    this.channels.delete(name);
  }

  async host(chat: ChatId): Promise<HostChat | undefined> {
    return this.hosts.get(chat);
  }

  async moveHost(from: ChatId, to: ChatId): Promise<boolean> {
    const host = this.hosts.get(from);
    const channel = host && this.channels.get(host.channel);
    if (!host || !channel || (channel.host !== from && channel.host !== to)) return false;
    this.hosts.set(to, { ...host, chat: to, confirmed: true });
    this.channels.set(channel.name, { ...channel, host: to });
    this.hosts.delete(from);
    return true;
  }

  async openConversation({ chat }: OpenConversations, handle: Handle, at: string, since: string): Promise<void> {
    const host = this.hosts.get(chat);
    if (!host || (host.open[handle] ?? '') >= at) return;
    if ((host.open[handle] ?? '') >= since) {
      this.hosts.set(chat, { ...host, open: { ...host.open, [handle]: at } });
      return;
    }
    const others = Object.entries(host.open).filter(([other]) => other !== handle);
    const kept = others.length < OPEN_CONVERSATIONS ? others : others.filter(([, time]) => time >= since);
    const open = { ...Object.fromEntries(kept), [handle]: at };
    if (kept.length < OPEN_CONVERSATIONS) this.hosts.set(chat, { ...host, open, openedAt: at });
    else if ((host.manyAt ?? '') < at) this.hosts.set(chat, { ...host, manyAt: at });
  }

  async closeConversation(chat: ChatId, handle: Handle): Promise<void> {
    const host = this.hosts.get(chat);
    if (!host) return;
    const { [handle]: _closed, ...open } = host.open;
    this.hosts.set(chat, { ...host, open });
  }

  async blockHost(chat: ChatId, until: number): Promise<void> {
    const host = this.hosts.get(chat);
    if (host) this.hosts.set(chat, { ...host, blockedUntil: Math.max(until, host.blockedUntil) });
  }

  async takeTurn(chat: ChatId, earliest: number, pace: number): Promise<number> {
    const host = this.hosts.get(chat);
    const turn = Math.max(earliest, host?.nextTurn ?? 0);
    if (host) this.hosts.set(chat, { ...host, nextTurn: turn + pace });
    return turn;
  }
}
