/** One thing the gateway did, for a log line: never with a body. */
export interface GatewayActivity {
  /** `push` and `drop` are the management API's POST and DELETE. */
  readonly kind: 'connect' | 'message' | 'disconnect' | 'push' | 'drop' | 'http';
  readonly stage: string;
  /** `$connect`, `PING`, `POST /tg`, or what was asked for if no route serves it. */
  readonly routeKey: string;
  readonly connectionId?: string;
  /** What the route selection expression found in a message, if it is a tag like `TXT`; never text. */
  readonly tag?: string;
  /** The status that the client got, or that a WebSocket message would have got; for `disconnect` the close code. */
  readonly status: number;
  /** Bytes of the request, message or push. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly duration: number;
  /** What went wrong, if the function failed: for the developer, not for the client. */
  readonly error?: unknown;
}

export type Observe = (activity: GatewayActivity) => void;
