import { parseChannelName, type ChannelName } from '../model/identifiers';

/** A message that begins as a command does. */
export interface CommandLine {
  /** Lower case; possibly no command of ours. */
  readonly name: string;
  /** The bot it is meant for, without `@`; undefined: any. */
  readonly addressee?: string;
  readonly words: readonly string[];
}

/** Reads a command that is the first thing in a message; undefined: the message is no command. */
export function parseCommandLine(text: string): CommandLine | undefined {
  const match = /^\/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?=\s|$)/.exec(text);
  if (!match?.[1]) return undefined;
  const words = text.slice(match[0].length).split(/\s+/).filter(Boolean);
  return { name: match[1].toLowerCase(), ...(match[2] ? { addressee: match[2] } : {}), words };
}

/** What a deep link (`/start <payload>`) asks for. */
export type DeepLink =
  | { readonly command: 'host'; readonly channel: string }
  /** Channel names may hold `__` themselves: the readings that are possible, the most likely first. */
  | { readonly command: 'join'; readonly readings: readonly JoinReading[] };

export interface JoinReading {
  readonly channel: ChannelName;
  readonly memberId?: string;
}

/** Reads the payload of `t.me/<bot>?start=` or `?startgroup=`: `host__<channel>`, `join__<channel>[__<memberId>]`. */
export function parseDeepLink(payload: string): DeepLink | undefined {
  const [, command, rest] = /^(host|join)__(.*)$/s.exec(payload) ?? [];
  if (rest === undefined) return undefined;
  if (command === 'host') return { command, channel: rest };
  return { command: 'join', readings: joinReadings(rest) };
}

function joinReadings(rest: string): JoinReading[] {
  const readings: JoinReading[] = [];
  const whole = parseChannelName(rest);
  if (whole) readings.push({ channel: whole });
  for (let at = rest.indexOf('__'); at >= 0; at = rest.indexOf('__', at + 1)) {
    const channel = parseChannelName(rest.slice(0, at));
    const memberId = rest.slice(at + 2);
    if (channel && memberId !== '') readings.push({ channel, memberId });
  }
  return readings;
}
