import type { Content, Message } from '../model/records';
import type { World } from '../ports';
import { traceOf } from '../trace';
import type { Sender } from './admission';

/** What accepting a visitor's message uses. */
export type AcceptWorld = Pick<World, 'messages' | 'queue' | 'logger'>;

/**
 * Stores a visitor's message for good and hands it to the queue; the caller acknowledges it only then. The same key again
 * is the same message: what is stored is returned. `arrivedAt`: epoch milliseconds.
 */
export async function acceptMessage(
  { messages, queue, logger }: AcceptWorld,
  { conversation, member }: Pick<Sender, 'conversation' | 'member'>,
  key: string,
  content: Content,
  arrivedAt: number,
): Promise<Message> {
  const at = new Date(arrivedAt).toISOString();
  const sent = { conversation, key, direction: 'to-host', content, at, order: member.sent, due: true } as const;
  const { stored, message } = await messages.put(sent);
  if (message.due) await queue.send({ kind: 'to-host', ...conversation, message: key });
  const what = { ...traceOf(message), kind: content.kind, ...(stored ? {} : { again: true }) };
  logger.info('A message was accepted', what);
  return message;
}
