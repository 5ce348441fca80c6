import { blocks, text } from '../attributes';
import { Rule } from '../rule';

export const ALARM_RULES = [
  {
    name: 'alarm-query-accepted',
    reason: 'CloudWatch refuses the alarm, and only when it is deployed: no emulator reads the query',
    source:
      'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html',
    remedy:
      'make one alarm for each, as constructs/monitoring/table-alarms.ts does: WHERE in Metrics Insights has AND only.',
    of: ['aws_cloudwatch_metric_alarm'],
    problem: ({ attributes }) =>
      blocks(attributes, 'metric_query').some(({ expression }) => hasOr(text(expression)))
        ? 'its query has an OR'
        : undefined,
  },
] as const satisfies readonly Rule[];

/** In a query, outside of its values and names in quotes. Metric math may have an OR. */
function hasOr(expression: string): boolean {
  return /^\s*SELECT\b/i.test(expression) && /\bOR\b/i.test(expression.replace(/'[^']*'|"[^"]*"/g, ''));
}
