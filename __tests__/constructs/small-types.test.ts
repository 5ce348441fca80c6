import { Duration } from '../../constructs/core/duration';
import { LogGroup } from '../../constructs/monitoring/log-group';
import { Schedule } from '../../constructs/core/schedule';
import { Synthesized } from './synthesized';

describe('Duration', () => {
  it('converts to whole units and refuses to round', () => {
    expect(Duration.days(2).toSeconds()).toBe(172_800);
    expect(Duration.minutes(20).toMinutes()).toBe(20);
    expect(() => Duration.seconds(90).toMinutes()).toThrow('90 seconds are not a whole number of minutes');
  });
});

describe('Schedule', () => {
  it('puts the question mark where EventBridge Scheduler wants it', () => {
    expect(Schedule.workdaysAtNoon.expression).toBe('cron(0 12 ? * MON-FRI *)');
    expect(Schedule.cron({ minute: '30', hour: '6' }).expression).toBe('cron(30 6 * * ? *)');
  });
});

describe('LogGroup', () => {
  it('says which retentions CloudWatch knows', () => {
    expect(() =>
      Synthesized.stackWith(
        (scope) => new LogGroup(scope, 'logs', { logGroupName: 'l', logRetention: Duration.days(31) }),
      ),
    ).toThrow('test/logs: CloudWatch cannot keep logs for 31 days; choose one of 1, 3, 5, 7, 14, 30');
  });
});
