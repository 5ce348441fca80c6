import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBytes } from '../request-body';
import { runAction } from './actions';
import { consoleView } from './view';
import { script, PAGE } from './page';
import type { People } from '../people';
import type { ChatRecord } from '../state';
import type { World } from '../world';

/** Changes within so many milliseconds go to the pages as one. */
const TOGETHER = 25;

/** The operator console: its page, the state it shows, changes as server-sent events, and what people do in it. */
export class Console {
  private readonly listeners = new Set<ServerResponse>();
  private scheduled: NodeJS.Timeout | undefined;

  constructor(
    private readonly world: World,
    private readonly people: People,
    private readonly mountPath: string,
  ) {}

  /** Tells every open page, once for all that happens at nearly the same time. */
  changed(_chat?: ChatRecord): void {
    if (this.listeners.size === 0) return;
    this.scheduled ??= setTimeout(() => {
      this.scheduled = undefined;
      const data = this.event();
      for (const listener of this.listeners) listener.write(data);
    }, TOGETHER);
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> {
    const route = `${request.method} ${path}`;
    if (route === 'GET ' || route === 'GET /')
      return send(response, 200, 'text/html; charset=utf-8', PAGE(this.mountPath));
    if (route === 'GET /console.js') return send(response, 200, 'text/javascript; charset=utf-8', await script());
    if (route === 'GET /state') return send(response, 200, 'application/json', JSON.stringify(consoleView(this.world)));
    if (route === 'GET /events') return this.listen(response);
    if (route === 'GET /file') return this.file(response, query.get('id') ?? '', query.get('name'));
    const action = /^POST \/actions\/(\w+)$/.exec(route)?.[1];
    if (action) return await this.act(request, response, action);
    send(
      response,
      404,
      'text/plain; charset=utf-8',
      `There is no page ${this.mountPath}${path}; the console is at ${this.mountPath}.`,
    );
  }

  close(): void {
    clearTimeout(this.scheduled);
    for (const listener of this.listeners) listener.end();
  }

  private listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`retry: 500\n${this.event()}`);
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
  }

  private event(): string {
    return `data: ${JSON.stringify(consoleView(this.world))}\n\n`;
  }

  private file(response: ServerResponse, id: string, name: string | null): void {
    const file = this.world.media.find(id);
    const content = file && this.world.media.read(id);
    if (!content) return send(response, 404, 'text/plain; charset=utf-8', 'There is no such file.');
    const shown = /^(image|audio|video)\//.test(file.mimeType) && !file.mimeType.includes('svg');
    response.setHeader(
      'content-disposition',
      `${shown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name ?? file.name ?? 'file')}`,
    );
    response.setHeader('x-content-type-options', 'nosniff');
    send(response, 200, shown ? file.mimeType : 'application/octet-stream', content);
  }

  private async act(request: IncomingMessage, response: ServerResponse, action: string): Promise<void> {
    // A page of another site cannot send JSON here without being asked first.
    if (!request.headers['content-type']?.startsWith('application/json'))
      return send(response, 415, 'text/plain', 'JSON only.');
    try {
      const body: unknown = JSON.parse((await readBytes(request)).toString('utf8'));
      const result = await runAction(this.people, action, body);
      send(response, 200, 'application/json', JSON.stringify(result ?? null));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      send(response, 400, 'application/json', JSON.stringify({ error: message }));
    }
  }
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    // In a frame, another website could lead clicks to it. Older browsers know the second header only.
    'content-security-policy': "frame-ancestors 'none'",
    'x-frame-options': 'DENY',
  });
  response.end(body);
}
