import { messengerMessageKey } from '../model/identifiers';
import { isSaid } from '../model/message';
import { RATE_LIMITS, type RateLimits } from '../model/limits';
import type { Conversation } from '../model/records';
import type { World } from '../ports';
import type { Refusal } from '../model/refusal';
import { answersOf } from '../messenger/answers-of-a-minute';
import { admit, overLimit } from './admission';
import { acceptMessage, type AcceptWorld } from './send';
import { adopt } from '../messenger/files';
import { editOf } from '../messenger/edit';
import { bestEffort } from '../messenger/failure';
import type { Messenger } from '../messenger/port';
import { type IncomingMessage, writtenAt } from '../messenger/incoming';
import { once, type Handled } from '../messenger/once';
import { plain } from '../messenger/rich-text';

/** What a message of a visitor in the messenger needs. */
type VisitorWorld = AcceptWorld & Pick<World, 'members' | 'channels' | 'files' | 'secrets' | 'clock' | 'random'>;

/** Files of one chat that an instance copies within a minute. */
const FILES = 10;

/** A visitor in the messenger wrote something: it goes to the host of their channel, whatever it says or names. */
export async function receiveFromMember(
  world: VisitorWorld,
  messenger: Messenger,
  message: IncomingMessage,
  conversation: Conversation,
  limits: RateLimits = RATE_LIMITS,
): Promise<Handled> {
  const { chat, ref } = message;
  const say = sayer(world, messenger, message);
  const sender = await admit(world, conversation, limits);
  if (sender.kind === 'refused') {
    if (sender.code !== 401 && sender.code !== 404) return sayRefused(world, message, say, sender);
    await world.members.unlinkChat(chat.id, conversation);
    return say('The channel is gone, and this conversation with it.');
  }
  const now = world.clock.now();
  const isFile = message.content.kind === 'file';
  if (isFile && answersOf(world).count(`file ${chat.id}`, now) > FILES) {
    return sayRefused(world, message, say, overLimit(limits, now));
  }
  const content = await adopt(world, messenger, conversation, message);
  if (content.kind === 'not delivered') return say(`Not delivered. ${content.reason}`);
  await acceptMessage(world, sender, messengerMessageKey(ref), content, writtenAt(message, world.clock.now()));
  return 'handled';
}

/** They changed a message: operators see the new text in the place of the old one. Bans and limits hold as for messages. */
export async function receiveMemberEdit(
  world: VisitorWorld,
  messenger: Messenger,
  message: IncomingMessage,
  conversation: Conversation,
  limits: RateLimits = RATE_LIMITS,
): Promise<Handled> {
  const of = messengerMessageKey(message.ref);
  const edit = editOf(of, message);
  const original = edit && (await world.messages.find(conversation, of));
  if (!original || isSaid(original, edit.text)) return 'handled';
  const sender = await admit(world, conversation, limits);
  if (sender.kind === 'refused') {
    if (sender.code === 401 || sender.code === 404) return 'handled';
    return sayRefused(world, message, sayer(world, messenger, message), sender);
  }
  if (await world.messages.correctUnsent(conversation, of, edit.text)) return 'handled';
  await acceptMessage(
    world,
    sender,
    edit.key,
    { kind: 'correction', of, text: edit.text },
    writtenAt(message, world.clock.now()),
  );
  await world.messages.correct(conversation, of, edit.text);
  return 'handled';
}

/** Says why messages are refused, not for each: a flood is answered once in a while. */
async function sayRefused(
  world: Pick<World, 'members' | 'clock'>,
  { chat }: IncomingMessage,
  say: (words: string) => Promise<Handled>,
  { code, reason }: Refusal,
): Promise<Handled> {
  const times = answersOf(world).count(`refused ${chat.id} ${code}`, world.clock.now());
  return times === 1 ? say(reason) : 'handled';
}

/** Answers a message where it stands, once. */
function sayer(
  world: Pick<World, 'messages' | 'clock' | 'random' | 'logger'>,
  messenger: Messenger,
  { chat, ref, update }: IncomingMessage,
) {
  return (words: string) =>
    once(world, messenger, update, () =>
      bestEffort(world, 'Answering', () =>
        messenger.post(
          chat.id,
          { kind: 'text', text: plain(`⛔ ${words}`) },
          { thread: ref.thread, replyTo: ref.message },
        ),
      ),
    );
}
