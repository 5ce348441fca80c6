import * as path from 'node:path';
import { build } from 'esbuild';
import { type BuildKind, type DeployableFunction } from './deployable';

/** A function and everything that it imports, as one file of JavaScript. */
export interface Bundle {
  readonly code: string;
  /** The source map: kept beside the zip, never in it. */
  readonly map: string;
}

/**
 * Bundles a function, minified and tree-shaken. The same sources give the same bytes wherever the project lies.
 *
 * Throws an Error with esbuild's messages when the source does not build.
 */
export async function bundle(target: DeployableFunction, kind: BuildKind, projectFolder: string): Promise<Bundle> {
  const entry = path.resolve(projectFolder, target.entry);
  const result = await build({
    stdin: { contents: ENTRY[kind](entry), resolveDir: projectFolder, sourcefile: `${target.name}.ts`, loader: 'ts' },
    absWorkingDir: projectFolder,
    outfile: path.join(projectFolder, 'index.js'),
    write: false,
    bundle: true,
    minify: true,
    treeShaking: true,
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    platform: 'node',
    target: 'node22',
    // CommonJS, for both builds: what only a lazy import() needs is then not even read from Node's own modules at start.
    format: 'cjs',
    // The ES modules of the AWS SDK can be tree-shaken: half the size and two thirds of the start of its CommonJS.
    mainFields: ['module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw new Error(`Bundling ${target.entry} failed.\n${error instanceof Error ? error.message : String(error)}`);
  });
  return { code: text(result.outputFiles, 'index.js'), map: text(result.outputFiles, 'index.js.map') };
}

const ENTRY: Record<BuildKind, (entry: string) => string> = {
  common: (entry) => `export { handler } from ${JSON.stringify(entry)};`,
  native: (entry) =>
    [
      `import { runFunction } from ${JSON.stringify(path.join(__dirname, '../runtime/function-process'))};`,
      `void runFunction({ environment: process.env, load: () => import(${JSON.stringify(entry)}) })`,
      '  .then((exitCode) => process.exit(exitCode));',
    ].join('\n'),
};

function text(files: readonly { path: string; text: string }[], name: string): string {
  const file = files.find((candidate) => path.basename(candidate.path) === name);
  if (file === undefined) throw new Error(`esbuild made no ${name}.`);
  return file.text;
}
