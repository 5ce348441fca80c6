import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FunctionCode } from './function-code';
import type { ProcessStart } from './process-start';

/** What a {@link Starter} is asked to start. */
export type StartOrder =
  | { readonly kind: 'program'; readonly program: string; readonly args: readonly string[] }
  | {
      readonly kind: 'function';
      readonly code: FunctionCode;
      readonly variables: Readonly<Record<string, string>>;
      readonly event: object;
    };

/** What became of it; a program that ends has neither processor time nor memory. */
export type StartAnswer = { readonly start: ProcessStart } | { readonly error: string };

/**
 * Starts processes from a small process of its own: to fork one takes the longer the more memory it has, and what has
 * just built Kite has much.
 */
export class Starter {
  private constructor(private readonly child: ChildProcess) {}

  static async begin(): Promise<Starter> {
    const child = fork(join(__dirname, 'starter-worker.ts'));
    await once(child, 'message');
    return new Starter(child);
  }

  /** @throws Error if what was started failed */
  async start(order: StartOrder): Promise<ProcessStart> {
    const answered = once(this.child, 'message');
    this.child.send(order);
    const [answer] = (await answered) as [StartAnswer];
    if ('error' in answer) throw new Error(answer.error);
    return answer.start;
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
