import { Annotations, TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { ApiGatewayAccount } from '../constructs/api/api-gateway-account';
import { AwsAccount } from '../constructs/core/aws-account';
import { BUILD_OUTPUTS } from '../constructs/pipeline/build-outputs';
import { Certificate } from '../constructs/core/certificate';
import { ChatStage, ChatStageProps } from './chat-stage';
import { CloudflareDns } from '../constructs/core/cloudflare-dns';
import { CustomDomain } from '../constructs/api/custom-domain';
import { DeploymentGate } from '../constructs/core/deployment-gate';
import { Dns, DnsProvider } from '../constructs/core/dns';
import { FunctionCode } from '../constructs/function/function-code';
import { HttpApi } from '../constructs/api/http-api';
import { allow } from '../policy/exemption';
import { Disposable, Protection } from '../constructs/core/protection';
import { keepState, StackOutputs, StateLocation } from '../constructs/core/remote-state';
import { Route53Dns } from '../constructs/core/route53-dns';
import { SecretParameter } from '../constructs/core/secret-parameter';
import { StackSettings } from '../constructs/core/stack-settings';
import { StoredArtifact } from '../constructs/pipeline/stored-artifact';
import { botTokenParameter, cloudflareTokenParameter, stageNames } from '../constructs/core/stage-names';
import { WebSocketApi } from '../constructs/api/websocket-api';
import { DeploymentProps } from './deployment-props';

/** What the owner of a website decides about the chat. */
export interface KiteOptions extends Pick<
  ChatStageProps,
  'fileTypes' | 'logArchive' | 'logRetention' | 'memorySize' | 'retention' | 'telegramApiRoot' | 'throttle' | 'tracing'
> {
  /** The chat is then at `ws.<domain>` and `api.<domain>`. @default - the hosts that AWS gives the APIs */
  readonly domainName?: string;
  /** Who hosts the domain's zone. Only with `domainName`. */
  readonly dns: DnsProvider;
  /** The zone that the domain's names are in. @default - the domain itself */
  readonly dnsZone?: string;
  /** Let `destroy` delete the data of prod, for a reason. @default - tables and buckets of prod survive */
  readonly disposableProd?: Disposable;
  /**
   * Whether to set the role under which API Gateway writes logs, one for all APIs of a region. `leave` it where it is set already.
   * @default take
   */
  readonly apiGatewayAccount?: 'take' | 'leave';
}

export interface KiteStackProps extends KiteOptions, DeploymentProps, Pick<ChatStageProps, 'runbookUrl'> {
  readonly state: { readonly own: StateLocation; readonly build: StateLocation };
  /** Whether kite-build uploads the code of the functions; otherwise CI deploys it. */
  readonly codeFromBuildStack: boolean;
}

/**
 * The chat itself: one WebSocket API, one HTTP API, and for each stage all that it needs of its own.
 *
 * What it takes over from kite-build are the artifact bucket, the keys in it, and the topic for alarms.
 *
 * @example
 * new KiteStack(app, 'kite-stack', {
 *   prefix: 'kite',
 *   prodStage: false,
 *   aws: { region: 'eu-north-1' },
 *   state: { own: { ...state, key: 'kite/terraform.tfstate' }, build: { ...state, key: 'kite/terraform-build.tfstate' } },
 *   runtime: { architecture: 'arm64', runtime: 'provided.al2023', handler: 'bootstrap' },
 *   dns: 'cloudflare',
 *   retention: Duration.days(90),
 *   codeFromBuildStack: true,
 *   runbookUrl: 'https://github.com/you/kite/blob/main/docs/operations.md',
 * });
 */
export class KiteStack extends TerraformStack {
  private readonly settings: StackSettings;
  private readonly account: AwsAccount;
  private readonly build: StackOutputs;
  private readonly dispatcherArtifact: StoredArtifact;
  private readonly lifecycleArtifact: StoredArtifact;
  private readonly webSocketApi: WebSocketApi;
  private readonly httpApi: HttpApi;
  private readonly logAccount?: ApiGatewayAccount;
  private readonly domains?: { readonly ws: CustomDomain; readonly api: CustomDomain };

  constructor(
    scope: Construct,
    id: string,
    private readonly props: KiteStackProps,
  ) {
    super(scope, id);
    const gate = new DeploymentGate(this, 'gate', props.missing ?? []);
    this.settings = new StackSettings(this, 'settings', { required: this.requiredSecrets, envFile: props.envFile });
    keepState(this, props.state.own);
    this.account = new AwsAccount(this, 'aws', {
      ...props.aws,
      gate,
      tags: { Project: props.prefix, Stack: id, ...(props.owner && { Owner: props.owner }) },
    });
    this.build = this.buildOutputs();
    this.dispatcherArtifact = this.artifact('dispatcher-artifact', BUILD_OUTPUTS.dispatcherKey);
    this.lifecycleArtifact = this.artifact('lifecycle-artifact', BUILD_OUTPUTS.lifecycleKey);
    this.logAccount = this.apiGatewayAccount();
    this.webSocketApi = new WebSocketApi(this, 'websocket-api', {
      apiName: `${props.prefix}-websocket`,
      account: this.account,
    });
    this.httpApi = new HttpApi(this, 'http-api', { apiName: `${props.prefix}-http`, account: this.account });
    this.domains = this.customDomains();
    for (const stage of stageNames(props.prodStage)) this.addOutputs(stage, this.chatStage(stage));
    this.warn();
    this.exempt();
  }

  private buildOutputs(): StackOutputs {
    return new StackOutputs(this, 'build', {
      state: this.props.state.build,
      stackName: `${this.props.prefix}-build`,
      names: Object.values(BUILD_OUTPUTS),
    });
  }

  private apiGatewayAccount(): ApiGatewayAccount | undefined {
    if (this.props.apiGatewayAccount === 'leave') return undefined;
    return new ApiGatewayAccount(this, 'api-gateway-account', { account: this.account, rolePrefix: this.props.prefix });
  }

  private customDomains() {
    const { domainName } = this.props;
    if (!domainName) return undefined;
    const dns = this.dns(domainName);
    const names = { ws: `ws.${domainName}`, api: `api.${domainName}` };
    const certificate = new Certificate(this, 'certificate', { names: [names.ws, names.api], dns });
    return {
      ws: new CustomDomain(this, 'websocket-domain', { domainName: names.ws, certificate, dns }),
      api: new CustomDomain(this, 'http-domain', { domainName: names.api, certificate, dns }),
    };
  }

  private dns(domainName: string): Dns {
    const zone = this.props.dnsZone ?? domainName;
    if (this.props.dns === 'route53') return new Route53Dns(this, 'dns', { zone });
    const apiToken = this.settings.secret('CLOUDFLARE_API_TOKEN');
    new SecretParameter(this, 'cloudflare-token', {
      parameterName: cloudflareTokenParameter(this.props.prefix),
      description: 'Lets the drift check read the records in Cloudflare',
      value: apiToken,
    });
    return new CloudflareDns(this, 'dns', { zone, apiToken });
  }

  private chatStage(stage: string): ChatStage {
    const { props } = this;
    return new ChatStage(this, stage, {
      stage,
      prefix: props.prefix,
      account: this.account,
      webSocketApi: this.webSocketApi,
      httpApi: this.httpApi,
      logAccount: this.logAccount,
      domains: this.domains,
      runtime: props.runtime,
      code: {
        dispatcher: this.code(this.dispatcherArtifact, BUILD_OUTPUTS.dispatcherHash),
        lifecycle: this.code(this.lifecycleArtifact, BUILD_OUTPUTS.lifecycleHash),
      },
      botToken: this.settings.secret(BOT_TOKENS[stage] ?? 'TELEGRAM_BOT_TOKEN'),
      botTokenParameter: botTokenParameter(props.prefix, stage),
      alarmTopicArn: this.build.get(BUILD_OUTPUTS.topic),
      protection: stage === 'prod' && !props.disposableProd ? Protection.full : Protection.none,
      retention: props.retention,
      memorySize: props.memorySize,
      throttle: props.throttle,
      logRetention: props.logRetention,
      runbookUrl: props.runbookUrl,
      logArchive: props.logArchive,
      tracing: props.tracing,
      telegramApiRoot: props.telegramApiRoot,
      fileTypes: props.fileTypes,
    });
  }

  private artifact(id: string, key: string): StoredArtifact {
    const build = `${this.props.prefix}-build`;
    return new StoredArtifact(this, id, {
      bucket: this.build.get(BUILD_OUTPUTS.bucket),
      key: this.build.get(key),
      remedy: this.props.codeFromBuildStack
        ? `deploy ${build} again, which uploads it.`
        : `upload one, or build it with "aws codebuild start-build --project-name build-and-deploy-project --buildspec-override buildspecs/build-lambda.yml", then deploy again.`,
    });
  }

  private code(artifact: StoredArtifact, hash: string): FunctionCode {
    return this.props.codeFromBuildStack
      ? { deployedBy: 'terraform', artifact, hash: this.build.get(hash) }
      : { deployedBy: 'ci', artifact };
  }

  private get requiredSecrets(): Record<string, string> {
    const { prodStage, domainName, dns } = this.props;
    return {
      TELEGRAM_BOT_TOKEN: botTokenSentence('TELEGRAM_BOT_TOKEN', 'dev'),
      ...(prodStage && { TELEGRAM_PROD_BOT_TOKEN: botTokenSentence('TELEGRAM_PROD_BOT_TOKEN', 'prod') }),
      ...(domainName && dns !== 'route53' && { CLOUDFLARE_API_TOKEN: cloudflareSentence(domainName) }),
    };
  }

  private addOutputs(stage: string, chat: ChatStage): void {
    const outputs = {
      [`${stage}-websocket-url`]: chat.webSocket.url,
      [`${stage}-api-url`]: chat.http.url,
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value, staticId: true });
  }

  /** What the settings ask for although it breaks a rule; `warn` says it at each deployment. */
  private exempt(): void {
    const { disposableProd, runtime } = this.props;
    if (this.props.prodStage && disposableProd) {
      for (const rule of ['prod-survives-destroy', 'prod-can-be-restored'] as const)
        allow(this, rule, disposableProd.reason);
    }
    if (runtime.runtime === 'provided.al2')
      allow(this, 'function-runtime', 'Older configurations name it, and its build is the same');
  }

  private warn(): void {
    const { disposableProd, runtime } = this.props;
    if (this.props.prodStage && disposableProd) {
      Annotations.of(this).addWarning(
        `The data of prod is not protected: "destroy" deletes its tables, messages and files (${disposableProd.reason}).`,
      );
    }
    if (runtime.runtime === 'provided.al2') {
      Annotations.of(this).addWarning(
        'AWS no longer maintains the runtime provided.al2: set RUNTIME="provided.al2023" in .env, or runtime in main.ts. The same build runs on both.',
      );
    }
  }
}

const BOT_TOKENS: Record<string, string> = { dev: 'TELEGRAM_BOT_TOKEN', prod: 'TELEGRAM_PROD_BOT_TOKEN' };

function botTokenSentence(name: string, stage: string): string {
  return `${name} is missing: get a bot for ${stage} from @BotFather in Telegram, write ${name}="<its token>" into .env and deploy with --var-file=.env.`;
}

function cloudflareSentence(domain: string): string {
  return `CLOUDFLARE_API_TOKEN is missing: create a token that may read the zone of ${domain} and edit its DNS, write CLOUDFLARE_API_TOKEN="..." into .env and deploy with --var-file=.env.`;
}
