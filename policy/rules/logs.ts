import { Rule } from '../rule';

export const LOG_RULES = [
  {
    name: 'log-group-ends',
    reason: 'Lines that are kept for ever are paid for and asked about for ever',
    source: 'FSBP CloudWatch.16',
    remedy: 'make it by LogGroup (constructs/monitoring/log-group.ts), which keeps lines for 30 days.',
    of: ['aws_cloudwatch_log_group'],
    problem: ({ attributes }) =>
      Number(attributes['retention_in_days']) > 0 ? undefined : 'it keeps its lines for ever',
  },
  {
    name: 'alarm-heard',
    reason: 'An alarm that tells nobody is none',
    source: 'FSBP CloudWatch.15, CloudWatch.17',
    remedy: 'make it by Alarm (constructs/monitoring/alarm.ts), which mails when it begins and when it is over.',
    of: ['aws_cloudwatch_metric_alarm'],
    problem: ({ attributes }) => {
      if (attributes['actions_enabled'] === false) return 'it is silenced';
      const told = [attributes['alarm_actions']].flat().filter((action) => action !== undefined);
      return told.length > 0 ? undefined : 'it tells nobody';
    },
  },
] as const satisfies readonly Rule[];
