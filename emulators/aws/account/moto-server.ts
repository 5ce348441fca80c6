import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from '../../loopback';
import { Failure } from '../../failure';
import type { AwsReply } from '../protocol/aws-reply';
import type { RawRequest } from '../protocol/aws-request';
import type { Environment } from './program';

const START_LIMIT_MS = 60_000;

/** Headers of one hop, which a proxy must not pass on (RFC 9110, section 7.6.1). */
const ONE_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'expect',
  'proxy-connection',
  'te',
  'upgrade',
]);

/** A running `moto_server`: AWS in memory, on a loopback port of its own. */
export class MotoServer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /**
   * Starts the server and waits until it answers.
   * @param program path of `moto_server`
   * @param environment the environment it inherits
   * @throws Failure if it ends, or does not answer within a minute
   */
  static async start(program: string, environment: Environment): Promise<MotoServer> {
    const port = await freePort();
    const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
      env: {
        ...environment,
        // AWS-managed policies are 404 without this, and a certificate takes 33 s to be issued without the other.
        MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
        MOTO_ACM_VALIDATION_WAIT: '1',
        PYTHONUNBUFFERED: '1',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const output: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      output.push(chunk);
      if (output.length > 200) output.shift();
    });
    const ended = new Promise<never>((_, reject) => {
      child.once('error', (error) => reject(new Failure(`moto_server could not be started: ${error.message}`)));
      child.once('exit', (code) =>
        reject(
          new Failure(`moto_server ended at once (exit status ${String(code)}): ${output.join('').trim().slice(-400)}`),
        ),
      );
    });
    ended.catch(() => undefined);
    // If this process ends without having stopped it, it must not stay behind.
    process.once('exit', () => child.kill('SIGKILL'));
    const moto = new MotoServer(child, port);
    try {
      await Promise.race([moto.answering(), ended]);
      await moto.configure();
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return moto;
  }

  /** Sends a request and reads the answer to its end. */
  async send(raw: RawRequest): Promise<AwsReply> {
    const headers = Object.fromEntries(Object.entries(raw.headers).filter(([name]) => !ONE_HOP.has(name)));
    const withLength = raw.body.length > 0 || ['POST', 'PUT', 'PATCH'].includes(raw.method);
    return await new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          method: raw.method,
          path: raw.url,
          agent: this.agent,
          headers: { ...headers, ...(withLength ? { 'content-length': raw.body.length } : {}) },
        },
        (incoming) => {
          const kept = Object.entries(incoming.headers).filter(
            ([name, value]) =>
              value !== undefined && (!ONE_HOP.has(name) || (raw.method === 'HEAD' && name === 'content-length')),
          );
          const headers = Object.fromEntries(kept) as Record<string, string | string[]>;
          const status = incoming.statusCode ?? 502;
          buffer(incoming).then((body) => resolve({ status, headers, body }), reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(raw.body);
    });
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    this.agent.destroy();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  private async answering(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      try {
        await this.control('GET', '/moto-api/config');
        return;
      } catch {
        await pause(50);
      }
    }
    throw new Failure(`moto_server did not answer within ${START_LIMIT_MS / 1000} s on port ${this.port}.`);
  }

  private async configure(): Promise<void> {
    await this.control('POST', '/moto-api/config', { lambda: { use_docker: false } });
  }

  private async control(method: string, url: string, body?: unknown): Promise<AwsReply> {
    return await this.send({
      method,
      url,
      headers: { host: `127.0.0.1:${this.port}`, 'content-type': 'application/json' },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    });
  }
}
