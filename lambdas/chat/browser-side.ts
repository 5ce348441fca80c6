import { CHANNEL_NAME_RULE, parseChannelName, visitorMessageKey, type ConnectionId } from './model/identifiers';
import { served } from './download';
import { fileNameInKey, fileRefusal, parseFileKey } from './files';
import { NEW_WINDOW, RATE_LIMITS, type RateLimits } from './model/limits';
import type { World } from './ports';
import { parseClientFrame, type ClientFrame } from './protocol/client-frame';
import { ackFrame, errorFrame, HI_ANSWER, PONG_FRAME } from './protocol/server-frame';
import { SUBPROTOCOL } from './protocol/subprotocol';
import { refuse, type Refusal } from './model/refusal';
import {
  admit,
  foreignOrigin,
  joinedConnection,
  mayBegin,
  mayConnect,
  mayWait,
  overLimit,
  type Sender,
  unknownChannel,
} from './visitor/admission';
import { addressOf, Guard } from './visitor/guard';
import { redeliverToVisitor } from './outbox/to-browser';
import { offerUpload, uploadedFile } from './visitor/files';
import { join } from './visitor/join';
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
  /** The IP address that it comes from. */
  readonly sourceIp?: string | undefined;
  /** Subprotocols offered. */
  readonly protocols: readonly string[];
}

/** The visitors' side of the chat, as the gateway sees it. */
export interface VisitorSide {
  connect(handshake: Handshake): Promise<Refusal | { readonly kind: 'accepted'; readonly subprotocol?: string }>;
  /** `how`: whether the client closed it, or it is gone without a word. */
  disconnect(connection: ConnectionId, how?: 'closed' | 'lost'): Promise<void>;
  /** The frame to answer with, if any. Never throws. `arrivedAt`: epoch milliseconds, at the gateway. */
  receive(connection: ConnectionId, text: string, arrivedAt: number, sourceIp?: string): Promise<string | undefined>;
  /** Where the file at `<api>/files/<path>` can be had for a while; undefined: there is none. */
  fileLink(path: string): Promise<string | undefined>;
  /** An item of the queue: something may be due to a visitor. */
  redeliver(conversation: Conversation, attempt: number): Promise<'done' | 'busy'>;
}

export function createVisitorSide(world: World, limits: RateLimits = RATE_LIMITS): VisitorSide {
  const door: Door = { limits, guard: new Guard(limits) };
  return {
    connect: (handshake) => connect(world, door, handshake),
    disconnect: (connection, how = 'closed') => disconnect(world, connection, how),
    receive: (connection, text, arrivedAt, sourceIp) =>
      receive(world, door, { connection, text, arrivedAt, address: addressOf(sourceIp) }),
    fileLink: async (path) => {
      const key = parseFileKey(path);
      const file = key && (await world.files.inspect(key));
      return file && world.files.downloadUrl(key, served({ name: fileNameInKey(key), ...file }));
    },
    redeliver: (conversation, attempt) => redeliverToVisitor(world, conversation, attempt),
  };
}

/** What limits the visitors of a function instance. */
interface Door {
  readonly limits: RateLimits;
  readonly guard: Guard;
}

/** A frame as it arrived. */
interface Arrival {
  readonly connection: ConnectionId;
  readonly text: string;
  /** Epoch milliseconds, at the gateway. */
  readonly arrivedAt: number;
  /** What limits count of the IP address that it came from. */
  readonly address: string | undefined;
}

async function connect(
  world: World,
  { limits, guard }: Door,
  { connection, channel, origin, sourceIp, protocols }: Handshake,
) {
  const now = world.clock.now();
  if (!guard.admits('connection', addressOf(sourceIp), now)) return overLimit(limits, now);
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
    openedAt: new Date(now).toISOString(),
  });
  return { kind: 'accepted' as const, ...(subprotocol ? { subprotocol } : {}) };
}

/** Forgets this connection, and nothing else; one that never joined is no error. */
async function disconnect(world: World, id: ConnectionId, how: 'closed' | 'lost'): Promise<void> {
  const connection = await world.connections.close(id);
  const lostAt = how === 'lost' ? new Date(world.clock.now()).toISOString() : undefined;
  if (connection?.conversation) await world.members.detach(connection.conversation, id, lostAt);
}

async function receive(world: World, door: Door, arrival: Arrival): Promise<string | undefined> {
  const { connection, text } = arrival;
  const verdict = door.guard.frame(connection, arrival.address, world.clock.now());
  if (verdict !== 'pass') return verdict === 'close' ? close(world, connection, 'it sends too many frames') : undefined;
  const frame = parseClientFrame(text);
  if (frame.tag === 'refused') return refused(world, door, arrival, errorFrame(frame.refusal, frame.messageId));
  const messageId = 'messageId' in frame ? frame.messageId : undefined;
  try {
    const answer = await handle(world, door, frame, arrival);
    return typeof answer === 'object' ? refused(world, door, arrival, errorFrame(answer, messageId)) : answer;
  } catch (error) {
    const reference = Buffer.from(world.random.bytes(6)).toString('hex');
    world.logger.error('A frame could not be handled', { reference, frame: frame.tag, error });
    return errorFrame(refuse(500, `Something went wrong here (reference ${reference}); please try again`), messageId);
  }
}

/** The answer to a frame that is refused; undefined: there were so many that its connection is closed. */
async function refused(world: World, { guard }: Door, { connection, address }: Arrival, answer: string) {
  const verdict = guard.refused(connection, address, world.clock.now());
  if (verdict === 'pass') return answer;
  return verdict === 'close' ? close(world, connection, 'its frames are refused') : undefined;
}

/** Ends a connection; the gateway then tells of its end, which forgets it. */
async function close(world: Pick<World, 'push' | 'logger'>, connection: ConnectionId, why: string): Promise<undefined> {
  world.logger.info('A connection is closed', { why });
  await world.push.disconnect(connection).catch((error: unknown) => {
    world.logger.warn('A connection could not be closed', { reason: String(error) });
  });
}

async function handle(
  world: World,
  door: Door,
  frame: ClientFrame,
  arrival: Arrival,
): Promise<string | Refusal | undefined> {
  switch (frame.tag) {
    case 'Hi':
      return HI_ANSWER;
    case 'PING':
      return PONG_FRAME;
    case 'JOIN': {
      const outcome = await join(world, arrival.connection, frame, { ...door, address: arrival.address });
      return outcome.kind === 'refused' ? outcome : outcome.answer;
    }
    case 'TXT': {
      const sender = await senderOf(world, door, 'message', arrival);
      if (sender.kind === 'refused') return sender;
      return accept(world, sender, frame.messageId, { kind: 'text', text: frame.text }, arrival.arrivedAt);
    }
    case 'UPL': {
      const refusal = fileRefusal(world.settings.fileLimits, frame.file.type, frame.file.size);
      const sender = await senderOf(world, door, 'upload', arrival);
      if (sender.kind === 'refused') return sender;
      return refusal ?? offerUpload(world, sender, frame.messageId, frame.file);
    }
    case 'BIN': {
      const sender = await senderOf(world, door, 'message', arrival);
      if (sender.kind === 'refused') return sender;
      const file = await uploadedFile(world, sender, frame.url, frame.file);
      if ('code' in file) return file;
      return accept(world, sender, frame.messageId, { kind: 'file', file }, arrival.arrivedAt);
    }
  }
}

/** Who sends by this connection, if they may. A website that may not use the channel any more loses the connection. */
async function senderOf(
  world: World,
  { limits, guard }: Door,
  what: 'message' | 'upload',
  { connection: id, address }: Arrival,
): Promise<Sender | Refusal> {
  const connection = await joinedConnection(
    world,
    id,
    async () => address === undefined || (guard.waits(id, world.clock.now()) && mayWait(world, address)),
  );
  if (!connection) return refuse(401, 'Join a channel first');
  const sender = await admit(world, connection.conversation, limits);
  if (sender.kind === 'refused') return sender;
  const now = world.clock.now();
  if (!mayConnect(sender.channel, connection.origin)) {
    if (guard.close(id, now) === 'close') await close(world, id, 'its website may not use the channel any more');
    return foreignOrigin();
  }
  if (!guard.admits(what, address, now)) return overLimit(limits, now);
  return (await mayBegin(world, sender, address)) ? sender : overLimit({ window: NEW_WINDOW }, now);
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
