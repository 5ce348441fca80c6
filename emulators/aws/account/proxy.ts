import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';

import { buffer } from 'node:stream/consumers';
import { closeServer, listen } from '../../loopback';
import { errorCode, Failure } from '../../failure';
import { isToThisMachine, refuse } from '../../web-access';
import type { AwsReply } from '../protocol/aws-reply';
import type { RawRequest } from '../protocol/aws-request';

/** The HTTP endpoint of the emulated account, on loopback. */
export class AwsProxy {
  private constructor(
    private readonly server: Server,
    /** `http://127.0.0.1:<port>`, what `AWS_ENDPOINT_URL` is set to. */
    readonly url: string,
  ) {}

  /**
   * Listens on loopback.
   * @param port 0 takes any free one
   * @throws Failure with a sentence for people, if the port is taken
   */
  static async listen(port: number, handle: (raw: RawRequest) => Promise<AwsReply>): Promise<AwsProxy> {
    const server = createServer((incoming, outgoing) => {
      if (!isToThisMachine(incoming)) {
        return refuse(incoming, outgoing, 421, `There is no AWS at ${incoming.headers.host}.`);
      }
      respond(incoming, outgoing, handle).catch(() => outgoing.destroy());
    });
    // Terraform keeps connections open between calls; closing them under it would look like a failing service.
    server.keepAliveTimeout = 0;
    try {
      return new AwsProxy(server, `http://127.0.0.1:${await listen(server, port)}`);
    } catch (error) {
      if (errorCode(error) === 'EADDRINUSE') {
        throw new Failure(
          `Port ${port} is in use: choose another one for the emulated AWS, or end what listens there.`,
        );
      }
      throw error;
    }
  }

  /** Closes the endpoint and its connections. */
  async close(): Promise<void> {
    await closeServer(this.server);
  }
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (raw: RawRequest) => Promise<AwsReply>,
): Promise<void> {
  const reply = await handle({
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    headers: incoming.headers,
    body: await buffer(incoming),
  });
  const length =
    incoming.method === 'HEAD' ? String(reply.headers['content-length'] ?? '0') : String(reply.body.length);
  const headers: OutgoingHttpHeaders = {
    ...reply.headers,
    ...(reply.status === 204 ? {} : { 'content-length': length }),
  };
  outgoing.writeHead(reply.status, headers);
  outgoing.end(incoming.method === 'HEAD' ? undefined : reply.body);
}
