import { Construct } from 'constructs';
import { Alarm, AlarmRoute } from './alarm';
import { TABLE_SCHEMAS, tableName } from '../storage/table-schemas';

/**
 * Alarms on each table of a stage: requests that DynamoDB throttled, and requests that it failed.
 *
 * Each watches every operation on its table with one CloudWatch Metrics Insights query. These metrics exist only while something
 * is wrong, and a query is billed for the metrics that it finds. One alarm per table, because a query can name only one: its
 * WHERE has AND, but no OR.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 *
 * @example
 * new TableAlarms(scope, 'table-alarms', { route });
 */
export class TableAlarms extends Construct {
  constructor(scope: Construct, id: string, { route }: { readonly route: AlarmRoute }) {
    super(scope, id);
    for (const { noun } of TABLE_SCHEMAS) {
      const table = tableName(route.stage, noun);
      new Alarm(this, `${noun.toLowerCase()}-throttles`, {
        route,
        name: 'table-throttles',
        of: noun,
        meaning: `DynamoDB throttled requests to the table ${table}, because there were too many at once: messages are late.`,
        remedy: 'It recovers by itself unless the load continues.',
        measure: { kind: 'query', query: sumOf('ThrottledRequests', table) },
        limit: { above: 0 },
      });
      new Alarm(this, `${noun.toLowerCase()}-errors`, {
        route,
        name: 'table-errors',
        of: noun,
        meaning: `DynamoDB itself failed (HTTP 500) on the table ${table}.`,
        remedy: `Check the AWS Health Dashboard for the region. Kite retries automatically.`,
        measure: { kind: 'query', query: sumOf('SystemErrors', table) },
        limit: { above: 0 },
      });
    }
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
function sumOf(metric: string, table: string): string {
  return `SELECT SUM(${metric}) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE TableName = '${table}'`;
}
