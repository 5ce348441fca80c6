import { publicMessageId, visitorMessageKey } from '../identifiers';
import { conversationKey, type Content } from '../model';
import type { World } from '../ports';
import { ackFrame } from '../protocol/server-frame';
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
  const { message } = await world.messages.put({
    conversation,
    key,
    direction: 'to-host',
    content,
    at: new Date(arrivedAt).toISOString(),
    order: member.sent,
    due: true,
  });
  if (message.due) await world.queue.send({ kind: 'to-host', ...conversation, message: key });
  return ackFrame(messageId, publicMessageId(conversationKey(conversation), key), message.at);
}
