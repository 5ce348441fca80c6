import { type Failure } from './failure';

/** One invocation as it came from Lambda. */
export interface Invocation {
  readonly requestId: string;
  readonly headers: Headers;
  /** The event, as JSON text. */
  readonly body: string;
}

const VERSION = '2018-06-01';

/**
 * Lambda's Runtime API, over connections that are kept open.
 *
 * `fetch`, because it is what Bun has built in: `node:http` adds 6 ms to a cold start there.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  private readonly root: string;

  /** @param address host and port, as in `AWS_LAMBDA_RUNTIME_API` */
  constructor(address: string) {
    this.root = `http://${address}/${VERSION}/runtime`;
  }

  /** Waits for the next invocation. Throws when the Runtime API does not give one. */
  async next(): Promise<Invocation> {
    // `timeout: false` is Bun's. The answer comes when somebody invokes the function, however late: AWS asks for no
    // limit here, and the sandbox is frozen meanwhile. (Node gives up after five minutes: fine for tests.)
    const answer = await fetch(`${this.root}/invocation/next`, { timeout: false } as RequestInit);
    const body = await answer.text();
    const requestId = answer.headers.get('lambda-runtime-aws-request-id');
    if (!answer.ok || !requestId) {
      throw new Error(`The Runtime API answered ${answer.status} instead of an invocation: ${body}`);
    }
    return { requestId, headers: answer.headers, body };
  }

  /** Hands over the result of an invocation, as JSON text. */
  async respond(requestId: string, result: string): Promise<void> {
    await this.post(`/invocation/${requestId}/response`, result);
  }

  /** Says that an invocation failed; the function goes on with the next. */
  async fail(requestId: string, failure: Failure): Promise<void> {
    await this.post(`/invocation/${requestId}/error`, JSON.stringify(failure), failure.errorType);
  }

  /** Says that the function could not start. Lambda ends the process afterwards. */
  async failToStart(failure: Failure): Promise<void> {
    await this.post('/init/error', JSON.stringify(failure), failure.errorType);
  }

  private async post(path: string, body: string, errorType?: string): Promise<void> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (errorType !== undefined) headers['Lambda-Runtime-Function-Error-Type'] = errorType;
    const answer = await fetch(this.root + path, { method: 'POST', headers, body });
    const text = await answer.text();
    // 4xx concerns this invocation alone (413: the result is over 6 MB; 400: it has timed out): the next may do better.
    if (answer.status >= 400) console.error(`The Runtime API answered ${answer.status} to ${path}: ${text}`);
    if (answer.status >= 500) throw new Error(`The Runtime API failed (${answer.status}); the function ends.`);
  }
}
