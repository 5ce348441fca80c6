import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { CloudwatchLogStream } from '@cdktf/provider-aws/lib/cloudwatch-log-stream';
import { CloudwatchLogSubscriptionFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-subscription-filter';
import { KinesisFirehoseDeliveryStream } from '@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream';
import { Construct } from 'constructs';
import { AwsAccount } from '../core/aws-account';
import { Duration } from '../core/duration';
import { LiveFunction } from '../function/live-function';
import { LogGroup, LogGroupProps } from './log-group';
import { LogTable } from './log-table';
import { PrivateBucket, PrivateBucketProps } from '../storage/private-bucket';
import { Role } from '../core/role';
import { logArchiveBucketName, logDatabaseName } from '../core/stage-names';

export interface LogArchiveProps extends Pick<LogGroupProps, 'logRetention'>, Pick<PrivateBucketProps, 'protection'> {
  readonly prefix: string;
  readonly stage: string;
  readonly account: AwsAccount;
  /** How long a line is kept. @default 400 days */
  readonly retention?: Duration;
}

/** Where the lines are, day by day. The table's partitions are found by it. */
const LINES = 'lines/';
const FAILED = 'failed/';
const RESULTS = 'athena-results/';

/** A query that reads more than this is stopped: 5 US cents, at 5 US dollars a tebibyte. */
const LARGEST_QUERY = 10 * 1024 ** 3;

/**
 * The lines that a stage's functions log, kept in S3 for longer than CloudWatch keeps them, and asked by SQL.
 *
 * Creates a private bucket, a Firehose stream that fills it, the roles between them, and a table and a workgroup for Athena.
 *
 * @example
 * const archive = new LogArchive(scope, 'archive', { prefix: 'kite', stage: 'dev', account });
 * archive.keep('dispatcher-log', fn);
 */
export class LogArchive extends Construct {
  private readonly bucket: PrivateBucket;
  private readonly stream: KinesisFirehoseDeliveryStream;
  private readonly subscriber: Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LogArchiveProps,
  ) {
    super(scope, id);
    this.bucket = this.bucketOf(props);
    this.stream = this.streamInto(this.bucket);
    this.subscriber = this.subscriberOf(this.stream);
    new LogTable(this, 'table', {
      databaseName: logDatabaseName(props.prefix, props.stage),
      location: `s3://${this.bucket.bucketName}/${LINES}`,
    });
    this.workgroup();
  }

  /** Archives the lines of a function that are JSON: its own, not those that Lambda writes about it. */
  keep(id: string, fn: LiveFunction): void {
    new CloudwatchLogSubscriptionFilter(this, id, {
      name: `${this.name}-archive`,
      logGroupName: fn.logs.logGroupName,
      filterPattern: '{ $.level = "*" }',
      destinationArn: this.stream.arn,
      roleArn: this.subscriber.arn,
      // CloudWatch tries whether it may.
      dependsOn: [...this.subscriber.grants],
    });
  }

  private get name(): string {
    return `${this.props.prefix}-${this.props.stage}-logs`;
  }

  private bucketOf({ prefix, stage, account, retention, protection }: LogArchiveProps): PrivateBucket {
    const ends = (prefixOf: string, after: Duration) => ({
      id: `end-${prefixOf.replace('/', '')}`,
      status: 'Enabled',
      filter: [{ prefix: prefixOf }],
      expiration: [{ days: after.toDays() }],
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
    });
    return new PrivateBucket(this, 'files', {
      bucketName: logArchiveBucketName(prefix, stage, account),
      protection,
      lifecycleRules: [
        ends(LINES, retention ?? Duration.days(400)),
        ends(FAILED, Duration.days(30)),
        ends(RESULTS, Duration.days(7)),
      ],
    });
  }

  private streamInto(bucket: PrivateBucket): KinesisFirehoseDeliveryStream {
    const { account, logRetention } = this.props;
    const logs = new LogGroup(this, 'logs', {
      logGroupName: `/aws/kinesisfirehose/${this.name}`,
      logRetention,
    });
    const logStream = new CloudwatchLogStream(this, 'log-stream', {
      name: 'delivery',
      logGroupName: logs.logGroupName,
    });
    const role = new Role(this, 'role', {
      roleName: this.name,
      description: `Writes the logs of ${this.props.stage} to the archive`,
      service: 'firehose.amazonaws.com',
      onBehalfOf: account,
    });
    // https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
    role.allow(
      'fill-archive',
      {
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket.arn],
      },
      {
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [`${bucket.arn}/${LINES}*`, `${bucket.arn}/${FAILED}*`],
      },
    );
    role.allow('write-logs', { actions: ['logs:PutLogEvents'], resources: [`${logs.arn}:log-stream:*`] });
    return new KinesisFirehoseDeliveryStream(this, 'stream', {
      name: this.name,
      destination: 'extended_s3',
      serverSideEncryption: { enabled: true, keyType: 'AWS_OWNED_CMK' },
      extendedS3Configuration: {
        bucketArn: bucket.arn,
        roleArn: role.arn,
        prefix: `${LINES}!{timestamp:yyyy/MM/dd}/`,
        errorOutputPrefix: `${FAILED}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
        compressionFormat: 'GZIP',
        // Few large objects are cheaper to keep and to read than many small ones.
        bufferingInterval: 900,
        bufferingSize: 64,
        cloudwatchLoggingOptions: { enabled: true, logGroupName: logs.logGroupName, logStreamName: logStream.name },
        processingConfiguration: { enabled: true, processors: LINES_OF_A_SUBSCRIPTION },
      },
      dependsOn: [...role.grants],
    });
  }

  private subscriberOf(stream: KinesisFirehoseDeliveryStream): Role {
    const { account, stage } = this.props;
    const role = new Role(this, 'subscriber', {
      roleName: `${this.name}-subscriber`,
      description: `Sends the logs of ${stage} to Firehose`,
      service: 'logs.amazonaws.com',
      onBehalfOf: account,
    });
    role.allow('use-stream', { actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'], resources: [stream.arn] });
    return role;
  }

  private workgroup(): void {
    new AthenaWorkgroup(this, 'workgroup', {
      name: this.name,
      description: `Queries on the archived logs of ${this.props.stage}`,
      // The queries that people have saved go with it.
      forceDestroy: true,
      configuration: {
        enforceWorkgroupConfiguration: true,
        bytesScannedCutoffPerQuery: LARGEST_QUERY,
        resultConfiguration: {
          outputLocation: `s3://${this.bucket.bucketName}/${RESULTS}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }
}

/**
 * What CloudWatch sends is compressed, with many lines in one record and words of its own around them. These make it what was
 * logged again, one line of JSON each.
 * https://docs.aws.amazon.com/firehose/latest/dev/writing-with-cloudwatch-logs-decompression.html
 */
const LINES_OF_A_SUBSCRIPTION = [
  { type: 'Decompression', parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }] },
  { type: 'CloudWatchLogProcessing', parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }] },
  { type: 'AppendDelimiterToRecord', parameters: [{ parameterName: 'Delimiter', parameterValue: '\\n' }] },
];
