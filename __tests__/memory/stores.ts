import type { Clock, Stores } from '../../lambdas/chat/ports';
import { MemoryChannels } from './channels';
import { MemoryConnections } from './connections';
import { MemoryMembers } from './members';
import { MemoryMessages } from './messages';

/** The stores of one stage in memory. */
export type MemoryStores = Stores & {
  readonly channels: MemoryChannels;
  readonly members: MemoryMembers;
  readonly connections: MemoryConnections;
  readonly messages: MemoryMessages;
};

/** Makes empty stores. */
export function createMemoryStores(clock: Clock, retentionDays = 90): MemoryStores {
  const channels = new MemoryChannels(clock);
  const members = new MemoryMembers(clock, retentionDays);
  const connections = new MemoryConnections(clock);
  const messages = new MemoryMessages(clock, retentionDays);
  return {
    channels,
    members,
    connections,
    messages,
    routes: {
      async route(chat, { replyTo, thread }) {
        return {
          host: await channels.host(chat),
          member: await members.ofChat(chat),
          reply: replyTo === undefined ? undefined : await messages.replyTarget({ chat, message: replyTo }),
          topic: thread === undefined ? undefined : members.topics.get(`${chat}#${thread}`),
        };
      },
    },
  };
}
