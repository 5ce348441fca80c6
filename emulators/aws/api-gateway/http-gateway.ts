import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Observe } from './activity';
import { splitTarget } from './client-request';
import { serveRoute, type ApiDefinition, type ServedRoute, type StageDefinition } from './definition';
import { httpEvent } from './http-event';
import { matchRoute, type MatchedRoute } from './http-route';
import { newIdentifier } from './identifier';
import { invokeWithin, type Invoke } from './invocation';
import { answerJson } from './json-answer';
import type { GatewayLimits } from './limits';
import { readProxyResponse, type ProxyResponse } from './proxy-response';
import { readLimited } from '../../limited-body';
import type { Throttle } from './throttle';

type Answer =
  | { readonly status: number; readonly response: ProxyResponse }
  | { readonly status: number; readonly message: string; readonly error?: unknown };

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
    let bytes = 0;
    const answer = await this.handle(api, stage, matched, request, path, requestId, (length) => (bytes = length)).catch(
      (error: unknown): Answer => ({ status: 500, message: 'Internal Server Error', error }),
    );

    this.observe({
      kind: 'http',
      stage: stage.stageName,
      routeKey: matched?.route.routeKey ?? `${request.method} ${path ?? splitTarget(request).path}`,
      status: answer.status,
      bytes,
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
    onLength: (bytes: number) => void,
  ): Promise<Answer> {
    const discard = (status: number, message: string, error?: unknown): Answer => {
      request.resume();
      return { status, message, error };
    };
    if (path === undefined) return discard(400, 'Bad Request');
    if (!matched) return discard(404, 'Not Found');
    const served: ServedRoute = serveRoute(api, stage, matched.route);
    if (!this.throttle.admits(served)) return discard(429, 'Too Many Requests');

    const body = await readLimited(request, this.limits.httpPayloadBytes);
    if (!body) return { status: 413, message: 'Request Entity Too Large' };
    onLength(body.length);
    const event = httpEvent(api, stage, matched, request, path, requestId, body);
    // A body that API Gateway takes may still be too long for Lambda's synchronous invocation.
    if (body.length > this.limits.lambdaPayloadBytes / 2) {
      const length = Buffer.byteLength(JSON.stringify(event));
      if (length > this.limits.lambdaPayloadBytes) return { status: 413, message: 'Request Entity Too Large' };
    }

    const timeout = served.timeoutInMillis ?? this.limits.httpIntegrationMillis;
    const outcome = await invokeWithin(this.invoke, served.functionReference, event, timeout);
    if (outcome.kind === 'timed-out') {
      const error = new Error(`${served.functionReference} took longer than ${timeout} ms.`);
      return { status: 503, message: 'Service Unavailable', error };
    }
    if (outcome.kind === 'failed') return { status: 500, message: 'Internal Server Error', error: outcome.error };
    const response = readProxyResponse(outcome.value, '2.0');
    if (!response) {
      const error = new Error(`${served.functionReference} returned what is no response of payload format 2.0.`);
      return { status: 500, message: 'Internal Server Error', error };
    }
    return { status: response.statusCode, response };
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
