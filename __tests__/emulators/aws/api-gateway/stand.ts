import { once } from 'node:events';
import { WebSocket } from 'ws';
import {
  Gateway,
  type GatewayActivity,
  type GatewayDefinition,
  type GatewayOptions,
} from '../../../../emulators/aws/api-gateway';

/** An event of either payload format, loosely, for assertions. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Event = any;

const FUNCTION_URI =
  'arn:aws:apigateway:eu-north-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-north-1:000000000000:function:${stageVariables.function}/invocations';

/** Both APIs as Kite deploys them. */
export const DEFINITION: GatewayDefinition = {
  apis: [
    {
      apiId: 'ws-api',
      protocolType: 'WEBSOCKET',
      routeSelectionExpression: '$request.body.[0]',
      integrations: [{ integrationId: 'fn', integrationUri: FUNCTION_URI }],
      routes: [
        { routeKey: '$connect', target: 'integrations/fn' },
        { routeKey: '$disconnect', target: 'integrations/fn' },
        { routeKey: '$default', target: 'integrations/fn', hasRouteResponse: true },
        { routeKey: 'PING', target: 'integrations/fn', hasRouteResponse: true },
        { routeKey: 'QUIET', target: 'integrations/fn' },
      ],
      stages: [
        { stageName: 'dev', stageVariables: { function: 'dev-request-dispatcher:live' } },
        { stageName: 'prod', stageVariables: { function: 'prod-request-dispatcher:live' } },
      ],
    },
    {
      apiId: 'http-api',
      protocolType: 'HTTP',
      integrations: [{ integrationId: 'fn', integrationUri: FUNCTION_URI }],
      routes: [
        { routeKey: 'GET /tg', target: 'integrations/fn' },
        { routeKey: 'POST /tg', target: 'integrations/fn' },
        { routeKey: 'GET /files/{proxy+}', target: 'integrations/fn' },
      ],
      stages: [{ stageName: 'dev', stageVariables: { function: 'dev-request-dispatcher:live' } }],
    },
  ],
};

/** A gateway on a free port with a function of the test's own. */
export class Stand {
  readonly events: Event[] = [];
  readonly invoked: string[] = [];
  readonly activities: GatewayActivity[] = [];
  private readonly clients: WebSocket[] = [];
  readonly gateway: Gateway;
  port = 0;

  /** @param answer the function; `$connect` and `$disconnect` are answered with 200 unless it is asked for them too */
  constructor(answer: (event: Event) => unknown = () => ({ statusCode: 200 }), options: Partial<GatewayOptions> = {}) {
    this.gateway = new Gateway({
      definition: DEFINITION,
      invoke: async (functionReference, event) => {
        this.invoked.push(functionReference);
        this.events.push(event);
        return answer(event);
      },
      observe: (activity) => this.activities.push(activity),
      ...options,
    });
  }

  async start(): Promise<this> {
    this.port = await this.gateway.listen(0);
    return this;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.terminate();
    await this.gateway.close();
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  client(path = '/dev', protocols: string[] = []): WebSocket {
    const client = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, protocols);
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }

  async connected(path = '/dev', protocols: string[] = []): Promise<WebSocket> {
    const client = this.client(path, protocols);
    await once(client, 'open');
    return client;
  }

  eventOf(eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT'): Event {
    return this.events.find((event) => event.requestContext.eventType === eventType);
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 4000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** The next message that a client gets, as text. */
export async function nextMessage(client: WebSocket): Promise<string> {
  const [data] = await once(client, 'message');
  return String(data);
}

/** Status and body with which a handshake was refused. */
export async function refusal(client: WebSocket): Promise<{ status: number; body: string }> {
  const [, response] = await once(client, 'unexpected-response');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, body };
}
