import type { ChatId } from '../model/identifiers';
import type { Message } from '../model/records';
import type { World } from '../ports';
import type { Messenger, PostPlace } from '../messenger/port';
import type { Part } from './parts';

/** How many message numbers before the newest one are looked through. */
const REACH = 200;

/** How many messages of which nothing is known are read at most: each costs two calls. */
const READS = 25;

/** How far the host's clock may be behind ours, milliseconds. */
const SKEW = 10_000;

/** A part that was posted just now, though it may have been posted before. */
export interface Doubtful {
  readonly message: Message;
  readonly part: Part;
  readonly chat: ChatId;
  readonly place: PostPlace;
  /** The copy posted just now. */
  readonly posted: number;
  /** Parts whose posting is recorded. */
  readonly recorded: readonly number[];
  /** Beginning of the first attempt, ISO. */
  readonly since: string;
}

/**
 * The messages that earlier attempts have left, oldest first. A bot cannot read a chat's history; it can number it
 * backwards, and reread what nobody accounts for (docs/adr/0006-telegram-read-back.md).
 */
export async function findDuplicates(
  world: Pick<World, 'messages'>,
  messenger: Messenger,
  doubtful: Doubtful,
): Promise<number[]> {
  const { message, chat, posted, recorded } = doubtful;
  const numbers = Array.from({ length: Math.min(REACH, posted - 1) }, (_, i) => posted - 1 - i);
  const known = new Map(
    (await Promise.all(hundreds(numbers).map((some) => world.messages.replyTargets(chat, some)))).flatMap((some) => [
      ...some,
    ]),
  );
  const { channel, handle } = message.conversation;
  const isOurs = (number: number) => {
    const target = known.get(number);
    return target?.channel === channel && target.handle === handle && target.message === message.key;
  };
  const pointed = numbers.filter((number) => isOurs(number) && !recorded.includes(number));
  const unaccounted = numbers.filter((number) => !known.has(number));
  return [...pointed, ...(await rereadDuplicates(messenger, doubtful, unaccounted))].sort((one, other) => one - other);
}

async function rereadDuplicates(
  messenger: Messenger,
  doubtful: Doubtful,
  numbers: readonly number[],
): Promise<number[]> {
  const { chat, place, part, since } = doubtful;
  const duplicates: number[] = [];
  for (const number of numbers.slice(0, READS)) {
    const found = await messenger.reread(chat, number, place);
    if (!found) continue;
    if (found.at < Date.parse(since) - SKEW) break;
    if (found.own && found.kind === part.kind && bare(found.text) === bare(part.words)) duplicates.push(number);
  }
  return duplicates;
}

/** The host trims texts and normalises spaces. */
function bare(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

function hundreds(numbers: readonly number[]): (readonly number[])[] {
  const slices: (readonly number[])[] = [];
  for (let at = 0; at < numbers.length; at += 100) slices.push(numbers.slice(at, at + 100));
  return slices;
}
