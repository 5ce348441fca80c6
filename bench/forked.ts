import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A script of this folder in a process of its own. It tells when it is ready, and answers one order after the other. */
export class Forked<Ready> {
  private constructor(
    private readonly child: ChildProcess,
    /** What it told when it was ready. */
    readonly ready: Ready,
  ) {}

  static async start<Ready>(script: string, ...nodeOptions: string[]): Promise<Forked<Ready>> {
    const child = fork(join(__dirname, script), [], { execArgv: [...process.execArgv, ...nodeOptions] });
    const [ready] = (await once(child, 'message')) as [Ready];
    return new Forked(child, ready);
  }

  async ask<Answer>(order: object | string): Promise<Answer> {
    const answered = once(this.child, 'message');
    this.child.send(order);
    const [answer] = (await answered) as [Answer];
    return answer;
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
