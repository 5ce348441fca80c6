import { CodebuildProject } from '@cdktf/provider-aws/lib/codebuild-project';
import { CodebuildWebhook } from '@cdktf/provider-aws/lib/codebuild-webhook';
import { Construct } from 'constructs';
import { AwsAccount } from '../core/aws-account';
import { BuildSource } from './build-source';
import { Duration } from '../core/duration';
import { LogGroup, LogGroupProps } from '../monitoring/log-group';
import { Grantee, Role } from '../core/role';

export interface BuildProjectProps extends Pick<LogGroupProps, 'logRetention'> {
  readonly account: AwsAccount;
  readonly projectName: string;
  readonly description: string;
  /** In front of the role's name, which is unique in the account. */
  readonly rolePrefix: string;
  readonly source: BuildSource;
  /** A file of the repository, for example `buildspecs/drift-check.yml`. */
  readonly buildspec: string;
  /** What the build may know that is no secret. */
  readonly environment: Record<string, string>;
  /** A pattern of references, for example `^refs/heads/main$`: a push to one starts a build. @default - started by hand */
  readonly startsOn?: string;
  /** Whether an image shows anybody, without signing in, how the last build ended. @default false */
  readonly badge?: boolean;
  /** @default 20 minutes */
  readonly timeout?: Duration;
}

/**
 * A build project that may do nothing but read the repository and write its log, until something grants it more.
 *
 * Creates the log group, the role, the project, and the webhook if pushes start it.
 *
 * @example
 * new BuildProject(scope, 'project', {
 *   account,
 *   projectName: 'kite-tests',
 *   description: 'Runs the tests of what is pushed to main',
 *   rolePrefix: 'kite',
 *   source,
 *   buildspec: 'buildspecs/build-lambda.yml',
 *   environment: {},
 *   startsOn: '^refs/heads/main$',
 * });
 */
export class BuildProject extends Construct implements Grantee {
  readonly role: Role;
  readonly projectName: string;
  private readonly project: CodebuildProject;

  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    this.projectName = props.projectName;
    this.role = new Role(this, 'role', {
      roleName: `${props.rolePrefix}-${props.projectName}`,
      description: `Permissions of the builds of ${props.projectName}`,
      service: 'codebuild.amazonaws.com',
      onBehalfOf: props.account,
    });
    const logs = new LogGroup(this, 'logs', {
      logGroupName: `/aws/codebuild/${props.projectName}`,
      logRetention: props.logRetention,
    });
    logs.grantWrite(this);
    this.allowConnection(props.source);
    this.project = this.projectOf(props, logs);
    if (props.startsOn) this.startOn(props.startsOn);
  }

  get arn(): string {
    return this.project.arn;
  }

  /** Where the image is that shows how the last build ended; empty without `badge`. It names a branch, and takes another. */
  get badgeUrl(): string {
    return this.project.badgeUrl;
  }

  /** May start builds of this project. */
  grantStart(grantee: Grantee): void {
    grantee.role.allow('start-build', { actions: ['codebuild:StartBuild'], resources: [this.arn] });
  }

  /**
   * Without a limit on concurrent builds: CodeBuild does not queue what is over such a limit, it drops it. Deployments take turns
   * by themselves (operations/deployment/stage-turn.ts). https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html
   */
  private projectOf(props: BuildProjectProps, logs: LogGroup): CodebuildProject {
    const { source } = props;
    return new CodebuildProject(this, 'project', {
      name: props.projectName,
      description: props.description,
      serviceRole: this.role.arn,
      buildTimeout: (props.timeout ?? Duration.minutes(20)).toMinutes(),
      badgeEnabled: props.badge ?? false,
      artifacts: { type: 'NO_ARTIFACTS' },
      source: {
        type: 'GITHUB',
        location: source.repositoryUrl,
        buildspec: props.buildspec,
        gitCloneDepth: 0,
        reportBuildStatus: true,
        ...(source.connectionArn && { auth: { type: 'CODECONNECTIONS', resource: source.connectionArn } }),
      },
      environment: {
        type: 'LINUX_CONTAINER',
        computeType: 'BUILD_GENERAL1_SMALL',
        image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
        environmentVariable: Object.entries(props.environment).map(([name, value]) => ({
          name,
          value,
          type: 'PLAINTEXT',
        })),
      },
      logsConfig: { cloudwatchLogs: { status: 'ENABLED', groupName: logs.logGroupName } },
      // CodeBuild tries the role on the connection when the project is made, and a push may start a build right after it.
      dependsOn: [...source.ready, ...this.role.grants],
    });
  }

  private startOn(reference: string): void {
    new CodebuildWebhook(this, 'webhook', {
      projectName: this.project.name,
      buildType: 'BUILD',
      filterGroup: [
        {
          filter: [
            { type: 'EVENT', pattern: 'PUSH' },
            { type: 'HEAD_REF', pattern: reference },
          ],
        },
      ],
    });
  }

  private allowConnection({ connectionArn }: BuildSource): void {
    if (!connectionArn) return;
    // A connection made before 2024 is of the service's older name, and so are its actions.
    const service = connectionArn.split(':')[2];
    this.role.allow('use-connection', {
      actions: [`${service}:GetConnection`, `${service}:GetConnectionToken`],
      resources: [connectionArn],
    });
  }
}
