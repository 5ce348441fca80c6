import { Construct } from 'constructs';
import { AlarmRoute } from './alarm';
import { Dashboard, DashboardProps, Line, Row, Widget } from './dashboard';
import { DeliveryQueue } from '../function/delivery-queue';
import { Duration } from '../core/duration';
import { HttpStage } from '../api/http-stage';
import { LiveFunction } from '../function/live-function';
import { Metric, Statistic } from './metric';
import { TABLE_SCHEMAS, TableNoun, tableName } from '../storage/table-schemas';
import { WebhookCheck } from '../function/webhook-check';
import { WebSocketStage } from '../api/websocket-stage';

export interface StageDashboardProps extends Pick<DashboardProps, 'region'>, Pick<AlarmRoute, 'runbookUrl'> {
  readonly prefix: string;
  readonly stage: string;
  readonly dispatcher: LiveFunction;
  readonly lifecycle: LiveFunction;
  readonly webSocket: WebSocketStage;
  readonly http: HttpStage;
  readonly queue: DeliveryQueue;
  readonly filesBucketName: string;
  /** The number of errors that the function has logged. */
  readonly loggedErrors: Metric;
  readonly alarmArns: readonly string[];
}

/**
 * The overview of a stage: usage, latency, errors and costs.
 *
 * @example
 * new StageDashboard(scope, 'dashboard', {
 *   prefix: 'kite',
 *   stage: 'dev',
 *   region: 'eu-north-1',
 *   dispatcher: fn,
 *   lifecycle: fn,
 *   webSocket,
 *   http,
 *   queue,
 *   filesBucketName: 'kite-dev-files',
 *   loggedErrors: metric,
 *   alarmArns: [],
 *   runbookUrl: 'https://github.com/you/kite/blob/main/docs/operations.md',
 * });
 */
export class StageDashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: StageDashboardProps,
  ) {
    super(scope, id);
    const { prefix, stage, region } = props;
    new Dashboard(this, 'dashboard', {
      dashboardName: `${prefix}-${stage}`,
      region,
      rows: [this.heading(), this.use(), this.trouble(), this.delivery(), this.tables(), this.cost()],
    });
  }

  private heading(): Row {
    const { prefix, stage, alarmArns, runbookUrl } = this.props;
    const markdown = `# ${prefix} ${stage}\nWhat each alarm means and what to do: [operations](${runbookUrl})\n\nTo trace one message: the query *${prefix}/${stage}/message* in Logs Insights.`;
    return {
      height: 4,
      widgets: [
        { kind: 'text', markdown },
        { kind: 'alarms', title: 'Alarms', arns: alarmArns },
      ],
    };
  }

  private use(): Row {
    const { webSocket, http, queue, dispatcher } = this.props;
    return {
      widgets: [
        graph('Messages', 'number', [
          line('visitor frames', webSocket.metric('MessageCount', 'Sum')),
          line('operator updates, file links', http.metric('Count', 'Sum')),
          line('deliveries to Telegram', queue.metric('NumberOfMessagesDeleted', 'Sum')),
        ]),
        graph('Connections', 'number', [line('opened', webSocket.metric('ConnectCount', 'Sum'))]),
        graph('Latency', 'ms', [
          line('WebSocket, half of all', webSocket.metric('IntegrationLatency', 'p50')),
          line('WebSocket, 95 of 100', webSocket.metric('IntegrationLatency', 'p95')),
          line('HTTP, 95 of 100', http.metric('Latency', 'p95')),
          line('function, 95 of 100', dispatcher.metric('Duration', 'p95')),
        ]),
      ],
    };
  }

  private trouble(): Row {
    const { webSocket, http, dispatcher, lifecycle, loggedErrors, stage } = this.props;
    return {
      widgets: [
        graph('Function errors', 'number', [
          line('request dispatcher failed', dispatcher.metric('Errors', 'Sum')),
          line('request dispatcher throttled', dispatcher.metric('Throttles', 'Sum')),
          line('lifecycle handler failed', lifecycle.metric('Errors', 'Sum')),
          line('lifecycle handler throttled', lifecycle.metric('Throttles', 'Sum')),
          line('errors logged', loggedErrors),
        ]),
        graph('API errors', 'number', [
          line('HTTP 5xx', http.metric('5xx', 'Sum')),
          line('HTTP 4xx', http.metric('4xx', 'Sum')),
          line('WebSocket integration', webSocket.metric('IntegrationError', 'Sum')),
          line('WebSocket execution', webSocket.metric('ExecutionError', 'Sum')),
          line('WebSocket client', webSocket.metric('ClientError', 'Sum')),
        ]),
        graph('Webhook, as Telegram says', 'number', [
          line('updates waiting', WebhookCheck.metric(stage, 'PendingUpdates', 'Maximum')),
          line('is ours', WebhookCheck.metric(stage, 'WebhookIsOurs', 'Minimum')),
          line('failing', WebhookCheck.metric(stage, 'WebhookFailing', 'Maximum')),
        ]),
      ],
    };
  }

  private delivery(): Row {
    const { queue } = this.props;
    return {
      widgets: [
        graph('Age of the oldest message in the queue', 's', [
          line('age', queue.metric('ApproximateAgeOfOldestMessage', 'Maximum')),
        ]),
        graph('The queue', 'number', [
          line('waiting', queue.metric('ApproximateNumberOfMessagesVisible', 'Maximum')),
          line(
            'being delivered, or waiting for a retry',
            queue.metric('ApproximateNumberOfMessagesNotVisible', 'Maximum'),
          ),
          line('could not be delivered', queue.metric('ApproximateNumberOfMessagesVisible', 'Maximum', 'dead letters')),
        ]),
      ],
    };
  }

  private tables(): Row {
    return {
      widgets: [
        graph('Table reads', 'units', this.perTable('ConsumedReadCapacityUnits')),
        graph('Table writes', 'units', this.perTable('ConsumedWriteCapacityUnits')),
        graph('Throttled table requests', 'number', [
          ...this.perTable('ReadThrottleEvents', ' (read)'),
          ...this.perTable('WriteThrottleEvents', ' (write)'),
        ]),
      ],
    };
  }

  /** What AWS charges for, other than the reads and writes above. */
  private cost(): Row {
    const { dispatcher, filesBucketName } = this.props;
    const logs = { LogGroupName: dispatcher.logGroupName };
    const bucket = { BucketName: filesBucketName, StorageType: 'StandardStorage' };
    return {
      widgets: [
        graph('Cost: the function', 'number', [
          line('invocations', dispatcher.metric('Invocations', 'Sum')),
          line('milliseconds', dispatcher.metric('Duration', 'Sum'), 'right'),
        ]),
        graph('Cost: logs', 'bytes', [line('taken in', metric('AWS/Logs', 'IncomingBytes', logs, 'Sum'))]),
        // S3 counts once a day.
        graph('Cost: files (look at weeks)', 'bytes', [
          { label: 'kept', metric: metric('AWS/S3', 'BucketSizeBytes', bucket, 'Average'), period: Duration.days(1) },
        ]),
      ],
    };
  }

  private perTable(name: string, suffix = ''): Line[] {
    const dimensions = (noun: TableNoun) => ({ TableName: tableName(this.props.stage, noun) });
    return TABLE_SCHEMAS.map(({ noun }) =>
      line(`${noun}${suffix}`, metric('AWS/DynamoDB', name, dimensions(noun), 'Sum')),
    );
  }
}

function graph(title: string, unit: string, lines: readonly Line[]): Widget {
  return { kind: 'graph', title, unit, lines };
}

function line(label: string, of: Metric, axis?: Line['axis']): Line {
  return { label, metric: of, ...(axis && { axis }) };
}

function metric(namespace: string, name: string, dimensions: Record<string, string>, statistic: Statistic): Metric {
  return { namespace, name, dimensions, statistic };
}
