import type { IncomingMessage, ServerResponse } from 'node:http';
import { Gateway, type GatewayDefinition, type GatewayOptions } from '../emulators/aws/api-gateway';
import { QueuePoller, type MessageSource, type QueuePollerOptions } from '../emulators/aws/lambda/queue-poller';
import type { LocalServer } from './local-server';

/** Answers a request, or returns false and leaves it untouched. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** The parts of a chat on this machine. Each can be another one: stores in memory, an emulated account, a bench's meter. */
export interface ChatParts extends Pick<GatewayOptions, 'observe' | 'limits'> {
  readonly server: LocalServer;
  /** The routes of the APIs. */
  readonly definition: GatewayDefinition;
  /** Runs a function for an event of the gateway or the queue. */
  readonly invoke: (event: object, functionReference?: string) => Promise<unknown>;
  /** What else the server serves, asked in this order: cloud, Telegram, website. */
  readonly handlers: readonly Handler[];
  /** Watches every request. */
  readonly watch?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The gateway and the queue of a chat, serving. */
export class Chat {
  private poller: QueuePoller | undefined;

  private constructor(
    private readonly parts: ChatParts,
    private readonly gateway: Gateway,
  ) {}

  /** Serves the chat on its server. Deliveries begin with {@link deliver}. */
  static assemble(parts: ChatParts): Chat {
    const { server, handlers, watch, invoke, ...options } = parts;
    const gateway = new Gateway({ ...options, invoke: async (reference, event) => invoke(event, reference) });
    server.serve(
      (request, response) => {
        watch?.(request, response);
        if (gateway.handleRequest(request, response)) return;
        answer(handlers, request, response).catch(() => response.destroy());
      },
      (request, socket, head) => {
        if (!gateway.handleUpgrade(request, socket, head))
          socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      },
    );
    return new Chat(parts, gateway);
  }

  /** Begins to give the function what is in a queue. */
  deliver(source: MessageSource, options: Omit<QueuePollerOptions, 'source' | 'invoke'> = {}): void {
    this.poller = new QueuePoller({ ...options, source, invoke: (event) => this.parts.invoke(event) });
  }

  /** Serves other routes from now on; open connections stay. */
  redefine(definition: GatewayDefinition): void {
    this.gateway.redefine(definition);
  }

  /** Ends the connections and lets the function hear of it. */
  async disconnect(): Promise<void> {
    await this.gateway.close();
  }

  /** Takes nothing more from the queue and waits for the deliveries in flight. */
  async stopDeliveries(): Promise<void> {
    await this.poller?.stop();
  }
}

async function answer(handlers: readonly Handler[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const handle of handlers) if (await handle(request, response)) return;
  request.resume();
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`There is nothing at ${request.url}.\n`);
}
