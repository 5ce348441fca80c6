import type { Message, MessageRef } from '../model/records';
import type { World } from '../ports';
import { withoutName } from '../messenger/header';
import type { Messenger } from '../messenger/port';
import type { Part } from './parts';

/** How many messages before the newest one are looked through. */
const REACH = 200;

/** How many messages of which nothing is known are read at most: each costs two calls. */
const READS = 25;

/** How far the messenger's clock may be behind that of a function instance, milliseconds. */
const SKEW = 120_000;

/** A part that was posted just now, though it may have been posted before. */
export interface Doubtful {
  readonly message: Message;
  readonly part: Part;
  /** The copy posted just now. */
  readonly posted: MessageRef;
  /** Parts whose posting is recorded. */
  readonly recorded: readonly MessageRef[];
  /** Beginning of the first attempt, ISO. */
  readonly since: string;
}

/**
 * The messages that earlier attempts have left, oldest first: those of which it is noted, and of the others those that say
 * the same (docs/adr/0006-telegram-read-back.md).
 */
export async function findDuplicates(
  { messages }: Pick<World, 'messages'>,
  messenger: Messenger,
  doubtful: Doubtful,
): Promise<readonly MessageRef[]> {
  const { message, posted, recorded } = doubtful;
  const earlier = await messenger.earlier(posted, REACH);
  const known = new Map(
    (await Promise.all(hundreds(earlier).map((some) => messages.replyTargets(some)))).flatMap((some) => [...some]),
  );
  const { channel, handle } = message.conversation;
  const isPart = (ref: MessageRef) => {
    const target = known.get(ref.message);
    const ours = target?.channel === channel && target.handle === handle && target.message === message.key;
    return ours && !recorded.some((part) => part.message === ref.message);
  };
  const unaccounted = earlier.filter((ref) => !known.has(ref.message));
  const reread = await rereadDuplicates(messenger, doubtful, unaccounted);
  return earlier.filter((ref) => isPart(ref) || reread.has(ref)).reverse();
}

async function rereadDuplicates(
  messenger: Messenger,
  { message, part, since }: Doubtful,
  unaccounted: readonly MessageRef[],
): Promise<ReadonlySet<MessageRef>> {
  const duplicates = new Set<MessageRef>();
  const bare = (text: string) => normalized(withoutName(text, message.conversation));
  for (const ref of unaccounted.slice(0, READS)) {
    const found = await messenger.reread(ref);
    if (!found) continue;
    if (found.at < Date.parse(since) - SKEW) break;
    if (found.own && found.kind === part.kind && bare(found.text) === bare(part.words)) duplicates.add(ref);
  }
  return duplicates;
}

/** Messengers trim texts and normalize spaces. */
function normalized(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

function hundreds<T>(all: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / 100) }, (_, i) => all.slice(i * 100, i * 100 + 100));
}
