import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the gateway's process tells when it is ready. */
export interface GatewayReady {
  readonly url: string;
  readonly channel: string;
}

/** The local gateway with Kite's function in memory behind it, in a process of its own. */
export class GatewayProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly ready: GatewayReady,
  ) {}

  static async start(): Promise<GatewayProcess> {
    const child = fork(join(__dirname, 'gateway-worker.ts'), [], { execArgv: [...process.execArgv, '--expose-gc'] });
    const [ready] = (await once(child, 'message')) as [GatewayReady];
    return new GatewayProcess(child, ready);
  }

  get url(): string {
    return this.ready.url;
  }

  get channel(): string {
    return this.ready.channel;
  }

  /** Memory in bytes, after garbage collection. */
  async figures(): Promise<{ readonly memory: number }> {
    const answer = once(this.child, 'message');
    this.child.send('figures');
    const [figures] = (await answer) as [{ memory: number }];
    return figures;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
