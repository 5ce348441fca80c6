import { join } from 'node:path';
import { build } from 'esbuild';

/** The console's page; everything visible is made by its script. */
export const PAGE = (mountPath: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Operator console</title>
<style>body{margin:0}</style>
<link rel="icon" href="data:,">
</head>
<body>
<operator-console base="${mountPath}"></operator-console>
<script type="module" src="${mountPath}/console.js"></script>
</body>
</html>
`;

let bundle: Promise<string> | undefined;

/** The page's script, bundled when it is first asked for. */
export function script(): Promise<string> {
  bundle ??= build({
    entryPoints: [join(__dirname, 'browser', 'main.ts')],
    bundle: true,
    // Lit's reactive properties are declared, not defined.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return bundle;
}
