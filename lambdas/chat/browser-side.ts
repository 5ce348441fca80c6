import { CHANNEL_NAME_RULE, parseChannelName, visitorMessageKey, type ConnectionId } from './model/identifiers';
import { fileRefusal, parseFileKey } from './files';
import { RATE_LIMITS, type RateLimits } from './model/limits';
import type { World } from './ports';
import { parseClientFrame, type ClientFrame } from './protocol/client-frame';
import { ackFrame, errorFrame, HI_ANSWER, PONG_FRAME } from './protocol/server-frame';
import { SUBPROTOCOL } from './protocol/subprotocol';
import { refuse, type Refusal } from './model/refusal';
import { admit, joinedConversation, type Sender, unknownChannel } from './visitor/admission';
import { redeliverToVisitor } from './outbox/to-browser';
import { offerUpload, uploadedFile } from './visitor/files';
import { foreignOrigin, join, mayConnect } from './visitor/join';
import { acceptMessage } from './visitor/send';
import type { Content, Conversation } from './model/records';
import { traceOf } from './trace';

/** Subprotocols that this server speaks, the one it likes best first. */
export const SUBPROTOCOLS = [SUBPROTOCOL] as const;

/** What a client says when it connects. */
export interface Handshake {
  readonly connection: ConnectionId;
  /** The query parameter `c`; undefined: there is none. */
  readonly channel?: string | undefined;
  readonly origin?: string | undefined;
  /** Subprotocols offered. */
  readonly protocols: readonly string[];
}

/** The visitors' side of the chat, as the gateway sees it. */
export interface VisitorSide {
  connect(handshake: Handshake): Promise<Refusal | { readonly kind: 'accepted'; readonly subprotocol?: string }>;
  disconnect(connection: ConnectionId): Promise<void>;
  /** The frame to answer with, if any. Never throws. `arrivedAt`: epoch milliseconds, at the gateway. */
  receive(connection: ConnectionId, text: string, arrivedAt: number): Promise<string | undefined>;
  /** Where the file at `<api>/files/<path>` can be had for a while; undefined: there can be none. */
  fileLink(path: string): Promise<string | undefined>;
  /** An item of the queue: something may be due to a visitor. */
  redeliver(conversation: Conversation, attempt: number): Promise<'done' | 'busy'>;
}

export function createVisitorSide(world: World, limits: RateLimits = RATE_LIMITS): VisitorSide {
  return {
    connect: (handshake) => connect(world, handshake),
    disconnect: (connection) => disconnect(world, connection),
    receive: (connection, text, arrivedAt) => receive(world, limits, connection, text, arrivedAt),
    fileLink: async (path) => {
      const key = parseFileKey(path);
      return key && world.files.downloadUrl(key);
    },
    redeliver: (conversation, attempt) => redeliverToVisitor(world, conversation, attempt),
  };
}

async function connect(world: World, { connection, channel, origin, protocols }: Handshake) {
  const name = channel === undefined ? undefined : parseChannelName(channel);
  if (channel !== undefined) {
    if (!name) return refuse(400, `The parameter c is no channel name: ${CHANNEL_NAME_RULE}`);
    const found = await world.channels.find(name);
    if (!found || found.state === 'dropping') return unknownChannel(name);
    if (!mayConnect(found, origin)) return foreignOrigin();
  }
  const subprotocol = SUBPROTOCOLS.find((ours) => protocols.includes(ours));
  await world.connections.open({
    id: connection,
    ...(name ? { channel: name } : {}),
    ...(origin === undefined ? {} : { origin }),
    ...(subprotocol ? { subprotocol } : {}),
    openedAt: new Date(world.clock.now()).toISOString(),
  });
  return { kind: 'accepted' as const, ...(subprotocol ? { subprotocol } : {}) };
}

/** Forgets this connection, and nothing else; one that never joined is no error. */
async function disconnect(world: World, id: ConnectionId): Promise<void> {
  const connection = await world.connections.close(id);
  if (connection?.conversation) await world.members.detach(connection.conversation, id);
}

async function receive(world: World, limits: RateLimits, id: ConnectionId, text: string, arrivedAt: number) {
  const frame = parseClientFrame(text);
  if (frame.tag === 'refused') return errorFrame(frame.refusal, frame.messageId);
  const messageId = 'messageId' in frame ? frame.messageId : undefined;
  try {
    const answer = await handle(world, limits, id, frame, arrivedAt);
    return typeof answer === 'object' ? errorFrame(answer, messageId) : answer;
  } catch (error) {
    const reference = Buffer.from(world.random.bytes(6)).toString('hex');
    world.logger.error('A frame could not be handled', { reference, frame: frame.tag, error });
    return errorFrame(refuse(500, `Something went wrong here (reference ${reference}); please try again`), messageId);
  }
}

async function handle(
  world: World,
  limits: RateLimits,
  id: ConnectionId,
  frame: ClientFrame,
  arrivedAt: number,
): Promise<string | Refusal | undefined> {
  switch (frame.tag) {
    case 'Hi':
      return HI_ANSWER;
    case 'PING':
      return PONG_FRAME;
    case 'JOIN': {
      const outcome = await join(world, id, frame, limits);
      return outcome.kind === 'refused' ? outcome : outcome.answer;
    }
    case 'TXT': {
      const sender = await senderOf(world, id, limits);
      if (sender.kind === 'refused') return sender;
      return accept(world, sender, frame.messageId, { kind: 'text', text: frame.text }, arrivedAt);
    }
    case 'UPL': {
      const refusal = fileRefusal(frame.file.type, frame.file.size);
      const sender = await senderOf(world, id, limits);
      if (sender.kind === 'refused') return sender;
      return refusal ?? offerUpload(world, sender, frame.messageId, frame.file);
    }
    case 'BIN': {
      const sender = await senderOf(world, id, limits);
      if (sender.kind === 'refused') return sender;
      const file = await uploadedFile(world, sender, frame.url, frame.file);
      if ('code' in file) return file;
      return accept(world, sender, frame.messageId, { kind: 'file', file }, arrivedAt);
    }
  }
}

/** Who sends by this connection, if they may. */
async function senderOf(world: World, id: ConnectionId, limits: RateLimits): Promise<Sender | Refusal> {
  const conversation = await joinedConversation(world, id);
  return conversation ? admit(world, conversation, limits) : refuse(401, 'Join a channel first');
}

/** The ACK, when the message is stored. */
async function accept(
  world: World,
  sender: Sender,
  messageId: string,
  content: Content,
  arrivedAt: number,
): Promise<string> {
  const message = await acceptMessage(world, sender, visitorMessageKey(messageId), content, arrivedAt);
  return ackFrame(messageId, traceOf(message).id, message.at);
}
