import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../emulators/aws/lambda/execution-environment';
import { compileNodejsRuntime, nodejsCommand } from '../emulators/aws/lambda/function-command';
import { bundle } from '../lambdas/build/bundle';
import { compile } from '../lambdas/build/executable';

/** Code that a process of its own can run as a Lambda function. */
export interface FunctionCode {
  /** Where it lies unpacked. */
  readonly folder: string;
  readonly command: Command;
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
  return onNode(folder, compileNodejsRuntime(folder));
}

/** Makes the request dispatcher's native build for this machine, into a folder. */
export async function nativeCode(folder: string): Promise<FunctionCode> {
  const [{ code }] = await bundle(DISPATCHER, 'native', PROJECT);
  const bootstrap = join(folder, 'bootstrap');
  await mkdir(folder, { recursive: true });
  await writeFile(bootstrap, await compile(code, process.arch === 'arm64' ? 'arm64' : 'x86_64'), { mode: 0o755 });
  return { folder, command: [bootstrap] };
}

/** The command that runs the `index.handler` of a folder by Node, with a runtime from `compileNodejsRuntime`. */
export function onNode(folder: string, runtime: string, node = process.execPath): FunctionCode {
  return { folder, command: nodejsCommand(runtime, 'index.handler', folder, {}, node) };
}
