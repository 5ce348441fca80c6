import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { Construct } from 'constructs';
import { Alarm, AlarmRoute } from '../monitoring/alarm';
import { AwsAccount } from '../core/aws-account';
import { Duration } from '../core/duration';
import { HttpStage } from '../api/http-stage';
import { LiveFunction } from './live-function';
import { Metric, Statistic } from '../monitoring/metric';
import { Grantee, Role } from '../core/role';
import { Schedule } from '../core/schedule';
import { metricNamespace } from '../core/stage-names';

export interface WebhookCheckProps {
  readonly route: AlarmRoute;
  readonly account: AwsAccount;
  /** Asks Telegram, and reports what it says as metrics. */
  readonly lifecycle: LiveFunction;
  readonly stage: HttpStage;
}

/** How often Telegram is asked. */
const INTERVAL = Duration.minutes(15);
/** Two checks: the clock that starts them and the clock of the alarms do not tick together. */
const TWO_CHECKS = Duration.minutes(30);
/** So many updates may wait while operators write a lot. */
const WAITING = 10;

/**
 * Checks regularly whether Telegram sends the bot's updates to this stage.
 *
 * Creates the schedule with its role, and the alarms: the updates go elsewhere, they fail, they pile up.
 *
 * @example
 * new WebhookCheck(scope, 'webhook-check', { route, account, lifecycle: fn, stage: http });
 */
export class WebhookCheck extends Construct implements Grantee {
  readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WebhookCheckProps,
  ) {
    super(scope, id);
    const { prefix, stage } = props.route;
    this.role = new Role(this, 'role', {
      roleName: `${prefix}-${stage}-webhook-check`,
      description: `Starts the webhook check of ${stage}`,
      service: 'scheduler.amazonaws.com',
      onBehalfOf: props.account,
    });
    props.lifecycle.grantInvoke(this);
    this.schedule();
    this.watch();
  }

  /** What the check reports: `WebhookIsOurs` and `WebhookFailing` (0 or 1), `PendingUpdates`. */
  static metric(stage: string, name: string, statistic: Statistic): Metric {
    return { namespace: metricNamespace(stage), name, dimensions: {}, statistic };
  }

  private schedule(): void {
    const { route, lifecycle, stage } = this.props;
    new SchedulerSchedule(this, 'schedule', {
      name: `${route.prefix}-${route.stage}-webhook-check`,
      description: `Asks Telegram about the webhook of ${route.stage}`,
      // Explicit, so that a disabled schedule is reported as drift.
      state: 'ENABLED',
      scheduleExpression: Schedule.every(INTERVAL).expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: lifecycle.arn,
        roleArn: this.role.arn,
        input: JSON.stringify({ check: 'webhook', webhookUrl: stage.webhookUrl }),
        // The next check comes soon enough.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: Duration.minutes(5).toSeconds() },
      },
    });
  }

  private watch(): void {
    const { route } = this.props;
    const { stage } = route;
    const of = (name: string): { kind: 'metric'; metric: Metric } => ({
      kind: 'metric',
      metric: WebhookCheck.metric(stage, name, 'Minimum'),
    });
    new Alarm(this, 'lost', {
      route,
      name: 'webhook-lost',
      meaning: `Telegram does not send the updates of the ${stage} bot to Kite: the bot has another webhook, or its token is no longer valid. Operators' answers do not arrive. INSUFFICIENT_DATA: the check has not reached Telegram for a while.`,
      remedy: `Read the last "webhook" line in the log ${this.props.lifecycle.logGroupName}; it says where the updates go.`,
      measure: of('WebhookIsOurs'),
      limit: { below: 1 },
      period: TWO_CHECKS,
      silence: 'bad',
    });
    new Alarm(this, 'failing', {
      route,
      name: 'webhook-failing',
      meaning: `Telegram could not deliver updates to ${stage}, in two checks in a row: operators' answers are late.`,
      remedy: `Telegram's error messages are in the log ${this.props.lifecycle.logGroupName}.`,
      measure: of('WebhookFailing'),
      limit: { above: 0 },
      period: TWO_CHECKS,
    });
    new Alarm(this, 'backlog', {
      route,
      name: 'webhook-backlog',
      meaning: `More than ${WAITING} updates of the ${stage} bot have been waiting at Telegram for half an hour: operators' answers are late.`,
      remedy: `Check whether the function or the HTTP API fails as well. Telegram keeps updates for a day.`,
      measure: of('PendingUpdates'),
      limit: { above: WAITING },
      period: TWO_CHECKS,
    });
  }
}
