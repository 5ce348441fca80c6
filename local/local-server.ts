import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { closeServer, listen } from '../emulators/loopback';
import { errorCode, errorText, Failure } from '../emulators/failure';
import { isToThisMachine, refuse } from '../emulators/web-access';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * An HTTP server on this machine's own addresses, IPv4 and IPv6, and no others. It answers
 * this machine's own names only (docs/adr/0036-what-a-website-may-reach.md).
 */
export class LocalServer {
  private onRequest: RequestHandler | undefined;
  private onUpgrade: UpgradeHandler | undefined;

  private constructor(private readonly servers: Server[]) {}

  /**
   * Takes the port (0: any free one). Until `serve` is called everything is answered with 503.
   * @throws Failure if the port cannot be had
   */
  static async listen(port: number): Promise<LocalServer> {
    const local = new LocalServer([]);
    try {
      await local.bind('127.0.0.1', port);
    } catch (error) {
      throw portFailure(port, error);
    }
    try {
      await local.bind('::1', local.port);
    } catch (error) {
      // Many machines and containers have no IPv6.
      if (port !== 0 && errorCode(error) === 'EADDRINUSE') {
        await local.close();
        throw portFailure(port, error);
      }
    }
    return local;
  }

  get port(): number {
    return (this.servers[0]?.address() as AddressInfo).port;
  }

  /** `http://localhost:<port>` */
  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  serve(onRequest: RequestHandler, onUpgrade: UpgradeHandler): void {
    this.onRequest = onRequest;
    this.onUpgrade = onUpgrade;
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map(closeServer));
  }

  private async bind(host: string, port: number): Promise<void> {
    const server = createServer((request, response) => {
      if (!isToThisMachine(request)) {
        return refuse(request, response, 421, `This is ${this.origin}, and nothing at ${request.headers.host}.`);
      }
      if (this.onRequest) return this.onRequest(request, response);
      request.resume();
      response.writeHead(503, { 'retry-after': '1' }).end('Starting\n');
    });
    server.on('upgrade', (request, socket, head) => {
      if (!isToThisMachine(request)) socket.end('HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\n\r\n');
      else if (this.onUpgrade) this.onUpgrade(request, socket, head);
      else socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\r\n');
    });
    await listen(server, port, host);
    this.servers.push(server);
  }
}

function portFailure(port: number, error: unknown): Failure {
  if (errorCode(error) === 'EADDRINUSE') {
    return new Failure(
      `Port ${port} is in use by another program: end it, or use another port, for example PORT=${port < 65_535 ? port + 1 : 3000} npm start.`,
    );
  }
  if (errorCode(error) === 'EACCES') {
    return new Failure(`Ports below 1024 need root: use one above 1023, for example PORT=3000 npm start.`);
  }
  return new Failure(
    `Port ${port} cannot be used (${errorText(error)}): use another one, for example PORT=3001 npm start.`,
  );
}
