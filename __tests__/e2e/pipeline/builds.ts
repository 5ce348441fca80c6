import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parse } from 'yaml';

import { buildProject } from '../../../emulators/aws/codebuild/project-build';
import type { BuildResult } from '../../../emulators/aws/codebuild/build';
import type { Sandbox } from '../../../local/sandbox/sandbox';
import { terraformSettings } from '../../../local/sandbox/terraform-settings';
import { isNoOp, type Plan } from '../../../operations/drift/plan';
import type { Repository } from './repository';

const ROOT = resolve(__dirname, '..', '..', '..');

/** What starts a build. */
export interface Start {
  readonly project: 'build-and-deploy-project' | 'deploy-on-tag-project' | 'drift-check-project';
  readonly version: string;
  /** What GitHub's webhook says. @default - the build is started by hand */
  readonly trigger?: string;
  /** Where main was before the push. */
  readonly previous?: string;
  readonly buildspec?: string;
  /** Variables in place of the project's own. */
  readonly variables?: Readonly<Record<string, string>>;
  /** @default true */
  readonly testsPass?: boolean;
}

/** What `aws codebuild start-build` starts. @throws Error for any other command */
export function startedBy(command: string): Pick<Start, 'project' | 'buildspec'> {
  const [, project, buildspec] =
    /^aws codebuild start-build --project-name (\S+) --buildspec-override (\S+)$/.exec(command) ?? [];
  if (project !== 'build-and-deploy-project' || buildspec === undefined) throw new Error(`What does ${command} start?`);
  return { project, buildspec };
}

/** A build that has ended. */
export interface EndedBuild extends BuildResult {
  readonly folder: string;
}

/**
 * Runs the projects of the account, by the buildspec files as they stand.
 *
 * To keep it short, an `npm` of its own comes first on the PATH: `npm ci` links this repository's node_modules instead of
 * fetching them, and `npm run compile` and `npm test` say at once how they went: that the whole project compiles and
 * passes its tests is not shown here but by those commands themselves. Everything else is the ordinary npm's.
 */
export class Builds {
  private count = 0;
  /** The node_modules of the build before, for the next: linking and deleting take longer than some builds. */
  private readonly kept: string;
  private readonly machine: Readonly<Record<string, string>>;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly repository: Repository,
    private readonly folder: string,
  ) {
    this.kept = join(folder, 'kept_modules');
    const { PATH = '', HOME = '' } = process.env;
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    writeFileSync(
      join(programs, 'npm'),
      `#!/bin/sh
case "$*" in
  ci)
    mv "${this.kept}" node_modules 2>/dev/null && exit
    cp -al "${ROOT}/node_modules" node_modules 2>/dev/null && exit
    rm -rf node_modules
    cp -a "${ROOT}/node_modules" node_modules
    exit ;;
  'run compile') exit 0 ;;
  test) [ "$TESTS_PASS" = true ]; exit ;;
esac
PATH="${PATH}" exec npm "$@"
`,
      { mode: 0o755 },
    );
    const terraform = terraformSettings(folder, process.env).variables;
    this.machine = { PATH: `${programs}${delimiter}${PATH}`, HOME, ...terraform };
  }

  /** Runs a build to its end. */
  async run({
    project,
    version,
    trigger,
    previous,
    buildspec,
    variables,
    testsPass = true,
  }: Start): Promise<EndedBuild> {
    const folder = join(this.folder, `build-${++this.count}`);
    mkdirSync(folder);
    const result = await buildProject({
      aws: this.sandbox.aws,
      projectName: project,
      source: { repository: this.repository.url, version },
      ...(trigger !== undefined && { trigger }),
      ...(previous !== undefined && { previous }),
      ...(buildspec !== undefined && { buildspec }),
      ...(variables !== undefined && { variables }),
      folder,
      machine: { ...this.machine, TESTS_PASS: String(testsPass) },
    });
    const modules = join(folder, 'src', 'node_modules');
    if (project !== 'drift-check-project' && existsSync(modules)) renameSync(modules, this.kept);
    return { ...result, folder };
  }

  /** Runs the last command of the drift check again, where and as it ran: the days that follow, without their installation. */
  async checkDriftAgain(check: EndedBuild): Promise<string> {
    const file = join(check.folder, 'src', 'buildspecs', 'drift-check.yml');
    const { phases } = parse(readFileSync(file, 'utf8')) as { phases: { build: { commands: readonly string[] } } };
    return await this.shell(check, 'src', `${phases.build.commands.at(-1)} 2>&1`);
  }

  /** What the last plan of a drift check would do, as addresses; empty if it would change nothing. */
  async plannedBy(check: EndedBuild, stack: string): Promise<string[]> {
    const shown = await this.shell(check, join('src', 'cdktf.out', 'stacks', stack), 'terraform show -json drift.plan');
    const { resource_changes = [], output_changes = {} } = JSON.parse(shown) as Plan;
    const resources = resource_changes.filter(({ change }) => !isNoOp(change)).map(({ address }) => address);
    const outputs = Object.entries(output_changes).flatMap(([name, change]) => (isNoOp(change) ? [] : [name]));
    return [...resources, ...outputs];
  }

  /** Runs a command with the variables of a build that has ended; answers with what it printed. */
  private async shell({ folder }: EndedBuild, place: string, command: string): Promise<string> {
    const script = `. "${join(folder, 'session', 'environment')}"; cd "${join(folder, place)}"; ${command}`;
    return await new Promise((done) => {
      execFile('bash', ['-c', script], { env: {} as NodeJS.ProcessEnv, maxBuffer: 1 << 26 }, (_, output) =>
        done(output),
      );
    });
  }
}
