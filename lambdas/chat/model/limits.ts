/** What one visitor, one stranger, and all visitors of a channel together may do within a window. */
export interface RateLimits {
  /** Length of a window, milliseconds. */
  readonly window: number;
  readonly messagesPerVisitor: number;
  /** Messages that were admitted. */
  readonly messagesPerChannel: number;
  /** Per function instance, as all that follow. A connection that sends more is closed. */
  readonly framesPerConnection: number;
  /** A connection of which more frames are refused is closed. */
  readonly refusalsPerConnection: number;
  /** Frames that wait for their JOIN; others are refused at once. */
  readonly waitsPerConnection: number;
  /** As {@link framesPerConnection}, for all connections from one source address. */
  readonly framesPerAddress: number;
  /** Messages that were admitted. */
  readonly messagesPerAddress: number;
  /** Uploads that were offered. */
  readonly uploadsPerAddress: number;
  readonly connectionsPerAddress: number;
}

export const RATE_LIMITS: RateLimits = {
  window: 60_000,
  messagesPerVisitor: 60,
  messagesPerChannel: 3000,
  framesPerConnection: 240,
  refusalsPerConnection: 30,
  waitsPerConnection: 5,
  framesPerAddress: 1200,
  messagesPerAddress: 120,
  uploadsPerAddress: 30,
  connectionsPerAddress: 300,
};

/** Messages, within {@link NEW_WINDOW}, from visitors at one address who are new to the operators of the channel. */
export const NEW_PER_ADDRESS = 60;

/** The window of {@link NEW_PER_ADDRESS}, milliseconds. */
export const NEW_WINDOW = 600_000;

/** What a chat that hosts nothing is answered within a minute, by one function instance; more it is not. */
export const ANSWERS_PER_CHAT = 60;

/** Visitors that one connection may be, one after the other. */
export const IDENTITIES_PER_CONNECTION = 4;

/** Browsers of one visitor that may be connected at the same time; the oldest is closed for one more. */
export const CONNECTIONS_PER_VISITOR = 10;

/** Frames of one source address that may wait for a JOIN at the same time, in all instances; see {@link WAIT_WINDOW}. */
export const WAITS_PER_ADDRESS = 6;

/** The window of {@link WAITS_PER_ADDRESS}, milliseconds. */
export const WAIT_WINDOW = 10_000;

/** The longest frame, UTF-8 bytes: what API Gateway calls a frame (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html). */
export const FRAME_BYTES = 32 * 1024;

/** The longest text, UTF-8 bytes. */
export const TEXT_BYTES = 4096;

/** What the name of a channel looks like. */
export const CHANNEL_NAME = /^[A-Za-z0-9_-]{8,32}$/;

/** The longest ids and names that a client may make up, characters. */
export const MESSAGE_ID_LENGTH = 128;
export const MEMBER_ID_LENGTH = 128;
export const MEMBER_NAME_LENGTH = 64;
export const FILE_NAME_LENGTH = 255;

/** The largest file that any deployment takes, MiB: Telegram accepts no larger one from a bot. */
export const LARGEST_FILE = 50;
