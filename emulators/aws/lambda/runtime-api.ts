import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { answerJson } from '../../answer';
import { listen } from '../../loopback';
import { isFromAnotherWebsite, isToThisMachine, refuse } from '../../web-access';

/** One invocation on its way to a runtime. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly payload: Buffer;
}

/** What the runtime tells the service. */
export interface RuntimeListener {
  /** The runtime asked for its next invocation for the first time, or again. */
  ready(): void;
  responded(requestId: string, payload: Buffer): void;
  failed(requestId: string, payload: Buffer): void;
  initFailed(payload: Buffer): void;
}

/**
 * The Lambda Runtime API, as one execution environment sees it.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  private waiting: ServerResponse | undefined;
  private next: Invocation | undefined;

  private constructor(
    private readonly server: Server,
    /** `127.0.0.1:<port>`, the value of `AWS_LAMBDA_RUNTIME_API`. */
    readonly authority: string,
  ) {}

  /** Listens on a free loopback port. */
  static async listen(listener: RuntimeListener): Promise<RuntimeApi> {
    const server = createServer();
    server.keepAliveTimeout = 0;
    const api = new RuntimeApi(server, `127.0.0.1:${await listen(server)}`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!isToThisMachine(request))
        return refuse(request, response, 421, `There is nothing at ${request.headers.host}.`);
      if (isFromAnotherWebsite(request))
        return refuse(request, response, 403, 'No website may stand in for a function.');
      api.route(request, response, listener).catch(() => response.destroy());
    });
    return api;
  }

  /** Hands an invocation to the runtime, now or as soon as it asks. */
  offer(invocation: Invocation): void {
    this.next = invocation;
    this.deliver();
  }

  /** Ends the API; a runtime that waits is cut off. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async route(request: IncomingMessage, response: ServerResponse, listener: RuntimeListener): Promise<void> {
    const [, id, verb] =
      /^\/2018-06-01\/runtime\/invocation\/([^/]+)(?:\/(response|error))?$/.exec(request.url ?? '') ?? [];
    if (request.method === 'GET' && id === 'next') {
      this.waiting = response;
      this.deliver();
      listener.ready();
      return;
    }
    const body = await buffer(request);
    const isInitError = request.url === '/2018-06-01/runtime/init/error';
    if (request.method !== 'POST' || (!isInitError && verb === undefined)) {
      return answerJson(response, 404, { errorMessage: 'Not found', errorType: 'NotFound' });
    }
    answerJson(response, 202, { status: 'OK' });
    if (isInitError) listener.initFailed(body);
    else if (verb === 'response') listener.responded(id ?? '', body);
    else listener.failed(id ?? '', body);
  }

  private deliver(): void {
    if (this.waiting === undefined || this.next === undefined) return;
    const invocation = this.next;
    this.waiting.writeHead(200, {
      'content-type': 'application/json',
      'content-length': invocation.payload.length,
      'lambda-runtime-aws-request-id': invocation.requestId,
      'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
      'lambda-runtime-invoked-function-arn': invocation.functionArn,
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
    });
    this.waiting.end(invocation.payload);
    this.waiting = undefined;
    this.next = undefined;
  }
}
