import { parseHandle, type Handle } from '../model/identifiers';
import { oneLine } from '../protocol/client-frame';
import { splitText } from './split-text';

/** How operators see whose message it is: the first line of each. Notices of the bot never begin with `#`. */
export function headerOf({ handle, name }: { readonly handle: Handle; readonly name: string }): string {
  return `#${handle} ${shownName(name)}`.trimEnd();
}

/** Whose header a text of the bot begins with. */
export function readHeader(text: string): Handle | undefined {
  return parseHandle(/^#(\S+)/.exec(text)?.[1]);
}

/** A name as it can stand in a line: without line breaks, invisible or direction-changing characters. */
export function shownName(name: string): string {
  return splitText(oneLine(name), 64)[0] ?? '';
}

/** What a forum topic is called; Telegram allows 128 characters. */
export function topicName({ handle, name }: { readonly handle: Handle; readonly name: string }): string {
  return `${shownName(name)} #${handle}`;
}

/** The messages that a text becomes, each with the header, if there is one, and within `limit` UTF-16 units. */
export function withHeader(header: string | undefined, text: string, limit: number): string[] {
  if (header === undefined) return splitText(text, limit);
  if (text === '') return [header];
  return splitText(text, limit - header.length - 1).map((piece) => `${header}\n${piece}`);
}
