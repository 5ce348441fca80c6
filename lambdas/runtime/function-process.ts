import { invocationContext, type InvocationContext, type ProcessEnvironment } from './context';
import { failure, type Failure } from './failure';
import { RuntimeApi, type Invocation } from './runtime-api';

/** A Lambda handler, as the common build also exports it. */
export type Handler = (event: never, context: InvocationContext) => unknown;

/** What the process of a function is made of. */
export interface FunctionProcess {
  /** The variables of the process; the runtime sets `_X_AMZN_TRACE_ID` in it, where the SDKs and Powertools look for it. */
  readonly environment: ProcessEnvironment;
  /** Loads the module that exports the handler: what it throws is told to Lambda as the reason why the function does not start. */
  readonly load: () => Promise<{ readonly handler: Handler }>;
}

/** The exit code after a failed start. */
const START_FAILED = 1;
/** The exit codes of AWS's own Node.js runtime. */
const UNHANDLED_REJECTION = 128;
const UNCAUGHT_EXCEPTION = 129;

/**
 * Runs a function under Lambda's Runtime API (`provided.al2023`): loads its handler, then gives it one invocation after
 * the other, for ever. Answers only when the process has to end, with its exit code.
 */
export async function runFunction({ environment, load }: FunctionProcess): Promise<number> {
  const address = environment.AWS_LAMBDA_RUNTIME_API;
  if (address === undefined || address === '') {
    console.error(
      'AWS_LAMBDA_RUNTIME_API is not set. This program is an AWS Lambda function (runtime provided.al2023) and is started by Lambda; `npm run sandbox` runs it on this machine.',
    );
    return START_FAILED;
  }
  const api = new RuntimeApi(address);
  try {
    let handler: Handler;
    try {
      ({ handler } = await load());
    } catch (thrown) {
      await api.failToStart(logged(thrown));
      return START_FAILED;
    }
    return await new Invocations(api, handler, environment).serve();
  } catch (thrown) {
    // The Runtime API itself is gone or broken: nobody is left to tell but the log.
    logged(thrown);
    return START_FAILED;
  }
}

/** The endless row of a function's invocations, one at a time. */
class Invocations {
  /** The request id of the invocation that is being worked on. */
  private current: string | undefined;

  constructor(
    private readonly api: RuntimeApi,
    private readonly handler: Handler,
    private readonly environment: ProcessEnvironment,
  ) {}

  /**
   * Answers with an exit code once an error that no handler caught has been told to Lambda: the process is in an unknown
   * state then, and Lambda has to start a new one. Throws when the Runtime API fails.
   */
  serve(): Promise<number> {
    return new Promise((end, fail) => {
      const crash = (exitCode: number) => (thrown: unknown) => {
        const words = logged(thrown);
        const told = this.current === undefined ? Promise.resolve() : this.api.fail(this.current, words);
        told.then(() => end(exitCode), fail);
      };
      const exception = crash(UNCAUGHT_EXCEPTION);
      const rejection = crash(UNHANDLED_REJECTION);
      process.on('uncaughtException', exception).on('unhandledRejection', rejection);
      this.loop()
        .catch(fail)
        .finally(() => process.off('uncaughtException', exception).off('unhandledRejection', rejection));
    });
  }

  private async loop(): Promise<never> {
    for (;;) {
      const invocation = await this.api.next();
      this.current = invocation.requestId;
      const traceId = invocation.headers.get('lambda-runtime-trace-id');
      if (traceId === null) delete this.environment._X_AMZN_TRACE_ID;
      else this.environment._X_AMZN_TRACE_ID = traceId;
      await this.invoke(invocation);
      this.current = undefined;
    }
  }

  private async invoke({ requestId, headers, body }: Invocation): Promise<void> {
    let result: string;
    try {
      const context = invocationContext(headers, this.environment);
      result = JSON.stringify(await this.handler(JSON.parse(body) as never, context)) ?? 'null';
    } catch (thrown) {
      await this.api.fail(requestId, logged(thrown));
      return;
    }
    await this.api.respond(requestId, result);
  }
}

/** The failure, which is now also in the log: as one line of JSON, like all that the functions log. */
function logged(thrown: unknown): Failure {
  const words = failure(thrown);
  console.error(JSON.stringify({ level: 'ERROR', ...words }));
  return words;
}
