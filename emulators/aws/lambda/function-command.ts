import { buildSync } from 'esbuild';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

import { RUNTIME_API, type Command } from './execution-environment';
import type { FunctionConfiguration } from './function-configuration';

/** Compiles what `nodejs*.x` adds to a function's code into a folder, and returns its path. */
export function compileNodejsRuntime(folder: string): string {
  const outfile = join(folder, 'nodejs-runtime.cjs');
  buildSync({
    entryPoints: [join(__dirname, 'nodejs-runtime.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
  });
  return outfile;
}

/**
 * The command that runs a handler by Node.
 * @param runtime from {@link compileNodejsRuntime}
 * @param context the members of the context object that never change
 */
export function nodejsCommand(
  runtime: string,
  handler: string,
  folder: string,
  context: Readonly<Record<string, string>> = {},
  node = process.execPath,
): Command {
  // Without warnings: this machine's Node may be older than the function's, and libraries would say so each time.
  return [node, '--no-warnings', runtime, RUNTIME_API, handler, folder, JSON.stringify(context)];
}

/**
 * The command that runs a version of a function.
 * @param folder where its code was unpacked
 * @param nodejsRuntime from {@link compileNodejsRuntime}
 * @throws Error with a sentence for people, if this machine cannot run the code
 */
export function commandOf(
  configuration: FunctionConfiguration,
  folder: string,
  nodejsRuntime: string,
  logStream: string,
): Command {
  const { runtime, name, handler } = configuration;
  if (runtime.startsWith('nodejs')) {
    return nodejsCommand(nodejsRuntime, handler, folder, {
      functionName: name,
      functionVersion: configuration.version,
      memoryLimitInMB: String(configuration.memoryMegabytes),
      logGroupName: configuration.logGroup,
      logStreamName: logStream,
    });
  }
  if (!runtime.startsWith('provided')) {
    throw new Error(`The emulated account runs provided.* and nodejs*, not the runtime ${runtime} of ${name}.`);
  }
  const bootstrap = join(folder, 'bootstrap');
  checkMachine(bootstrap, name);
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
