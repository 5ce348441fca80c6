import { shownName } from '../../messenger/header';
import { removalButtons } from '../removal-question';
import { bold, joinRich, plain, rich } from '../../messenger/rich-text';
import { MessengerFailure, type Post } from '../../messenger/port';
import { fileUrl } from '../../files';
import { conversationOf, type Message } from '../../model/records';
import { addressedVisitor } from './addressed';
import type { Command } from './context';

/** /ban: disconnects the visitor, refuses what they write, and holds back what waits for the operators. */
export const banCommand: Command = async (context) => {
  const member = await addressedVisitor(context);
  if (!member) return;
  const { world, say } = context;
  const conversation = conversationOf(member);
  await world.members.change(conversation, { banned: true });
  const now = new Date(world.clock.now()).toISOString();
  await world.channels.closeConversation(context.message.chat.id, member.handle, now);
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

/** /export: one conversation as a JSON file. */
export const exportCommand: Command = async (context) => {
  const member = await addressedVisitor(context);
  if (!member) return;
  const { world, messenger, message, say } = context;
  const conversation = conversationOf(member);
  const messages: unknown[] = [];
  for await (const each of world.messages.history(conversation)) messages.push(exported(each, world.settings.apiUrl));
  const { channel, handle, name, seenAt, banned } = member;
  const exportedAt = new Date(world.clock.now()).toISOString();
  const body = Buffer.from(
    JSON.stringify({ channel, handle, name, seenAt, banned, exportedAt, messages }, undefined, 2),
  );
  const post: Post = {
    kind: 'file',
    body,
    name: `${channel}-${handle}.json`,
    type: 'application/json',
    text: plain(`#${handle} ${shownName(name)}: ${messages.length} messages`),
  };
  try {
    await messenger.post(message.chat.id, post, { thread: message.ref.thread, replyTo: message.ref.message });
  } catch (error) {
    if (!(error instanceof MessengerFailure) || error.kind !== 'refused') throw error;
    await say(plain('⛔ The file could not be posted. It may be too big.'));
  }
};

/** Without storage details and the messenger's ids. */
function exported({ key: _key, content, direction, at, due }: Message, apiUrl: string): unknown {
  const from = direction === 'to-host' ? 'visitor' : 'operator';
  switch (content.kind) {
    case 'text':
      return { at, from, text: content.text, delivered: !due };
    case 'file': {
      const { key, name, type, size } = content.file;
      const caption = content.caption === undefined ? {} : { caption: content.caption };
      return { at, from, file: { name, type, size, url: fileUrl(apiUrl, key) }, ...caption, delivered: !due };
    }
    case 'correction':
      return { at, from, correction: content.text, delivered: !due };
    case 'notice':
      return { at, notice: content.notice };
  }
}

/** /erase: asks, by buttons: a visitor can write the command, and Telegram makes it one that a tap gives. */
export const eraseCommand: Command = async (context) => {
  const member = await addressedVisitor(context);
  if (!member) return;
  const { channel, handle, name } = member;
  await context.say(
    rich`Erase everything of #${handle} ${bold(shownName(name))}: all messages and files of this conversation, and the visitor? This cannot be undone.`,
    removalButtons({ channel, handle }),
  );
};
