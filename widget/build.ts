import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { manifest } from './manifest';

/** The widget as one ES module, minified. */
export async function bundleWidget(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'kite-chat.ts')],
    tsconfig: join(__dirname, 'tsconfig.json'),
    bundle: true,
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
  folder = join(__dirname, '..', 'dist', 'widget'),
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
