/** A route of the WebSocket API. */
export interface WebSocketRoute {
  /** The first element of the frames that take it, or one of API Gateway's own: `$connect`, `$disconnect`, `$default`. */
  readonly key: string;
  /** The construct's id. */
  readonly id: string;
  /** Whether what the function returns goes back to the caller. */
  readonly answers: boolean;
}

/** A route of the HTTP API. */
export interface HttpRoute {
  /** Method and path below the stage. */
  readonly key: string;
  /** The construct's id. */
  readonly id: string;
}

/**
 * The routes of the WebSocket API, in AWS and of `npm start`. All lead to the same function; a frame whose first element is no
 * key takes `$default`.
 */
export const WEBSOCKET_ROUTES: readonly WebSocketRoute[] = [
  { key: '$connect', id: 'connect', answers: false },
  { key: '$disconnect', id: 'disconnect', answers: false },
  { key: '$default', id: 'default', answers: true },
  { key: 'PING', id: 'ping', answers: true },
];

/** Telegram's webhook, the same address to look at, and links to files that do not expire. */
export const HTTP_ROUTES: readonly HttpRoute[] = [
  { key: 'POST /tg', id: 'webhook' },
  { key: 'GET /tg', id: 'health' },
  { key: 'GET /files/{proxy+}', id: 'files' },
];
