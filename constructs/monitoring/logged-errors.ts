import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import { Construct } from 'constructs';
import { Alarm, AlarmRoute } from './alarm';
import { LiveFunction } from '../function/live-function';
import { Metric } from './metric';
import { metricNamespace } from '../core/stage-names';

export interface LoggedErrorsProps {
  readonly route: AlarmRoute;
  readonly fn: LiveFunction;
}

/**
 * The errors that a function has caught and logged: somebody was told of them, but Lambda does not count them.
 *
 * Creates the metric filter that counts them, and the alarm.
 *
 * @example
 * const { metric } = new LoggedErrors(scope, 'logged-errors', { route, fn });
 */
export class LoggedErrors extends Construct {
  readonly metric: Metric;

  constructor(scope: Construct, id: string, { route, fn }: LoggedErrorsProps) {
    super(scope, id);
    const { stage } = route;
    this.metric = { namespace: metricNamespace(stage), name: 'LoggedErrors', dimensions: {}, statistic: 'Sum' };
    new CloudwatchLogMetricFilter(this, 'filter', {
      name: `${stage}-logged-errors`,
      logGroupName: fn.logs.logGroupName,
      pattern: '{ $.level = "ERROR" }',
      metricTransformation: { namespace: this.metric.namespace, name: this.metric.name, value: '1', unit: 'Count' },
    });
    new Alarm(this, 'alarm', {
      route,
      name: 'logged-errors',
      meaning: `Visitors or operators of ${stage} have run into an error.`,
      remedy: `Look for lines with level ERROR in the log ${fn.logGroupName}.`,
      measure: { kind: 'metric', metric: this.metric },
      limit: { above: 0 },
    });
  }
}
