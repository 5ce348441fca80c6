import { parseHandle, type Handle } from '../model/identifiers';
import { oneLine } from '../protocol/client-frame';
import { splitText } from './split-text';

/** What the bot says about a visitor begins with it. Names hold none, so that nobody can make it say something. */
export const NOTICE_SIGN = '🔔';

/** The visitor under whose header a message is shown, and what its first part says about them. */
export interface Author {
  readonly member: { readonly handle: Handle; readonly name: string };
  readonly presence?: string | undefined;
}

/** Room for a header with the longest name and what is said about its author, and the end of its line, UTF-16 units. */
const HEADER_ROOM = 120;

/** How operators see whose message it is: the first line of each. Notices of the bot never begin with `#`. */
export function headerOf(
  { handle, name }: { readonly handle: Handle; readonly name: string },
  presence?: string,
): string {
  const header = `#${handle} ${shownName(name)}`.trimEnd();
  return presence === undefined ? header : `${header} ${NOTICE_SIGN} ${presence}`;
}

/** A text without the name in its header: it says the same after its author has changed their name. */
export function withoutName(text: string, { handle }: { readonly handle: Handle }): string {
  return readHeader(text) === handle ? text.replace(/^.*/, `#${handle}`) : text;
}

/** Whose header a text of the bot begins with. */
export function readHeader(text: string): Handle | undefined {
  return parseHandle(/^#(\S+)/.exec(text)?.[1]);
}

/** A name as it can stand in a line: without line breaks, invisible or direction-changing characters, or our own sign. */
export function shownName(name: string): string {
  return splitText(oneLine(name.replaceAll(NOTICE_SIGN, ' ')), 64)[0] ?? '';
}

/** What a forum topic is called; Telegram allows 128 characters. */
export function topicName({ handle, name }: { readonly handle: Handle; readonly name: string }): string {
  return `${shownName(name)} #${handle}`;
}

/**
 * The messages that a text becomes, each within `limit` UTF-16 units, and with the header of its author, if there is one.
 * Where a text is split does not depend on the header: its author may change their name between two parts.
 */
export function withHeader(author: Author | undefined, text: string, limit: number): string[] {
  if (!author) return splitText(text, limit);
  if (text === '') return [headerOf(author.member, author.presence)];
  return splitText(text, limit - HEADER_ROOM).map(
    (piece, i) => `${headerOf(author.member, i === 0 ? author.presence : undefined)}\n${piece}`,
  );
}
