import type { ConnectionId } from '../../lambdas/chat/model/identifiers';
import { CONNECTION_LIFE } from '../../lambdas/chat/model/lifetimes';
import type { Connection, Conversation } from '../../lambdas/chat/model/records';
import type { Clock, ConnectionStore } from '../../lambdas/chat/ports';
import { MemoryTable } from './table';

/** Connections in memory, for tests of the domain. */
export class MemoryConnections implements ConnectionStore {
  readonly connections: MemoryTable<Connection>;

  constructor(clock: Clock) {
    this.connections = new MemoryTable(clock, CONNECTION_LIFE);
  }

  async open(connection: Connection): Promise<void> {
    this.connections.put(connection.id, connection);
  }

  async find(id: ConnectionId): Promise<Connection | undefined> {
    return this.connections.get(id);
  }

  async join(id: ConnectionId, { channel, handle }: Conversation): Promise<boolean> {
    const joined = this.connections.update(id, (open) => ({ ...open, conversation: { channel, handle } }));
    return joined !== undefined;
  }

  async close(id: ConnectionId): Promise<Connection | undefined> {
    return this.connections.delete(id);
  }
}
