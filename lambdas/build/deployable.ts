import * as path from 'node:path';

/** The two builds of one source: see docs/adr/0004-native-build-by-bun.md. */
export type BuildKind = 'common' | 'native';

/** What a build runs on: `any` for the common one, which is JavaScript. */
export type BuildArchitecture = 'any' | 'arm64' | 'x86_64';

/** A function that gets a zip of its own. */
export interface DeployableFunction {
  /** The zip's name without its ending. */
  readonly name: string;
  /** The module that exports `handler`: absolute, or relative to the project's folder. */
  readonly entry: string;
}

/** One zip to be made. */
export interface Deployable extends DeployableFunction {
  readonly kind: BuildKind;
  readonly architecture: BuildArchitecture;
}

/** The functions of Kite. */
export const FUNCTIONS: readonly DeployableFunction[] = [
  { name: 'function', entry: 'lambdas/request-dispatcher/index.ts' },
  { name: 'lifecycle', entry: 'lambdas/lifecycle/index.ts' },
];

/** The architectures that a native build is made for. */
export const NATIVE_ARCHITECTURES = ['arm64', 'x86_64'] as const;

/** Where a zip lies below the output folder: `lambdas/<kind>/<architecture>/<name>.zip`. */
export function zipPath({ kind, architecture, name }: Deployable): string {
  return path.join('lambdas', kind, architecture, `${name}.zip`);
}
