import type { ChatMember } from 'grammy/types';
import { ALL_RIGHTS } from './chats';
import { unixSeconds } from './clock';
import type { AdministratorRights, ChatRecord } from './state';
import type { World } from './world';

/** A member's place in a chat has changed. */
export interface MembershipChange {
  readonly userId: number;
  /** Who did it. */
  readonly byId: number;
  readonly status: ChatMember['status'];
  readonly rights?: Partial<AdministratorRights>;
}

/** Changes a membership, posts the service message that goes with it, and tells the bots. */
export function membershipChanged(world: World, chat: ChatRecord, change: MembershipChange): void {
  const { chats, messages } = world;
  const user = chats.user(change.userId);
  const before = chats.membership(chat, change.userId);
  const wasIn = chats.isIn(chat, change.userId);
  const oldMember = chats.toMember({ ...before }, chat);
  // A bot that is removed still sees the message that says so.
  if (chat.type !== 'private' && wasIn && ['left', 'kicked'].includes(change.status)) {
    messages.post(chat, { fromId: change.byId, body: { left_chat_member: user } });
  }
  const rights = { ...ALL_RIGHTS, ...change.rights };
  chat.members.set(change.userId, { userId: change.userId, status: change.status, rights });
  if (chat.type !== 'private' && !wasIn && chats.isIn(chat, change.userId)) {
    messages.post(chat, { fromId: change.byId, body: { new_chat_members: [user] } });
  }
  const update = {
    chat: chats.toChat(chat),
    from: chats.user(change.byId),
    date: unixSeconds(world.clock),
    old_chat_member: oldMember,
    new_chat_member: chats.toMember(chats.membership(chat, change.userId), chat),
  };
  const own = world.state.bots.get(change.userId);
  if (own) world.updates.push(own, chat.key, { my_chat_member: update });
  for (const bot of chats.botsIn(chat)) {
    if (bot !== own && chats.isAdministrator(chat, bot.id)) world.updates.push(bot, chat.key, { chat_member: update });
  }
  world.changed(chat);
}
