import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Credentials } from '../account/identities';
import type { FunctionConfiguration } from './function-configuration';
import { RuntimeApi, type Invocation } from './runtime-api';

/** What came of an invocation. */
export interface InvocationResult {
  /** Whether the function failed (Lambda's `X-Amz-Function-Error: Unhandled`). */
  readonly failed: boolean;
  /** The function's answer, or the error object of Lambda. */
  readonly payload: Buffer;
}

/** What an environment needs of its surroundings. */
export interface EnvironmentOptions {
  readonly configuration: FunctionConfiguration;
  /** Where the code was unpacked. */
  readonly folder: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** The emulated account, which the function's SDK talks to. */
  readonly endpointUrl: string;
  readonly searchPath: string;
  /** Path of the compiled `nodejs-runtime.ts`. */
  readonly nodejsRuntime: string;
  readonly logStream: string;
  /** Takes each line that the function prints. */
  readonly print: (line: string) => void;
}

/** Lambda allows 10 s for the init phase; a laptop with two busy cores gets more. */
const INIT_LIMIT_MS = 30_000;

/** One execution environment: a process that handles one invocation at a time. */
export class ExecutionEnvironment {
  private readonly name: string;
  private current: { readonly invocation: Invocation; readonly finish: (result: InvocationResult) => void } | undefined;
  private initError: Buffer | undefined;
  private ready = false;
  private timer: NodeJS.Timeout | undefined;

  /** Whether the process has ended; such an environment is of no more use. */
  ended = false;

  private constructor(
    private readonly options: EnvironmentOptions,
    private api: RuntimeApi | undefined,
    private child: ChildProcess | undefined,
  ) {
    this.name = `${options.configuration.name}:${options.configuration.version}`;
  }

  /**
   * Starts the process; it goes on initialising while the first invocation waits.
   * @throws Error with a sentence for people, if this machine cannot run the code
   */
  static async start(options: EnvironmentOptions): Promise<ExecutionEnvironment> {
    const [program, ...parameters] = commandOf(options);
    const environment = new ExecutionEnvironment(options, undefined, undefined);
    const api = await RuntimeApi.listen({
      ready: () => environment.becameReady(),
      responded: (requestId, payload) => environment.finish(requestId, { failed: false, payload }),
      failed: (requestId, payload) => environment.finish(requestId, { failed: true, payload }),
      initFailed: (payload) => environment.initFailed(payload),
    });
    environment.api = api;
    const child = spawn(program, [...parameters.map((parameter) => parameter.replace(RUNTIME_API, api.authority))], {
      cwd: options.folder,
      env: variablesOf(options, api.authority),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    environment.child = child;
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', options.print);
    child.once('error', (error) => environment.exited(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      environment.exited(
        code === null
          ? `Runtime exited with error: signal: ${String(signal)}`
          : `Runtime exited with error: exit status ${code}`,
      ),
    );
    return environment;
  }

  /** Whether it can take an invocation now. */
  get idle(): boolean {
    return !this.ended && this.current === undefined;
  }

  /** Runs one invocation to its end, which the function's time-out limits. The environment must be idle. */
  async invoke(requestId: string, functionArn: string, payload: Buffer): Promise<InvocationResult> {
    return await new Promise((resolve) => {
      const deadlineMs = Date.now() + this.options.configuration.timeoutMs;
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
    this.child?.kill('SIGKILL');
    this.api?.close();
  }

  private becameReady(): void {
    this.ready = true;
    if (this.current !== undefined) this.begin();
  }

  /** The time-out counts from here: an init phase before it is not part of it. */
  private begin(): void {
    if (this.current === undefined) return;
    clearTimeout(this.timer);
    const { timeoutMs } = this.options.configuration;
    this.timer = setTimeout(
      () => this.abandon('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`),
      timeoutMs,
    );
    this.ready = false;
    this.api?.offer({ ...this.current.invocation, deadlineMs: Date.now() + timeoutMs });
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
    this.options.print(`${this.name}: ${reason}`);
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

/** Stands for the address of the Runtime API until it is known. */
const RUNTIME_API = '{runtime-api}';

function commandOf({ configuration, folder, nodejsRuntime, logStream }: EnvironmentOptions): [string, ...string[]] {
  if (configuration.runtime.startsWith('nodejs')) {
    const constants = {
      functionName: configuration.name,
      functionVersion: configuration.version,
      memoryLimitInMB: String(configuration.memoryMegabytes),
      logGroupName: configuration.logGroup,
      logStreamName: logStream,
    };
    // Without warnings: this machine's Node may be older than the function's, and libraries would say so each time.
    return [
      process.execPath,
      '--no-warnings',
      nodejsRuntime,
      RUNTIME_API,
      configuration.handler,
      folder,
      JSON.stringify(constants),
    ];
  }
  if (!configuration.runtime.startsWith('provided')) {
    throw new Error(
      `The emulated account runs provided.* and nodejs*, not the runtime ${configuration.runtime} of ${configuration.name}.`,
    );
  }
  const bootstrap = join(folder, 'bootstrap');
  checkMachine(bootstrap, configuration.name);
  return [bootstrap];
}

/** Machine numbers in the header of an ELF executable (offset 18), and Node's name for them. */
const ELF_MACHINES: Readonly<Record<number, string>> = { 0x3e: 'x64', 0xb7: 'arm64' };
const LAMBDA_NAMES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

function checkMachine(bootstrap: string, name: string): void {
  const header = Buffer.alloc(20);
  try {
    const file = openSync(bootstrap, 'r');
    readSync(file, header, 0, 20, 0);
    closeSync(file);
  } catch {
    throw new Error(`The zip of ${name} holds no executable named \`bootstrap\`, which its runtime needs.`);
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return;
  const built = ELF_MACHINES[header.readUInt16LE(18)];
  if (built === undefined || built === process.arch) return;
  const [mine, theirs] = [LAMBDA_NAMES[process.arch] ?? process.arch, LAMBDA_NAMES[built] ?? built];
  throw new Error(
    `The zip of ${name} is built for ${theirs} and this machine is ${mine}: deploy the ${mine} build (or the common one) to the emulated account.`,
  );
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function variablesOf(options: EnvironmentOptions, runtimeApi: string): NodeJS.ProcessEnv {
  const { configuration, credentials, region } = options;
  return {
    PATH: options.searchPath,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    _HANDLER: configuration.handler,
    LAMBDA_TASK_ROOT: options.folder,
    LAMBDA_RUNTIME_DIR: options.folder,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: configuration.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMegabytes),
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: options.endpointUrl,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...configuration.environment,
  };
}
