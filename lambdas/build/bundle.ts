import * as path from 'node:path';
import { build, type BuildOptions, type OutputFile } from 'esbuild';
import { type BuildKind, type DeployableFunction } from './deployable';
import { lateCrypto } from './late-crypto';

/** One file of a bundle. */
export interface BundledFile {
  readonly name: string;
  readonly code: string;
  /** The source map: kept beside the zip, never in it. */
  readonly map: string;
}

/**
 * A function and everything that it imports, as JavaScript. The first file is the one that is run: `index.mjs` of the
 * common build, beside which lie the parts that are loaded late; `index.js` of the native build, which holds them all.
 */
export type Bundle = readonly [BundledFile, ...BundledFile[]];

/**
 * Bundles a function, minified and tree-shaken. The same sources give the same bytes wherever the project lies.
 *
 * Throws an Error with esbuild's messages when the source does not build.
 */
export async function bundle(target: DeployableFunction, kind: BuildKind, projectFolder: string): Promise<Bundle> {
  try {
    const entry = path.resolve(projectFolder, target.entry);
    if (kind === 'common') return await split(projectFolder, { in: entry, out: 'index' });
    return [await joined(await split(projectFolder, nativeEntry(target.name, projectFolder, entry)))];
  } catch (error) {
    throw new Error(`Bundling ${target.entry} failed.\n${error instanceof Error ? error.message : String(error)}`);
  }
}

const OPTIONS = {
  write: false,
  bundle: true,
  minify: true,
  legalComments: 'none',
  sourcemap: 'external',
  sourcesContent: false,
  platform: 'node',
  target: 'node22',
  logLevel: 'silent',
} as const satisfies BuildOptions;

type Entry = Pick<BuildOptions, 'stdin'> | { readonly in: string; readonly out: string };

/**
 * Splits off what is imported late into files of its own: Node reads through all of a file before it runs it, which for
 * the whole SDK takes longer than Node's own start.
 */
async function split(projectFolder: string, entry: Entry): Promise<Bundle> {
  const { outputFiles } = await build({
    ...OPTIONS,
    ...('in' in entry ? { entryPoints: [entry] } : entry),
    absWorkingDir: projectFolder,
    outdir: projectFolder,
    outExtension: { '.js': '.mjs' },
    entryNames: 'index',
    chunkNames: '[name]-[hash]',
    splitting: true,
    // Only ES modules can be split, and tree-shaken: half the size of the SDK's CommonJS.
    format: 'esm',
    mainFields: ['module', 'main'],
    // Names of chunks depend on the paths of what they hold: those within the project, as they are written.
    preserveSymlinks: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [lateCrypto],
  });
  const [first, ...others] = files(outputFiles).sort(
    (a, b) => Number(b.name === 'index.mjs') - Number(a.name === 'index.mjs') || (a.name < b.name ? -1 : 1),
  );
  if (!first) throw new Error('esbuild made no file.');
  return [first, ...others];
}

/** Lambda's runtime interface around the function, which is loaded within it: what it throws then is told to Lambda. */
function nativeEntry(name: string, projectFolder: string, entry: string): Entry {
  const runtime = path.join(__dirname, '../runtime/function-process');
  const contents = [
    `import { runFunction } from ${JSON.stringify(runtime)};`,
    `void runFunction({ environment: process.env, load: () => import(${JSON.stringify(entry)}) })`,
    '  .then((exitCode) => process.exit(exitCode));',
  ].join('\n');
  return { stdin: { contents, resolveDir: projectFolder, sourcefile: `${name}.ts`, loader: 'ts' } };
}

/** One file of CommonJS again, which is what Bun makes bytecode of: each part runs when it is first imported. */
async function joined(parts: Bundle): Promise<BundledFile> {
  const { outputFiles } = await build({
    ...OPTIONS,
    entryPoints: [`./${parts[0].name}`],
    outdir: '/',
    outExtension: { '.js': '.js' },
    format: 'cjs',
    plugins: [
      {
        name: 'parts',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^\.\// }, ({ path: name }) => ({ path: name.slice(2), namespace: 'part' }));
          onLoad({ filter: /.*/, namespace: 'part' }, ({ path: name }) => {
            const part = parts.find((candidate) => candidate.name === name);
            return part && { contents: `${part.code}${inline(part.map)}`, loader: 'js' };
          });
        },
      },
    ],
  });
  const [file] = files(outputFiles);
  if (!file) throw new Error('esbuild made no file.');
  return file;
}

function inline(map: string): string {
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`;
}

function files(outputs: readonly OutputFile[]): BundledFile[] {
  const maps = new Map(outputs.map((file) => [file.path, file.text]));
  return outputs
    .filter((file) => !file.path.endsWith('.map'))
    .map((file) => ({ name: path.basename(file.path), code: file.text, map: maps.get(`${file.path}.map`) ?? '' }));
}
