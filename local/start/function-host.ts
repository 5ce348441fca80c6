import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { context, type BuildContext, type BuildResult, type OutputFile } from 'esbuild';
import { errorText, Failure } from '../../emulators/failure';
import type { FunctionName, Invocation, InvocationAnswer } from './function-worker';

export interface FunctionHostOptions {
  /** The functions' whole environment; this process's own is not passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the bundled code is put; emptied first. */
  readonly folder: string;
  /** Replaces the functions, for tests. @default - function-worker.ts with the real ones */
  readonly entryPoint?: string;
  /** A line that a function wrote. */
  readonly onLine: (line: string) => void;
  /** The functions were replaced by newer ones, or could not be; or they ended by themselves. */
  readonly onChange: (change: FunctionChange) => void;
}

export type FunctionChange =
  | { readonly kind: 'reloaded'; readonly duration: number }
  | { readonly kind: 'broken'; readonly problems: readonly string[] }
  | { readonly kind: 'crashed'; readonly reason: string };

/** How long a replaced instance may finish what it has begun, in milliseconds: Lambda's longest here and some. */
const DRAIN = 35_000;

const ROOT = resolve(__dirname, '..', '..');

/**
 * Runs the functions in a worker thread, as Lambda runs them in a process of their own: with their own environment, and
 * replaced as a whole when their source changes. What the old ones have begun they finish; nothing is lost or waits.
 */
export class FunctionHost {
  private instance: FunctionInstance | undefined;
  private code = '';
  private version = 0;
  private build: BuildContext | undefined;
  private closed = false;
  private starting: Promise<FunctionInstance> | undefined;
  private readonly draining = new Set<FunctionInstance>();

  private constructor(private readonly options: FunctionHostOptions) {}

  /** Bundles and starts the functions. @throws Failure if they cannot be built or started */
  static async start(options: FunctionHostOptions): Promise<FunctionHost> {
    rmSync(options.folder, { recursive: true, force: true });
    mkdirSync(options.folder, { recursive: true });
    const host = new FunctionHost(options);
    let first: ((result: BuildResult) => void) | undefined;
    const built = new Promise<BuildResult>((done) => (first = done));
    host.build = await context({
      absWorkingDir: ROOT,
      entryPoints: [options.entryPoint ?? join(__dirname, 'function-worker.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      packages: 'external',
      // Packages are found from the project, not from where the bundle lies, and a native import() knows only that.
      supported: { 'dynamic-import': false },
      banner: { js: `require = require('node:module').createRequire(${JSON.stringify(join(ROOT, '_'))});` },
      outfile: join(options.folder, 'functions.cjs'),
      sourcemap: 'inline',
      sourcesContent: false,
      write: false,
      logLevel: 'silent',
      plugins: [
        {
          name: 'reload',
          setup: (build) =>
            build.onEnd((result) => {
              if (!first) return void host.replace(result);
              first(result);
              first = undefined;
            }),
        },
      ],
    });
    await host.build.watch();
    const result = await built;
    if (result.errors.length > 0) {
      await host.close();
      throw new Failure(`The functions cannot be built: ${problemsOf(result).join('; ')}`);
    }
    host.code = codeOf(result);
    try {
      host.instance = await host.startInstance();
    } catch (error) {
      await host.close();
      throw new Failure(`The functions cannot be started: ${errorText(error)}`);
    }
    return host;
  }

  /** Runs a function with an event. Rejects as it throws, or if it ended by itself meanwhile. */
  async invoke(name: FunctionName, event: object): Promise<unknown> {
    const instance = this.instance ?? (await this.restart());
    return instance.invoke(name, event);
  }

  /** Ends the functions and the watch over their source. */
  async close(): Promise<void> {
    this.closed = true;
    await this.build?.dispose();
    await Promise.all([this.instance, ...this.draining].map((instance) => instance?.end()));
  }

  private async replace(result: BuildResult): Promise<void> {
    if (this.closed) return;
    if (result.errors.length > 0) return this.options.onChange({ kind: 'broken', problems: problemsOf(result) });
    const code = codeOf(result);
    if (code === this.code) return;
    const started = performance.now();
    const before = { instance: this.instance, code: this.code };
    this.code = code;
    try {
      this.instance = await this.startInstance();
    } catch (error) {
      this.code = before.code;
      return this.options.onChange({ kind: 'broken', problems: [errorText(error)] });
    }
    const old = before.instance;
    if (old) {
      this.draining.add(old);
      void old.drain(DRAIN).finally(() => this.draining.delete(old));
    }
    this.options.onChange({ kind: 'reloaded', duration: performance.now() - started });
  }

  /** The functions ended by themselves: the next event starts them again, as at Lambda. */
  private async restart(): Promise<FunctionInstance> {
    this.starting ??= this.startInstance().finally(() => (this.starting = undefined));
    this.instance = await this.starting;
    return this.instance;
  }

  private async startInstance(): Promise<FunctionInstance> {
    const { environment, onLine, onChange, folder } = this.options;
    this.version += 1;
    const file = join(folder, `functions-${this.version}.cjs`);
    writeFileSync(file, this.code);
    const instance = new FunctionInstance(file, environment, onLine, (reason) => {
      if (this.instance !== instance) return;
      this.instance = undefined;
      if (!this.closed) onChange({ kind: 'crashed', reason });
    });
    await instance.ready;
    return instance;
  }
}

/** One worker thread with both functions. */
class FunctionInstance {
  readonly ready: Promise<void>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private nextId = 1;
  private drained: (() => void) | undefined;

  constructor(
    file: string,
    environment: Readonly<Record<string, string>>,
    onLine: (line: string) => void,
    onEnd: (reason: string) => void,
  ) {
    this.worker = new Worker(file, {
      env: { ...environment },
      execArgv: ['--enable-source-maps'],
      stdout: true,
      stderr: true,
      name: 'functions',
    });
    for (const stream of [this.worker.stdout, this.worker.stderr]) readLines(stream, onLine);
    let reason = 'it ended';
    this.ready = new Promise((resolve, reject) => {
      this.worker.on('message', (message: 'ready' | InvocationAnswer) => {
        if (message === 'ready') resolve();
        else this.settle(message);
      });
      this.worker.on('error', (error) => {
        reason = errorText(error);
        reject(error);
      });
      this.worker.on('exit', () => {
        reject(new Error(reason));
        for (const { reject: fail } of this.waiting.values()) fail(new Error(`The function did not finish: ${reason}`));
        this.waiting.clear();
        this.drained?.();
        onEnd(reason);
      });
    });
  }

  invoke(name: FunctionName, event: object): Promise<unknown> {
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, name, event } satisfies Invocation);
    });
  }

  /** Ends when what was begun is finished, or after so many milliseconds. */
  async drain(longest: number): Promise<void> {
    if (this.waiting.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.drained = resolve;
        timer = setTimeout(resolve, longest);
      });
      clearTimeout(timer);
    }
    await this.end();
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private settle({ id, value, error }: InvocationAnswer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(Object.assign(new Error(error.message), { stack: error.stack }));
    else waiting?.resolve(value);
    if (this.waiting.size === 0) this.drained?.();
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', onLine);
}

function codeOf(result: BuildResult): string {
  const [file] = (result.outputFiles ?? []) as OutputFile[];
  return file?.text ?? '';
}

function problemsOf({ errors }: BuildResult): string[] {
  return errors.map(({ text, location }) => (location ? `${location.file}:${location.line} ${text}` : text));
}
