import { Rule } from '../rule';

export const LOG_RULES = [
  {
    name: 'log-group-ends',
    reason: 'Lines that never expire are paid for forever',
    source: 'FSBP CloudWatch.16',
    remedy: 'create it with LogGroup (constructs/monitoring/log-group.ts), which keeps lines for 30 days.',
    of: ['aws_cloudwatch_log_group'],
    problem: ({ attributes }) =>
      Number(attributes['retention_in_days']) > 0 ? undefined : 'it keeps its lines for ever',
  },
  {
    name: 'alarm-heard',
    reason: 'An alarm without a receiver is useless',
    source: 'FSBP CloudWatch.15, CloudWatch.17',
    remedy: 'create it with Alarm (constructs/monitoring/alarm.ts), which mails when it goes off and when it is over.',
    of: ['aws_cloudwatch_metric_alarm'],
    problem: ({ attributes }) => {
      if (attributes['actions_enabled'] === false) return 'it is silenced';
      const told = [attributes['alarm_actions']].flat().filter((action) => action !== undefined);
      return told.length > 0 ? undefined : 'it tells nobody';
    },
  },
] as const satisfies readonly Rule[];
