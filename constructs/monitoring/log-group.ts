import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';
import { Duration } from '../core/duration';
import { Grantee } from '../core/role';

export interface LogGroupProps {
  readonly logGroupName: string;
  /** How long lines are kept: one of the numbers of days that CloudWatch accepts. @default 30 days */
  readonly logRetention?: Duration;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * A log group that is created before its first line is written, so that its lines always expire.
 *
 * @example
 * const logs = new LogGroup(scope, 'logs', { logGroupName: '/aws/lambda/dev-hello', logRetention: Duration.days(14) });
 * logs.grantWrite(fn);
 */
export class LogGroup extends Construct {
  readonly resource: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, props: LogGroupProps) {
    super(scope, id);
    const days = (props.logRetention ?? Duration.days(30)).toDays();
    if (!RETENTION_DAYS.includes(days)) {
      throw new Error(
        `${this.node.path}: CloudWatch cannot keep logs for ${days} days; choose one of ${RETENTION_DAYS.join(', ')}.`,
      );
    }
    this.resource = new CloudwatchLogGroup(this, 'group', { name: props.logGroupName, retentionInDays: days });
  }

  get logGroupName(): string {
    return this.resource.name;
  }

  get arn(): string {
    return this.resource.arn;
  }

  /** May write into this log group. It cannot make groups: this one is there already. */
  grantWrite(grantee: Grantee): void {
    grantee.role.allow('write-logs', {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // The streams of the group: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
      resources: [`${this.arn}:*`],
    });
  }
}
