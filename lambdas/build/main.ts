import * as path from 'node:path';
import { buildArtifact, type Artifact } from './artifact';
import { FUNCTIONS, type BuildArchitecture, type BuildKind, type DeployableFunction } from './deployable';
import { buildOptions } from './options';
import { report } from './report';

/** What to build and where. */
export interface LambdaBuild {
  readonly targets: readonly { readonly kind: BuildKind; readonly architecture: BuildArchitecture }[];
  /** The output folder; a relative one is below the project's. */
  readonly out: string;
  /** Builds even what has not changed. */
  readonly force?: boolean;
  /** @default the functions of Kite */
  readonly functions?: readonly DeployableFunction[];
  /** @default the project that this file belongs to */
  readonly projectFolder?: string;
}

/** Builds the zips of all functions for the targets asked for. Throws an Error that says which source does not build. */
export async function buildLambdas(build: LambdaBuild): Promise<Artifact[]> {
  const projectFolder = build.projectFolder ?? path.resolve(__dirname, '../..');
  const out = path.resolve(projectFolder, build.out);
  return Promise.all(
    build.targets.flatMap((target) =>
      (build.functions ?? FUNCTIONS).map((deployable) =>
        buildArtifact({ ...deployable, ...target }, { projectFolder, out, force: build.force }),
      ),
    ),
  );
}

if (require.main === module) {
  Promise.resolve(process.argv.slice(2))
    .then((args) => buildLambdas(buildOptions(args)))
    .then(
      (artifacts) => console.log(report(artifacts)),
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
      },
    );
}
