import type { World } from '../ports';
import { bestEffort } from '../messenger/failure';
import type { Messenger } from '../messenger/port';
import type { ButtonPress } from '../messenger/incoming';
import { QUESTION_LIFE, readAnswer, type Answer } from './removal-question';
import { NOT_ITS_HOST } from './answers';
import { bold, joinRich, plain, rich, type RichText } from '../messenger/rich-text';

/** Shown to a person who presses a button and may not write in the chat: a reader of a public group, for example. */
const NOT_AN_OPERATOR =
  'Only members of this chat can answer this. If you are one, make me an administrator so that I can see it.';

/** A person pressed a button under a question about removal. */
export async function receivePress(
  world: Pick<World, 'channels' | 'queue' | 'clock' | 'logger'>,
  messenger: Messenger,
  press: ButtonPress,
): Promise<void> {
  const answer = readAnswer(press.action);
  if (answer && !(await messenger.mayWrite(press.chat, press.person))) {
    await bestEffort(world, 'Answering a button', () => messenger.acknowledge(press.press, NOT_AN_OPERATOR));
    return;
  }
  const words = answer && (await decide(world, press, answer));
  await bestEffort(world, 'Answering a button', () => messenger.acknowledge(press.press));
  if (!words) return;
  await bestEffort(world, 'Replacing a question', () => messenger.rewrite(press.ref, { kind: 'text', text: words }));
}

/** Does what was answered, and says what stands in the place of the question. Repeatable: a question counts once. */
async function decide(
  world: Pick<World, 'channels' | 'queue' | 'clock'>,
  { askedAt, chat, ref }: ButtonPress,
  answer: Answer,
): Promise<RichText> {
  const { channel: name, handle, remove } = answer;
  if (!remove)
    return handle ? plain(`The conversation with #${handle} stays.`) : rich`The channel ${bold(name)} stays.`;
  if (world.clock.now() - askedAt >= QUESTION_LIFE) {
    return plain('Nothing was removed: this question is too old. Send the command again.');
  }
  const channel = await world.channels.find(name);
  // Telegram counts in whole seconds. A channel made after the question is another one of the same name.
  const later = channel && Date.parse(channel.createdAt) >= askedAt + 1000;
  if (channel?.host !== chat.id || later) return NOT_ITS_HOST;
  if (handle) {
    const place = { chat: chat.id, replyTo: ref.message, ...(ref.thread === undefined ? {} : { thread: ref.thread }) };
    await world.queue.send({ kind: 'erase', channel: name, handle, step: askedAt, place });
    return joinRich(
      [
        rich`Everything of #${handle} is being erased: messages, files, and the visitor. I report when it is done, in a minute or later.`,
        plain('What stands in this chat stays; delete it here if it must go as well.'),
      ],
      '\n',
    );
  }
  if (!(await world.channels.change(name, chat.id, { state: 'dropping' }))) return NOT_ITS_HOST;
  await world.queue.send({ kind: 'drop', channel: name, step: askedAt, requestedBy: chat.id });
  return rich`The channel ${bold(name)} is being removed …`;
}
