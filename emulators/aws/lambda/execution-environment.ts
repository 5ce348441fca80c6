import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

import { RuntimeApi, type Invocation } from './runtime-api';

/** A program and its arguments. */
export type Command = readonly [program: string, ...parameters: string[]];

/** Stands in a command for the address of the Runtime API. */
export const RUNTIME_API = '{runtime-api}';

/** What came of an invocation. */
export interface InvocationResult {
  /** Whether the function failed (Lambda's `X-Amz-Function-Error: Unhandled`). */
  readonly failed: boolean;
  /** The function's answer, or the error object of Lambda. */
  readonly payload: Buffer;
}

/** How an environment is started. */
export interface EnvironmentOptions {
  /** Stands in its own messages: `orders:3`. */
  readonly name: string;
  /** The program and its arguments, which may contain {@link RUNTIME_API}. */
  readonly command: Command;
  /** Where the code was unpacked. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Takes each line that the function prints. */
  readonly print: (line: string) => void;
}

/** Lambda allows 10 s for the init phase; a laptop with two busy cores gets more. */
const INIT_LIMIT_MS = 30_000;

/** One execution environment: a process that handles one invocation at a time. */
export class ExecutionEnvironment {
  /** When the process was started, by `performance.now()`. */
  readonly startedAt = performance.now();
  private current: { readonly invocation: Invocation; readonly finish: (result: InvocationResult) => void } | undefined;
  private initError: Buffer | undefined;
  private ready = false;
  private timer: NodeJS.Timeout | undefined;

  /** Whether the process has ended; such an environment is of no more use. */
  ended = false;

  private readonly child: ChildProcess;

  private constructor(
    private readonly options: EnvironmentOptions,
    private readonly api: RuntimeApi,
  ) {
    const { command, folder, variables, print } = options;
    const [program, ...parameters] = command.map((each) => each.replace(RUNTIME_API, api.authority));
    this.child = spawn(program ?? '', parameters, {
      cwd: folder,
      env: { ...variables, AWS_LAMBDA_RUNTIME_API: api.authority },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', print);
    }
    this.child.once('error', (error) => this.exited(`could not be started: ${error.message}`));
    this.child.once('exit', (code, signal) =>
      this.exited(`Runtime exited with error: ${code === null ? `signal: ${String(signal)}` : `exit status ${code}`}`),
    );
  }

  /** Starts the process; it goes on initializing while the first invocation waits. */
  static async start(options: EnvironmentOptions): Promise<ExecutionEnvironment> {
    const api = await RuntimeApi.listen({
      ready: () => environment.becameReady(),
      responded: (requestId, payload) => environment.finish(requestId, { failed: false, payload }),
      failed: (requestId, payload) => environment.finish(requestId, { failed: true, payload }),
      initFailed: (payload) => environment.initFailed(payload),
    });
    const environment = new ExecutionEnvironment(options, api);
    return environment;
  }

  /** The number of the process; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Whether it can take an invocation now. */
  get idle(): boolean {
    return !this.ended && this.current === undefined;
  }

  /** Runs one invocation to its end, which the function's time-out limits. The environment must be idle. */
  async invoke(requestId: string, functionArn: string, payload: Buffer): Promise<InvocationResult> {
    return await new Promise((resolve) => {
      const deadlineMs = Date.now() + this.options.timeoutMs;
      this.current = { invocation: { requestId, functionArn, deadlineMs, payload }, finish: resolve };
      if (this.ready) this.begin();
      else
        this.timer = setTimeout(
          () => this.abandon('Sandbox.Timedout', `Init did not finish within ${INIT_LIMIT_MS / 1000} s`),
          INIT_LIMIT_MS,
        );
    });
  }

  /** Ends the process. */
  stop(): void {
    clearTimeout(this.timer);
    this.ended = true;
    this.child.kill('SIGKILL');
    this.api.close();
  }

  private becameReady(): void {
    this.ready = true;
    if (this.current !== undefined) this.begin();
  }

  /** The time-out counts from here: an init phase before it is not part of it. */
  private begin(): void {
    if (this.current === undefined) return;
    clearTimeout(this.timer);
    const { timeoutMs } = this.options;
    this.timer = setTimeout(
      () => this.abandon('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`),
      timeoutMs,
    );
    this.ready = false;
    this.api.offer({ ...this.current.invocation, deadlineMs: Date.now() + timeoutMs });
  }

  private finish(requestId: string, result: InvocationResult): void {
    if (this.current?.invocation.requestId !== requestId) return;
    clearTimeout(this.timer);
    const { finish } = this.current;
    this.current = undefined;
    finish(result);
  }

  private initFailed(payload: Buffer): void {
    this.initError = payload;
    if (this.current !== undefined) this.finish(this.current.invocation.requestId, { failed: true, payload });
    this.stop();
  }

  private exited(reason: string): void {
    if (this.current !== undefined && this.initError === undefined) this.abandon('Runtime.ExitError', reason);
    this.stop();
  }

  private abandon(errorType: string, reason: string): void {
    if (this.current === undefined) return;
    const { requestId } = this.current.invocation;
    this.options.print(`${this.options.name}: ${reason}`);
    this.finish(requestId, {
      failed: true,
      payload: errorPayload(errorType, `RequestId: ${requestId} Error: ${reason}`),
    });
    this.stop();
  }
}

/** An error object as Lambda writes it. */
export function errorPayload(errorType: string, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ errorType, errorMessage }));
}
