import { Aspects } from 'cdktf';
import { Construct } from 'constructs';
import { Architecture, defaultHandler, Runtime } from '../constructs/function/function-runtime';
import { SafetyPolicy } from '../policy/safety-policy';
import { StateLocation } from '../constructs/core/remote-state';
import { AwsTarget } from '../constructs/core/aws-account';
import { BuildOptions, BuildStack } from './build';
import { DeploymentProps } from './deployment-props';
import { KiteOptions, KiteStack } from './kite';

export interface MainStackProps extends Pick<DeploymentProps, 'owner' | 'envFile'> {
  /** A stage `prod` beside `dev`. @default false */
  readonly prodStage?: boolean;
  readonly build: BuildOptions;
  readonly kite: KiteOptions & FunctionOptions;
  /** The bucket that keeps the state of both stacks, as `<key>-build.tfstate` and `<key>.tfstate`. Without one they cannot be deployed. */
  readonly s3Backend: { readonly bucket: string | undefined; readonly key: string; readonly region: string };
  /** An emulated account, and the version of the provider to use. @default - the real AWS, the bindings' own version */
  readonly aws?: Omit<AwsTarget, 'region'>;
  /** A sentence for each setting without which a stack cannot be deployed. @default - none is missing */
  readonly missing?: { readonly build?: readonly string[]; readonly kite?: readonly string[] };
}

/** How both functions of a stage are run. */
export interface FunctionOptions {
  readonly architecture: Architecture;
  readonly runtime: Runtime;
  /** @default - bootstrap for an executable, index.handler for Node */
  readonly handler?: string;
}

/**
 * Kite in one AWS account: `<id>-build` builds it, `<id>-stack` is the chat. Neither is synthesized if it breaks a rule of SafetyPolicy.
 *
 * @example
 * new MainStack(new App(), 'kite', {
 *   prodStage: true,
 *   build: {
 *     gitRepositoryUrl: 'https://github.com/you/kite',
 *     email: 'you@example.com',
 *     monthlyBudgetUsd: 20,
 *     timeZone: 'Europe/Kyiv',
 *   },
 *   kite: {
 *     domainName: 'k1te.chat',
 *     dns: 'route53',
 *     architecture: 'arm64',
 *     runtime: 'provided.al2023',
 *     retention: Duration.days(90),
 *   },
 *   s3Backend: { bucket: 'my-state', key: 'kite/terraform', region: 'eu-north-1' },
 * });
 */
export class MainStack extends Construct {
  readonly build: BuildStack;
  readonly kite: KiteStack;

  constructor(scope: Construct, id: string, props: MainStackProps) {
    super(scope, id);
    const { prodStage = false, owner, kite, s3Backend, missing, envFile } = props;
    const { architecture, runtime, handler = defaultHandler(runtime) } = kite;
    const aws = { ...props.aws, region: s3Backend.region };
    const state = (suffix: string): StateLocation => ({
      ...s3Backend,
      key: `${s3Backend.key}${suffix}.tfstate`,
      endpointUrl: aws.endpointUrl,
    });
    const common = { prefix: id, prodStage, owner, runtime: { architecture, runtime, handler }, aws, envFile };

    this.build = new BuildStack(this, `${id}-build`, {
      ...props.build,
      ...common,
      dns: kite.domainName === undefined ? undefined : kite.dns,
      logArchive: kite.logArchive,
      state: { own: state('-build'), kite: state('') },
      missing: missing?.build,
    });
    this.kite = new KiteStack(this, `${id}-stack`, {
      ...kite,
      ...common,
      state: { own: state(''), build: state('-build') },
      runbookUrl: `${props.build.gitRepositoryUrl}/blob/main/docs/operations.md`,
      codeFromBuildStack: props.build.buildLambdaViaAsset ?? false,
      missing: missing?.kite,
    });
    // cdktf asks a stack for its aspects, and not what the stack is in.
    const policy = new SafetyPolicy();
    for (const stack of [this.build, this.kite]) Aspects.of(stack).add(policy);
  }
}
