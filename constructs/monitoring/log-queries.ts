import { CloudwatchQueryDefinition } from '@cdktf/provider-aws/lib/cloudwatch-query-definition';
import { Construct } from 'constructs';
import { LiveFunction } from '../function/live-function';

export interface LogQueriesProps {
  readonly prefix: string;
  readonly stage: string;
  /** Whose log is asked. */
  readonly fn: LiveFunction;
}

/**
 * Common queries on a stage's log, saved in CloudWatch Logs Insights under `<prefix>/<stage>/`.
 *
 * @example
 * new LogQueries(scope, 'queries', { prefix: 'kite', stage: 'dev', fn });
 */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string, { prefix, stage, fn }: LogQueriesProps) {
    super(scope, id);
    for (const [name, queryString] of Object.entries(LOG_QUERIES)) {
      new CloudwatchQueryDefinition(this, name, {
        name: `${prefix}/${stage}/${name}`,
        logGroupNames: [fn.logs.logGroupName],
        queryString,
      });
    }
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
export const LOG_QUERIES = {
  /** What became of one message, or of all of a conversation. */
  message: `fields @timestamp, message, outcome, channel, handle, id, connection, update, messageIds.0, attempt, reason, requestId
| filter id = "the message's id" or handle = "the visitor's handle" or update = 0
| sort @timestamp asc
| limit 1000`,
  /** What went wrong, the latest first. */
  errors: `fields @timestamp, level, message, reason, error.message, channel, handle, requestId
| filter level = "ERROR" or level = "WARN" or @message like "Task timed out"
| sort @timestamp desc
| limit 200`,
  /** How much each channel is used: costs can be shared out by it. */
  channels: `filter message = "A message was accepted" or message = "An operator's message was accepted"
| stats count(*) as messages, count_distinct(handle) as visitors by channel
| sort messages desc`,
};
