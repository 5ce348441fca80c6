import { Construct } from 'constructs';
import { AwsAccount } from '../core/aws-account';
import { DnsProvider } from '../core/dns';
import { StateLocation, stateBucketName } from '../core/remote-state';
import { Grantee, Statement } from '../core/role';
import {
  botTokenParameter,
  cloudflareTokenParameter,
  fileBucketName,
  functionNames,
  logArchiveBucketName,
  logDatabaseName,
} from '../core/stage-names';
import { tableName, TABLE_SCHEMAS } from '../storage/table-schemas';

export interface DriftReaderProps {
  readonly account: AwsAccount;
  /** The project that looks for drift. */
  readonly project: Grantee;
  /** The MainStack's name: roles, rules and alarms have it in front of theirs. */
  readonly prefix: string;
  readonly stages: readonly string[];
  readonly state: readonly [StateLocation, ...StateLocation[]];
  readonly artifactBucketArn: string;
  readonly topicArn: string;
  readonly projectNames: readonly string[];
  /** Who answers for the domain's names. @default - there is no domain */
  readonly dns?: DnsProvider;
  /** Whether the stages' logs are archived. @default false */
  readonly logArchive?: boolean;
}

/**
 * What the drift check may read: the state, and the settings of everything that Terraform makes. It may change nothing, and it
 * cannot read messages or files.
 *
 * The actions are those that Terraform's AWS provider calls when it plans both stacks; an e2e run records them.
 *
 * @example
 * new DriftReader(scope, 'drift-reader', {
 *   account,
 *   project,
 *   prefix: 'kite',
 *   stages: ['dev'],
 *   state: [{ bucket: 'my-state', key: 'kite/terraform.tfstate', region: 'eu-north-1' }],
 *   artifactBucketArn: 'arn:aws:s3:::kite-artifacts',
 *   topicArn: topic.arn,
 *   projectNames: ['drift-check-project'],
 * });
 */
export class DriftReader extends Construct {
  private readonly account: AwsAccount;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DriftReaderProps,
  ) {
    super(scope, id);
    this.account = props.account;
    const { role } = props.project;
    role.allow('read-state', ...this.state());
    role.allow('read-chat', ...this.apis(), ...this.functions(), ...this.data(), ...this.secrets());
    role.allow('read-builds', ...this.builds(), ...this.roles(), ...this.logs(), ...this.notifications());
    if (props.dns) role.allow('read-domain', ...this.domain(props.dns));
    if (props.logArchive) role.allow('read-log-archive', ...this.logArchive());
    role.allow('read-unscoped', this.unscoped());
  }

  private state(): Statement[] {
    const bucket = `arn:aws:s3:::${stateBucketName(this.props.state[0])}`;
    return [
      { actions: ['s3:ListBucket'], resources: [bucket] },
      { actions: ['s3:GetObject'], resources: this.props.state.map(({ key }) => `${bucket}/${key}`) },
    ];
  }

  private apis(): Statement[] {
    const api = (path: string) => `arn:aws:apigateway:${this.account.region}::/${path}`;
    return [
      {
        actions: ['apigateway:GET'],
        // API Gateway makes up the ids when Terraform makes the APIs, so they are not known here.
        resources: ['account', 'apis/*', 'domainnames/*', 'tags/*'].map(api),
      },
    ];
  }

  private functions(): Statement[] {
    const functions = this.props.stages
      .flatMap(functionNames)
      .map((name) => this.account.arn('lambda', `function:${name}`));
    const mappings = this.account.arn('lambda', 'event-source-mapping:*');
    return [
      {
        actions: [
          'lambda:GetAlias',
          'lambda:GetFunction',
          'lambda:GetFunctionCodeSigningConfig',
          'lambda:GetFunctionConfiguration',
          'lambda:GetFunctionRecursionConfig',
          'lambda:GetPolicy',
          'lambda:ListVersionsByFunction',
        ],
        resources: functions.flatMap((arn) => [arn, `${arn}:*`]),
      },
      { actions: ['lambda:GetEventSourceMapping'], resources: [mappings] },
      { actions: ['lambda:ListTags'], resources: [...functions, mappings] },
    ];
  }

  private data(): Statement[] {
    const { stages, prefix } = this.props;
    const buckets = stages.map((stage) => `arn:aws:s3:::${fileBucketName(prefix, stage, this.account)}`);
    return [
      {
        actions: [
          'dynamodb:DescribeContinuousBackups',
          'dynamodb:DescribeTable',
          'dynamodb:DescribeTimeToLive',
          'dynamodb:ListTagsOfResource',
        ],
        resources: stages.flatMap((stage) =>
          TABLE_SCHEMAS.map(({ noun }) => this.account.arn('dynamodb', `table/${tableName(stage, noun)}`)),
        ),
      },
      {
        actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ListQueueTags'],
        resources: stages.map((stage) => this.account.arn('sqs', `${stage}-delivery*`)),
      },
      { actions: BUCKET_SETTINGS, resources: [...buckets, this.props.artifactBucketArn] },
    ];
  }

  /** Terraform also compares the values: it masks them in its output. */
  private secrets(): Statement[] {
    const { stages, prefix, dns } = this.props;
    const names = stages.map((stage) => botTokenParameter(prefix, stage));
    if (dns === 'cloudflare') names.push(cloudflareTokenParameter(prefix));
    return [
      {
        actions: ['ssm:GetParameter', 'ssm:ListTagsForResource'],
        resources: names.map((name) => this.account.arn('ssm', `parameter${name}`)),
      },
    ];
  }

  private builds(): Statement[] {
    const { projectNames, prefix } = this.props;
    return [
      {
        actions: ['codebuild:BatchGetProjects'],
        resources: projectNames.map((name) => this.account.arn('codebuild', `project/${name}`)),
      },
      {
        actions: ['scheduler:GetSchedule'],
        resources: [this.account.arn('scheduler', `schedule/default/${prefix}-*`)],
      },
      {
        actions: ['events:DescribeRule', 'events:ListTagsForResource', 'events:ListTargetsByRule'],
        resources: [this.account.arn('events', `rule/${prefix}-*`)],
      },
    ];
  }

  private roles(): Statement[] {
    return [
      {
        actions: ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
        resources: [`arn:aws:iam::${this.account.accountId}:role/${this.props.prefix}-*`],
      },
    ];
  }

  private logs(): Statement[] {
    const { prefix } = this.props;
    return [
      {
        actions: ['logs:DescribeMetricFilters', 'logs:ListTagsForResource'],
        resources: ['lambda', `apigateway/${prefix}-*`, 'codebuild'].map((group) =>
          this.account.arn('logs', `log-group:/aws/${group}/*`),
        ),
      },
    ];
  }

  private notifications(): Statement[] {
    return [
      { actions: ['sns:GetTopicAttributes', 'sns:ListTagsForResource'], resources: [this.props.topicArn] },
      {
        actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
        resources: [this.account.arn('cloudwatch', 'alarm:*')],
      },
      {
        actions: ['cloudwatch:GetDashboard'],
        // Dashboards and budgets belong to no region.
        resources: [`arn:aws:cloudwatch::${this.account.accountId}:dashboard/${this.props.prefix}-*`],
      },
      {
        actions: ['budgets:ListTagsForResource', 'budgets:ViewBudget'],
        resources: [`arn:aws:budgets::${this.account.accountId}:budget/${this.props.prefix}-*`],
      },
    ];
  }

  private logArchive(): Statement[] {
    const { stages, prefix } = this.props;
    const named = (service: string, resource: (name: string) => string) =>
      stages.map((stage) => this.account.arn(service, resource(`${prefix}-${stage}-logs`)));
    const databases = stages.map((stage) => logDatabaseName(prefix, stage));
    return [
      {
        actions: BUCKET_SETTINGS,
        resources: stages.map((stage) => `arn:aws:s3:::${logArchiveBucketName(prefix, stage, this.account)}`),
      },
      {
        actions: ['firehose:DescribeDeliveryStream', 'firehose:ListTagsForDeliveryStream'],
        resources: named('firehose', (name) => `deliverystream/${name}`),
      },
      {
        actions: ['athena:GetWorkGroup', 'athena:ListTagsForResource'],
        resources: named('athena', (name) => `workgroup/${name}`),
      },
      {
        actions: ['glue:GetDatabase', 'glue:GetPartitionIndexes', 'glue:GetTable', 'glue:GetTags'],
        resources: ['catalog', ...databases.flatMap((name) => [`database/${name}`, `table/${name}/lines`])].map(
          (resource) => this.account.arn('glue', resource),
        ),
      },
      {
        actions: ['logs:DescribeLogStreams', 'logs:DescribeSubscriptionFilters', 'logs:ListTagsForResource'],
        resources: ['lambda', 'kinesisfirehose'].map((group) => this.account.arn('logs', `log-group:/aws/${group}/*`)),
      },
    ];
  }

  private domain(dns: DnsProvider): Statement[] {
    const certificates: Statement = {
      actions: ['acm:DescribeCertificate', 'acm:ListTagsForCertificate'],
      // ACM makes up the id when Terraform asks for the certificate.
      resources: [this.account.arn('acm', 'certificate/*')],
    };
    const zones: Statement = {
      actions: ['route53:GetHostedZone', 'route53:ListResourceRecordSets', 'route53:ListTagsForResource'],
      // The zone is looked up by its name.
      resources: ['arn:aws:route53:::hostedzone/*'],
    };
    return dns === 'route53' ? [certificates, zones] : [certificates];
  }

  /**
   * AWS has no resource types for these:
   * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
   */
  private unscoped(): Statement {
    return {
      actions: [
        'codebuild:ListSourceCredentials',
        'logs:DescribeLogGroups',
        'logs:DescribeQueryDefinitions',
        'sns:GetSubscriptionAttributes',
        'ssm:DescribeParameters',
        ...(this.props.dns === 'route53' ? ['route53:ListHostedZones'] : []),
      ],
      resources: ['*'],
    };
  }
}

/** What Terraform asks about every bucket. `ListBucket` is how it finds out whether there is one. */
const BUCKET_SETTINGS = [
  's3:GetAccelerateConfiguration',
  's3:GetBucketAcl',
  's3:GetBucketCORS',
  's3:GetBucketLogging',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketPolicy',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketRequestPayment',
  's3:GetBucketTagging',
  's3:GetBucketVersioning',
  's3:GetBucketWebsite',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetReplicationConfiguration',
  's3:ListBucket',
  's3:ListTagsForResource',
];
