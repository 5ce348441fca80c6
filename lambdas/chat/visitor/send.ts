import type { ChannelName } from '../model/identifiers';
import type { Content, Message } from '../model/records';
import type { ChannelStore, World } from '../ports';
import { RATE_LIMITS } from '../model/limits';
import { traceOf } from '../trace';
import type { Sender } from './admission';

/** What accepting a visitor's message uses. */
export type AcceptWorld = Pick<World, 'messages' | 'queue' | 'logger' | 'channels' | 'clock'>;

/**
 * Stores a visitor's message for good and hands it to the queue; the caller acknowledges it only then. The same key again
 * is the same message: what is stored is returned. `arrivedAt`: epoch milliseconds.
 */
export async function acceptMessage(
  world: AcceptWorld,
  { conversation, member }: Pick<Sender, 'conversation' | 'member'>,
  key: string,
  content: Content,
  arrivedAt: number,
): Promise<Message> {
  const { messages, queue, logger } = world;
  const at = new Date(arrivedAt).toISOString();
  const sent = { conversation, key, direction: 'to-host', content, at, order: member.sent, due: true } as const;
  const [{ stored, message }] = await Promise.all([messages.put(sent), countUse(world, conversation.channel)]);
  if (message.due) await queue.send({ kind: 'to-host', ...conversation, message: key });
  const what = { ...traceOf(message), kind: content.kind, ...(stored ? {} : { again: true }) };
  logger.info('A message was accepted', what);
  return message;
}

/** Messages that a function instance counts together. */
const TOGETHER = 10;

/** Messages of each channel that this instance has not counted yet, and when it counted last (epoch milliseconds). */
const uncounted = new WeakMap<ChannelStore, Map<ChannelName, { messages: number; countedAt: number }>>();

/**
 * Counts an admitted message of a channel, or (0) a JOIN, which only prolongs its life: the first of a window at once, then ten
 * at a time, so that a busy channel's item is not written for each. A failure must not stop the visitor.
 */
export async function countUse(
  { channels, clock, logger }: Pick<World, 'channels' | 'clock' | 'logger'>,
  name: ChannelName,
  more = 1,
): Promise<void> {
  const [now, { window }] = [clock.now(), RATE_LIMITS];
  const ofStore = uncounted.get(channels) ?? new Map<ChannelName, { messages: number; countedAt: number }>();
  uncounted.set(channels, ofStore);
  const { messages = 0, countedAt = -Infinity } = ofStore.get(name) ?? {};
  const together = messages + more;
  const isDue = together >= TOGETHER || now - countedAt >= window;
  ofStore.set(name, isDue ? { messages: 0, countedAt: now } : { messages: together, countedAt });
  if (!isDue) return;
  await channels.use(name, together, now, window).catch((error: unknown) => {
    logger.warn('The messages of a channel could not be counted', { channel: name, reason: String(error) });
  });
}
