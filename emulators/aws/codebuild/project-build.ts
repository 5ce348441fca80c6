import type { EmulatedAws } from '../account';
import { record, records, text } from '../../../json';
import { runBuild, type BuildResult } from './build';
import type { Source } from './source';

/** A build of a CodeBuild project that was deployed into the emulated account. */
export interface ProjectBuildRequest {
  readonly aws: EmulatedAws;
  readonly projectName: string;
  readonly source: Source;
  /** What GitHub's webhook says: `branch/main` or `tag/v1.0.0`. @default - the build is started by hand */
  readonly trigger?: string;
  /** Where the branch was before the push that starts the build. @default - CodeBuild is not told */
  readonly previous?: string;
  /** `--buildspec-override` of `start-build`. @default - the project's own buildspec */
  readonly buildspec?: string;
  /** `--environment-variables-override` of `start-build`. @default - the project's own */
  readonly variables?: Readonly<Record<string, string>>;
  /** An empty folder of this build's own. */
  readonly folder: string;
  /** `PATH`, `HOME`, and what Terraform needs on this machine. */
  readonly machine: Readonly<Record<string, string>>;
  readonly say?: (text: string) => void;
}

/**
 * Builds as CodeBuild would: with the variables and the secrets that the project in the account has, under the project's role.
 *
 * Throws an Error if there is no such project.
 */
export async function buildProject(request: ProjectBuildRequest): Promise<BuildResult> {
  const { aws, projectName, trigger } = request;
  const project = await projectOf(aws, projectName);
  const role = aws.credentials(text(project.serviceRole));
  return await runBuild({
    source: request.source,
    buildspec: request.buildspec ?? text(record(project['source'])['buildspec']),
    folder: request.folder,
    ...(request.say && { say: request.say }),
    environment: {
      ...aws.variables(),
      AWS_ACCESS_KEY_ID: role.accessKeyId,
      AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
      AWS_SESSION_TOKEN: role.sessionToken,
      CODEBUILD_BUILD_URL: `${aws.url}/builds/${projectName}`,
      CODEBUILD_INITIATOR: trigger === undefined ? 'somebody' : 'GitHub-Hookshot/0000000',
      ...(trigger !== undefined && { CODEBUILD_WEBHOOK_TRIGGER: trigger }),
      ...(request.previous !== undefined && { CODEBUILD_WEBHOOK_PREV_COMMIT: request.previous }),
      ...(await variablesOf(aws, project)),
      ...request.variables,
      ...request.machine,
    },
  });
}

async function projectOf(aws: EmulatedAws, name: string): Promise<Record<string, unknown>> {
  const { projects } = await aws.call({
    service: 'codebuild',
    target: 'CodeBuild_20161006.BatchGetProjects',
    body: { names: [name] },
  });
  const [project] = records(projects);
  if (!project) throw new Error(`There is no project ${name} in the emulated account.`);
  return project;
}

async function variablesOf(aws: EmulatedAws, project: Record<string, unknown>): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const variable of records(record(project['environment'])['environmentVariables'])) {
    const value = text(variable.value);
    variables[text(variable.name)] = variable.type === 'PARAMETER_STORE' ? await parameter(aws, value) : value;
  }
  return variables;
}

async function parameter(aws: EmulatedAws, name: string): Promise<string> {
  const answer = await aws.call({
    service: 'ssm',
    target: 'AmazonSSM.GetParameter',
    body: { Name: name, WithDecryption: true },
  });
  return text(record(answer['Parameter'])['Value']);
}
