import { visitorMessageKey } from '../model/identifiers';
import type { Content } from '../model/records';
import type { World } from '../ports';
import { ackFrame } from '../protocol/server-frame';
import { traceOf } from '../trace';
import type { Sender } from './admission';

/**
 * Stores a visitor's message for good, hands it to the queue, and only then acknowledges it. The same message id again
 * is the same message: it is answered from what is stored (D18). `arrivedAt`: epoch milliseconds, at the gateway.
 */
export async function acceptMessage(
  world: World,
  { conversation, member }: Sender,
  messageId: string,
  content: Content,
  arrivedAt: number,
): Promise<string> {
  const key = visitorMessageKey(messageId);
  const { stored, message } = await world.messages.put({
    conversation,
    key,
    direction: 'to-host',
    content,
    at: new Date(arrivedAt).toISOString(),
    order: member.sent,
    due: true,
  });
  if (message.due) await world.queue.send({ kind: 'to-host', ...conversation, message: key });
  const trace = traceOf(message);
  world.logger.info('A message was accepted', { ...trace, kind: content.kind, ...(stored ? {} : { again: true }) });
  return ackFrame(messageId, trace.id, message.at);
}
