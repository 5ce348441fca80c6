import { App } from 'cdktf';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from '../../constructs/core/duration';
import { settingsFrom } from '../../settings';
import { MainStack } from '../../stacks/main';
import type { CostOptions } from './options';

/** What stands there whether anybody chats or not, counted in the Terraform JSON that is deployed. */
export interface Deployment {
  /** Of the request dispatcher, MiB. */
  readonly memory: number;
  /** Alarms that are billed while nothing is wrong. */
  readonly alarms: number;
  readonly dashboards: number;
  /** Metrics of our own, made from what functions log. */
  readonly metrics: number;
  /** Queues that Lambda asks all the time. */
  readonly queues: number;
  /** The tables of the stage with the visitors can be restored to any second. */
  readonly restorable: boolean;
  /** Each request to the APIs is logged. */
  readonly accessLogs: boolean;
  /** How long messages and files are kept, days. */
  readonly retention: number;
  /** Builds and functions that a schedule starts in a month. */
  readonly scheduled: { readonly builds: number; readonly functions: number };
}

/** AWS counts months of 730 hours. */
export const MONTH_MINUTES = 730 * 60;

const WORKDAYS = 22;

type Resources = Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;

/** Synthesizes both stacks, as `main.ts` does with no settings. */
export function deploymentOf({
  stages,
  region,
  architecture,
}: Pick<CostOptions, 'stages' | 'architecture'> & { readonly region: string }): Deployment {
  const defaults = settingsFrom({});
  const outdir = mkdtempSync(join(tmpdir(), 'kite-cost-'));
  try {
    const main = new MainStack(new App({ outdir }), 'kite', {
      prodStage: stages === 2,
      build: {
        gitRepositoryUrl: defaults.REPOSITORY,
        email: 'you@example.com',
        monthlyBudgetUsd: defaults.MONTHLY_BUDGET_USD,
        timeZone: defaults.TIME_ZONE,
      },
      kite: {
        architecture,
        runtime: defaults.RUNTIME,
        dns: defaults.DNS,
        retention: Duration.days(defaults.RETENTION_DAYS),
      },
      s3Backend: { bucket: 'state', key: 'kite/terraform', region },
    });
    const stacks = [main.build, main.kite].map((stack) => (stack.toTerraform() as { resource: Resources }).resource);
    return count(stacks);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function count(stacks: readonly Resources[]): Deployment {
  const all = (type: string) => stacks.flatMap((resources) => Object.values(resources[type] ?? {}));
  const named = (type: string, attribute: string, end: string) =>
    all(type).filter((each) => String(each[attribute]).endsWith(end));
  const [dispatcher] = named('aws_lambda_function', 'function_name', '-request-dispatcher');
  const stage = all('aws_dynamodb_table').some(({ name }) => String(name).startsWith('prod.')) ? 'prod' : 'dev';
  const tables = all('aws_dynamodb_table').filter(({ name }) => String(name).startsWith(`${stage}.`));
  const variables = (dispatcher?.['environment'] as { variables?: Record<string, string> } | undefined)?.variables;
  return {
    memory: Number(dispatcher?.['memory_size']),
    alarms: all('aws_cloudwatch_metric_alarm').filter(isBilled).length,
    dashboards: all('aws_cloudwatch_dashboard').length,
    metrics: ownMetrics(all('aws_cloudwatch_metric_alarm')),
    queues: all('aws_lambda_event_source_mapping').length,
    restorable: tables.some((table) => (table['point_in_time_recovery'] as { enabled?: boolean } | undefined)?.enabled),
    accessLogs: all('aws_apigatewayv2_stage').some((each) => each['access_log_settings'] !== undefined),
    retention: Number(variables?.['RETENTION_DAYS']),
    scheduled: {
      builds: starts(all('aws_scheduler_schedule'), 'aws_codebuild_project'),
      functions: starts(all('aws_scheduler_schedule'), 'aws_lambda_alias'),
    },
  };
}

/** Every metric of our own has an alarm. Those of AWS's own namespaces cost nothing. */
function ownMetrics(alarms: readonly Record<string, unknown>[]): number {
  const own = alarms.filter(({ namespace }) => namespace !== undefined && !String(namespace).startsWith('AWS/'));
  return new Set(own.map(({ namespace, metric_name: name }) => `${String(namespace)} ${String(name)}`)).size;
}

/** How often in a month schedules start a target of that type. */
function starts(schedules: readonly Record<string, unknown>[], type: string): number {
  return schedules
    .filter(({ target }) => JSON.stringify(target).includes(`\${${type}.`))
    .reduce((sum, { schedule_expression: expression }) => sum + startsOf(String(expression)), 0);
}

/** `rate(15 minutes)`, or a time of the workday. @throws Error for any other expression */
function startsOf(expression: string): number {
  const [, every] = /^rate\((\d+) minutes?\)$/.exec(expression) ?? [];
  if (every !== undefined) return MONTH_MINUTES / Number(every);
  if (/^cron\(\d+ \d+ \? \* MON-FRI \*\)$/.test(expression)) return WORKDAYS;
  throw new Error(`operations/cost/deployment.ts does not know how often "${expression}" is.`);
}

/**
 * An alarm on a query is billed for each metric that the query finds: those of the tables exist only while something is wrong.
 * https://aws.amazon.com/cloudwatch/pricing/
 */
function isBilled(alarm: Record<string, unknown>): boolean {
  return alarm['metric_query'] === undefined;
}
