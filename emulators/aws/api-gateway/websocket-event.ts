import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from 'aws-lambda';
import type { IncomingMessage } from 'node:http';
import { forwardingHeaders, splitTarget } from './client-request';
import type { StageDefinition } from './definition';
import { newIdentifier } from './identifier';
import { commonLogTime } from './request-time';

/** What API Gateway knows of a connection for as long as it lasts. */
export interface ConnectionFacts {
  readonly connectionId: string;
  readonly apiId: string;
  readonly stage: StageDefinition;
  readonly domainName: string;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
}

type RequestContext = Omit<APIGatewayEventWebsocketRequestContextV2, 'messageId'> & {
  /** Of a message only. */
  readonly messageId?: string;
  readonly disconnectStatusCode?: number;
  readonly disconnectReason?: string;
  readonly identity: { readonly sourceIp: string; readonly userAgent?: string };
};

/** An event as API Gateway sends it to a WebSocket route's function. Messages have no headers. */
export type WebSocketEvent = APIGatewayProxyWebsocketEventV2WithRequestContext<RequestContext> & {
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
};

/**
 * The event of the handshake. Only this one has the client's headers and query parameters.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-integrations.html
 */
export function connectEvent(facts: ConnectionFacts, request: IncomingMessage): WebSocketEvent {
  const headers = handshakeHeaders(request);
  const query = queryParameters(splitTarget(request).query);
  return {
    headers: lastValues(headers),
    multiValueHeaders: headers,
    ...(Object.keys(query).length > 0
      ? { queryStringParameters: lastValues(query), multiValueQueryStringParameters: query }
      : {}),
    requestContext: context(facts, '$connect', 'CONNECT'),
    ...variables(facts),
    isBase64Encoded: false,
  };
}

/** The event of one message. */
export function messageEvent(facts: ConnectionFacts, routeKey: string, body: string): WebSocketEvent {
  return {
    requestContext: context(facts, routeKey, 'MESSAGE', { messageId: newIdentifier() }),
    ...variables(facts),
    body,
    isBase64Encoded: false,
  };
}

/**
 * The event after a connection has ended. Its headers are the gateway's own, not the client's: API Gateway sends these
 * four and no others.
 */
export function disconnectEvent(facts: ConnectionFacts, code: number, reason: string): WebSocketEvent {
  const headers = { Host: facts.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: context(facts, '$disconnect', 'DISCONNECT', {
      disconnectStatusCode: code,
      disconnectReason: reason || (code === 1005 ? 'Client-side close frame status not set' : ''),
    }),
    ...variables(facts),
    isBase64Encoded: false,
  };
}

function context(
  facts: ConnectionFacts,
  routeKey: string,
  eventType: RequestContext['eventType'],
  more: Pick<RequestContext, 'messageId' | 'disconnectStatusCode' | 'disconnectReason'> = {},
): RequestContext {
  const now = new Date();
  const requestId = newIdentifier();
  return {
    routeKey,
    ...more,
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    stage: facts.stage.stageName,
    connectedAt: facts.connectedAt,
    requestTimeEpoch: now.getTime(),
    identity: { ...(facts.userAgent === undefined ? {} : { userAgent: facts.userAgent }), sourceIp: facts.sourceIp },
    requestId,
    domainName: facts.domainName,
    connectionId: facts.connectionId,
    apiId: facts.apiId,
  };
}

function variables({ stage }: ConnectionFacts): { stageVariables?: Readonly<Record<string, string>> } {
  return stage.stageVariables && Object.keys(stage.stageVariables).length > 0
    ? { stageVariables: stage.stageVariables }
    : {};
}

/** WebSocket events keep the client's spelling of header names; what concerns only this hop is left out. */
function handshakeHeaders(request: IncomingMessage): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    if (/^(connection|upgrade)$/i.test(name)) continue;
    (headers[name] ??= []).push(request.rawHeaders[index + 1] ?? '');
  }
  for (const [name, value] of Object.entries(forwardingHeaders(request))) headers[name] = [value];
  return headers;
}

function queryParameters(query: string): Record<string, string[]> {
  const parameters: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) (parameters[name] ??= []).push(value);
  return parameters;
}

function lastValues(multiple: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(multiple).map(([name, values]) => [name, values.at(-1) ?? '']));
}
