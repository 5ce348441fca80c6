import { randomUUID } from 'node:crypto';

import type { Credentials } from '../account/identities';
import type { CodeStore } from './code-store';
import { errorPayload, ExecutionEnvironment, type InvocationResult } from './execution-environment';
import { commandOf, compileNodejsRuntime } from './function-command';
import type { FunctionConfiguration } from './function-configuration';

/** A line that a function printed. */
export interface LogLine {
  readonly at: number;
  readonly functionName: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly line: string;
}

/** What the runner needs of the account. */
export interface RunnerOptions {
  /** A folder for what the runner itself needs. */
  readonly folder: string;
  readonly code: CodeStore;
  readonly region: string;
  readonly searchPath: string;
  /** Keys for a function's role. */
  readonly credentials: (roleArn: string) => Credentials;
  readonly endpointUrl: () => string;
  readonly log: (line: LogLine) => void;
  /** An environment that was idle this long is ended. @default 300000 */
  readonly idleLimitMs?: number;
  /** Environments of one version at the same time; further invocations wait. @default 32 */
  readonly concurrency?: number;
}

/** What came of an invocation, and what the function printed meanwhile. */
export interface RunResult extends InvocationResult {
  readonly requestId: string;
  readonly logs: readonly string[];
}

/** The environments of one version of a function, all with the same code and settings. */
interface Fleet {
  readonly environments: Set<ExecutionEnvironment>;
  readonly queue: (() => void)[];
  /** Environments being started. */
  starting: number;
}

/** Runs functions: as many environments as there are concurrent invocations, kept warm in between. */
export class FunctionRunner {
  private readonly fleets = new Map<string, Fleet>();
  private readonly idleTimers = new Map<ExecutionEnvironment, NodeJS.Timeout>();
  private readonly prints = new Map<ExecutionEnvironment, Set<string[]>>();
  private readonly nodejsRuntime: string;
  private stopped = false;

  constructor(private readonly options: RunnerOptions) {
    process.once('exit', this.onExit);
    this.nodejsRuntime = compileNodejsRuntime(options.folder);
  }

  /** Runs one invocation. What goes wrong is in the result; it does not throw. */
  async run(configuration: FunctionConfiguration, functionArn: string, payload: Buffer): Promise<RunResult> {
    const requestId = randomUUID();
    const logs: string[] = [];
    try {
      const environment = await this.take(configuration, logs);
      const result = await environment.invoke(requestId, functionArn, payload);
      this.release(configuration, environment, logs);
      return { ...result, requestId, logs };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return {
        failed: true,
        payload: errorPayload('Runtime.InvalidEntrypoint', `RequestId: ${requestId} Error: ${reason}`),
        requestId,
        logs,
      };
    }
  }

  /** How many environments are alive. */
  get environments(): number {
    return [...this.fleets.values()].reduce((sum, fleet) => sum + fleet.environments.size, 0);
  }

  /** Ends the idle environments of a function, so that the next invocation starts with its new code and settings. */
  retire(functionName: string): void {
    for (const [key, fleet] of this.fleets) {
      if (!key.startsWith(`${functionName}:`)) continue;
      for (const environment of fleet.environments) if (this.unused(environment)) this.discard(fleet, environment);
    }
  }

  /** Ends every environment. */
  stop(): void {
    process.off('exit', this.onExit);
    this.stopped = true;
    for (const fleet of this.fleets.values()) {
      for (const environment of [...fleet.environments]) this.discard(fleet, environment);
      for (const resume of fleet.queue.splice(0)) resume();
    }
  }

  /** Functions must not outlive the account, even if this process ends without having stopped it. */
  private readonly onExit = (): void => this.stop();

  private async take(configuration: FunctionConfiguration, logs: string[]): Promise<ExecutionEnvironment> {
    const fleet = this.fleetOf(configuration);
    for (;;) {
      if (this.stopped) throw new Error('The emulated account has been stopped.');
      for (const environment of fleet.environments) {
        if (environment.ended) this.discard(fleet, environment);
        else if (this.unused(environment)) return this.reserve(environment, logs);
      }
      if (fleet.environments.size + fleet.starting < (this.options.concurrency ?? 32))
        return await this.start(fleet, configuration, logs);
      await new Promise<void>((resume) => fleet.queue.push(resume));
    }
  }

  /** Neither running an invocation nor reserved for one, which would listen to what it prints. */
  private unused(environment: ExecutionEnvironment): boolean {
    return environment.idle && this.prints.get(environment)?.size === 0;
  }

  private reserve(environment: ExecutionEnvironment, logs: string[]): ExecutionEnvironment {
    clearTimeout(this.idleTimers.get(environment));
    this.prints.get(environment)?.add(logs);
    return environment;
  }

  private async start(
    fleet: Fleet,
    configuration: FunctionConfiguration,
    logs: string[],
  ): Promise<ExecutionEnvironment> {
    fleet.starting += 1;
    try {
      const listeners = new Set<string[]>([logs]);
      const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[${configuration.version}]${randomUUID().replaceAll('-', '')}`;
      const folder = await this.options.code.folder(configuration.codeSha256);
      const environment = await ExecutionEnvironment.start({
        name: `${configuration.name}:${configuration.version}`,
        command: commandOf(configuration, folder, this.nodejsRuntime, logStream),
        folder,
        variables: this.variablesOf(configuration, folder, logStream),
        timeoutMs: configuration.timeoutMs,
        print: (line) => {
          for (const lines of listeners) lines.push(line);
          this.options.log({
            at: Date.now(),
            functionName: configuration.name,
            logGroup: configuration.logGroup,
            logStream,
            line,
          });
        },
      });
      this.prints.set(environment, listeners);
      fleet.environments.add(environment);
      if (this.stopped) this.discard(fleet, environment);
      return environment;
    } finally {
      fleet.starting -= 1;
    }
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
  private variablesOf(
    configuration: FunctionConfiguration,
    folder: string,
    logStream: string,
  ): Readonly<Record<string, string>> {
    const { region, searchPath, endpointUrl, credentials } = this.options;
    const keys = credentials(configuration.roleArn);
    return {
      PATH: searchPath,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      _HANDLER: configuration.handler,
      LAMBDA_TASK_ROOT: folder,
      LAMBDA_RUNTIME_DIR: folder,
      AWS_LAMBDA_FUNCTION_NAME: configuration.name,
      AWS_LAMBDA_FUNCTION_VERSION: configuration.version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMegabytes),
      AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: logStream,
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      AWS_ENDPOINT_URL: endpointUrl(),
      AWS_EC2_METADATA_DISABLED: 'true',
      ...configuration.environment,
    };
  }

  private release(configuration: FunctionConfiguration, environment: ExecutionEnvironment, logs: string[]): void {
    const fleet = this.fleetOf(configuration);
    this.prints.get(environment)?.delete(logs);
    if (environment.ended) {
      this.discard(fleet, environment);
    } else {
      const timer = setTimeout(() => this.discard(fleet, environment), this.options.idleLimitMs ?? 300_000);
      timer.unref();
      this.idleTimers.set(environment, timer);
    }
    fleet.queue.shift()?.();
  }

  private discard(fleet: Fleet, environment: ExecutionEnvironment): void {
    clearTimeout(this.idleTimers.get(environment));
    this.idleTimers.delete(environment);
    this.prints.delete(environment);
    fleet.environments.delete(environment);
    environment.stop();
  }

  private fleetOf(configuration: FunctionConfiguration): Fleet {
    const key = `${configuration.name}:${JSON.stringify(configuration)}`;
    const known = this.fleets.get(key);
    if (known !== undefined) return known;
    const fleet: Fleet = { environments: new Set(), queue: [], starting: 0 };
    this.fleets.set(key, fleet);
    return fleet;
  }
}
