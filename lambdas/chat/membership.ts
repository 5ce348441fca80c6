import { chatOfConnection, connectionOf, type ChatId } from './model/identifiers';
import { DAY } from './model/lifetimes';
import type { Conversation, Member } from './model/records';
import { bestEffort } from './messenger/failure';
import type { Messenger } from './messenger/port';
import { BACK, backAfter, left } from './operator/answers';
import { isQuiet } from './outbox/turns';
import type { World } from './ports';

/** The chat of a member who is in a messenger; of several, the one that joined last. */
export function chatOf({ chat, connections }: Member): ChatId | undefined {
  if (chat !== undefined && connections.includes(connectionOf(chat))) return chat;
  return connections.flatMap((id) => chatOfConnection(id) ?? []).at(-1);
}

/** A visitor joins: if they were away for more than a day, their next message says so. `before`: as they were until now. */
export async function noteReturn(
  { members, clock }: Pick<World, 'members' | 'clock'>,
  before: Member | undefined,
): Promise<void> {
  if (!before || before.announcedAt === '') return;
  const away = clock.now() - Date.parse(before.seenAt);
  if (away > DAY) await members.change(before, { presence: backAfter(away) });
}

/** A chat is not this visitor's any more; the operators are told if no connection of theirs is left. */
export async function leaveChat(
  world: Pick<World, 'channels' | 'members' | 'clock' | 'logger'>,
  messenger: Messenger,
  chat: ChatId,
  { channel, handle }: Conversation,
): Promise<void> {
  await world.members.detach({ channel, handle }, connectionOf(chat));
  await world.members.unlinkChat(chat, { channel, handle });
  const member = await world.members.find({ channel, handle });
  if (!member || member.banned || member.connections.length > 0) return;
  if (member.announcedAt === '') return;
  await world.members.change({ channel, handle }, { presence: BACK });
  // Otherwise nobody knows that they were here again.
  if (member.presence === undefined) await tellLeft(world, messenger, member);
}

/** Best effort, without a turn: where messages wait for the messenger's limit, nobody is told. */
async function tellLeft(
  world: Pick<World, 'channels' | 'clock' | 'logger'>,
  messenger: Messenger,
  { channel: name, handle, name: shown, topic }: Member,
): Promise<void> {
  const channel = await world.channels.find(name);
  const host = channel?.state === 'active' ? await world.channels.host(channel.host) : undefined;
  if (!host || !isQuiet(host, world.clock.now())) return;
  const place = { silent: true, ...(topic?.chat === host.chat ? { thread: topic.thread } : {}) };
  await bestEffort(world, 'Telling that a visitor has left', () =>
    messenger.post(host.chat, { kind: 'text', text: left(handle, shown) }, place),
  );
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
