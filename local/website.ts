import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, resolve } from 'node:path';

const WEB = resolve(__dirname, '..', 'web');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
};

/** The demo website at `/` and the widget at `/kite-chat.js`, built in memory when its source has changed. */
export class Website {
  private built: { readonly changedAt: number; readonly code: Promise<string> } | undefined;

  /** @param bundle builds the widget */
  constructor(private readonly bundle: () => Promise<string>) {}

  /** Answers a GET for a page of the demo or the widget; false, untouched, if there is no such thing. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const { pathname } = new URL(`http://localhost${request.url ?? '/'}`);
    if (pathname === '/kite-chat.js') {
      try {
        send(request, response, 200, '.js', await this.widget());
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        send(
          request,
          response,
          500,
          '.js',
          `console.error(${JSON.stringify(`The widget cannot be built: ${problem}`)});`,
        );
      }
      return true;
    }
    const page = demoFile(pathname);
    if (!page) return false;
    send(request, response, 200, extname(page), readFileSync(page));
    return true;
  }

  private widget(): Promise<string> {
    const changedAt = newestSource(WEB);
    if (this.built?.changedAt !== changedAt) this.built = { changedAt, code: this.bundle() };
    return this.built.code;
  }
}

function demoFile(pathname: string): string | undefined {
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  // Names of the folder's own files, so that no path leads out of it.
  return readdirSync(join(WEB, 'demo')).includes(name) ? join(WEB, 'demo', name) : undefined;
}

function newestSource(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newestSource(path) : statSync(path).mtimeMs;
  });
  return Math.max(0, ...times);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  extension: string,
  body: string | Buffer,
): void {
  response.writeHead(status, {
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'content-length': Buffer.byteLength(body),
    // Other websites also load the widget.
    'access-control-allow-origin': '*',
    'cache-control': 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
