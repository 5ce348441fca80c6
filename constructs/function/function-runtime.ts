/** How a function's code is run. The handler follows from the runtime unless it is given. */
export interface FunctionRuntime {
  readonly architecture: Architecture;
  readonly runtime: Runtime;
  readonly handler: string;
}

export const ARCHITECTURES = ['arm64', 'x86_64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export const RUNTIMES = ['provided.al2023', 'provided.al2', 'nodejs22.x'] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** The two builds there are: one executable, or a script for Node. */
export type BuildKind = 'native' | 'common';

export function buildKind(runtime: Runtime): BuildKind {
  return runtime === 'nodejs22.x' ? 'common' : 'native';
}

export function defaultHandler(runtime: Runtime): string {
  return buildKind(runtime) === 'common' ? 'index.handler' : 'bootstrap';
}

/** The folder of `dist/lambdas` that holds the zips of this runtime: the common build runs on both architectures. */
export function buildFolder(runtime: Runtime, architecture: Architecture): string {
  return buildKind(runtime) === 'common' ? 'common/any' : `native/${architecture}`;
}
