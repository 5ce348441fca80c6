import { parseChannelName, parseHandle, type ChannelName, type Handle } from '../model/identifiers';
import type { Button } from '../messenger/port';

/** How long a question can be answered, milliseconds: as long as the queue counts what it asks for only once. */
export const QUESTION_LIFE = 5 * 60_000;

/** What a command wants to remove: a channel, or one conversation of it. */
export interface Removal {
  readonly channel: ChannelName;
  readonly handle?: Handle;
}

/** What somebody answered to the question whether to remove something. */
export interface Answer extends Removal {
  readonly remove: boolean;
}

/** The buttons under the question whether to remove something; they say what. */
export function removalButtons({ channel, handle }: Removal): readonly Button[] {
  const subject = handle === undefined ? channel : `${channel}/${handle}`;
  const label = handle === undefined ? `Remove ${channel}` : `Erase #${handle}`;
  return [
    { label, action: `remove:${subject}` },
    { label: 'Keep it', action: `keep:${subject}` },
  ];
}

/** Reads the action of one of {@link removalButtons}; undefined: of no such button. */
export function readAnswer(action: string): Answer | undefined {
  const [, verb, name, of] = /^(remove|keep):([^/]+)(?:\/([^/]+))?$/.exec(action) ?? [];
  const [channel, handle] = [parseChannelName(name), parseHandle(of)];
  if (!channel || (of !== undefined && !handle)) return undefined;
  return { channel, ...(handle ? { handle } : {}), remove: verb === 'remove' };
}
