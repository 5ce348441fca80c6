import type { Served } from './download';
import type { FileLimits } from './model/file-limits';
import type { ChannelName, ChatId, ConnectionId, Connector, Handle } from './model/identifiers';
import type { RichText } from './messenger/rich-text';
import type {
  Channel,
  ChannelState,
  Connection,
  Content,
  Conversation,
  Direction,
  HostChat,
  Lease,
  Member,
  Message,
  MessageRef,
  Topic,
} from './model/records';

/** What a channel may be changed in. */
export interface ChannelChange {
  readonly state?: ChannelState;
  readonly forum?: boolean;
  readonly origins?: readonly string[];
}

/** A host chat and its open conversations, as they were read a moment ago. */
export type OpenConversations = Pick<HostChat, 'chat' | 'open'>;

/** Channels and the chats that host them. Every method is one request unless it says otherwise. */
export interface ChannelStore {
  find(name: ChannelName): Promise<Channel | undefined>;
  /** As {@link find}, with what was counted in the running window (of `window` milliseconds). */
  look(name: ChannelName, now: number, window: number): Promise<Channel | undefined>;
  /** Counts messages that were admitted, in all and in the running window, and prolongs the channel's life. */
  use(name: ChannelName, messages: number, now: number, window: number): Promise<void>;
  /**
   * Makes a channel: claims the host chat, writes the channel, confirms the claim (3 requests, in this order, each
   * conditional, so that a crash in between leaves nothing that hurts; the same call again finishes it).
   */
  create(channel: Channel): Promise<'created' | 'name taken' | 'already hosting'>;
  /** Undefined: there is no such channel, or `host` is not its host (any more). */
  change(name: ChannelName, host: ChatId, change: ChannelChange): Promise<Channel | undefined>;
  /** The host is away: suspends a channel that is active. Two requests, so that the host's own item tells it as well. */
  suspend(name: ChannelName, host: ChatId): Promise<void>;
  /** The host is back: takes {@link suspend} back. */
  resume(name: ChannelName, host: ChatId): Promise<void>;
  /** Removes the channel and, if it still points here, its host pointer. */
  remove(name: ChannelName, host: ChatId): Promise<void>;

  host(chat: ChatId): Promise<HostChat | undefined>;
  /** The group became a supergroup: the channel follows. Repeatable. False: `from` hosts nothing (any more), nor does `to`. */
  moveHost(from: ChatId, to: ChatId): Promise<boolean>;
  /**
   * Notes that a conversation had a message at `at`, and prolongs the life of the host's item: call it for every message.
   * Conversations whose last message is older than `since` have ended; a new one takes their place if there is no room
   * (`openedAt`). With `OPEN_CONVERSATIONS` others open, only that is noted (`manyAt`). Times are ISO. One request, more if
   * `host` is out of date. Concurrent calls never make an entry older, nor drop one that is open.
   */
  openConversation(host: OpenConversations, handle: Handle, at: string, since: string): Promise<void>;
  /** Forgets an open conversation: it was erased, or its visitor banned. `at` (ISO): now. */
  closeConversation(chat: ChatId, handle: Handle, at: string): Promise<void>;
  /**
   * Takes `weight` posts of a line's share ({@link SHARE}), or none, and returns the chat as it is then. `wait`: how long the
   * line has to wait for that many, milliseconds; 0: they are taken. One request for a line that has not posted lately, two
   * for others.
   */
  claimShare(
    chat: ChatId,
    line: string,
    weight: number,
    now: number,
  ): Promise<{ readonly host: HostChat; readonly wait: number } | undefined>;
  /** The messenger is over its limit: nothing to this chat before `until` (epoch milliseconds). */
  blockHost(chat: ChatId, until: number): Promise<void>;
  /**
   * Takes the next turn to send something to this chat, `pace` milliseconds after the one that was taken before, but not
   * before `earliest`. Two requests, or more if many take turns at once. Epoch milliseconds.
   */
  takeTurn(chat: ChatId, earliest: number, pace: number): Promise<number>;
}

/** What a member may be changed in; null removes. */
export interface MemberChange {
  readonly name?: string;
  readonly banned?: boolean;
  readonly seenAt?: string;
  readonly announcedAt?: string;
  readonly presence?: string | null;
  readonly pinned?: string | null;
  readonly turn?: number | null;
  readonly topic?: Topic | null;
}

/** What JOIN says of a member. */
export interface Attachment {
  readonly proof: string;
  readonly connector: Connector;
  readonly line?: string | undefined;
  readonly name: string;
  readonly connection: ConnectionId;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Taken in the same step, so that nothing is pushed to the connection before the OK. */
  readonly lease?: Lease;
}

/** `taken`: another member id has this handle. `busy`: another instance holds the delivery lease; try again soon. `erasing`: until nothing is left of the conversation. */
export type AttachOutcome =
  | { readonly kind: 'attached'; readonly member: Member; readonly before: Member | undefined }
  | { readonly kind: 'taken' }
  | { readonly kind: 'banned' }
  | { readonly kind: 'erasing' }
  | { readonly kind: 'busy' };

/**
 * What stands on one page of a table, including what has expired but is still stored. The pages are the whole table: for
 * /drop and /erase only.
 */
export interface MemberPage {
  readonly members: readonly Member[];
  /** Chats and topics that lead to members. */
  readonly pointers: readonly string[];
  /** The start of the next page; undefined: there is none. Removing members between pages skips nobody. */
  readonly next?: string;
}

/** What a step of removing many things came to. `done: false`: there may be more. */
export interface Removed {
  readonly removed: number;
  readonly done: boolean;
}

export interface MemberStore {
  find(conversation: Conversation): Promise<Member | undefined>;
  /** Makes the member, or finds it again, with one more connection. Everything else of a known member stays. */
  attach(conversation: Conversation, attachment: Attachment): Promise<AttachOutcome>;
  /** Forgets that connection and no other. `lostAt`: when it ended, if nobody closed it (`Member.lostAt`). */
  detach(conversation: Conversation, connection: ConnectionId, lostAt?: string): Promise<void>;
  /**
   * Counts one message from this member, in all and in the running window (of `window` milliseconds), and returns the
   * member as it is then; undefined: no such member.
   */
  countSent(conversation: Conversation, now: number, window: number): Promise<Member | undefined>;
  /** Undefined: no such member. */
  change(conversation: Conversation, change: MemberChange): Promise<Member | undefined>;
  /**
   * Nobody is this member any more, and nobody can become them before {@link remove}, whether there is one or not. Gives what
   * leads to them. Repeatable.
   */
  expel(conversation: Conversation): Promise<Pick<Member, 'connections' | 'topic'>>;
  remove(conversation: Conversation): Promise<void>;
  /** The members of a channel, or one of them, and what leads to them, on one page of the table. */
  page(of: { readonly channel: ChannelName; readonly handle?: Handle }, from?: string): Promise<MemberPage>;
  removePointers(pointers: readonly string[]): Promise<void>;

  /**
   * Takes a ticket for a stored message and, if nobody holds the delivery lease, the lease. One request if the lease
   * is free, two or more otherwise. `leased: false`: the holder will see the ticket before it lets go.
   */
  requestDelivery(
    conversation: Conversation,
    lease: Lease,
    now: number,
  ): Promise<{ readonly leased: boolean; readonly member: Member } | undefined>;
  /**
   * Lets go of the lease. `emptied`: everything up to ticket `tickets` was delivered. `pushed`: see `Member.pushed`.
   * False: there are newer tickets (or the lease was lost): look again, or stop if it was lost.
   */
  releaseDelivery(
    conversation: Conversation,
    holder: string,
    tickets: number,
    emptied: boolean,
    pushed?: Member['pushed'],
  ): Promise<ReleaseOutcome>;

  /** The right to make this member's topic. False: another instance is making it, or there is one. */
  claimTopic(conversation: Conversation, lease: Lease, now: number): Promise<boolean>;
  /** Remembers the first unanswered message, if there is none yet. False: there was one. */
  claimPin(conversation: Conversation, message: string): Promise<boolean>;

  /** The member that a chat in a messenger is. */
  ofChat(chat: ChatId): Promise<Conversation | undefined>;
  /** Makes a chat a member's; an older link is replaced. Expires as a topic's does: repeat it now and then. */
  linkChat(chat: ChatId, conversation: Conversation): Promise<void>;
  /** Removes the link if it still points to that conversation. */
  unlinkChat(chat: ChatId, conversation: Conversation): Promise<void>;
  /** Makes a forum topic a member's. Expires by the retention setting: repeat it now and then (`Topic.linkedAt`). */
  linkTopic(chat: ChatId, thread: string, conversation: Conversation): Promise<void>;
  unlinkTopic(chat: ChatId, thread: string): Promise<void>;
}

/** `released`: nobody holds the lease now. `again`: there is a newer ticket, the lease is still held. `lost`: it is another's. */
export type ReleaseOutcome =
  { readonly kind: 'released' } | { readonly kind: 'again'; readonly member: Member } | { readonly kind: 'lost' };

export interface ConnectionStore {
  open(connection: Connection): Promise<void>;
  find(id: ConnectionId): Promise<Connection | undefined>;
  /** Says whose connection it is. False: it is not open (any more), or was that many other visitors' already. */
  join(id: ConnectionId, conversation: Conversation, visitors: number): Promise<boolean>;
  /** Forgets the connection and returns it as it was. */
  close(id: ConnectionId): Promise<Connection | undefined>;
  /** One more of something that is limited; how many there are then in the running window (of `window` milliseconds). */
  count(what: string, now: number, window: number): Promise<number>;
}

/** What became of a delivery. */
export interface Receipt {
  /** Where its parts stand, all in one chat. */
  readonly places: readonly MessageRef[];
  /** It came from a messenger: this is the place of its copy, which is kept beside that of the original. */
  readonly copy?: boolean;
}

/** Which of the two: `claimed` (go on), `busy` (another instance is at it), `done` (nothing to do). */
export type UpdateClaim = 'claimed' | 'busy' | 'done';

/** Some of a conversation's messages, in order. */
export interface HistoryPage {
  readonly entries: readonly { readonly message: Message; readonly position: string }[];
  /** The position to go on from, also where there were only messages that have expired; undefined: there are no more. */
  readonly next?: string;
}

export interface MessageStore {
  /** Stores a message once. `stored: false`: it was there; `message` is what is there. */
  put(message: Message): Promise<{ readonly stored: boolean; readonly message: Message }>;
  find(conversation: Conversation, key: string): Promise<Message | undefined>;
  /** What one side has not got yet, oldest first, at most `limit`. Strongly consistent. */
  due(conversation: Conversation, direction: Direction, limit: number): Promise<Message[]>;
  /**
   * Marks the beginning of a delivery whose outcome may stay unknown. False: it is not due any more, or says something else
   * than `content` by now. `presence`: see `Message.presence`.
   */
  attempt(conversation: Conversation, key: string, at: string, content?: Content, presence?: string): Promise<boolean>;
  /** It certainly did not arrive: nobody needs to look for it. Forgets the mark of {@link attempt}. */
  abandonAttempt(conversation: Conversation, key: string): Promise<void>;
  /** Some parts of a long message have arrived, the rest is still due. Also ends the attempt. */
  partDelivered(conversation: Conversation, key: string, receipt: Receipt): Promise<void>;
  /** The other side has it: it is due no more. Repeatable. */
  delivered(conversation: Conversation, key: string, receipt?: Receipt): Promise<void>;
  /**
   * Replaces the text (or caption) of a stored message. False: there is none, or nobody knows yet what became of an
   * attempt to deliver it: the old text tells whether it arrived.
   */
  correct(conversation: Conversation, key: string, text: string): Promise<boolean>;
  /** As {@link correct}, for a message to the host that nobody has begun to deliver. True: it goes out with the new text. */
  correctUnsent(conversation: Conversation, key: string, text: string): Promise<boolean>;
  /** The newest `limit` messages, oldest first. */
  latest(conversation: Conversation, limit: number): Promise<Message[]>;
  /**
   * The messages of a conversation after a position, oldest first, at most `limit`. What is delivered meanwhile is neither left
   * out nor told twice.
   */
  history(conversation: Conversation, after: string | undefined, limit: number): Promise<HistoryPage>;
  /**
   * Removes up to `limit` messages of a conversation and what points to them, including those that have expired but are
   * still stored, and the note of {@link noteWaiting}.
   */
  removeSome(conversation: Conversation, limit: number): Promise<Removed>;

  /** Notes that something waits for a host who is away. `mark`: a new one each time. */
  noteWaiting(conversation: Conversation, mark: string): Promise<void>;
  /** All conversations of a channel that were noted, with the latest mark of each. Strongly consistent. */
  waiting(channel: ChannelName): AsyncIterable<{ readonly conversation: Conversation; readonly mark: string }>;
  /** Forgets a note that still has this mark. */
  forgetWaiting(conversation: Conversation, mark: string): Promise<void>;

  /** Remembers that a messenger's message is (a copy of) a message of a conversation: a reply to it finds its way. */
  pointReply(from: MessageRef, to: ReplyTarget): Promise<void>;
  replyTarget(from: MessageRef): Promise<ReplyTarget | undefined>;
  /** What is known of these messages of one chat (at most 100), by their ids; one request. */
  replyTargets(of: readonly MessageRef[]): Promise<ReadonlyMap<string, ReplyTarget>>;

  /** Claims an update that is not idempotent by itself, for as long as the lease holds; remembered for 24 h. */
  claimUpdate(bot: string, update: string, lease: Lease, now: number): Promise<UpdateClaim>;
  /** The update was not handled after all: it may be claimed at once. Nothing, if the claim is not this lease's. */
  releaseUpdate(bot: string, update: string, lease: Lease): Promise<void>;
  finishUpdate(bot: string, update: string): Promise<void>;
}

/** The message that a messenger's message belongs to. */
export interface ReplyTarget extends Conversation {
  readonly message: string;
}

/** All that routing an operator's update needs, in one round trip. */
export interface Route {
  /** The channel that this chat hosts, or once did: ask the channel. */
  readonly host?: HostChat;
  /** The member that this chat is. */
  readonly member?: Conversation;
  /** Whose message is replied to. */
  readonly reply?: ReplyTarget;
  /** Whose topic it is. */
  readonly topic?: Conversation;
}

export interface RouteFinder {
  route(
    chat: ChatId,
    target: { readonly replyTo?: string | undefined; readonly thread?: string | undefined },
  ): Promise<Route>;
}

/** The four stores of a stage, and the look-up across them. */
export interface Stores {
  readonly channels: ChannelStore;
  readonly members: MemberStore;
  readonly connections: ConnectionStore;
  readonly messages: MessageStore;
  readonly routes: RouteFinder;
}

/** Pushes to visitors. */
export interface VisitorPush {
  /** `gone`: the connection does not exist any more. Throws if it cannot be known whether it arrived. */
  push(connection: ConnectionId, frame: string): Promise<'sent' | 'gone'>;
  /** Closes a connection. */
  disconnect(connection: ConnectionId): Promise<void>;
}

/** What the queue carries. One order per conversation (its message group); of the rest one group per kind and channel. */
export type QueueItem =
  /** Something is due to the host. Deliver what `messages.due(conversation, 'to-host', ...)` says. */
  | ({ readonly kind: 'to-host'; readonly message: string } & Conversation)
  /** Something is due to a member who is in a messenger. */
  | ({ readonly kind: 'to-chat'; readonly message: string } & Conversation)
  /** Something may be due to a web visitor after a push that failed for a passing reason. */
  | ({ readonly kind: 'to-visitor'; readonly attempt: number; readonly request: string } & Conversation)
  /** Go on removing a channel, with the page of members that begins at `from`. */
  | {
      readonly kind: 'drop';
      readonly channel: ChannelName;
      readonly step: number;
      readonly from?: string;
      readonly requestedBy?: ChatId;
      /** When everything is over that was begun before the channel was dropped, epoch milliseconds. */
      readonly removeAt?: number;
    }
  /** The host is there (again): bring the channel back and poke the conversations that wait for it. */
  | { readonly kind: 'resume'; readonly channel: ChannelName; readonly step: number }
  /** An answered message is still pinned. */
  | ({ readonly kind: 'unpin'; readonly chat: ChatId; readonly message: string } & Conversation)
  /** Go on erasing a conversation. */
  | ({
      readonly kind: 'erase';
      readonly step: number;
      readonly place?: ReportPlace;
      readonly progress?: ErasureProgress;
    } & Conversation)
  /** Go on exporting a conversation. */
  | ({
      readonly kind: 'export';
      readonly step: number;
      readonly place: ReportPlace;
      /** The next document, from 1. */
      readonly part: number;
      /** Messages in the documents before it. */
      readonly exported: number;
      /** Where it begins; undefined: at the beginning. */
      readonly after?: string;
    } & Conversation)
  /** Say what became of something that took long. */
  | {
      readonly kind: 'report';
      readonly channel: ChannelName;
      readonly step: number;
      readonly place: ReportPlace;
      readonly text: RichText;
    };

/** Where somebody waits for the end of something that takes long. */
export interface ReportPlace {
  readonly chat: ChatId;
  readonly thread?: string;
  readonly replyTo?: string;
}

/** How far the erasure of a conversation has got. */
export interface ErasureProgress {
  /** When everything is over that was begun before the visitor was cut off, epoch milliseconds. */
  readonly removeAt: number;
  /** Removed so far. */
  readonly messages: number;
  readonly files: number;
  /** The page of members from which to go on. */
  readonly from?: string;
  /** Nothing is left. */
  readonly finished?: boolean;
}

export interface DeliveryQueue {
  /** Resolves when the queue has it for good. The same item twice within five minutes counts once. */
  send(item: QueueItem): Promise<void>;
}

/** What the consumer of the queue did with an item: `retryAfter` (seconds) asks to have it again then, in order. */
export type QueueOutcome = { readonly kind: 'done' } | { readonly kind: 'retry'; readonly retryAfter: number };

/** The operator's side as the functions see it. */
export interface OperatorSide {
  /** One update of the messenger, as parsed JSON. `retry`: only if the same update can succeed later (answered 503). */
  receiveUpdate(update: unknown): Promise<'handled' | 'retry'>;
  /** One item of the queue. `attempt` counts from 1. */
  deliver(item: QueueItem, attempt: number): Promise<QueueOutcome>;
}

/** A file that is on its way: it is never in memory as a whole. Its bytes can be read once. */
export interface FileStream {
  /** Bytes. */
  readonly size: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** What is known of a stored file. */
export interface FileFacts {
  /** MIME type. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** As it was called, if that was kept with it. */
  readonly name?: string;
}

export interface FileStore {
  /**
   * A URL that accepts files of exactly this type and size (bytes) for a while. What is put there is pending: it is no file
   * of this key before it is kept, and is removed after a day.
   */
  uploadUrl(key: string, type: string, size: number): Promise<string>;
  /** What was last put to the upload URL of this key. `version` changes with the bytes. */
  pending(key: string): Promise<(FileFacts & { readonly version: string }) | undefined>;
  /**
   * Makes of what is pending the file of this key, for good and under this name. False: it is not pending in this version
   * (any more), or the key has a file; look again.
   */
  keep(key: string, file: Omit<Required<FileFacts>, 'size'> & { readonly version: string }): Promise<boolean>;
  /** A URL that serves the file for a while. */
  downloadUrl(key: string, as: Served): Promise<string>;
  inspect(key: string): Promise<FileFacts | undefined>;
  /** The bytes, piece by piece as they are asked for. Throws if there is no such object. */
  read(key: string): AsyncIterable<Uint8Array>;
  write(key: string, body: Uint8Array | FileStream, file: Pick<Required<FileFacts>, 'type' | 'name'>): Promise<void>;
  /** Removes files under a prefix (which ends in `/`), and what is pending there, as many as one request does. */
  removeSome(prefix: string): Promise<Removed>;
}

export interface Secrets {
  /** The bot token of this stage; read once per instance. */
  botToken(): Promise<string>;
  /** Reads it again, because it seems to have been changed; at most once a minute. */
  renew?(): Promise<void>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Randomness {
  bytes(count: number): Uint8Array;
}

/** Fields hold no message bodies, no member ids, no tokens. */
export interface Logger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** What a stage is set to. */
export interface Settings {
  /** What visitors may send. */
  readonly fileLimits: FileLimits;
  readonly stage: string;
  /** `wss://host/stage`, without a query. */
  readonly websocketUrl: string;
  /** `https://host/stage`. */
  readonly apiUrl: string;
  readonly retentionDays: number;
}

/** Everything that the domain needs of the world. */
export interface World extends Stores {
  readonly push: VisitorPush;
  readonly queue: DeliveryQueue;
  readonly files: FileStore;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly random: Randomness;
  readonly logger: Logger;
  readonly settings: Settings;
}
