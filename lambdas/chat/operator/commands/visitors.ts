import { shownName } from '../../messenger/header';
import { removalButtons } from '../removal-question';
import { bold, joinRich, plain, rich } from '../../messenger/rich-text';
import { conversationOf } from '../../model/records';
import { addressedConversation, addressedVisitor } from './addressed';
import type { Command } from './context';

/** /ban: disconnects the visitor, refuses what they write, and holds back what waits for the operators. */
export const banCommand: Command = async (context) => {
  const member = await addressedVisitor(context);
  if (!member) return;
  const { world, say } = context;
  const conversation = conversationOf(member);
  await world.members.change(conversation, { banned: true });
  const { chat, sentAt } = context.message;
  // By the messenger's clock, as texts that name nobody are.
  await world.channels.closeConversation(chat.id, member.handle, new Date(sentAt).toISOString());
  const sockets = member.connections.filter((id) => id.startsWith('ws:'));
  await Promise.allSettled(sockets.map((id) => world.push.disconnect(id)));
  await say(
    joinRich(
      [
        rich`✅ #${member.handle} ${shownName(member.name)} cannot write any more, and messages that waited are held back.`,
        rich`/unban #${member.handle} lifts the ban and delivers them.`,
      ],
      '\n',
    ),
  );
};

/** /unban: the visitor can write again, and the operators get what was held back. */
export const unbanCommand: Command = async (context) => {
  const member = await addressedVisitor(context);
  if (!member) return;
  const { world } = context;
  const conversation = conversationOf(member);
  await world.members.change(conversation, { banned: false });
  await world.queue.send({ kind: 'to-host', ...conversation, message: `unban#${world.clock.now()}` });
  await context.say(rich`✅ #${member.handle} ${shownName(member.name)} can write again.`);
};

/** /export: one conversation as a JSON file, or as several if it is long. */
export const exportCommand: Command = async (context) => {
  const member = await addressedVisitor(context);
  if (!member) return;
  const { world, message } = context;
  const { thread, message: replyTo } = message.ref;
  const place = { chat: message.chat.id, replyTo, ...(thread === undefined ? {} : { thread }) };
  const [step, part, exported] = [world.clock.now(), 1, 0];
  await world.queue.send({ kind: 'export', ...conversationOf(member), step, place, part, exported });
};

/** /erase: asks, by buttons: a visitor can write the command, and Telegram makes it one that a tap gives. */
export const eraseCommand: Command = async (context) => {
  const conversation = await addressedConversation(context);
  if (!conversation) return;
  const { handle } = conversation;
  const member = await context.world.members.find(conversation);
  const question = member
    ? rich`Erase everything of #${handle} ${bold(shownName(member.name))}: all messages and files of this conversation, and the visitor? This cannot be undone.`
    : plain(
        `There is no visitor #${handle} in this channel now. Erase what may be left of them? This cannot be undone.`,
      );
  await context.say(question, removalButtons(conversation));
};
