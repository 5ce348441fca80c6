import { createServer, type Server } from 'node:http';
import { listen } from '../../../../emulators/loopback';

export interface TelegramCall {
  readonly method: string;
  /** Of the bot that called. */
  readonly token?: string;
  readonly parameters: Record<string, unknown>;
}

/** What the server does with one call: an answer, or something a real network does. */
export type Reaction = { status: number; body: unknown } | 'reset' | 'silence' | 'html';

/** A Bot API server that answers what the test says; everything else with `{ok: true, result: true}`. */
export class ScriptedTelegram {
  readonly calls: TelegramCall[] = [];
  readonly reactions = new Map<string, Reaction[]>();
  private server?: Server;

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const method = (request.url ?? '').split('/').at(-1) ?? '';
        const token = /\/bot([^/]+)\//.exec(request.url ?? '')?.[1];
        const text = Buffer.concat(chunks).toString('utf8');
        const json = request.headers['content-type']?.startsWith('application/json');
        this.calls.push({
          method,
          ...(token && { token }),
          parameters: json && text ? JSON.parse(text) : { body: text },
        });
        const reaction = this.reactions.get(method)?.shift() ?? { status: 200, body: { ok: true, result: true } };
        if (reaction === 'silence') return;
        if (reaction === 'reset') return void request.socket.destroy();
        if (reaction === 'html') return void response.writeHead(502).end('<html>502 Bad Gateway</html>');
        response.writeHead(reaction.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(reaction.body));
      });
    });
    this.server = server;
    return `http://127.0.0.1:${await listen(server)}`;
  }

  /** The next calls of `method` get these reactions, one each. */
  react(method: string, ...reactions: Reaction[]): void {
    this.reactions.set(method, [...(this.reactions.get(method) ?? []), ...reactions]);
  }

  refuse(method: string, code: number, description: string, parameters?: Record<string, unknown>): void {
    this.react(method, { status: code, body: { ok: false, error_code: code, description, parameters } });
  }

  answer(method: string, result: unknown): void {
    this.react(method, { status: 200, body: { ok: true, result } });
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
  }
}
