import type { ChatId } from '../model/identifiers';
import { textOf, withText } from '../model/message';
import type { Content, Member, Message } from '../model/records';
import type { World } from '../ports';
import { type Messenger, MessengerFailure } from '../messenger/port';
import { plain } from '../messenger/rich-text';
import { correctedKey } from '../protocol/server-frame';
import { partsFor } from './parts';

type Correction = Extract<Content, { kind: 'correction' }>;

/** Where the corrected message is shown; `copy`: as the copy of one that came from another chat. */
interface Shown {
  readonly chat: ChatId;
  readonly copy?: boolean;
  /** Under whose header. */
  readonly sender?: Member;
}

/** Changes the original in its place, if it is one message that can still be changed. */
export async function rewritten(
  { messages, files }: Pick<World, 'messages' | 'files'>,
  messenger: Messenger,
  { conversation }: Message,
  { of, text }: Correction,
  { chat, copy, sender }: Shown,
): Promise<boolean> {
  const original = await messages.find(conversation, correctedKey(of));
  // An edit that came while the original was being delivered has not been written down there yet.
  if (original && textOf(original.content) !== text) await messages.correct(conversation, original.key, text);
  const [place, ...others] = (copy ? original?.copies : original?.places) ?? [];
  if (!original || original.due || place?.chat !== chat || others.length > 0) return false;
  const [part, ...rest] = partsFor({ files }, { ...original, content: withText(original.content, text) }, sender);
  if (!part || rest.length > 0) return false;
  try {
    await messenger.rewrite(place, { kind: part.kind, text: plain(part.words) });
    return true;
  } catch (error) {
    if (error instanceof MessengerFailure && (error.kind === 'refused' || error.kind === 'forbidden')) return false;
    throw error;
  }
}
