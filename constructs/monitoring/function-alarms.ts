import { Construct } from 'constructs';
import { Alarm, AlarmRoute } from './alarm';
import { LiveFunction } from '../function/live-function';

export interface FunctionAlarmsProps {
  readonly route: AlarmRoute;
  readonly fn: LiveFunction;
  /** In front of the alarms' names: `request-dispatcher`. */
  readonly name: string;
  /** What people miss while the function fails, as the end of a sentence. */
  readonly consequence: string;
}

/**
 * Alarms on a function that ends in errors, and on one that Lambda does not start because too much runs at once.
 *
 * @example
 * new FunctionAlarms(scope, 'alarms', {
 *   route,
 *   fn,
 *   name: 'request-dispatcher',
 *   consequence: 'visitors get no answer',
 * });
 */
export class FunctionAlarms extends Construct {
  constructor(scope: Construct, id: string, { route, fn, name, consequence }: FunctionAlarmsProps) {
    super(scope, id);
    new Alarm(this, 'errors', {
      route,
      name: `${name}-errors`,
      meaning: `The function ${fn.functionName} failed or timed out: ${consequence}.`,
      remedy: `Read the last errors in its log ${fn.logGroupName}.`,
      measure: { kind: 'metric', metric: fn.metric('Errors', 'Sum') },
      limit: { above: 0 },
    });
    new Alarm(this, 'throttles', {
      route,
      name: `${name}-throttles`,
      meaning: `Lambda throttled the function ${fn.functionName}, because too many functions ran at once in this account: ${consequence}.`,
      remedy: 'Ask AWS for more concurrent executions (Service Quotas), or find out what uses them up.',
      measure: { kind: 'metric', metric: fn.metric('Throttles', 'Sum') },
      limit: { above: 0 },
    });
  }
}
