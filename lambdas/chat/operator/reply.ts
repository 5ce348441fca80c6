import { messengerMessageKey } from '../model/identifiers';
import { isSaid } from '../model/message';
import { conversationOf, type Conversation, type HostChat, type Member } from '../model/records';
import type { ReplyTarget, Route, World } from '../ports';
import { captionKey } from '../protocol/server-frame';
import { traceOf } from '../trace';
import { type BrowserWorld, sendToVisitor } from '../outbox/to-browser';
import { GONE, HOW_TO_ADDRESS, HOW_TO_ADDRESS_IN_FORUM, NOT_ITS_HOST } from './answers';
import { editOf } from '../messenger/edit';
import { UPDATE_LIFE } from '../model/lifetimes';
import { newLease } from '../outbox/lease';
import { unpin } from '../outbox/pin';
import { adopt } from '../messenger/files';
import { bestEffort } from '../messenger/failure';
import type { Messenger } from '../messenger/port';
import { type IncomingMessage, writtenAt } from '../messenger/incoming';
import { once, type Handled } from '../messenger/once';
import { onlyOpen, openConversation } from './open-conversations';
import { plain, type RichText } from '../messenger/rich-text';

/** What the routing of a message in a host chat says. */
export type Addressee =
  | { readonly kind: 'visitor'; readonly conversation: Conversation }
  /** It names nobody; this visitor's is the only open conversation. */
  | { readonly kind: 'only visitor'; readonly conversation: Conversation }
  /** It is for nobody; `told`: the bot says how to address a visitor. */
  | { readonly kind: 'nobody'; readonly told: boolean };

/**
 * The visitor an operator means: the one of the topic, or of the message replied to, or the only one with an open
 * conversation. Never anybody else.
 */
export function addresseeOf(message: IncomingMessage, hostChat: HostChat, route: Route): Addressee {
  const { chat, ref, replyTo, sentAt } = message;
  const { thread } = ref;
  const inChannel = (conversation: Conversation) => conversation.channel === hostChat.channel;
  if (route.topic && inChannel(route.topic)) return { kind: 'visitor', conversation: route.topic };
  if (replyTo !== undefined) {
    const { reply } = route;
    const own = reply?.message === messengerMessageKey({ chat: chat.id, message: replyTo });
    if (reply && !own && inChannel(reply)) return { kind: 'visitor', conversation: conversationOf(reply) };
    return { kind: 'nobody', told: thread === undefined || chat.kind === 'private' };
  }
  // A topic that is no visitor's is the operators' own. (Private chats may also have threads: those are one person's.)
  if (thread !== undefined && chat.kind !== 'private') return { kind: 'nobody', told: false };
  if (chat.forum) return { kind: 'nobody', told: true };
  const only = onlyOpen(hostChat, sentAt);
  if (only === undefined) return { kind: 'nobody', told: true };
  return { kind: 'only visitor', conversation: { channel: hostChat.channel, handle: only } };
}

/** An operator wrote something. `hosts`: whether the chat really hosts the channel. */
export async function receiveFromHost(
  world: BrowserWorld & Pick<World, 'channels' | 'files' | 'secrets'>,
  messenger: Messenger,
  message: IncomingMessage,
  hostChat: HostChat,
  route: Route,
  hosts: Promise<boolean>,
): Promise<Handled> {
  const now = world.clock.now();
  const addressee = addresseeOf(message, hostChat, route);
  const { update, chat, ref } = message;
  const place = { thread: ref.thread, replyTo: ref.message };
  const say = (text: RichText) =>
    once(world, messenger, update, () =>
      bestEffort(world, 'Answering', () => messenger.post(chat.id, { kind: 'text', text }, place)),
    );
  if (addressee.kind === 'nobody' || (addressee.kind === 'only visitor' && (await isUnseen(world, addressee)))) {
    if (!(await hosts)) return say(NOT_ITS_HOST);
    if ((addressee.kind === 'nobody' && !addressee.told) || !(await isFirstOfAlbum(world, message))) return 'handled';
    return say(chat.forum ? HOW_TO_ADDRESS_IN_FORUM : HOW_TO_ADDRESS);
  }
  const { conversation } = addressee;
  const content = await adopt(world, messenger, conversation, message);
  if (content.kind === 'not delivered') return say(plain(`⛔ Not delivered. ${content.reason}`));
  const key = messengerMessageKey(ref);
  const stored = {
    conversation,
    key,
    direction: 'to-visitor',
    content,
    at: new Date(writtenAt(message, now)).toISOString(),
    order: message.order,
    due: true,
    places: [ref],
  } as const;
  const sent = await sendToVisitor(world, stored, hosts);
  if (sent.kind !== 'accepted') return say(sent.kind === 'refused' ? NOT_ITS_HOST : GONE);
  const what = { ...traceOf({ conversation, key }), kind: content.kind, messageIds: [ref.message] };
  world.logger.info("An operator's message was accepted", what);
  await answered(world, messenger, hostChat, sent.member, now);
  return 'handled';
}

/** Whether no operator has seen a message of a visitor yet: the conversation counts as open from before its first one is posted. */
async function isUnseen(
  { members }: Pick<World, 'members'>,
  { conversation }: { readonly conversation: Conversation },
): Promise<boolean> {
  return (await members.find(conversation))?.announcedAt === '';
}

/** The visitor has an answer: their message is unpinned, and the conversation is open. */
async function answered(
  world: Pick<World, 'channels' | 'members' | 'queue' | 'clock' | 'logger'>,
  messenger: Messenger,
  hostChat: HostChat,
  member: Member,
  now: number,
) {
  await openConversation(world, hostChat, member.handle, new Date(now).toISOString());
  const { pinned } = member;
  if (pinned === undefined) return;
  const place = { chat: hostChat.chat, message: pinned };
  if ((await unpin(world, messenger, place, 1)).kind === 'retry') {
    await world.queue.send({ kind: 'unpin', ...conversationOf(member), ...place });
  }
  await world.members.change(conversationOf(member), { pinned: null });
}

/** An album is many messages, and one misunderstanding. */
async function isFirstOfAlbum(
  world: Pick<World, 'messages' | 'clock' | 'random'>,
  { album, chat }: IncomingMessage,
): Promise<boolean> {
  if (album === undefined) return true;
  const lease = newLease(world, UPDATE_LIFE);
  return (await world.messages.claimUpdate(`album#${chat.id}`, album, lease, world.clock.now())) === 'claimed';
}

/**
 * An operator changed a message: the visitor who got it gets the correction. One that reached nobody (a command,
 * for instance) is nothing to correct.
 */
export async function receiveHostEdit(
  world: BrowserWorld,
  message: IncomingMessage,
  hostChat: HostChat,
  target: ReplyTarget | undefined,
): Promise<Handled> {
  const key = messengerMessageKey(message.ref);
  if (!target || target.message !== key || target.channel !== hostChat.channel) return 'handled';
  const conversation = conversationOf(target);
  const edit = editOf(key, message);
  const original = edit && (await world.messages.find(conversation, key));
  if (!original || isSaid(original, edit.text)) return 'handled';
  const of = original.content.kind === 'file' ? captionKey(key) : key;
  // Also of a message that waits: somebody may be delivering it with its old text at this moment.
  await sendToVisitor(world, {
    conversation,
    key: edit.key,
    direction: 'to-visitor',
    content: { kind: 'correction', of, text: edit.text },
    at: new Date(writtenAt(message, world.clock.now())).toISOString(),
    order: message.order,
    due: true,
  });
  await world.messages.correct(conversation, key, edit.text);
  return 'handled';
}
