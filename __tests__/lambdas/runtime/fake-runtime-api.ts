import * as http from 'node:http';
import { listen } from '../../../emulators/loopback';

/** What a function said to the Runtime API. */
export interface Said {
  readonly path: string;
  readonly body: unknown;
  readonly errorType: string | undefined;
  /** The number of the TCP connection that it came over. */
  readonly connection: number;
}

/** Lambda's side of the Runtime API, on loopback: hands out the events it is given and notes what it is told. */
export class FakeRuntimeApi {
  readonly said: Said[] = [];
  connections = 0;
  /** Status of the answers to results; 202 is Lambda's. */
  status = 202;
  private readonly events: { body: string; headers: Record<string, string> }[] = [];
  private readonly numbers = new Map<unknown, number>();
  private waiting: (() => void) | undefined;
  /** Once it has started. */
  address = '';
  private listeners: (() => void)[] = [];
  private readonly server = http.createServer((request, response) => {
    if (request.url?.endsWith('/invocation/next')) {
      const hand = () => {
        const event = this.events.shift();
        if (event === undefined) {
          this.waiting = hand;
          return;
        }
        this.waiting = undefined;
        for (const [name, value] of Object.entries(event.headers)) response.setHeader(name, value);
        response.end(event.body);
      };
      hand();
      return;
    }
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      response.statusCode = this.status;
      response.end('{}');
      this.said.push({
        path: (request.url ?? '').replace('/2018-06-01/runtime', ''),
        body: JSON.parse(text),
        errorType: request.headers['lambda-runtime-function-error-type'] as string | undefined,
        connection: this.numbers.get(request.socket) ?? -1,
      });
      this.listeners.forEach((listener) => listener());
    });
  });

  async start(): Promise<this> {
    this.server.on('connection', (socket) => this.numbers.set(socket, this.connections++));
    this.address = `127.0.0.1:${await listen(this.server)}`;
    return this;
  }

  invoke(event: unknown, headers: Record<string, string> = {}): void {
    this.events.push({
      body: JSON.stringify(event),
      headers: {
        'Lambda-Runtime-Aws-Request-Id': `request-${this.said.length + this.events.length + 1}`,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + 3000),
        'Lambda-Runtime-Invoked-Function-Arn':
          'arn:aws:lambda:eu-north-1:123456789012:function:dev-request-dispatcher:live',
        ...headers,
      },
    });
    this.waiting?.();
  }

  /** Waits until the function has said so much. */
  async heard(count: number): Promise<readonly Said[]> {
    while (this.said.length < count) await new Promise<void>((resolve) => (this.listeners = [resolve]));
    return this.said;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
