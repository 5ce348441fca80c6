import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Observe } from './activity';
import { newIdentifier } from './identifier';
import type { GatewayLimits } from './limits';
import { answerJson } from '../../answer';
import { readLimited } from '../../limited-body';
import type { WebSocketConnection } from './websocket-connection';

/** Finds an open connection of the stage that a call is for. */
export type FindConnection = (connectionId: string) => WebSocketConnection | undefined;

/**
 * Answers `POST`, `GET` and `DELETE /{stage}/@connections/{connectionId}`, which functions call to write to a client,
 * look at its connection or end it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 *
 * Calls must be signed as at AWS; who signed them is not checked, as there are no accounts here.
 */
export async function answerManagementCall(
  request: IncomingMessage,
  response: ServerResponse,
  call: { readonly stage: string; readonly connectionId: string },
  find: FindConnection,
  limits: GatewayLimits,
  observe: Observe,
): Promise<void> {
  const started = performance.now();
  const report = (kind: 'push' | 'drop', status: number, bytes: number): void =>
    observe({
      kind,
      stage: call.stage,
      routeKey: '@connections',
      connectionId: call.connectionId,
      status,
      bytes,
      duration: performance.now() - started,
    });
  const fail = (status: number, type: string, message: string): void =>
    answerJson(response, status, { message }, { 'x-amzn-errortype': type, 'x-amzn-requestid': newIdentifier() });

  if (!isSigned(request)) {
    request.resume();
    return fail(403, 'ForbiddenException', 'Missing Authentication Token');
  }
  switch (request.method) {
    case 'POST': {
      const body = await readLimited(request, limits.messageBytes);
      if (!body) {
        report('push', 413, limits.messageBytes);
        return fail(413, 'PayloadTooLargeException', `The message is longer than ${limits.messageBytes} bytes.`);
      }
      // Looked for after the body has come: the client may leave meanwhile.
      const connection = find(call.connectionId);
      report('push', connection ? 200 : 410, body.length);
      if (!connection) return fail(410, 'GoneException', 'Gone');
      connection.send(body);
      return succeed(response, 200);
    }
    case 'GET': {
      request.resume();
      const connection = find(call.connectionId);
      if (!connection) return fail(410, 'GoneException', 'Gone');
      const { connectedAt, sourceIp, userAgent } = connection.facts;
      return answerJson(response, 200, {
        connectedAt: new Date(connectedAt).toISOString(),
        identity: { sourceIp, userAgent: userAgent ?? null },
        lastActiveAt: new Date(connection.lastActiveAt).toISOString(),
      });
    }
    case 'DELETE': {
      request.resume();
      const connection = find(call.connectionId);
      report('drop', connection ? 204 : 410, 0);
      if (!connection) return fail(410, 'GoneException', 'Gone');
      connection.close(1000, 'Connection Closed Normally');
      return succeed(response, 204);
    }
    default:
      request.resume();
      return fail(403, 'ForbiddenException', 'Missing Authentication Token');
  }
}

function succeed(response: ServerResponse, status: number): void {
  response.writeHead(status, {
    'x-amzn-requestid': newIdentifier(),
    ...(status === 204 ? {} : { 'content-length': 0 }),
  });
  response.end();
}

function isSigned(request: IncomingMessage): boolean {
  return /^AWS4-HMAC-SHA256 Credential=[^,]+\/execute-api\/aws4_request,/.test(request.headers.authorization ?? '');
}
