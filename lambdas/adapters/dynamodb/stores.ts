import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ChatId } from '../../chat/model/identifiers';
import type { Clock, Route, Stores } from '../../chat/ports';
import { batchGet } from './batch-get';
import { DynamoChannels, hostKey, readHost } from './channels';
import { DynamoConnections } from './connections';
import { createDatabase } from './database';
import type { Item } from './item';
import { chatKey, DynamoMembers, readPointer, topicKey } from './members';
import { DynamoMessages, readReplyTarget, replyKey } from './messages';
import { Table } from './table';

/** Names of a stage's tables. */
export interface TableNames {
  readonly channelsTable: string;
  readonly membersTable: string;
  readonly connectionsTable: string;
  readonly messagesTable: string;
}

export interface DynamoStoresProps {
  readonly tables: TableNames;
  readonly clock: Clock;
  readonly retentionDays: number;
  /** @default - a client for the region and endpoint of the environment */
  readonly client?: DynamoDBClient;
}

/** The stores of a stage in DynamoDB, which is loaded with the first request. */
export function createDynamoStores({ tables, clock, retentionDays, client }: DynamoStoresProps): Stores {
  const database = createDatabase(client);
  const table = (name: string) => new Table(database, name, clock);
  const [channels, members, messages] = [tables.channelsTable, tables.membersTable, tables.messagesTable].map(
    table,
  ) as [Table, Table, Table];
  return {
    channels: new DynamoChannels(channels),
    members: new DynamoMembers(members, retentionDays),
    connections: new DynamoConnections(table(tables.connectionsTable)),
    messages: new DynamoMessages(messages, retentionDays),
    routes: {
      route: async (chat, { replyTo, thread }) => {
        const keys = {
          [channels.name]: [hostKey(chat)],
          [members.name]: [chatKey(chat), ...(thread === undefined ? [] : [topicKey(chat, thread)])],
          ...(replyTo === undefined ? {} : { [messages.name]: [replyKey({ chat, message: replyTo })] }),
        };
        const found = await batchGet(database, clock, keys);
        const at = (from: Table, key: Item) =>
          from.alive(
            (found[from.name] ?? []).find((each) => Object.entries(key).every(([k, v]) => each[k]?.S === v.S)),
          );
        return readRoute(chat, {
          host: at(channels, hostKey(chat)),
          member: at(members, chatKey(chat)),
          reply: replyTo === undefined ? undefined : at(messages, replyKey({ chat, message: replyTo })),
          topic: thread === undefined ? undefined : at(members, topicKey(chat, thread)),
        });
      },
    },
  };
}

function readRoute(chat: ChatId, items: Record<'host' | 'member' | 'reply' | 'topic', Item | undefined>): Route {
  const member = readPointer(items.member);
  const reply = readReplyTarget(items.reply);
  const topic = readPointer(items.topic);
  return {
    ...(items.host ? { host: readHost(chat, items.host) } : {}),
    ...(member ? { member } : {}),
    ...(reply ? { reply } : {}),
    ...(topic ? { topic } : {}),
  };
}
