import { AwsAccount } from './aws-account';

// The names by which a stage's parts are found from outside: by the build projects, the buildspecs and the sandbox.

/** The function that answers visitors and operators. */
export function requestDispatcherName(stage: string): string {
  return `${stage}-request-dispatcher`;
}

/** The function that registers and removes the webhook. */
export function lifecycleHandlerName(stage: string): string {
  return `${stage}-lifecycle-handler`;
}

/** Both functions of a stage. */
export function functionNames(stage: string): string[] {
  return [requestDispatcherName(stage), lifecycleHandlerName(stage)];
}

/** The bucket of a stage's files: with the account's number and the region it is unique in all of AWS. */
export function fileBucketName(prefix: string, stage: string, account: AwsAccount): string {
  return `${prefix}-${stage}-files-${account.accountId}-${account.region}`;
}

/** The bucket of a stage's archived logs. */
export function logArchiveBucketName(prefix: string, stage: string, account: AwsAccount): string {
  return `${prefix}-${stage}-logs-${account.accountId}-${account.region}`;
}

/** The database of a stage's archived logs: Athena takes lower case, digits and underscores without quotes. */
export function logDatabaseName(prefix: string, stage: string): string {
  return `${prefix}_${stage}_logs`.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
}

/** The parameter that holds the stage's bot token, for example `/kite/dev/telegram-bot-token`. */
export function botTokenParameter(prefix: string, stage: string): string {
  return `/${prefix}/${stage}/telegram-bot-token`;
}

/** The parameter that holds the token for Cloudflare's API. */
export function cloudflareTokenParameter(prefix: string): string {
  return `/${prefix}/cloudflare-api-token`;
}

/** Where CloudWatch keeps the numbers that a stage's own functions report; `lambdas/lifecycle` writes the same name. */
export function metricNamespace(stage: string): string {
  return `Kite/${stage}`;
}

/** The stages there are: `dev` always, `prod` if asked for. */
export function stageNames(prodStage: boolean): string[] {
  return prodStage ? ['dev', 'prod'] : ['dev'];
}
