import { Construct } from 'constructs';
import { Alarm, AlarmRoute } from './alarm';
import { TABLE_SCHEMAS, tableName } from './table-schemas';

/**
 * Alarms on the tables of a stage: requests that DynamoDB refused because they were too many, and requests that it failed.
 *
 * Each watches all four tables and every operation on them by one query of CloudWatch Metrics Insights: these metrics exist only
 * while something is wrong, and nothing is paid for metrics that do not exist.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html
 */
export class TableAlarms extends Construct {
  constructor(scope: Construct, id: string, { route }: { readonly route: AlarmRoute }) {
    super(scope, id);
    const { stage } = route;
    new Alarm(this, 'throttles', {
      route,
      name: 'table-throttles',
      meaning: `DynamoDB refused requests to a table of ${stage} because there were too many at once: messages come late.`,
      remedy: `See on the dashboard which table it is; it passes by itself unless the load stays.`,
      measure: { kind: 'query', query: sumOver(stage, 'ThrottledRequests') },
      limit: { above: 0 },
    });
    new Alarm(this, 'errors', {
      route,
      name: 'table-errors',
      meaning: `DynamoDB itself failed (HTTP 500) on a table of ${stage}.`,
      remedy: `Look at AWS's health dashboard for the region; Kite tries again by itself.`,
      measure: { kind: 'query', query: sumOver(stage, 'SystemErrors') },
      limit: { above: 0 },
    });
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
function sumOver(stage: string, metric: string): string {
  const tables = TABLE_SCHEMAS.map(({ noun }) => `TableName = '${tableName(stage, noun)}'`).join(' OR ');
  return `SELECT SUM(${metric}) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE ${tables}`;
}
