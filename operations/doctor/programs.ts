import { execFile } from 'node:child_process';
import type { Environment } from '../../settings';

/** How a program ended. */
export type ProgramResult =
  | { readonly kind: 'ended'; readonly status: number; readonly output: string; readonly errors: string }
  | { readonly kind: 'not found' }
  | { readonly kind: 'too slow' };

/** Runs a program of the PATH to its end. Never throws. */
export type Run = (program: string, ...parameters: readonly string[]) => Promise<ProgramResult>;

/** Runs programs in this environment, each for so many seconds at most. */
export function runner(environment: Environment, seconds: number): Run {
  return (program, ...parameters) =>
    new Promise((resolve) => {
      const options = { env: { ...environment }, timeout: seconds * 1000, killSignal: 'SIGKILL' as const };
      execFile(program, [...parameters], options, (error, output, errors) => {
        if (error?.code === 'ENOENT' || error?.code === 'EACCES') resolve({ kind: 'not found' });
        else if (error?.killed) resolve({ kind: 'too slow' });
        else resolve({ kind: 'ended', status: typeof error?.code === 'number' ? error.code : 0, output, errors });
      });
    });
}
