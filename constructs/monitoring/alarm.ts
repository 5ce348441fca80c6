import { CloudwatchMetricAlarm, CloudwatchMetricAlarmConfig } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct, IConstruct } from 'constructs';
import { Duration } from '../core/duration';
import { Measure } from './metric';

/** Where the alarms of a stage go, and where people read what to do. */
export interface AlarmRoute {
  /** In front of the alarms' names, with the stage. */
  readonly prefix: string;
  readonly stage: string;
  /** The ARN of the topic to notify when an alarm goes off, and when it is over. */
  readonly topicArn: string;
  /** The page with a section for each alarm, named as the alarm is. */
  readonly runbookUrl: string;
}

export interface AlarmProps {
  readonly route: AlarmRoute;
  /** The alarm's name and its section in the runbook, without prefix and stage: `delivery-delay`. */
  readonly name: string;
  /** Which of several alarms with one section this is, for example a table. @default - there is only one */
  readonly of?: string;
  /** What it means that it went off, for the person who gets the mail. */
  readonly meaning: string;
  /** The first thing to do about it. */
  readonly remedy: string;
  readonly measure: Measure;
  /** It goes off when the value is above this, or below it. */
  readonly limit: { readonly above: number } | { readonly below: number };
  /** The length of a period. @default 5 minutes */
  readonly period?: Duration;
  /** The number of periods in a row that must be over the limit. @default 1 */
  readonly periods?: number;
  /**
   * What no value at all says. `bad` where a report is due: the alarm then mails that it has no data. It has none from the start,
   * which is no change of its state and no mail. @default good: nothing happened
   */
  readonly silence?: 'good' | 'bad';
}

/**
 * An alarm of a stage. The mail says what it means, what to do first, and where the rest is written; another mail comes when it
 * is over.
 *
 * @example
 * new Alarm(scope, 'errors', {
 *   route,
 *   name: 'request-dispatcher-errors',
 *   meaning: 'The function ends in errors.',
 *   remedy: 'Read its log.',
 *   measure: { kind: 'metric', metric },
 *   limit: { above: 0 },
 * });
 */
export class Alarm extends Construct {
  /** Unique in the account's region. */
  readonly alarmName: string;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { route, name, limit } = props;
    const { topicArn } = route;
    this.alarmName = [route.prefix, route.stage, name, props.of].filter((part) => part !== undefined).join('-');
    const limits: Pick<CloudwatchMetricAlarmConfig, 'comparisonOperator' | 'threshold'> =
      'above' in limit
        ? { comparisonOperator: 'GreaterThanThreshold', threshold: limit.above }
        : { comparisonOperator: 'LessThanThreshold', threshold: limit.below };
    new CloudwatchMetricAlarm(this, 'alarm', {
      alarmName: this.alarmName,
      alarmDescription: `${props.meaning} ${props.remedy} ${route.runbookUrl}#${name}`,
      ...measured(props),
      ...limits,
      evaluationPeriods: props.periods ?? 1,
      ...(props.silence === 'bad'
        ? { treatMissingData: 'missing', insufficientDataActions: [topicArn] }
        : { treatMissingData: 'notBreaching' }),
      // Explicit, so that a silenced alarm is reported as drift.
      actionsEnabled: true,
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}

/** The names of all alarms there are so far in a construct. */
export function alarmNamesOf(scope: IConstruct): string[] {
  return scope.node.findAll().flatMap((node) => (node instanceof Alarm ? [node.alarmName] : []));
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
function measured({ measure, period }: AlarmProps): Partial<CloudwatchMetricAlarmConfig> {
  const seconds = (period ?? Duration.minutes(5)).toSeconds();
  switch (measure.kind) {
    case 'metric': {
      const { namespace, name, dimensions, statistic } = measure.metric;
      const percentile = statistic.startsWith('p');
      return {
        namespace,
        metricName: name,
        dimensions,
        period: seconds,
        ...(percentile ? { extendedStatistic: statistic } : { statistic }),
      };
    }
    case 'query':
      return {
        metricQuery: [{ id: 'found', expression: measure.query, label: 'Found', period: seconds, returnData: true }],
      };
  }
}
