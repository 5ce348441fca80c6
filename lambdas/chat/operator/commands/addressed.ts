import { parseHandle } from '../../model/identifiers';
import type { HostChat, Member } from '../../model/records';
import { plain } from '../../messenger/rich-text';
import type { CommandContext } from './context';

/** Says why not, if this chat hosts nothing. */
export async function requireHost({ hostChat, say }: CommandContext): Promise<HostChat | undefined> {
  if (!hostChat) await say(plain('This chat hosts no channel; /host makes it host one.'));
  return hostChat;
}

/** The visitor that a command is about: named, replied to, or the one whose topic it is. Says so if there is none. */
export async function addressedVisitor(context: CommandContext): Promise<Member | undefined> {
  const hostChat = await requireHost(context);
  if (!hostChat) return undefined;
  const { world, words, route, say } = context;
  const [named] = words;
  const handle = named === undefined ? (route.reply ?? route.topic)?.handle : parseHandle(named.replace(/^#/, ''));
  if (handle === undefined) {
    await say(plain('Which visitor? Reply to one of their messages, or name them: the word with # in the first line.'));
    return undefined;
  }
  const target = named === undefined ? (route.reply ?? route.topic) : undefined;
  const member =
    target && target.channel !== hostChat.channel
      ? undefined
      : await world.members.find({ channel: hostChat.channel, handle });
  if (!member) await say(plain(`There is no visitor #${handle} in this channel.`));
  return member;
}
