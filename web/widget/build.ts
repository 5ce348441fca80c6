import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, transformSync, type Plugin } from 'esbuild';
import { manifest } from './manifest';

/** Minifies the style sheets, which are mere strings to esbuild. */
const minifiedStyles: Plugin = {
  name: 'minified-styles',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]styles[\\/][\w-]+\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replace(/(?<=css`)[^`]*(?=`)/g, (sheet) =>
        transformSync(sheet, { loader: 'css', minify: true }).code.trim(),
      ),
    })),
};

/** The widget as one ES module, minified. */
export async function bundleWidget(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'kite-chat.ts')],
    tsconfig: join(__dirname, 'tsconfig.json'),
    bundle: true,
    plugins: [minifiedStyles],
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** Writes `kite-chat.js` and `custom-elements.json` to `dist/widget/`. */
export async function buildWidget(
  folder = join(__dirname, '../..', 'dist', 'widget'),
): Promise<{ file: string; bytes: number; gzipped: number }> {
  const code = await bundleWidget();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'kite-chat.js');
  writeFileSync(file, code);
  writeFileSync(join(folder, 'custom-elements.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return { file, bytes: Buffer.byteLength(code), gzipped: gzipSync(code, { level: 9 }).length };
}

if (require.main === module) {
  void buildWidget().then(({ bytes, gzipped }) => {
    const kilobytes = (count: number): string => `${(count / 1024).toFixed(1)} KB`;
    console.log(`dist/widget/kite-chat.js ${kilobytes(bytes)}, ${kilobytes(gzipped)} gzipped`);
  });
}
