import type { ConnectionId } from '../../lambdas/chat/model/identifiers';
import { CONNECTION_LIFE } from '../../lambdas/chat/model/lifetimes';
import type { Connection, Conversation } from '../../lambdas/chat/model/records';
import type { Clock, ConnectionStore } from '../../lambdas/chat/ports';
import { ExpiringMap } from './expiring-map';

/** Connections in memory, for tests of the domain. */
export class MemoryConnections implements ConnectionStore {
  readonly connections: ExpiringMap<Connection>;

  constructor(clock: Clock) {
    this.connections = new ExpiringMap(clock, CONNECTION_LIFE);
  }

  async open(connection: Connection): Promise<void> {
    this.connections.set(connection.id, connection);
  }

  async find(id: ConnectionId): Promise<Connection | undefined> {
    return this.connections.get(id);
  }

  async join(id: ConnectionId, { channel, handle }: Conversation): Promise<boolean> {
    const connection = this.connections.get(id);
    if (!connection) return false;
    this.connections.set(id, { ...connection, conversation: { channel, handle } });
    return true;
  }

  async close(id: ConnectionId): Promise<Connection | undefined> {
    const connection = this.connections.get(id);
    this.connections.delete(id);
    return connection;
  }
}
