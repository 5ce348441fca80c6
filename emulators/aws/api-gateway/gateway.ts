import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeServer, listen } from '../../loopback';
import type { Observe } from './activity';
import { splitTarget } from './client-request';
import { checkDefinition, type ApiDefinition, type GatewayDefinition, type StageDefinition } from './definition';
import { HttpGateway } from './http-gateway';
import type { Invoke } from './invocation';
import { answerJson } from '../../answer';
import { refuseUpgrade } from './refused-upgrade';
import { AWS_LIMITS, type GatewayLimits } from './limits';
import { answerManagementCall } from './management-api';
import { Throttle } from './throttle';
import { WebSocketGateway } from './websocket-gateway';

export interface GatewayOptions {
  readonly definition: GatewayDefinition;
  /** Runs a function. Called at once for every event: messages of one connection may overtake each other, as at AWS. */
  readonly invoke: Invoke;
  /** @default - API Gateway's own */
  readonly limits?: Partial<GatewayLimits>;
  /** Takes everything that was served. */
  readonly observe?: Observe;
}

/** How long `close` waits for `$disconnect` to run for each connection, in milliseconds. */
const CLOSE_GRACE = 3000;

type Served = { readonly api: ApiDefinition; readonly stage: StageDefinition };

/** API Gateway v2 on one machine. Serves by itself (`listen`) or as part of another server (the two `handle` methods). */
export class Gateway {
  private definition: GatewayDefinition;
  private readonly limits: GatewayLimits;
  private readonly observe: Observe;
  private readonly http: HttpGateway;
  private readonly webSockets: WebSocketGateway;
  private server: Server | undefined;

  /** @throws Error if a route leads to no function, with the route's name */
  constructor(options: GatewayOptions) {
    checkDefinition(options.definition);
    this.definition = options.definition;
    this.limits = { ...AWS_LIMITS, ...options.limits };
    this.observe = options.observe ?? (() => undefined);
    const throttle = new Throttle();
    this.http = new HttpGateway(options.invoke, this.limits, throttle, this.observe);
    this.webSockets = new WebSocketGateway(options.invoke, this.limits, throttle, this.observe, (apiId, stageName) =>
      this.stages('WEBSOCKET').find(({ api, stage }) => api.apiId === apiId && stage.stageName === stageName),
    );
  }

  /** How many WebSocket connections are open. */
  get connectionCount(): number {
    return this.webSockets.size;
  }

  /**
   * Serves another definition from now on. Open connections stay and are routed by the new one.
   * @throws Error as the constructor; the definition in force then stays
   */
  redefine(definition: GatewayDefinition): void {
    checkDefinition(definition);
    this.definition = definition;
  }

  /** Answers a request to one of the stages, the management API included; false, untouched, if it is to none of them. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const [, stageName = '', second, connectionId] = segments(request);
    if (second === '@connections' && connectionId !== undefined) {
      const candidates = this.stages('WEBSOCKET').filter(({ stage }) => stage.stageName === stageName);
      if (candidates.length === 0) return false;
      const find = (id: string) =>
        candidates.map(({ api }) => this.webSockets.find(api.apiId, stageName, id)).find((connection) => connection);
      answerManagementCall(
        request,
        response,
        { stage: stageName, connectionId },
        find,
        this.limits,
        this.observe,
      ).catch(() => response.destroy());
      return true;
    }
    const served =
      this.stages('HTTP').find(({ stage }) => stage.stageName === stageName) ??
      this.stages('HTTP').find(({ stage }) => stage.stageName === '$default');
    if (served) {
      void this.http.answer(served.api, served.stage, request, response);
      return true;
    }
    // A WebSocket stage takes no plain requests; what API Gateway says to an unsigned one is this.
    if (!this.stages('WEBSOCKET').some(({ stage }) => stage.stageName === stageName)) return false;
    request.resume();
    answerJson(response, 403, { message: 'Missing Authentication Token' });
    return true;
  }

  /** Takes a WebSocket handshake to one of the stages; false, untouched, if it is to none of them. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const [, stageName = '', ...more] = segments(request);
    const served = this.stages('WEBSOCKET').find(({ stage }) => stage.stageName === stageName);
    if (!served || more.some((segment) => segment !== '')) return false;
    this.webSockets.accept(served.api, served.stage, request, socket, head);
    return true;
  }

  /**
   * Serves on a port of its own (0: any free one) and resolves to the port.
   * @throws Error of node:net, e.g. with code EADDRINUSE
   */
  async listen(port = 0, host = '127.0.0.1'): Promise<number> {
    const server = createServer((request, response) => {
      if (this.handleRequest(request, response)) return;
      request.resume();
      answerJson(response, 404, { message: 'Not Found' });
    });
    server.on('upgrade', (request, socket, head) => {
      if (this.handleUpgrade(request, socket, head)) return;
      refuseUpgrade(socket, 403, JSON.stringify({ message: 'Forbidden' }));
    });
    const actual = await listen(server, port, host);
    this.server = server;
    return actual;
  }

  /** Ends all connections, lets `$disconnect` run for each, and stops serving. */
  async close(): Promise<void> {
    // The server still answers meanwhile: $disconnect may use the management API.
    await this.webSockets.close(CLOSE_GRACE);
    const { server } = this;
    this.server = undefined;
    if (server) await closeServer(server);
  }

  private stages(protocolType: ApiDefinition['protocolType']): Served[] {
    return this.definition.apis
      .filter((api) => api.protocolType === protocolType)
      .flatMap((api) => api.stages.map((stage) => ({ api, stage })));
  }
}

/** The decoded segments of a request's path; the first is empty. A segment that cannot be decoded stays as it is. */
function segments(request: IncomingMessage): string[] {
  return splitTarget(request)
    .path.split('/')
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        return segment;
      }
    });
}
