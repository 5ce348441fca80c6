import { Duration } from './duration';

/** The fields of a cron expression that Kite uses; what is left out means "every". */
export interface CronFields {
  readonly minute: string;
  readonly hour: string;
  /** For example `MON-FRI`. @default - every day */
  readonly weekDay?: string;
}

/**
 * When something happens, as EventBridge Scheduler writes it.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 *
 * @example
 * Schedule.cron({ minute: '30', hour: '7', weekDay: 'MON-FRI' });
 */
export class Schedule {
  private constructor(readonly expression: string) {}

  static cron({ minute, hour, weekDay }: CronFields): Schedule {
    // Of day-of-month and day-of-week one must be "?".
    return new Schedule(`cron(${minute} ${hour} ${weekDay ? '?' : '*'} * ${weekDay ?? '?'} *)`);
  }

  /** Again and again, from when the schedule is made on. A whole number of minutes, more than one. */
  static every(interval: Duration): Schedule {
    return new Schedule(`rate(${interval.toMinutes()} minutes)`);
  }

  /** Monday to Friday at noon: when somebody is there to read the mail. */
  static readonly workdaysAtNoon = Schedule.cron({ minute: '0', hour: '12', weekDay: 'MON-FRI' });
}
