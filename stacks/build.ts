import { AssetType, TerraformAsset, TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  Artifact,
  ArtifactBucket,
  latestKey,
  LIFECYCLE,
  REQUEST_DISPATCHER,
} from '../constructs/pipeline/artifact-bucket';
import { AwsAccount } from '../constructs/core/aws-account';
import { BADGE_OUTPUT, BUILD_OUTPUTS } from '../constructs/pipeline/build-outputs';
import { BuildProject } from '../constructs/pipeline/build-project';
import { BuildSchedule, BuildScheduleProps } from '../constructs/pipeline/build-schedule';
import { BuildSource } from '../constructs/pipeline/build-source';
import { grantCodeDeployment } from '../constructs/pipeline/code-deployment';
import { DeploymentGate } from '../constructs/core/deployment-gate';
import { DriftReader, DriftReaderProps } from '../constructs/pipeline/drift-reader';
import { FailedBuildMail } from '../constructs/pipeline/failed-build-mail';
import { buildFolder, buildKind } from '../constructs/function/function-runtime';
import { MonthlyBudget } from '../constructs/monitoring/monthly-budget';
import { NotificationTopic, NotificationTopicProps } from '../constructs/monitoring/notification-topic';
import { keepState, stateBucketName, StateLocation } from '../constructs/core/remote-state';
import { Schedule } from '../constructs/core/schedule';
import { StackSettings } from '../constructs/core/stack-settings';
import {
  botTokenParameter,
  functionNames,
  cloudflareTokenParameter,
  lifecycleHandlerName,
  requestDispatcherName,
  stageNames,
} from '../constructs/core/stage-names';
import { DeploymentProps } from './deployment-props';

/** What the owner of a fork decides about its builds. */
export interface BuildOptions extends Pick<NotificationTopicProps, 'email'>, Pick<BuildScheduleProps, 'timeZone'> {
  /** For example `https://github.com/you/kite`. */
  readonly gitRepositoryUrl: string;
  /** Upload the zips built on this machine when deploying, instead of having CodeBuild build them. @default false */
  readonly buildLambdaViaAsset?: boolean;
  /** How CodeBuild authenticates to GitHub. @default - with the credential that CodeBuild has in this account */
  readonly sourceCredential?: { readonly kind: 'connection'; readonly arn: string } | { readonly kind: 'token' };
  /** When the drift check runs. @default Monday to Friday at 12:00 */
  readonly driftSchedule?: Schedule;
  /** US dollars that the account may cost in a month before a mail is sent; 0: no budget. */
  readonly monthlyBudgetUsd: number;
  /** The settings in `.env`, with which the drift check synthesizes the stacks. @default - none */
  readonly settings?: Record<string, string>;
}

export interface BuildStackProps extends BuildOptions, DeploymentProps, Pick<DriftReaderProps, 'dns' | 'logArchive'> {
  readonly state: { readonly own: StateLocation; readonly kite: StateLocation };
}

/** The projects' names are public interface. */
const PROJECTS = {
  buildAndDeploy: 'build-and-deploy-project',
  deployOnTag: 'deploy-on-tag-project',
  driftCheck: 'drift-check-project',
};

/**
 * Builds, deploys, and looks after what was deployed.
 *
 * Creates the artifact bucket, the build projects with their webhooks, the schedule of the drift check, the mails, and the budget.
 * {@link MainStack} makes it, together with the chat.
 *
 * @example
 * new BuildStack(app, 'kite-build', {
 *   prefix: 'kite',
 *   prodStage: false,
 *   aws: { region: 'eu-north-1' },
 *   state: { own: { ...state, key: 'kite/terraform-build.tfstate' }, kite: { ...state, key: 'kite/terraform.tfstate' } },
 *   runtime: { architecture: 'arm64', runtime: 'provided.al2023', handler: 'bootstrap' },
 *   gitRepositoryUrl: 'https://github.com/you/kite',
 *   email: 'you@example.com',
 *   timeZone: 'Europe/Stockholm',
 *   monthlyBudgetUsd: 10,
 * });
 */
export class BuildStack extends TerraformStack {
  private readonly account: AwsAccount;
  private readonly artifacts: ArtifactBucket;
  private readonly topic: NotificationTopic;
  private readonly source: BuildSource;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildStackProps,
  ) {
    super(scope, id);
    const gate = new DeploymentGate(this, 'gate', [...(props.missing ?? []), ...this.missingZips()]);
    const settings = new StackSettings(this, 'settings', { required: this.requiredSecrets, envFile: props.envFile });
    keepState(this, props.state.own);
    this.account = new AwsAccount(this, 'aws', {
      ...props.aws,
      gate,
      tags: { Project: props.prefix, Stack: id, ...(props.owner && { Owner: props.owner }) },
    });

    this.artifacts = new ArtifactBucket(this, 'artifacts', {
      bucketName: `${props.prefix}-artifacts-${this.account.accountId}-${props.aws.region}`,
    });
    this.topic = new NotificationTopic(this, 'notifications', {
      topicName: `${props.prefix}-notifications`,
      account: this.account,
      email: props.email,
    });
    this.watchCosts();
    this.source = this.sourceOf(settings);
    const buildAndDeploy = this.buildAndDeploy();
    const projects = [buildAndDeploy];
    if (props.prodStage) projects.push(this.deployOnTag());
    if (!props.buildLambdaViaAsset) projects.push(this.driftCheck());
    new FailedBuildMail(this, 'failed-builds', {
      ruleName: `${props.prefix}-failed-builds`,
      projects,
      topic: this.topic,
    });
    this.addOutputs(buildAndDeploy);
  }

  private watchCosts(): void {
    const { prefix, monthlyBudgetUsd: usd } = this.props;
    if (usd === 0) return;
    new MonthlyBudget(this, 'budget', { budgetName: `${prefix}-monthly`, usd, topic: this.topic });
  }

  private buildAndDeploy(): BuildProject {
    const project = new BuildProject(this, 'build-and-deploy', {
      ...this.everyProject,
      projectName: PROJECTS.buildAndDeploy,
      description: 'Builds and tests pushes to main, stores the build under its commit and deploys it to dev',
      buildspec: 'buildspecs/build-and-deploy.yml',
      environment: { ...this.buildEnvironment, ...this.stageEnvironment('dev') },
      startsOn: '^refs/heads/main$',
      badge: true,
    });
    this.artifacts.grantStore(project);
    this.artifacts.grantTurn(project, 'dev');
    grantCodeDeployment(project, { account: this.account, functionNames: functionNames('dev') });
    return project;
  }

  private deployOnTag(): BuildProject {
    const project = new BuildProject(this, 'deploy-on-tag', {
      ...this.everyProject,
      projectName: PROJECTS.deployOnTag,
      description: 'Promotes the build of a tagged commit to prod',
      buildspec: 'buildspecs/deploy-on-tag.yml',
      environment: { ...this.buildEnvironment, ...this.stageEnvironment('prod') },
      startsOn: '^refs/tags/',
    });
    this.artifacts.grantRead(project);
    this.artifacts.grantTurn(project, 'prod');
    grantCodeDeployment(project, { account: this.account, functionNames: functionNames('prod') });
    return project;
  }

  private driftCheck(): BuildProject {
    const { prefix, state, settings, aws } = this.props;
    const project = new BuildProject(this, 'drift-check', {
      ...this.everyProject,
      projectName: PROJECTS.driftCheck,
      description: 'Compares what is deployed with the state and the code, and mails the differences',
      buildspec: 'buildspecs/drift-check.yml',
      environment: {
        ...settings,
        ...this.buildEnvironment,
        STATE_BUCKET: stateBucketName(state.own),
        AWS_REGION: aws.region,
        STACKS: `${prefix}-build ${prefix}-stack`,
        SECRETS: this.driftSecrets,
      },
    });
    new DriftReader(this, 'drift-reader', {
      account: this.account,
      project,
      prefix,
      stages: this.stages,
      state: [state.own, state.kite],
      artifactBucketArn: this.artifacts.arn,
      topicArn: this.topic.arn,
      projectNames: Object.values(PROJECTS),
      dns: this.props.dns,
      logArchive: this.props.logArchive,
    });
    this.artifacts.grantMemory(project, 'drift-check/last-report.json');
    this.topic.grantPublish(project);
    new BuildSchedule(this, 'drift-schedule', {
      account: this.account,
      scheduleName: `${prefix}-drift-check`,
      project,
      schedule: this.props.driftSchedule ?? Schedule.workdaysAtNoon,
      timeZone: this.props.timeZone,
    });
    return project;
  }

  private get stages(): string[] {
    return stageNames(this.props.prodStage);
  }

  private get everyProject() {
    return { account: this.account, source: this.source, rolePrefix: this.props.prefix };
  }

  private get buildEnvironment(): Record<string, string> {
    const { runtime, architecture } = this.props.runtime;
    return {
      ARTIFACT_BUCKET: this.artifacts.bucketName,
      ARCHITECTURE: architecture,
      RUNTIME: runtime,
      BUILD_KIND: buildKind(runtime),
      TOPIC_ARN: this.topic.arn,
    };
  }

  private stageEnvironment(stage: string): Record<string, string> {
    return {
      STAGE: stage,
      FUNCTION_NAME: requestDispatcherName(stage),
      LIFECYCLE_FUNCTION_NAME: lifecycleHandlerName(stage),
    };
  }

  /** Terraform plans with the secrets that are deployed, so it needs them: variables, and the parameters that hold the values. */
  private get driftSecrets(): string {
    const { prefix, prodStage, dns } = this.props;
    return [
      `TF_VAR_TELEGRAM_BOT_TOKEN=${botTokenParameter(prefix, 'dev')}`,
      ...(prodStage ? [`TF_VAR_TELEGRAM_PROD_BOT_TOKEN=${botTokenParameter(prefix, 'prod')}`] : []),
      ...(dns === 'cloudflare' ? [`TF_VAR_CLOUDFLARE_API_TOKEN=${cloudflareTokenParameter(prefix)}`] : []),
    ].join(' ');
  }

  private sourceOf(settings: StackSettings): BuildSource {
    const { gitRepositoryUrl, sourceCredential } = this.props;
    return new BuildSource(this, 'source', {
      repositoryUrl: gitRepositoryUrl,
      credential:
        sourceCredential?.kind === 'token'
          ? { kind: 'token', token: settings.secret('GITHUB_TOKEN') }
          : sourceCredential,
    });
  }

  private get requiredSecrets(): Record<string, string> {
    if (this.props.sourceCredential?.kind !== 'token') return {};
    return {
      GITHUB_TOKEN:
        'GITHUB_TOKEN is missing: create a personal access token for the repository, write GITHUB_TOKEN="..." into .env and deploy with --var-file=.env.',
    };
  }

  private addOutputs(buildAndDeploy: BuildProject): void {
    const { bucket, dispatcherKey, lifecycleKey, dispatcherHash, lifecycleHash, topic } = BUILD_OUTPUTS;
    const uploaded = this.props.buildLambdaViaAsset ? this.uploadZips() : { dispatcher: '-', lifecycle: '-' };
    const outputs = {
      [bucket]: this.artifacts.bucketName,
      [dispatcherKey]: latestKey(REQUEST_DISPATCHER),
      [lifecycleKey]: latestKey(LIFECYCLE),
      [dispatcherHash]: uploaded.dispatcher,
      [lifecycleHash]: uploaded.lifecycle,
      [topic]: this.topic.arn,
      [BADGE_OUTPUT]: buildAndDeploy.badgeUrl,
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value, staticId: true });
  }

  private uploadZips() {
    return { dispatcher: this.uploadZip(REQUEST_DISPATCHER), lifecycle: this.uploadZip(LIFECYCLE) };
  }

  /** Returns the zip's SHA-256 in base64, as Lambda reports it. */
  private uploadZip(artifact: Artifact): string {
    const path = this.zipPath(artifact);
    if (!existsSync(path)) return '-'; // The gate is closed: nothing is deployed.
    const hash = createHash('sha256').update(readFileSync(path)).digest('base64');
    const asset = new TerraformAsset(this, `${artifact.folder}-zip`, { path, type: AssetType.FILE });
    this.artifacts.upload(`upload-${artifact.folder}`, artifact, { path: asset.path, hash });
    return hash;
  }

  private missingZips(): string[] {
    if (!this.props.buildLambdaViaAsset) return [];
    const missing = [REQUEST_DISPATCHER, LIFECYCLE]
      .map((artifact) => this.zipPath(artifact))
      .filter((path) => !existsSync(path));
    return missing.length > 0
      ? [`BUILD_LAMBDA_VIA_ASSET uploads ${missing.join(' and ')}: not there yet. Run npm run build:lambdas first.`]
      : [];
  }

  private zipPath({ file }: Artifact): string {
    const { runtime, architecture } = this.props.runtime;
    return `dist/lambdas/${buildFolder(runtime, architecture)}/${file}`;
  }
}
