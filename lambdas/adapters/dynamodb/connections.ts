import type { ChannelName, ConnectionId, Handle } from '../../chat/model/identifiers';
import { CONNECTION_LIFE } from '../../chat/model/lifetimes';
import { conversationKey, type Connection, type Conversation } from '../../chat/model/records';
import type { ConnectionStore } from '../../chat/ports';
import { Expression } from './expression';
import { item, ItemReader, type Item } from './item';
import { rateWindow } from './rate-window';
import { EXPIRY, type Table } from './table';

/** One item per connection, each in a partition of its own. `count#<what>`: a count of something that is limited. */
export class DynamoConnections implements ConnectionStore {
  constructor(private readonly table: Table) {}

  async open({ id, conversation, channel, origin, subprotocol, openedAt }: Connection): Promise<void> {
    await this.table.put(
      item({
        id,
        joinedChannel: conversation?.channel,
        handle: conversation?.handle,
        channel,
        origin,
        subprotocol,
        openedAt,
        [EXPIRY]: this.table.expiry(CONNECTION_LIFE),
      }),
      item({ id }),
    );
  }

  async find(id: ConnectionId): Promise<Connection | undefined> {
    const found = await this.table.get(item({ id }));
    return found && readConnection(id, found);
  }

  async join(id: ConnectionId, { channel, handle }: Conversation, visitors: number): Promise<boolean> {
    const key = conversationKey({ channel, handle });
    const join = new Expression()
      .set({ joinedChannel: channel, handle })
      .add('visitors', [key])
      .when('attribute_exists({id})')
      .when('attribute_not_exists({visitors}) OR size({visitors}) < ? OR contains({visitors}, ?)', visitors, key);
    return (await this.table.update(item({ id }), join)).done;
  }

  async close(id: ConnectionId): Promise<Connection | undefined> {
    const outcome = await this.table.delete(item({ id }));
    return outcome.done && outcome.item ? readConnection(id, outcome.item) : undefined;
  }

  async count(what: string, now: number, window: number): Promise<number> {
    const rate = rateWindow(now, window);
    const change = rate.count(new Expression().set({ [EXPIRY]: this.table.expiry(2 * window) }));
    const outcome = await this.table.update(item({ id: `count#${what}` }), change, 'ALL_NEW');
    return outcome.done && outcome.item ? rate.read(outcome.item).count : 1;
  }
}

function readConnection(id: ConnectionId, found: Item): Connection {
  const reader = new ItemReader(found);
  const visitors = reader.set('visitors');
  const joined = reader.optionalText('joinedChannel') as ChannelName | undefined;
  const channel = reader.optionalText('channel') as ChannelName | undefined;
  const origin = reader.optionalText('origin');
  const subprotocol = reader.optionalText('subprotocol');
  return {
    id,
    ...(joined ? { conversation: { channel: joined, handle: reader.text('handle') as Handle } } : {}),
    ...(visitors.length > 0 ? { visitors } : {}),
    ...(channel ? { channel } : {}),
    ...(origin === undefined ? {} : { origin }),
    ...(subprotocol === undefined ? {} : { subprotocol }),
    openedAt: reader.text('openedAt'),
  };
}
