import { randomUUID } from 'node:crypto';
import { ExecutionEnvironment, type InvocationResult } from '../emulators/aws/lambda/execution-environment';
import type { FunctionCode } from './function-code';

/** Lambda's own variables; the function's are added to them. */
const LAMBDA_VARIABLES = {
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_VERSION: '1',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
};

/** An execution environment for a piece of code; `print` takes what it prints. */
export async function startEnvironment(
  { command, folder }: FunctionCode,
  variables: Readonly<Record<string, string>>,
  print: (line: string) => void,
): Promise<ExecutionEnvironment> {
  return ExecutionEnvironment.start({
    name: 'bench:1',
    command,
    folder,
    variables: { ...LAMBDA_VARIABLES, LAMBDA_TASK_ROOT: folder, ...variables },
    timeoutMs: 30_000,
    print,
  });
}

/** Runs the function of an environment with an event. */
export async function invoke(environment: ExecutionEnvironment, event: object): Promise<InvocationResult> {
  const arn = 'arn:aws:lambda:eu-north-1:000000000000:function:bench:live';
  return environment.invoke(randomUUID(), arn, Buffer.from(JSON.stringify(event)));
}

/** A function in a process of its own: one invocation at a time, the others wait. */
export class FunctionProcess {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly environment: ExecutionEnvironment) {}

  /** Starts the process, which begins to work at once. `onLine` takes what it prints. */
  static async start(
    code: FunctionCode,
    variables: Readonly<Record<string, string>>,
    onLine: (line: string) => void = () => undefined,
  ): Promise<FunctionProcess> {
    return new FunctionProcess(await startEnvironment(code, variables, onLine));
  }

  /** The process's number; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.environment.pid;
  }

  /** Runs the function with an event, after those before it. Rejects if it fails, or if the process has ended. */
  invoke(event: object): Promise<unknown> {
    const answer = this.last.then(() => this.run(event));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the process. */
  stop(): void {
    this.environment.stop();
  }

  private async run(event: object): Promise<unknown> {
    if (this.environment.ended) throw new Error('The function has ended.');
    const { failed, payload } = await invoke(this.environment, event);
    if (failed) throw new Error(payload.toString());
    return JSON.parse(payload.toString() || 'null');
  }
}
