import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { uploadArtifacts } from './artifacts';
import { parseBuildspec, PHASES, type Buildspec, type Phase, type PhaseName } from './buildspec';
import { ShellSession } from './shell-session';
import { download, type Source } from './source';

/** One build, as `start-build` would ask for it. */
export interface BuildRequest {
  readonly source: Source;
  /** Path of the buildspec in the repository. */
  readonly buildspec: string;
  /**
   * The variables of the project and of CodeBuild: they win over those of the buildspec. Nothing else is inherited, so
   * `PATH` and `HOME` also belong here.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** An empty folder of this build's own: the source goes to `src`, artifacts to `artifacts`. */
  readonly folder: string;
  /** Reads a parameter that the buildspec's `parameter-store` names. @default - such a buildspec cannot be run */
  readonly readParameter?: (name: string) => Promise<string>;
  /** Told what CodeBuild would write into its log. @default - kept in the result only */
  readonly say?: (text: string) => void;
}

/** How a build ended. */
export interface BuildResult {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly phases: readonly { readonly name: string; readonly status: 'SUCCEEDED' | 'FAILED' }[];
  readonly commit: string;
  readonly log: string;
  /** The values of the buildspec's `exported-variables`. */
  readonly exported: Readonly<Record<string, string>>;
  /** What was uploaded, as paths in the folder `artifacts`. */
  readonly artifacts: readonly string[];
}

/**
 * Runs a buildspec as it stands, in a fresh clone, the way CodeBuild does.
 *
 * A command that fails ends its phase; its `finally` runs nevertheless. A failed `install` or `pre_build` ends the build; after
 * a failed `build`, `post_build` still runs, unless `on-failure` says ABORT. CONTINUE goes on with the next phase. A build with
 * a failed phase has failed. Sources: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html and
 * https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export async function runBuild(request: BuildRequest): Promise<BuildResult> {
  let log = '';
  const say = (text: string): void => {
    log += text;
    request.say?.(text);
  };
  const sourceFolder = path.join(request.folder, 'src');
  const commit = await download(request.source, sourceFolder);
  const spec = parseBuildspec(await fs.readFile(path.join(sourceFolder, request.buildspec), 'utf8'), request.buildspec);
  const session = await ShellSession.open(
    spec.env.shell,
    path.join(request.folder, 'session'),
    { environment: await variables(request, spec, commit, sourceFolder), directory: sourceFolder },
    say,
  );

  const phases: { name: string; status: 'SUCCEEDED' | 'FAILED' }[] = [];
  const ended = (name: string, good: boolean): void => {
    phases.push({ name, status: good ? 'SUCCEEDED' : 'FAILED' });
    say(`[Container] Phase complete: ${name.toUpperCase()} State: ${good ? 'SUCCEEDED' : 'FAILED'}\n`);
  };
  let buildRan = false;
  for (const name of PHASES) {
    const phase = spec.phases[name];
    if (phase === undefined) continue;
    await session.set('CODEBUILD_BUILD_SUCCEEDING', phases.some(failed) ? '0' : '1');
    const good = await runPhase(phase, session, say);
    ended(name, good);
    buildRan ||= name === 'build';
    if (!good && endsHere(name, phase)) break;
  }

  let artifacts: readonly string[] = [];
  if (spec.artifacts && (buildRan || !phases.some(failed))) {
    try {
      artifacts = await uploadArtifacts(spec.artifacts, sourceFolder, path.join(request.folder, 'artifacts'));
      ended('upload_artifacts', true);
    } catch (error) {
      say(`${error instanceof Error ? error.message : String(error)}\n`);
      ended('upload_artifacts', false);
    }
  }
  const exported: Record<string, string> = {};
  for (const name of spec.env['exported-variables']) exported[name] = (await session.get(name)) ?? '';
  return { status: phases.some(failed) ? 'FAILED' : 'SUCCEEDED', phases, commit, log, exported, artifacts };
}

async function runPhase(phase: Phase, session: ShellSession, say: (text: string) => void): Promise<boolean> {
  const commands = await runUntilFailure(phase.commands, session, say);
  const last = await runUntilFailure(phase.finally, session, say);
  return commands && last;
}

async function runUntilFailure(
  commands: readonly string[],
  session: ShellSession,
  say: (text: string) => void,
): Promise<boolean> {
  for (const command of commands) {
    say(`[Container] Running command ${command}\n`);
    const exitCode = await session.run(command);
    if (exitCode !== 0) {
      say(`[Container] Command did not exit successfully ${command} exit status ${exitCode}\n`);
      return false;
    }
  }
  return true;
}

function endsHere(name: PhaseName, phase: Phase): boolean {
  if (phase['on-failure'] !== undefined) return phase['on-failure'] === 'ABORT';
  return name === 'install' || name === 'pre_build';
}

function failed({ status }: { readonly status: string }): boolean {
  return status === 'FAILED';
}

async function variables(
  request: BuildRequest,
  spec: Buildspec,
  commit: string,
  sourceFolder: string,
): Promise<Record<string, string>> {
  const parameters: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(spec.env['parameter-store'])) {
    if (request.readParameter === undefined) throw new Error(`${request.buildspec} reads the parameter ${parameter}.`);
    parameters[name] = await request.readParameter(parameter);
  }
  return {
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ID: `local:${randomUUID()}`,
    CODEBUILD_START_TIME: String(Date.now()),
    CODEBUILD_SOURCE_VERSION: request.source.version,
    CODEBUILD_RESOLVED_SOURCE_VERSION: commit,
    CODEBUILD_SOURCE_REPO_URL: request.source.repository,
    CODEBUILD_SRC_DIR: sourceFolder,
    ...spec.env.variables,
    ...parameters,
    ...request.environment,
  };
}
