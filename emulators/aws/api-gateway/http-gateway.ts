import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Observe } from './activity';
import { splitTarget } from './client-request';
import { serveRoute, type ApiDefinition, type StageDefinition } from './definition';
import { httpEvent } from './http-event';
import { matchRoute, type MatchedRoute } from './http-route';
import { newIdentifier } from './identifier';
import { integrate, type Invoke } from './invocation';
import type { GatewayLimits } from './limits';
import type { ProxyResponse } from './proxy-response';
import { answerJson } from '../../answer';
import { readLimited } from '../../limited-body';
import type { Throttle } from './throttle';

/** `bytes` of the request's body, if it was read. */
type Answer = { readonly status: number; readonly bytes?: number } & (
  { readonly response: ProxyResponse } | { readonly message: string; readonly error?: unknown }
);

/** The HTTP side of the gateway: routing, payload format 2.0, API Gateway's own error objects. */
export class HttpGateway {
  constructor(
    private readonly invoke: Invoke,
    private readonly limits: GatewayLimits,
    private readonly throttle: Throttle,
    private readonly observe: Observe,
  ) {}

  /** Answers a request to a stage of an API; never rejects. */
  async answer(
    api: ApiDefinition,
    stage: StageDefinition,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const started = performance.now();
    const requestId = newIdentifier();
    const path = decodedPath(splitTarget(request).path);
    const matched =
      path === undefined ? undefined : matchRoute(api.routes, request.method ?? 'GET', withoutStage(path, stage));
    const answer = await this.handle(api, stage, matched, request, path, requestId).catch((error: unknown): Answer => ({
      status: 500,
      message: 'Internal Server Error',
      error,
    }));

    this.observe({
      kind: 'http',
      stage: stage.stageName,
      routeKey: matched?.route.routeKey ?? `${request.method} ${path ?? splitTarget(request).path}`,
      status: answer.status,
      bytes: answer.bytes ?? 0,
      duration: performance.now() - started,
      error: 'error' in answer ? answer.error : undefined,
    });
    if (response.destroyed) return;
    if ('message' in answer) {
      answerJson(response, answer.status, { message: answer.message }, { 'apigw-requestid': requestId });
    } else {
      writeResponse(response, answer.response, requestId);
    }
  }

  private async handle(
    api: ApiDefinition,
    stage: StageDefinition,
    matched: MatchedRoute | undefined,
    request: IncomingMessage,
    path: string | undefined,
    requestId: string,
  ): Promise<Answer> {
    const discard = (status: number, message: string, error?: unknown): Answer => {
      request.resume();
      return { status, message, error };
    };
    if (path === undefined) return discard(400, 'Bad Request');
    if (!matched) return discard(404, 'Not Found');
    const served = serveRoute(api, stage, matched.route);
    if (!this.throttle.admits(served)) return discard(429, 'Too Many Requests');

    const body = await readLimited(request, this.limits.httpPayloadBytes);
    if (!body) return { status: 413, message: 'Request Entity Too Large' };
    const bytes = body.length;
    const event = httpEvent(api, stage, matched, request, path, requestId, body);
    // A body that API Gateway takes may still be too long for Lambda's synchronous invocation.
    const { lambdaPayloadBytes } = this.limits;
    if (bytes > lambdaPayloadBytes / 2 && Buffer.byteLength(JSON.stringify(event)) > lambdaPayloadBytes) {
      return { status: 413, bytes, message: 'Request Entity Too Large' };
    }

    const timeout = served.timeoutInMillis ?? this.limits.httpIntegrationMillis;
    const outcome = await integrate(this.invoke, served, event, timeout, '2.0');
    if ('response' in outcome) return { status: outcome.response.statusCode, bytes, response: outcome.response };
    const { timedOut, error } = outcome;
    const [status, message] = timedOut ? [503, 'Service Unavailable'] : [500, 'Internal Server Error'];
    return { status, bytes, message, error };
  }
}

function writeResponse(response: ServerResponse, proxied: ProxyResponse, requestId: string): void {
  const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...headers } = proxied.headers;
  const body = proxied.body ?? Buffer.alloc(0);
  const hasBody = proxied.statusCode !== 204 && proxied.statusCode !== 304;
  response.writeHead(proxied.statusCode, {
    ...(hasBody ? { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length } : {}),
    ...headers,
    ...(proxied.cookies.length > 0 ? { 'set-cookie': [...proxied.cookies] } : {}),
    'apigw-requestid': requestId,
  });
  response.end(hasBody ? body : undefined);
}

function decodedPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function withoutStage(path: string, stage: StageDefinition): string {
  return stage.stageName === '$default' ? path : path.slice(stage.stageName.length + 1) || '/';
}
