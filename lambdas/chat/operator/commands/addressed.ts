import { parseHandle, type Handle } from '../../model/identifiers';
import type { Conversation, HostChat, Member } from '../../model/records';
import { plain, type RichText } from '../../messenger/rich-text';
import type { CommandContext } from './context';

/** Says why not, if this chat hosts nothing. */
export async function requireHost({ hostChat, say }: CommandContext): Promise<HostChat | undefined> {
  if (!hostChat) await say(plain('This chat hosts no channel; /host makes it host one.'));
  return hostChat;
}

/** The conversation that a command is about: named, replied to, or the one whose topic it is. Says so if there is none. */
export async function addressedConversation(context: CommandContext): Promise<Conversation | undefined> {
  const hostChat = await requireHost(context);
  if (!hostChat) return undefined;
  const { words, route, say } = context;
  const [named] = words;
  const handle = named === undefined ? (route.reply ?? route.topic)?.handle : parseHandle(named.replace(/^#/, ''));
  if (handle === undefined) {
    await say(plain('Which visitor? Reply to one of their messages, or name them: the word with # in the first line.'));
    return undefined;
  }
  const target = named === undefined ? (route.reply ?? route.topic) : undefined;
  if (!target || target.channel === hostChat.channel) return { channel: hostChat.channel, handle };
  await say(noVisitor(handle));
  return undefined;
}

/** The visitor that a command is about. Says so if there is none. */
export async function addressedVisitor(context: CommandContext): Promise<Member | undefined> {
  const conversation = await addressedConversation(context);
  if (!conversation) return undefined;
  const member = await context.world.members.find(conversation);
  if (!member) await context.say(noVisitor(conversation.handle));
  return member;
}

function noVisitor(handle: Handle): RichText {
  return plain(`There is no visitor #${handle} in this channel.`);
}
