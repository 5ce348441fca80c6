import type { Handle } from '../model/identifiers';
import { DAY } from '../model/lifetimes';
import type { Channel } from '../model/records';
import { fileUrl } from '../files';
import { helpLines } from './command-list';
import { NOTICE_SIGN, shownName } from '../messenger/header';
import { block, bold, code, joinRich, plain, rich, type RichText } from '../messenger/rich-text';

export const HELP: RichText = joinRich(
  [
    bold('I connect the visitors of a website with this chat.'),
    plain(''),
    bold('For operators'),
    ...helpLines('operators').map(plain),
    plain(''),
    plain(
      'To answer a visitor, reply to their message. If topics are on and I am an administrator who may manage them, ' +
        'every visitor has a topic: what you write there goes to that visitor.',
    ),
    plain(''),
    bold('For visitors'),
    ...helpLines('visitors').map(plain),
  ],
  '\n',
);

export const HOW_TO_ADDRESS = plain(
  'Nobody got this: I cannot tell which visitor it is for. Reply to a message of that visitor.',
);

export const HOW_TO_ADDRESS_IN_FORUM = plain(
  "Nobody got this: write in the visitor's topic, or reply to a message of that visitor.",
);

export const GONE = plain('⛔ Not delivered. This conversation is gone: it was erased, or is older than we keep them.');

export const NOT_ITS_HOST = plain('This chat does not host that channel any more.');

export const NEITHER = plain('This chat neither hosts a channel nor visits one. /help lists what I can do.');

/** Where a website connects to. */
export function connectUrl(websocketUrl: string, channel: string): string {
  return `${websocketUrl}?c=${channel}`;
}

/** What is pasted into a website. */
export function snippet(url: string): string {
  return `<script type="module" src="/kite-chat.js"></script>\n<kite-chat endpoint="${url}"></kite-chat>`;
}

/** The address of the channel and what to do with it. */
export function addressOf(websocketUrl: string, { name }: Pick<Channel, 'name'>): RichText {
  const url = connectUrl(websocketUrl, name);
  return joinRich([rich`Address: ${code(url)}`, plain('For the website:'), block(snippet(url))], '\n');
}

/** What the next message of a visitor says about them, after their name, if they have left before. */
export const BACK = 'back';

/** What it says if their conversation has moved to the messenger. */
export const MOVED = 'now writes from Telegram';

/** What it says if they were away for so long, milliseconds: more than a day. */
export function backAfter(away: number): string {
  const days = Math.floor(away / DAY);
  return `back after ${days} ${days === 1 ? 'day' : 'days'}`;
}

export function left(handle: Handle, name: string): RichText {
  return rich`${NOTICE_SIGN} #${handle} ${shownName(name)} has left`;
}

/** Instead of a file that the messenger does not take. */
export function fileLink(apiUrl: string, key: string, name: string): string {
  return `📎 ${shownName(name)}\n${fileUrl(apiUrl, key)}`;
}
