/** What one visitor, and all visitors of a channel together, may do. */
export interface RateLimits {
  /** Length of a window, milliseconds. */
  readonly window: number;
  readonly messagesPerVisitor: number;
  /** Messages and joins. */
  readonly messagesPerChannel: number;
}

export const RATE_LIMITS: RateLimits = { window: 60_000, messagesPerVisitor: 60, messagesPerChannel: 3000 };

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
