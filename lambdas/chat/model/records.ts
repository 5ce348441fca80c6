import {
  connectorOf,
  type ChannelName,
  type ChatId,
  type ConnectionId,
  type Connector,
  type Handle,
} from './identifiers';

/** One visitor's exchange with a channel's host: the unit of order, of history, of export and of erasure. */
export interface Conversation {
  readonly channel: ChannelName;
  readonly handle: Handle;
}

/** The conversation of a record that belongs to one. */
export function conversationOf({ channel, handle }: Conversation): Conversation {
  return { channel, handle };
}

/** `<channel>/<handle>`: how a conversation is written in keys. */
export function conversationKey({ channel, handle }: Conversation): string {
  return `${channel}/${handle}`;
}

/** A message where it stands in a messenger. All ids are the messenger's own: only its adapter reads them. */
export interface MessageRef {
  readonly connector: Connector;
  readonly chat: ChatId;
  /** The topic it stands in. */
  readonly thread?: string;
  readonly message: string;
}

/** A message of a chat, and of one of its topics if it stands there. */
export function messageRef(chat: ChatId, message: string, thread?: string): MessageRef {
  return { connector: connectorOf(chat), chat, ...(thread === undefined ? {} : { thread }), message };
}

/** `active`: in use. `suspended`: the bot was removed from the host chat. `dropping`: being removed, gone for everybody. */
export type ChannelState = 'active' | 'suspended' | 'dropping';

/** How many messages there were in the running window of a rate limit; told when one more is counted. */
export interface RateWindow {
  readonly count: number;
  /** End of the window, epoch milliseconds. */
  readonly until: number;
}

/** A support line. */
export interface Channel {
  readonly name: ChannelName;
  /** The chat that answers. */
  readonly host: ChatId;
  /** 32 random bytes, base64url: the key of handles. Made with the channel, so a name used again shares no handle. */
  readonly handleKey: string;
  readonly state: ChannelState;
  /** The host chat has topics on. */
  readonly forum: boolean;
  /** Web origins that may connect (`https://example.com`); empty: all. */
  readonly origins: readonly string[];
  /** Messages of visitors that were admitted since the channel began. */
  readonly messages: number;
  readonly rate?: RateWindow;
  readonly createdAt: string;
}

/** How many open conversations a host chat's item holds at most. */
export const OPEN_CONVERSATIONS = 20;

/**
 * A chat that hosts a channel, or once did: only the channel itself tells its host (`Channel.host`). Ask it before anything is
 * done in its name.
 */
export interface HostChat {
  readonly chat: ChatId;
  readonly channel: ChannelName;
  /** The channel was suspended because the bot is not in this chat. */
  readonly away?: boolean;
  /** Conversations with a message lately: handle -> time of the last one (ISO). Some may have ended. */
  readonly open: Readonly<Record<string, string>>;
  /** When there were last more open conversations than `open` holds ({@link OPEN_CONVERSATIONS}), ISO. */
  readonly manyAt?: string;
  /** When a conversation was last closed before its time, ISO: an operator who wrote before then may have meant it. */
  readonly closedAt?: string;
  /** When a conversation was last opened, ISO: an operator who wrote before then cannot have meant it. */
  readonly openedAt?: string;
  /** The messenger is over its limit: nothing may be sent to this chat before then (epoch milliseconds, 0 if never). */
  readonly blockedUntil: number;
  /** The first turn that nobody has taken yet, epoch milliseconds; 0 if there were never any (`ChannelStore.takeTurn`). */
  readonly nextTurn: number;
}

/** One holder at a time: a function instance that crashed loses it at `until` (epoch milliseconds). */
export interface Lease {
  readonly holder: string;
  readonly until: number;
}

/** A forum topic of one member. */
export interface Topic {
  readonly chat: ChatId;
  /** The messenger's id of it. */
  readonly thread: string;
  /** When the way back (`linkTopic`) was last written, ISO: it expires, so an old one is written again. */
  readonly linkedAt: string;
}

/** A participant who is not the host: a web visitor, or a chat in a messenger, or one who moved from there to here. */
export interface Member extends Conversation {
  /** Keyed hash of the member id; the id itself is stored nowhere. */
  readonly proof: string;
  readonly connector: Connector;
  /** What is stored of the address of their last JOIN (`lineOf`); undefined: it is not known. */
  readonly line?: string;
  readonly name: string;
  readonly banned: boolean;
  readonly connections: readonly ConnectionId[];
  /** The chat in a messenger with which they joined last; it may be none of `connections` any more. */
  readonly chat?: ChatId;
  /** Messages that this member tried to send: also the tie-break between two of one millisecond. */
  readonly sent: number;
  readonly rate?: RateWindow;
  /** Since when they are a member, ISO; empty if an earlier version made them one. An erased visitor who is back is another. */
  readonly since: string;
  /** Last JOIN, leave or message, ISO. */
  readonly seenAt: string;
  /** When a message last told the operators who its author is, ISO; empty if never: this visitor is new to them. */
  readonly announcedAt: string;
  /** What the next message tells the operators about its author, in words: that they are back, for example. */
  readonly presence?: string;
  readonly delivery: DeliveryState;
  /** The last message that was pushed to their browsers, by the id of its last frame, and when (ISO). */
  readonly pushed?: { readonly id: string; readonly at: string };
  /** When a browser's connection last ended without being closed, ISO; forgotten at the next JOIN. */
  readonly lostAt?: string;
  readonly topic?: Topic;
  /** Somebody is making the topic. */
  readonly topicLease?: Lease;
  /** The pinned first unanswered message, in the host chat. */
  readonly pinned?: string;
  /** When it is this member's turn to be heard in a host chat that is over its limit, epoch milliseconds. */
  readonly turn?: number;
}

/**
 * Who may push to this member's connections, and whether another instance has something to push.
 * Each stored message to the visitor takes a ticket; when `tickets` equals `drained`, nothing waits.
 */
export interface DeliveryState {
  readonly tickets: number;
  readonly drained: number;
  readonly lease?: Lease;
}

/** A WebSocket as API Gateway numbers it. */
export interface Connection {
  readonly id: ConnectionId;
  readonly conversation?: Conversation;
  /** All visitors that it was, as {@link conversationKey} writes them. */
  readonly visitors?: readonly string[];
  /** The `c` of the connect URL. */
  readonly channel?: ChannelName;
  readonly origin?: string;
  /** The subprotocol agreed on; undefined: the client offered none. */
  readonly subprotocol?: string;
  readonly openedAt: string;
}

/** A file in the file store. */
export interface StoredFile {
  /** Object key: `<channel>/<handle>/<random>/<file name>`. */
  readonly key: string;
  readonly name: string;
  /** MIME type. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** What a former version stored as a message of its own. It is exported, and shown to nobody. */
export type Notice = 'joined' | 'left';

export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: StoredFile; readonly caption?: string }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** A new text for an earlier message of the same conversation. */
  | { readonly kind: 'correction'; readonly of: string; readonly text: string };

export type Direction = 'to-host' | 'to-visitor';

/** One message of a conversation; the outbox at the same time: it is `due` until the other side has it. */
export interface Message {
  readonly conversation: Conversation;
  /** Natural key, see `visitorMessageKey` and `messengerMessageKey`: storing it again changes nothing. */
  readonly key: string;
  readonly direction: Direction;
  readonly content: Content;
  /** When it reached us, or was written in a messenger, ISO with milliseconds: what people see. */
  readonly at: string;
  /** Tie-break between messages of one millisecond: the messenger's order, or the member's count of sent messages. */
  readonly order: number;
  /** Not delivered yet. */
  readonly due: boolean;
  /** When the other side got it, ISO, to the second. */
  readonly deliveredAt?: string;
  /** When somebody began to deliver it, ISO: if it is still due, nobody knows whether it arrived. */
  readonly attemptedAt?: string;
  /** What it tells the operators about its author, in words; decided when its delivery begins. */
  readonly presence?: string;
  /** Where it arrived, or where it came from, in a messenger; several of one chat if it was split. */
  readonly places?: readonly MessageRef[];
  /** A message of an operator that a visitor in a messenger got: where its copy stands. */
  readonly copies?: readonly MessageRef[];
}
