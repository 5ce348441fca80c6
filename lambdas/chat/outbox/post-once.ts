import type { ChatId } from '../model/identifiers';
import type { Message, MessageRef } from '../model/records';
import type { Receipt, World } from '../ports';
import { type Messenger, MessengerFailure, type PostPlace } from '../messenger/port';
import type { Part } from './parts';
import { findDuplicates } from './duplicates';

export interface Destination {
  readonly chat: ChatId;
  readonly place: PostPlace;
  /** What is posted is the copy of a message that came from another chat. */
  readonly copy?: boolean;
}

/** What came of {@link postOnce}; `forum`: whether the chat has topics on, if the messenger told. */
export interface Outcome {
  readonly receipt: Receipt;
  readonly forum?: boolean;
}

/**
 * Posts the parts of a message that are not posted yet. Messengers do not deduplicate, so the start of each attempt is stored
 * before it and the result after it; for an attempt without a result, the chat is searched. Undefined: nothing was posted,
 * because the message was delivered or edited meanwhile; read it again. Throws {@link MessengerFailure}.
 */
export async function postOnce(
  world: Pick<World, 'messages' | 'clock'>,
  messenger: Messenger,
  { chat, place, copy = false }: Destination,
  message: Message,
  parts: readonly Part[],
): Promise<Outcome | undefined> {
  const { conversation, key, content } = message;
  const standing = (copy ? message.copies : message.places) ?? [];
  const recorded = standing.filter((each) => each.chat === chat);
  const receipt = () => ({ places: recorded, ...(copy ? { copy } : {}) });
  let since = message.attemptedAt;
  let forum: boolean | undefined;
  for (const part of parts.slice(recorded.length)) {
    const startedAt = since ?? new Date(world.clock.now()).toISOString();
    // After its first part the rest of a text goes out as it was: its edit comes by itself.
    const said = recorded.length === 0 ? content : undefined;
    const post = await part.load();
    if (!(await world.messages.attempt(conversation, key, startedAt, said, message.presence))) return undefined;
    const posted = await messenger.post(chat, post, place).catch(async (error: unknown) => {
      const certain = error instanceof MessengerFailure && error.kind !== 'uncertain';
      if (certain && since === undefined) await world.messages.abandonAttempt(conversation, key);
      throw error;
    });
    ({ forum } = posted);
    let { ref } = posted;
    if (since !== undefined) {
      ref = await keepOldest(world, messenger, { message, part, posted: ref, recorded, since });
      since = undefined;
    }
    await world.messages.pointReply(ref, { ...conversation, message: key });
    recorded.push(ref);
    if (recorded.length < parts.length) {
      await world.messages.partDelivered(conversation, key, receipt());
    }
  }
  return { receipt: receipt(), ...(forum === undefined ? {} : { forum }) };
}

/** Removes all but the first of several copies, and gives the one that stays. */
async function keepOldest(
  world: Pick<World, 'messages'>,
  messenger: Messenger,
  doubtful: Parameters<typeof findDuplicates>[2],
): Promise<MessageRef> {
  const { posted } = doubtful;
  let duplicates: readonly MessageRef[];
  try {
    duplicates = await findDuplicates(world, messenger, doubtful);
  } catch (error) {
    // The next attempt posts again: so this copy must not stay. If it does, it will be found then.
    await messenger.remove(posted).catch(() => undefined);
    throw error;
  }
  const [oldest = posted, ...others] = [...duplicates, posted];
  for (const other of others) await messenger.remove(other);
  return oldest;
}
