import { parseArgs } from 'node:util';
import { NATIVE_ARCHITECTURES, type BuildArchitecture, type BuildKind } from './deployable';

/** What the command line of `npm run build:lambdas` asks for. */
export interface BuildOptions {
  readonly targets: readonly { readonly kind: BuildKind; readonly architecture: BuildArchitecture }[];
  /** The output folder. */
  readonly out: string;
  /** Whether to build even what has not changed. */
  readonly force: boolean;
}

/** How the command is used. */
export const USAGE =
  'npm run build:lambdas -- [--kind native|common|all] [--arch arm64|x86_64|all] [--out dist] [--force]';

/** Reads the command line; throws an error with the usage when it asks for something that there is not. */
export function buildOptions(args: readonly string[]): BuildOptions {
  const { values } = parse(args);
  const kinds = chosen('--kind', values.kind, ['native', 'common'] as const);
  const architectures = chosen('--arch', values.arch, NATIVE_ARCHITECTURES);
  return {
    targets: kinds.flatMap((kind): BuildOptions['targets'] =>
      kind === 'common'
        ? [{ kind, architecture: 'any' }]
        : architectures.map((architecture) => ({ kind, architecture })),
    ),
    out: values.out,
    force: values.force,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kind: { type: 'string', default: 'all' },
        arch: { type: 'string', default: 'all' },
        out: { type: 'string', default: 'dist' },
        force: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}. Usage: ${USAGE}`);
  }
}

function chosen<T extends string>(option: string, value: string, known: readonly T[]): readonly T[] {
  if (value === 'all') return known;
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new Error(`${option} ${value} is not one of ${known.join(', ')}, all. Usage: ${USAGE}`);
  }
  return [found];
}
