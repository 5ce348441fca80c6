import { Forked } from './forked';
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
  private constructor(private readonly process: Forked<unknown>) {}

  static async begin(): Promise<Starter> {
    return new Starter(await Forked.start('starter-worker.ts'));
  }

  /** @throws Error if what was started failed */
  async start(order: StartOrder): Promise<ProcessStart> {
    const answer = await this.process.ask<StartAnswer>(order);
    if ('error' in answer) throw new Error(answer.error);
    return answer.start;
  }

  async end(): Promise<void> {
    await this.process.end();
  }
}
