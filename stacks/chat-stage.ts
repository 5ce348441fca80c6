import { Aspects, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { alarmNamesOf, AlarmRoute } from '../constructs/monitoring/alarm';
import { ApiAlarms } from '../constructs/monitoring/api-alarms';
import { AwsAccount } from '../constructs/core/aws-account';
import { ApiGatewayAccount } from '../constructs/api/api-gateway-account';
import { ApiStageProps } from '../constructs/api/api-stage';
import { ChatTables } from '../constructs/storage/chat-tables';
import { CustomDomain } from '../constructs/api/custom-domain';
import { DeliveryQueue } from '../constructs/function/delivery-queue';
import { Duration } from '../constructs/core/duration';
import { FileBucket, FileBucketProps } from '../constructs/storage/file-bucket';
import { FunctionAlarms } from '../constructs/monitoring/function-alarms';
import { FunctionCode } from '../constructs/function/function-code';
import { HttpApi } from '../constructs/api/http-api';
import { HttpStage } from '../constructs/api/http-stage';
import { LIVE, LiveFunction, LiveFunctionProps } from '../constructs/function/live-function';
import { LogArchive } from '../constructs/monitoring/log-archive';
import { LogQueries } from '../constructs/monitoring/log-queries';
import { LoggedErrors } from '../constructs/monitoring/logged-errors';
import { Protection } from '../constructs/core/protection';
import { SecretParameter } from '../constructs/core/secret-parameter';
import { StageDashboard } from '../constructs/monitoring/stage-dashboard';
import { fileBucketName, lifecycleHandlerName, requestDispatcherName } from '../constructs/core/stage-names';
import { StageTag } from '../constructs/core/stage-tag';
import { TableAlarms } from '../constructs/monitoring/table-alarms';
import { WebhookCheck } from '../constructs/function/webhook-check';
import { WebhookRegistration } from '../constructs/function/webhook-registration';
import { WebSocketApi } from '../constructs/api/websocket-api';
import { WebSocketStage } from '../constructs/api/websocket-stage';

export interface ChatStageProps
  extends
    Pick<LiveFunctionProps, 'logRetention' | 'memorySize' | 'runtime' | 'tracing'>,
    Pick<ApiStageProps, 'throttle'>,
    Pick<FileBucketProps, 'retention'>,
    Pick<AlarmRoute, 'runbookUrl'> {
  /** `dev` or `prod`. */
  readonly stage: string;
  /** The MainStack's name, in front of names that are unique in the account. */
  readonly prefix: string;
  readonly account: AwsAccount;
  readonly webSocketApi: WebSocketApi;
  readonly httpApi: HttpApi;
  /** What lets the WebSocket stage write its log. @default - another project has set it in this region */
  readonly logAccount?: ApiGatewayAccount;
  /** @default - the hosts that AWS gives the APIs */
  readonly domains?: { readonly ws: CustomDomain; readonly api: CustomDomain };
  readonly code: { readonly dispatcher: FunctionCode; readonly lifecycle: FunctionCode };
  readonly botToken: TerraformVariable;
  /** The name of the bot token's parameter. */
  readonly botTokenParameter: string;
  /** The topic that alarms notify. */
  readonly alarmTopicArn: string;
  readonly protection: Protection;
  /** Keep the logs of the functions in S3 as well, with a table for Athena. @default false */
  readonly logArchive?: boolean;
  /** A Bot API server other than Telegram's. @default - Telegram's */
  readonly telegramApiRoot?: string;
  /** Changes to the files that visitors may send: `image/svg+xml=5 application/zip=0`, in MiB. @default - none */
  readonly fileTypes?: string;
}

/**
 * One stage of the chat, with nothing shared but the routes: nothing in it can read another's.
 *
 * Creates the tables, the file bucket, the bot token's parameter, the queue, both functions, both API stages, and registers the
 * webhook when all of it is there. Then what watches over it: alarms, a dashboard, saved queries, the archive of the logs.
 *
 * @example
 * new ChatStage(scope, 'dev', {
 *   stage: 'dev',
 *   prefix: 'kite',
 *   account,
 *   webSocketApi,
 *   httpApi,
 *   runtime: { architecture: 'arm64', runtime: 'provided.al2023', handler: 'bootstrap' },
 *   code: { dispatcher: { deployedBy: 'ci', artifact }, lifecycle: { deployedBy: 'ci', artifact } },
 *   botToken: settings.secret('TELEGRAM_BOT_TOKEN'),
 *   botTokenParameter: '/kite/dev/telegram-bot-token',
 *   alarmTopicArn: topic.arn,
 *   runbookUrl: 'https://github.com/you/kite/blob/main/docs/operations.md',
 *   protection: Protection.none,
 *   retention: Duration.days(90),
 * });
 */
export class ChatStage extends Construct {
  readonly webSocket: WebSocketStage;
  readonly http: HttpStage;
  readonly dispatcher: LiveFunction;
  readonly lifecycle: LiveFunction;

  private readonly tables: ChatTables;
  private readonly files: FileBucket;
  private readonly token: SecretParameter;
  private readonly queue: DeliveryQueue;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ChatStageProps,
  ) {
    super(scope, id);
    const { prefix, stage, account, protection } = props;

    this.tables = new ChatTables(this, 'tables', { stage, protection });
    this.files = new FileBucket(this, 'files', {
      bucketName: fileBucketName(prefix, stage, account),
      retention: props.retention,
      protection,
    });
    this.token = new SecretParameter(this, 'bot-token', {
      parameterName: props.botTokenParameter,
      description: `The Telegram bot of the stage ${stage}`,
      value: props.botToken,
      form: {
        // https://core.telegram.org/bots/features#generating-an-authentication-token
        pattern: '^[0-9]+:[A-Za-z0-9_-]+$',
        sentence: `${props.botToken.friendlyUniqueId} is not a bot token: copy it from @BotFather, for example 123456:ABC-DEF.`,
      },
    });
    this.queue = new DeliveryQueue(this, 'delivery', { account, stage, alarms: this.alarms });
    this.webSocket = this.webSocketStage();
    this.http = this.httpStage();
    this.dispatcher = this.dispatcherFunction();
    this.lifecycle = this.lifecycleFunction();
    this.registerWebhook();
    this.watch();
    if (props.logArchive) this.archiveLogs();
    Aspects.of(this).add(new StageTag(stage));
  }

  private get functionName(): string {
    return requestDispatcherName(this.props.stage);
  }

  private webSocketStage(): WebSocketStage {
    const { webSocketApi, domains, logAccount } = this.props;
    return new WebSocketStage(this, 'websocket', {
      api: webSocketApi,
      domain: domains?.ws,
      after: logAccount && [logAccount.resource],
      ...this.stageProps,
    });
  }

  private httpStage(): HttpStage {
    return new HttpStage(this, 'http', {
      api: this.props.httpApi,
      domain: this.props.domains?.api,
      ...this.stageProps,
    });
  }

  private get stageProps() {
    const { stage, throttle, logRetention } = this.props;
    return { stageName: stage, functionReference: `${this.functionName}:${LIVE}`, throttle, logRetention };
  }

  private dispatcherFunction(): LiveFunction {
    const { stage, telegramApiRoot, fileTypes } = this.props;
    const fn = new LiveFunction(this, 'request-dispatcher', {
      functionName: this.functionName,
      description: `Answers visitors and operators (${stage})`,
      code: this.props.code.dispatcher,
      memorySize: this.props.memorySize,
      ...this.functionProps,
      environment: {
        STAGE: stage,
        CHANNELS_TABLE: this.tables.tableName('Channels'),
        MEMBERS_TABLE: this.tables.tableName('Members'),
        CONNECTIONS_TABLE: this.tables.tableName('Connections'),
        MESSAGES_TABLE: this.tables.tableName('Messages'),
        FILES_BUCKET: this.files.bucketName,
        DELIVERY_QUEUE_URL: this.queue.url,
        BOT_TOKEN_PARAMETER: this.token.parameterName,
        // A new token makes a new version of the function, so that no instance keeps the old one.
        BOT_TOKEN_VERSION: this.token.version,
        WEBSOCKET_URL: this.webSocket.url,
        WEBSOCKET_CALLBACK_URL: this.webSocket.callbackUrl,
        API_URL: this.http.url,
        RETENTION_DAYS: String(this.props.retention.toDays()),
        ...(fileTypes && { FILE_TYPES: fileTypes }),
        ...(telegramApiRoot && { TELEGRAM_API_ROOT: telegramApiRoot }),
      },
    });
    this.tables.grantReadWrite(fn);
    this.tables.grantScan(fn, 'Members');
    this.files.grantReadWrite(fn);
    this.token.grantRead(fn);
    this.webSocket.grantManagementApiAccess(fn);
    this.queue.deliverTo(fn);
    fn.allowInvocation('from-websocket', this.webSocket.sourceArn);
    return fn;
  }

  private lifecycleFunction(): LiveFunction {
    const { stage, telegramApiRoot } = this.props;
    return new LiveFunction(this, 'lifecycle-handler', {
      functionName: lifecycleHandlerName(stage),
      description: `Registers and checks the Telegram webhook (${stage})`,
      code: this.props.code.lifecycle,
      ...this.functionProps,
      // Telegram may need a while to find a host that is new.
      timeout: Duration.minutes(3),
      environment: {
        STAGE: stage,
        BOT_TOKEN_PARAMETER: this.token.parameterName,
        ...(telegramApiRoot && { TELEGRAM_API_ROOT: telegramApiRoot }),
      },
    });
  }

  private registerWebhook(): void {
    const { lifecycle } = this;
    const secret = this.token.grantRead(lifecycle);
    const permission = this.dispatcher.allowInvocation('from-http', this.http.sourceArn);
    new WebhookRegistration(this, 'webhook', {
      lifecycle,
      stage: this.http,
      botToken: this.token,
      after: [this.dispatcher.alias, permission, secret],
    });
  }

  private get alarms(): AlarmRoute {
    const { prefix, stage, alarmTopicArn, runbookUrl } = this.props;
    return { prefix, stage, topicArn: alarmTopicArn, runbookUrl };
  }

  private watch(): void {
    const { dispatcher, lifecycle, webSocket, http, queue, alarms: route } = this;
    const { prefix, stage, account, runbookUrl } = this.props;
    new FunctionAlarms(this, 'dispatcher-alarms', {
      route,
      fn: dispatcher,
      name: 'request-dispatcher',
      consequence: 'visitors or operators get no answer, or messages are late',
    });
    new FunctionAlarms(this, 'lifecycle-alarms', {
      route,
      fn: lifecycle,
      name: 'lifecycle-handler',
      consequence: 'deployments fail, or the webhook is not checked',
    });
    const loggedErrors = new LoggedErrors(this, 'logged-errors', { route, fn: dispatcher });
    new ApiAlarms(this, 'api-alarms', { route, webSocket, http });
    new TableAlarms(this, 'table-alarms', { route });
    new WebhookCheck(this, 'webhook-check', { route, account, lifecycle, stage: http });
    new LogQueries(this, 'log-queries', { prefix, stage, fn: dispatcher });
    new StageDashboard(this, 'dashboard', {
      prefix,
      stage,
      region: account.region,
      dispatcher,
      lifecycle,
      webSocket,
      http,
      queue,
      filesBucketName: this.files.bucketName,
      loggedErrors: loggedErrors.metric,
      alarmArns: alarmNamesOf(this).map((name) => account.arn('cloudwatch', `alarm:${name}`)),
      runbookUrl,
    });
  }

  private archiveLogs(): void {
    const { prefix, stage, account, protection, logRetention } = this.props;
    const archive = new LogArchive(this, 'log-archive', { prefix, stage, account, protection, logRetention });
    archive.keep('dispatcher-log', this.dispatcher);
    archive.keep('lifecycle-log', this.lifecycle);
  }

  private get functionProps() {
    const { prefix, runtime, logRetention, tracing } = this.props;
    return { rolePrefix: prefix, runtime, logRetention, tracing };
  }
}
