import type { ConnectionId } from '../../lambdas/chat/model/identifiers';
import { CONNECTION_LIFE } from '../../lambdas/chat/model/lifetimes';
import { countIn } from '../../lambdas/chat/model/rate';
import { conversationKey, type Connection, type Conversation, type RateWindow } from '../../lambdas/chat/model/records';
import type { Clock, ConnectionStore } from '../../lambdas/chat/ports';
import { MemoryTable } from './table';

/** Connections in memory, for tests of the domain. */
export class MemoryConnections implements ConnectionStore {
  readonly connections: MemoryTable<Connection>;
  readonly #counts = new Map<string, RateWindow>();

  constructor(clock: Clock) {
    this.connections = new MemoryTable(clock, CONNECTION_LIFE);
  }

  async open(connection: Connection): Promise<void> {
    this.connections.put(connection.id, connection);
  }

  async find(id: ConnectionId): Promise<Connection | undefined> {
    return this.connections.get(id);
  }

  async join(id: ConnectionId, { channel, handle }: Conversation, visitors: number): Promise<boolean> {
    const key = conversationKey({ channel, handle });
    const joined = this.connections.update(id, (open) => {
      const others = (open.visitors ?? []).filter((each) => each !== key);
      if (others.length >= visitors) return undefined;
      return { ...open, conversation: { channel, handle }, visitors: [...others, key].sort() };
    });
    return joined !== undefined;
  }

  async close(id: ConnectionId): Promise<Connection | undefined> {
    return this.connections.delete(id);
  }

  async count(what: string, now: number, window: number): Promise<number> {
    const rate = countIn(this.#counts.get(what), now, window);
    this.#counts.set(what, rate);
    return rate.count;
  }
}
