import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { GatewayActivity, Observe } from './activity';
import { sourceIp } from './client-request';
import { serveRoute, type ApiDefinition, type ServedRoute, type StageDefinition } from './definition';
import { newIdentifier } from './identifier';
import { integrate, type Invoke } from './invocation';
import type { GatewayLimits } from './limits';
import type { ProxyResponse } from './proxy-response';
import { refuseUpgrade } from './refused-upgrade';
import { selectRouteKey } from './route-selection';
import type { Throttle } from './throttle';
import { WebSocketConnection } from './websocket-connection';
import {
  connectEvent,
  disconnectEvent,
  messageEvent,
  type ConnectionFacts,
  type WebSocketEvent,
} from './websocket-event';

/** How long the closing handshake may take, in milliseconds. */
const CLOSE_TIMEOUT = 2000;

/** What may stand in a log: the name of a kind of message, and no more. */
const TAG = /^[A-Z][A-Z0-9_]{1,15}$/;

type Handled = { readonly status: number; readonly response?: ProxyResponse; readonly error?: unknown };

/** The WebSocket side of the gateway: handshakes, routing, route responses, ends. */
export class WebSocketGateway {
  private readonly connections = new Map<string, WebSocketConnection>();
  private readonly handshakeProtocols = new WeakMap<IncomingMessage, string>();
  private readonly pending = new Set<Promise<void>>();
  private readonly server: WebSocketServer;

  constructor(
    private readonly invoke: Invoke,
    private readonly limits: GatewayLimits,
    private readonly throttle: Throttle,
    private readonly observe: Observe,
    /** The definition in force for an API, which may change while connections last. */
    private readonly current: (
      apiId: string,
      stageName: string,
    ) => { api: ApiDefinition; stage: StageDefinition } | undefined,
  ) {
    // Named first, as @types/ws does not know closeTimeout yet.
    const options = {
      noServer: true,
      clientTracking: false,
      maxPayload: limits.messageBytes,
      closeTimeout: CLOSE_TIMEOUT,
      handleProtocols: (): false => false,
    };
    this.server = new WebSocketServer(options);
    // The function decides the subprotocol, offered or not, as at AWS:
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
    this.server.on('headers', (headers, request) => {
      const protocol = this.handshakeProtocols.get(request);
      if (protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
    });
  }

  /** How many connections are open. */
  get size(): number {
    return this.connections.size;
  }

  /** The open connection of that id in that API and stage. */
  find(apiId: string, stageName: string, connectionId: string): WebSocketConnection | undefined {
    const connection = this.connections.get(connectionId);
    const facts = connection?.facts;
    const belongs = facts?.apiId === apiId && facts.stage.stageName === stageName;
    return belongs && connection?.isOpen ? connection : undefined;
  }

  /** Takes a handshake for a stage of an API: `$connect` first, then the connection. */
  accept(api: ApiDefinition, stage: StageDefinition, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.track(this.connect(api, stage, request, socket, head));
  }

  /** Ends every connection as API Gateway does when it goes away, and waits until `$disconnect` has run for each. */
  async close(graceMillis: number): Promise<void> {
    for (const connection of this.connections.values()) connection.close(1001, 'Going away');
    const deadline = setTimeout(() => {
      for (const connection of this.connections.values()) connection.terminate();
    }, graceMillis / 2);
    const settled = (async () => {
      while (this.connections.size > 0 || this.pending.size > 0) {
        await Promise.race([...this.pending, new Promise((resolve) => setTimeout(resolve, 10))]);
      }
    })();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([settled, new Promise((resolve) => (timer = setTimeout(resolve, graceMillis)))]);
    clearTimeout(timer);
    clearTimeout(deadline);
    this.server.close();
  }

  private async connect(
    api: ApiDefinition,
    stage: StageDefinition,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const started = performance.now();
    const facts: ConnectionFacts = {
      connectionId: newIdentifier(),
      apiId: api.apiId,
      stage,
      domainName: request.headers.host ?? 'localhost',
      sourceIp: sourceIp(request),
      userAgent: request.headers['user-agent'],
      connectedAt: Date.now(),
    };
    const event = connectEvent(facts, request);
    socket.on('error', () => socket.destroy());
    const report = (status: number, error?: unknown): void =>
      this.report('connect', facts, started, { routeKey: '$connect', status, error });
    const refuse = (status: number, message: string, error?: unknown): void => {
      report(status, error);
      refuseUpgrade(socket, status, errorFrame(message, facts, event));
    };

    if (!isHandshake(request)) return refuse(400, 'Bad Request');
    const served = this.route(api, stage, '$connect');
    // Without a $connect route every connection is accepted:
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
    const outcome = served ? await this.handle(served, event) : { status: 200 };
    if (outcome.status < 200 || outcome.status > 299) {
      if (!outcome.response) return refuse(outcome.status, messageOf(outcome.status), outcome.error);
      report(outcome.status);
      return refuseUpgrade(
        socket,
        outcome.status,
        outcome.response.body?.toString() ?? '',
        outcome.response.headers['content-type'] ?? 'text/plain',
      );
    }

    const protocol = outcome.response?.headers['sec-websocket-protocol'];
    if (protocol !== undefined) this.handshakeProtocols.set(request, protocol);
    let established = false;
    if (!socket.destroyed) {
      this.server.handleUpgrade(request, socket, head, (webSocket) => {
        established = true;
        const connection = new WebSocketConnection(facts, webSocket, socket, this.limits, {
          onMessage: (text) => this.track(this.message(connection, text)),
          onClose: (code, reason) => {
            this.connections.delete(facts.connectionId);
            this.track(this.disconnect(facts, code, reason));
          },
        });
        this.connections.set(facts.connectionId, connection);
      });
    }
    report(outcome.status);
    // The client left while $connect was running: the function knows a connection that never came to be.
    if (!established) await this.disconnect(facts, 1006, 'Connection closed abnormally');
  }

  private async message(connection: WebSocketConnection, text: string): Promise<void> {
    const started = performance.now();
    const { facts } = connection;
    const { api, stage } = this.current(facts.apiId, facts.stage.stageName) ?? {};
    const selected = api && selectRouteKey(api.routeSelectionExpression ?? '$request.body.action', text);
    const served =
      api &&
      stage &&
      ((isCustomKey(selected) && this.route(api, stage, selected)) || this.route(api, stage, '$default'));
    const event = messageEvent(facts, served?.route.routeKey ?? '$default', text);
    const outcome: Handled = served ? await this.handle(served, event) : { status: 403 };

    if (!outcome.response) {
      connection.send(Buffer.from(errorFrame(messageOf(outcome.status), facts, event)));
    } else if (served?.route.hasRouteResponse && outcome.response.body && outcome.response.body.length > 0) {
      connection.send(outcome.response.body);
    }
    this.report('message', facts, started, {
      ...(selected !== undefined && TAG.test(selected) ? { tag: selected } : {}),
      routeKey: event.requestContext.routeKey,
      status: outcome.status,
      bytes: Buffer.byteLength(text),
      error: outcome.error,
    });
  }

  private async disconnect(facts: ConnectionFacts, code: number, reason: string): Promise<void> {
    const started = performance.now();
    const { api, stage } = this.current(facts.apiId, facts.stage.stageName) ?? {};
    const served = api && stage && this.route(api, stage, '$disconnect');
    const outcome: Handled = served
      ? await this.handle(served, disconnectEvent(facts, code, reason), { throttled: false })
      : { status: 200 };
    this.report('disconnect', facts, started, { routeKey: '$disconnect', status: code, error: outcome.error });
  }

  private report(
    kind: GatewayActivity['kind'],
    { stage: { stageName: stage }, connectionId }: ConnectionFacts,
    started: number,
    what: Pick<GatewayActivity, 'routeKey' | 'status' | 'error' | 'tag'> & { readonly bytes?: number },
  ): void {
    this.observe({ kind, stage, connectionId, bytes: 0, ...what, duration: performance.now() - started });
  }

  private async handle(served: ServedRoute, event: WebSocketEvent, { throttled = true } = {}): Promise<Handled> {
    if (throttled && !this.throttle.admits(served)) return { status: 429 };
    const timeout = served.timeoutInMillis ?? this.limits.webSocketIntegrationMillis;
    const outcome = await integrate(this.invoke, served, event, timeout, 'websocket');
    if ('response' in outcome) return { status: outcome.response.statusCode, response: outcome.response };
    return { status: outcome.timedOut ? 504 : 502, error: outcome.error };
  }

  private route(api: ApiDefinition, stage: StageDefinition, routeKey: string): ServedRoute | undefined {
    const route = api.routes.find((each) => each.routeKey === routeKey);
    return route && serveRoute(api, stage, route);
  }

  private track(work: Promise<void>): void {
    const tracked = work.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
  }
}

/** A message cannot name the routes of the connection's life or the default one. */
function isCustomKey(routeKey: string | undefined): routeKey is string {
  return routeKey !== undefined && !['$connect', '$disconnect', '$default'].includes(routeKey);
}

/** RFC 6455, section 4.2.1; checked before `$connect` runs for something that cannot become a connection. */
function isHandshake(request: IncomingMessage): boolean {
  const key = request.headers['sec-websocket-key'];
  return (
    request.method === 'GET' &&
    request.headers.upgrade?.toLowerCase() === 'websocket' &&
    request.headers['sec-websocket-version'] === '13' &&
    typeof key === 'string' &&
    /^[+/0-9A-Za-z]{22}==$/.test(key)
  );
}

/** API Gateway's words for what it answers by itself. */
function messageOf(status: number): string {
  if (status === 403) return 'Forbidden';
  if (status === 429) return 'Too Many Requests';
  if (status === 504) return 'Endpoint request timed out';
  return 'Internal server error';
}

function errorFrame(message: string, facts: ConnectionFacts, event: WebSocketEvent): string {
  return JSON.stringify({ message, connectionId: facts.connectionId, requestId: event.requestContext.requestId });
}
