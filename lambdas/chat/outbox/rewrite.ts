import { textOf, withText } from '../model/message';
import type { Content } from '../model/records';
import type { World } from '../ports';
import { type Messenger, MessengerFailure } from '../messenger/port';
import { plain } from '../messenger/rich-text';
import { partsFor } from './parts';
import type { Target } from './sides';

type Correction = Extract<Content, { kind: 'correction' }>;

/** Changes the original in its place, if it is one message that can still be changed. */
export async function rewritten(
  world: World,
  messenger: Messenger,
  target: Target,
  { of, text }: Correction,
): Promise<boolean> {
  const { channel, member, message } = target;
  const original = await world.messages.find(message.conversation, of);
  // An edit that came while the original was being delivered has not been written down there yet.
  if (original && textOf(original.content) !== text) await world.messages.correct(message.conversation, of, text);
  const [number, ...others] = original?.telegramIds ?? [];
  if (!original || original.due || original.chat !== channel.host || number === undefined || others.length > 0) {
    return false;
  }
  const [part, ...rest] = partsFor(world, member, { ...original, content: withText(original.content, text) });
  if (!part || rest.length > 0) return false;
  try {
    await messenger.rewrite(channel.host, number, { kind: part.kind, text: plain(part.words) });
    return true;
  } catch (error) {
    if (error instanceof MessengerFailure && (error.kind === 'refused' || error.kind === 'forbidden')) return false;
    throw error;
  }
}
