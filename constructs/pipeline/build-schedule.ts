import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { Construct } from 'constructs';
import { AwsAccount } from '../core/aws-account';
import { BuildProject } from './build-project';
import { Grantee, Role } from '../core/role';
import { Schedule } from '../core/schedule';

export interface BuildScheduleProps {
  readonly account: AwsAccount;
  /** Also in front of the role's name, which is unique in the account. */
  readonly scheduleName: string;
  readonly project: BuildProject;
  readonly schedule: Schedule;
  /** A name of the IANA database, for example `Europe/Kyiv`. */
  readonly timeZone: string;
}

/**
 * Starts a build at the same time of the day, summer and winter.
 *
 * @example
 * new BuildSchedule(scope, 'schedule', {
 *   account,
 *   scheduleName: 'kite-drift-check',
 *   project,
 *   schedule: Schedule.workdaysAtNoon,
 *   timeZone: 'Europe/Kyiv',
 * });
 */
export class BuildSchedule extends Construct implements Grantee {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: BuildScheduleProps) {
    super(scope, id);
    this.role = new Role(this, 'role', {
      roleName: `${props.scheduleName}-schedule`,
      description: `Starts ${props.project.projectName}`,
      service: 'scheduler.amazonaws.com',
      onBehalfOf: props.account,
    });
    props.project.grantStart(this);
    new SchedulerSchedule(this, 'schedule', {
      name: props.scheduleName,
      description: `Starts ${props.project.projectName}`,
      // Explicit, so that a disabled schedule is reported as drift.
      state: 'ENABLED',
      scheduleExpression: props.schedule.expression,
      scheduleExpressionTimezone: props.timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: props.project.arn, roleArn: this.role.arn },
    });
  }
}
