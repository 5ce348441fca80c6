import { leaveChat } from '../../membership';
import { bold, plain, rich } from '../../messenger/rich-text';
import type { Command } from './context';

/** /leave: this chat is not a visitor any more. */
export const leaveCommand: Command = async ({ world, messenger, route, message, say, hostChat }) => {
  if (!route.member) {
    const hint = hostChat ? 'it hosts one, and /drop removes that' : '/join makes it one';
    return say(plain(`This chat is not a visitor of a channel; ${hint}.`));
  }
  await leaveChat(world, messenger, message.chat.id, route.member);
  await say(rich`✅ You have left ${bold(route.member.channel)}.`);
};
