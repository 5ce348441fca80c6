import type { EventName } from '../../bench/events';

/** What a visitor does in one visit. */
export interface Visit {
  readonly messages: number;
  readonly replies: number;
  readonly files: number;
  /** How long they are connected. */
  readonly minutes: number;
}

/** How often the widget sends a sign of life, minutes: `PING_EVERY` of web/widget/conversation/session.ts. */
const PING_MINUTES = 4;

/** How often each event happens in a visit. Messages and answers alternate; what is left over comes in a row. */
export function eventsOf({ messages, replies, files, minutes }: Visit): Readonly<Partial<Record<EventName, number>>> {
  const answered = Math.min(messages, replies);
  const texts = Math.max(0, messages - 1);
  const alternating = Math.min(texts, answered);
  return {
    connect: 1,
    join: 1,
    'first text': 1,
    text: alternating,
    'text in a row': texts - alternating,
    reply: answered,
    'reply in a row': replies - answered,
    upload: files,
    put: files,
    file: files,
    ping: Math.floor(minutes / PING_MINUTES),
    disconnect: 1,
  };
}
