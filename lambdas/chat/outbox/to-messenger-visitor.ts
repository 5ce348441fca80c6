import type { Conversation, Member, Message } from '../model/records';
import type { QueueOutcome, World } from '../ports';
import type { ChatId } from '../model/identifiers';
import { chatOf, leaveChat, moveMember } from '../membership';
import type { Messenger } from '../messenger/port';
import { hostMessageFrames } from '../protocol/server-frame';
import { traceOf } from '../trace';
import { deliverDue, type DeliveryWorld, type Recipient, type Side } from './delivery';
import { DONE } from './poke';
import { ShownTexts } from './shown-texts';
import { type BrowserWorld, deliverToVisitor } from './to-browser';

interface Visitor extends Recipient {
  readonly member: Member;
}

/** Delivers what is due to a visitor who is in the messenger. A browser of theirs that is open gets it as well. */
export function deliverToChat(
  world: DeliveryWorld & BrowserWorld & Pick<World, 'channels'>,
  messenger: Messenger,
  conversation: Conversation,
  attempt: number,
): Promise<QueueOutcome> {
  const shown = new ShownTexts();
  const visitor = (member: Member, chat: ChatId): Visitor => ({ member, chat, copy: true });
  const side: Side<Visitor, Member> = {
    kind: 'to-chat',
    direction: 'to-visitor',
    find: () => world.members.find(conversation),
    async choose(member, messages) {
      const chat = chatOf(member);
      if (chat !== undefined) return { kind: 'batch', to: visitor(member, chat), messages };
      // They have left the messenger: what waits is for their browser.
      await deliverToVisitor(world, conversation);
      return DONE;
    },
    async findAgain({ chat }) {
      const member = await world.members.find(conversation);
      return member && chatOf(member) === chat ? visitor(member, chat) : undefined;
    },
    // A file may have waited for others, and the visitor have left.
    isStale: ({ content }) => content.kind === 'file',
    knows: (message) => shown.tells(message),
    prepare: async () => ({}),
    async follow({ member }, message) {
      // Otherwise an earlier part may say what the message said before it was edited.
      if (!message.copies) shown.add(message);
      await pushAsWell(world, member, message);
    },
    pause: async (_, __, seconds) => seconds,
    gone: ({ chat }) => leaveChat(world, messenger, chat, conversation),
    moved: ({ chat }, to) => moveMember(world, conversation, chat, to),
    async instead(_, message, failure) {
      const reason = failure.message;
      world.logger.error('Telegram does not take a message; it is skipped', { ...traceOf(message), reason });
      await world.messages.delivered(message.conversation, message.key);
      return undefined;
    },
  };
  return deliverDue(world, messenger, side, conversation, attempt);
}

/** Best effort: a browser that misses it has the history at the next JOIN. */
async function pushAsWell(
  { push, members, logger, settings }: Pick<World, 'push' | 'members' | 'logger' | 'settings'>,
  member: Member,
  message: Message,
): Promise<void> {
  const sockets = member.connections.filter((id) => id.startsWith('ws:'));
  for (const socket of sockets) {
    try {
      for (const frame of hostMessageFrames(message, settings.apiUrl)) {
        if ((await push.push(socket, frame)) === 'sent') continue;
        await members.detach(message.conversation, socket);
        break;
      }
    } catch (error) {
      logger.warn('A push failed', { ...traceOf(message), reason: String(error) });
    }
  }
}
