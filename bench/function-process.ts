import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { RuntimeApi } from '../emulators/aws/lambda/runtime-api';
import { RUNTIME_API, type FunctionCode } from './function-code';

/** Lambda's own variables; the function's are added to them. */
export const LAMBDA_VARIABLES = {
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_VERSION: '1',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
};

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A function in a process of its own, through Lambda's Runtime API: one invocation at a time, the others wait. */
export class FunctionProcess {
  private readonly child: ChildProcess;
  private pending: Pending | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private ended: string | undefined;

  private constructor(
    code: FunctionCode,
    private readonly api: RuntimeApi,
    variables: Readonly<Record<string, string>>,
    onLine: (line: string) => void,
  ) {
    const [program, ...parameters] = code.command;
    this.child = spawn(
      program,
      parameters.map((each) => (each === RUNTIME_API ? api.authority : each)),
      {
        cwd: code.folder,
        env: {
          ...LAMBDA_VARIABLES,
          LAMBDA_TASK_ROOT: code.folder,
          AWS_LAMBDA_RUNTIME_API: api.authority,
          ...variables,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', onLine);
    }
    this.child.once('error', (error) => this.end(`could not be started: ${error.message}`));
    this.child.once('exit', (exitCode, signal) => this.end(`ended with ${signal ?? `exit code ${exitCode}`}`));
  }

  /** Starts the process; it begins to work at once. `onLine` takes what it prints. */
  static async start(
    code: FunctionCode,
    variables: Readonly<Record<string, string>>,
    onLine: (line: string) => void = () => undefined,
  ): Promise<FunctionProcess> {
    const api = await RuntimeApi.listen({
      ready: () => undefined,
      responded: (_, payload) => started.settle((each) => each.resolve(JSON.parse(payload.toString() || 'null'))),
      failed: (_, payload) => started.settle((each) => each.reject(new Error(payload.toString()))),
      initFailed: (payload) => started.end(`did not start: ${payload.toString()}`),
    });
    const started = new FunctionProcess(code, api, variables, onLine);
    return started;
  }

  /** The process's number; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Runs the function with an event, after those before it. Rejects as it fails, or if the process has ended. */
  invoke(event: object): Promise<unknown> {
    const answer = this.last.then(() => this.run(event));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the process and resolves when it is gone. */
  async stop(): Promise<void> {
    const gone = this.ended === undefined ? new Promise((resolve) => this.child.once('exit', resolve)) : undefined;
    this.child.kill('SIGKILL');
    await gone;
    this.api.close();
  }

  private run(event: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(new Error(`The function ${this.ended}`));
      this.pending = { resolve, reject };
      this.api.offer({
        requestId: randomUUID(),
        functionArn: 'arn:aws:lambda:eu-north-1:000000000000:function:bench:live',
        deadlineMs: Date.now() + 30_000,
        payload: Buffer.from(JSON.stringify(event)),
      });
    });
  }

  private settle(how: (pending: Pending) => void): void {
    const { pending } = this;
    this.pending = undefined;
    if (pending) how(pending);
  }

  private end(reason: string): void {
    this.ended ??= reason;
    this.settle((each) => each.reject(new Error(`The function ${reason}`)));
  }
}
