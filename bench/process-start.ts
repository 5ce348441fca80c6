import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { FunctionCode } from './function-code';
import { invoke, startEnvironment } from './function-process';

const run = promisify(execFile);

/** How a process started. */
export interface ProcessStart {
  /** Milliseconds from its start to its end, or to the first answered event. */
  readonly milliseconds: number;
  /** Milliseconds of processor time until then. */
  readonly cpu: number;
  /** The most memory that it held until then (VmHWM), bytes. */
  readonly peakMemory: number;
}

/** Starts a program that ends by itself; it leaves neither processor time nor memory. @throws Error if it ends badly */
export async function startProgram(program: string, args: readonly string[]): Promise<ProcessStart> {
  const started = performance.now();
  const child = spawn(program, args, { env: {}, stdio: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
  });
  return { milliseconds: performance.now() - started, cpu: Number.NaN, peakMemory: Number.NaN };
}

/** Starts a function and has it answer its first event, which waits for it. @throws Error if it fails */
export async function startFunction(
  code: FunctionCode,
  variables: Readonly<Record<string, string>>,
  event: object,
): Promise<ProcessStart> {
  const lines: string[] = [];
  const environment = await startEnvironment(code, variables, (line) => lines.push(line));
  const { failed, payload } = await invoke(environment, event);
  const milliseconds = performance.now() - environment.startedAt;
  try {
    if (failed) throw new Error(`The function did not answer its first event: ${payload}\n${lines.join('\n')}`);
    return { milliseconds, ...processFigures(environment.pid ?? 0) };
  } finally {
    environment.stop();
  }
}

/** Processor time (milliseconds) and most memory (bytes) of a process that runs. Linux only. */
export function processFigures(pid: number): Pick<ProcessStart, 'cpu' | 'peakMemory'> {
  const nanoseconds = readdirSync(`/proc/${pid}/task`)
    .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0]))
    .reduce((sum, each) => sum + each, 0);
  const kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
  return { cpu: nanoseconds / 1e6, peakMemory: kilobytes * 1024 };
}

/** Evicts files from the page cache, unless a process maps them (GNU dd: `iflag=nocache` with `count=0`). */
export async function evict(files: readonly string[]): Promise<void> {
  await run('sync', ['--data', ...files]);
  await Promise.all(files.map((file) => run('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none'])));
}
