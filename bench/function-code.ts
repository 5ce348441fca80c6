import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundle } from '../lambdas/build/bundle';
import { compile } from '../lambdas/build/executable';

/** Stands in a command for the address of the Runtime API. */
export const RUNTIME_API = '{runtime-api}';

/** Code that a process of its own can run as a Lambda function. */
export interface FunctionCode {
  /** Where it lies unpacked. */
  readonly folder: string;
  readonly command: readonly [string, ...string[]];
}

const PROJECT = join(__dirname, '..');

const DISPATCHER = { name: 'function', entry: 'lambdas/request-dispatcher/index.ts' };

/**
 * Bundles the request dispatcher as the common build does, into a folder, and with it what `nodejs22.x` adds: the Node
 * of this machine runs it.
 */
export async function commonCode(folder: string): Promise<FunctionCode> {
  const files = await bundle(DISPATCHER, 'common', PROJECT);
  await mkdir(folder, { recursive: true });
  for (const { name, code } of files) await writeFile(join(folder, name), code);
  return onNode(folder, await nodejsRuntime(folder));
}

/** Makes the request dispatcher's native build for this machine, into a folder. */
export async function nativeCode(folder: string): Promise<FunctionCode> {
  const [{ code }] = await bundle(DISPATCHER, 'native', PROJECT);
  const bootstrap = join(folder, 'bootstrap');
  await mkdir(folder, { recursive: true });
  await writeFile(bootstrap, await compile(code, process.arch === 'arm64' ? 'arm64' : 'x86_64'), { mode: 0o755 });
  return { folder, command: [bootstrap] };
}

/** The command that runs the `index.handler` of a folder by Node, with a runtime from {@link nodejsRuntime}. */
export function onNode(folder: string, runtime: string, node = process.execPath): FunctionCode {
  // Without warnings: this machine's Node may be older than the function's, and the SDK would say so.
  return { folder, command: [node, '--no-warnings', runtime, RUNTIME_API, 'index.handler', folder] };
}

/** Compiles the emulated `nodejs22.x` runtime into a folder and gives its path. */
export async function nodejsRuntime(folder: string): Promise<string> {
  const outfile = join(folder, 'nodejs-runtime.cjs');
  await build({
    entryPoints: [join(PROJECT, 'emulators/aws/lambda/nodejs-runtime.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
  });
  return outfile;
}
