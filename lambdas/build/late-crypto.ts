import type { Plugin } from 'esbuild';

/** The functions of `node:crypto` that Kite's own modules use. Naming another one in a source fails the build here. */
const NAMES = ['createHash', 'createHmac', 'randomBytes', 'timingSafeEqual'] as const;

const CODE = [
  // Bun and Node (20.16, 22.3) have it; a bundler does not look into it, as it would into import().
  "const crypto = () => process.getBuiltinModule('node:crypto');",
  ...NAMES.map((name) => `export const ${name} = (...given) => crypto().${name}(...given);`),
].join('\n');

/**
 * Has Kite's own modules load `node:crypto` with its first use: it costs a start 2 ms, and a PING needs no hash. The
 * SDK's modules, which are loaded late themselves, keep it as it is.
 */
export const lateCrypto: Plugin = {
  name: 'late-crypto',
  setup(build) {
    build.onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
      importer.includes('node_modules') ? undefined : { path: 'node:crypto', namespace: 'late' },
    );
    build.onLoad({ filter: /^node:crypto$/, namespace: 'late' }, () => ({ contents: CODE, loader: 'js' }));
  },
};
