import { chatOfConnection, connectionOf, type ChatId } from './model/identifiers';
import { DAY } from './model/lifetimes';
import type { Channel, Conversation, Member, Notice } from './model/records';
import type { World } from './ports';

/** What telling the operators about a visitor uses. */
type NoticeWorld = Pick<World, 'messages' | 'queue'>;

/** The chat of a member who is in a messenger; a group that has moved may stand there twice for a moment. */
export function chatOf({ connections }: Member): ChatId | undefined {
  return connections.flatMap((id) => chatOfConnection(id) ?? []).at(-1);
}

/** Tells the operators who is there: a new visitor, or one who was away for more than a day. */
export async function announce(
  world: NoticeWorld & Pick<World, 'members' | 'clock'>,
  channel: Channel,
  { channel: name, handle }: Member,
  before: Member | undefined,
): Promise<void> {
  const now = world.clock.now();
  const known = before !== undefined && before.announcedAt !== '' && now - Date.parse(before.seenAt) <= DAY;
  if (known || channel.state !== 'active') return;
  const announcedAt = await notify(world, { channel: name, handle }, 'joined', now);
  await world.members.change({ channel: name, handle }, { announcedAt });
}

/** A chat is not this visitor's any more; the operators are told if no connection of theirs is left. */
export async function leaveChat(
  world: NoticeWorld & Pick<World, 'members' | 'clock'>,
  chat: ChatId,
  { channel, handle }: Conversation,
): Promise<void> {
  await world.members.detach({ channel, handle }, connectionOf(chat));
  await world.members.unlinkChat(chat, { channel, handle });
  const member = await world.members.find({ channel, handle });
  if (!member || member.banned || member.connections.length > 0) return;
  await notify(world, { channel, handle }, 'left', world.clock.now());
}

/** The chat of a visitor has another id now. The handle stays: it is that of the id with which the chat joined. */
export async function moveMember(
  { members, clock }: Pick<World, 'members' | 'clock'>,
  conversation: Conversation,
  from: ChatId,
  to: ChatId,
): Promise<void> {
  const member = await members.find(conversation);
  if (member) {
    const { proof, connector, name } = member;
    await members.attach(conversation, { proof, connector, name, connection: connectionOf(to), now: clock.now() });
    await members.linkChat(to, conversation);
    await members.detach(conversation, connectionOf(from));
  }
  await members.unlinkChat(from, conversation);
}

/** Stores a notice for the operators and returns when, ISO. */
async function notify(
  { messages, queue }: NoticeWorld,
  conversation: Conversation,
  notice: Notice,
  now: number,
): Promise<string> {
  const at = new Date(now).toISOString();
  const key = `n#${notice}#${at}`;
  const message = { conversation, key, direction: 'to-host', at, order: 0, due: true } as const;
  await messages.put({ ...message, content: { kind: 'notice', notice } });
  await queue.send({ kind: 'to-host', ...conversation, message: key });
  return at;
}
