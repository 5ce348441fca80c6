import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../../emulators/loopback';

/** A request as a stand-in sees it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it answers: a status with a text or JSON, nothing at all, or a connection that is cut. */
export type Answer =
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | 'silence'
  | 'reset';

/** Some service's server, on a free loopback port. */
export interface StandIn {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

export async function standIn(answer: (asked: Asked) => Answer): Promise<StandIn> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const one = {
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      asked.push(one);
      send(response, answer(one));
    });
  });
  const running: StandIn = {
    url: `http://127.0.0.1:${await listen(server)}`,
    asked,
    close: () => closeServer(server),
  };
  started.push(running);
  return running;
}

const started: StandIn[] = [];

/** Ends every stand-in of this test. */
export async function closeAll(): Promise<void> {
  await Promise.all(started.splice(0).map((server) => server.close()));
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'silence') return;
  if (answer === 'reset') {
    response.socket?.destroy();
    return;
  }
  const { status = 200, json, text = json === undefined ? '' : JSON.stringify(json), headers = {} } = answer;
  response.writeHead(status, { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers });
  response.end(text);
}

/** A port of this machine on which nobody listens. */
export async function nobodysUrl(): Promise<string> {
  const server = await standIn(() => ({}));
  await server.close();
  return server.url;
}
