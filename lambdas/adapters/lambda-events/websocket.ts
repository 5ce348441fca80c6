import type { ConnectionId } from '../../chat/model/identifiers';
import type { VisitorSide } from '../../chat/browser-side';

/** The part of API Gateway's WebSocket event that is read here. */
export interface WebSocketEvent {
  readonly requestContext: {
    readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
    readonly connectionId: string;
    /** `requestId` in the access log. */
    readonly requestId?: string;
    /** Epoch milliseconds of arrival at the gateway. */
    readonly requestTimeEpoch: number;
    /** How a connection ended: the code of the close frame, or 1006 for none. */
    readonly disconnectStatusCode?: number;
    readonly identity?: { readonly sourceIp?: string };
  };
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** What a proxy integration answers; without a body the client of a WebSocket hears nothing. */
export interface ProxyAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Codes with which a client closes its connection: normal, the page is left, none given. */
const CLOSED: readonly (number | undefined)[] = [1000, 1001, 1005];

const PROTOCOL_HEADER = 'Sec-WebSocket-Protocol';

export function isWebSocketEvent(event: object): event is WebSocketEvent {
  const context = (event as Partial<WebSocketEvent>).requestContext;
  return typeof context?.eventType === 'string' && typeof context.connectionId === 'string';
}

/** Hands an event of the WebSocket API to the visitors' side. */
export async function answerWebSocket(event: WebSocketEvent, visitors: VisitorSide): Promise<ProxyAnswer> {
  const { eventType, connectionId, requestTimeEpoch, disconnectStatusCode, identity } = event.requestContext;
  const connection: ConnectionId = `ws:${connectionId}`;
  switch (eventType) {
    case 'CONNECT': {
      const outcome = await visitors.connect({
        connection,
        channel: event.queryStringParameters?.['c'],
        origin: header(event, 'origin'),
        sourceIp: identity?.sourceIp,
        protocols: (header(event, PROTOCOL_HEADER) ?? '').split(',').map((each) => each.trim()),
      });
      if (outcome.kind === 'refused') return { statusCode: outcome.code, body: outcome.reason };
      const { subprotocol } = outcome;
      return { statusCode: 200, ...(subprotocol ? { headers: { [PROTOCOL_HEADER]: subprotocol } } : {}) };
    }
    case 'DISCONNECT':
      await visitors.disconnect(connection, CLOSED.includes(disconnectStatusCode) ? 'closed' : 'lost');
      return { statusCode: 200 };
    case 'MESSAGE': {
      const text = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '');
      const body = await visitors.receive(connection, text, requestTimeEpoch, identity?.sourceIp);
      return { statusCode: 200, ...(body === undefined ? {} : { body }) };
    }
  }
}

/** A header by its name in any spelling. */
function header({ headers }: WebSocketEvent, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === wanted)?.[1];
}
