import type { ChatId } from '../../model/identifiers';
import type { Conversation } from '../../model/records';
import type { World } from '../../ports';
import { bold, plain, rich } from '../../messenger/rich-text';
import type { Command } from './context';

/** /leave: this chat is no visitor any more. */
export const leaveCommand: Command = async ({ world, route, message, say, hostChat }) => {
  if (!route.member) {
    const hint = hostChat ? 'it hosts one, and /drop removes that' : '/join makes it one';
    return say(plain(`This chat is not a visitor of a channel; ${hint}.`));
  }
  await leaveChannel(world, message.chat.id, route.member);
  await say(rich`✅ You have left ${bold(route.member.channel)}.`);
};

/** Ends a chat's membership, and tells the host if nobody of that visitor is left. */
export async function leaveChannel(world: World, chat: ChatId, conversation: Conversation): Promise<void> {
  const { channel, handle } = conversation;
  await world.members.detach({ channel, handle }, `tg:${chat}`);
  await world.members.unlinkChat(chat, { channel, handle });
  const member = await world.members.find({ channel, handle });
  if (!member || member.banned || member.connections.length > 0) return;
  const at = new Date(world.clock.now()).toISOString();
  const key = `n#left#${at}`;
  const message = { conversation: { channel, handle }, key, direction: 'to-host', at, order: 0, due: true } as const;
  await world.messages.put({ ...message, content: { kind: 'notice', notice: 'left' } });
  await world.queue.send({ kind: 'to-host', channel, handle, message: key });
}
