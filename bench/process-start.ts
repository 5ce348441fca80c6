import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { RuntimeApi } from '../emulators/aws/lambda/runtime-api';
import { RUNTIME_API, type FunctionCode } from './function-code';
import { LAMBDA_VARIABLES } from './function-process';

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
  let answered: ((end: { at: number; failure?: string }) => void) | undefined;
  const answer = new Promise<{ at: number; failure?: string }>((resolve) => (answered = resolve));
  const end = (failure?: Buffer) =>
    answered?.({ at: performance.now(), ...(failure ? { failure: `${failure}` } : {}) });
  const api = await RuntimeApi.listen({
    ready: () => undefined,
    responded: () => end(),
    failed: (_, payload) => end(payload),
    initFailed: end,
  });
  api.offer({
    requestId: '00000000-0000-0000-0000-000000000000',
    functionArn: 'arn:aws:lambda:eu-north-1:000000000000:function:bench:live',
    deadlineMs: Date.now() + 30_000,
    payload: Buffer.from(JSON.stringify(event)),
  });
  const [program, ...parameters] = code.command;
  const args = parameters.map((each) => (each === RUNTIME_API ? api.authority : each));
  const env = {
    ...LAMBDA_VARIABLES,
    LAMBDA_TASK_ROOT: code.folder,
    AWS_LAMBDA_RUNTIME_API: api.authority,
    ...variables,
  };
  const started = performance.now();
  const child = spawn(program, args, { cwd: code.folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  child.once('error', (error) => end(Buffer.from(error.message)));
  child.once('exit', (exitCode) => end(Buffer.from(`it ended with ${exitCode}: ${words}`)));
  const { at, failure } = await answer;
  const figures = failure === undefined ? processFigures(child.pid ?? 0) : undefined;
  child.kill('SIGKILL');
  api.close();
  if (!figures) throw new Error(`The function did not answer its first event: ${failure}`);
  return { milliseconds: at - started, ...figures };
}

/** Processor time (milliseconds) and most memory (bytes) of a process that runs. Linux only. */
export function processFigures(pid: number): Pick<ProcessStart, 'cpu' | 'peakMemory'> {
  const nanoseconds = readdirSync(`/proc/${pid}/task`)
    .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0]))
    .reduce((sum, each) => sum + each, 0);
  const kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
  return { cpu: nanoseconds / 1e6, peakMemory: kilobytes * 1024 };
}

/** Puts files out of the page cache, as long as no process maps them (GNU dd: `iflag=nocache` with `count=0`). */
export async function evict(files: readonly string[]): Promise<void> {
  await run('sync', ['--data', ...files]);
  await Promise.all(files.map((file) => run('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none'])));
}
