import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { version } from 'bun/package.json';

const run = promisify(execFile);

const BUN_TARGET = { arm64: 'bun-linux-arm64', x86_64: 'bun-linux-x64' } as const;

/** What besides the bundle decides the bytes of an executable. */
export function executableRecipe(architecture: keyof typeof BUN_TARGET): string {
  return [`bun ${version}`, ...flags(architecture)].join(' ');
}

/**
 * Makes a bundle into one executable for Amazon Linux 2023: Bun's runtime with the code and its bytecode at its end.
 *
 * Compiled in a folder of its own under fixed names, since Bun puts the names into the file.
 * Throws an Error with Bun's words when it fails.
 */
export function compile(code: string, architecture: keyof typeof BUN_TARGET): Promise<Uint8Array> {
  if (architecture === (process.arch === 'arm64' ? 'arm64' : 'x86_64')) return compileNow(code, architecture);
  // One after the other: the first may have to fetch the runtime of another architecture for the next.
  const compiled = (last.get(architecture) ?? Promise.resolve()).then(() => compileNow(code, architecture));
  last.set(
    architecture,
    compiled.catch(() => undefined),
  );
  return compiled;
}

/** The end of the last compilation for each architecture that is not this machine's. */
const last = new Map<string, Promise<unknown>>();

async function compileNow(code: string, architecture: keyof typeof BUN_TARGET): Promise<Uint8Array> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'kite-native-'));
  try {
    await fs.writeFile(path.join(folder, 'index.js'), code);
    await run(bunPath(), flags(architecture), { cwd: folder });
    return await fs.readFile(path.join(folder, 'bootstrap'));
  } catch (error) {
    throw new Error(
      `Bun could not make the executable for ${architecture}. ` +
        `If it is not installed, \`npm ci\` (with install scripts) brings it; for another architecture it fetches its ` +
        `runtime from the npm registry once.\n${said(error)}`,
    );
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

function flags(architecture: keyof typeof BUN_TARGET): string[] {
  return [
    'build',
    '--compile',
    '--bytecode',
    '--format=cjs',
    // A function reads its settings from its environment only.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    `--target=${BUN_TARGET[architecture]}`,
    '--outfile=bootstrap',
    'index.js',
  ];
}

function bunPath(): string {
  // The binary has this name on every system.
  return path.join(path.dirname(require.resolve('bun/package.json')), 'bin', 'bun.exe');
}

function said(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr || message || String(error)).trim();
}
