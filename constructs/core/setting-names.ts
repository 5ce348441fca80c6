/** What `.env` may say that is no secret. Terraform gets the same file, and would warn of a name that it does not know. */
export const SETTING_NAMES = [
  'API_GATEWAY_ACCOUNT',
  'ARCHITECTURE',
  'AWS_REGION',
  'BUILD_LAMBDA_VIA_ASSET',
  'CODE_CREDENTIAL',
  'DNS',
  'DNS_ZONE',
  'DOMAIN',
  'EMAIL',
  'KITE_DATA',
  'KITE_DISPOSABLE_PROD',
  'LOG_ARCHIVE',
  'MONTHLY_BUDGET_USD',
  'OWNER',
  'PORT',
  'PROD_STAGE',
  'REPOSITORY',
  'RETENTION_DAYS',
  'RUNTIME',
  'STATE_BUCKET',
  'TELEGRAM_API_ROOT',
  'TIME_ZONE',
  'TRACING',
] as const;
export type SettingName = (typeof SETTING_NAMES)[number];

/** What `.env` may say that is secret: only Terraform reads it. */
export const SECRET_NAMES = [
  'CLOUDFLARE_API_TOKEN',
  'GITHUB_TOKEN',
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_PROD_BOT_TOKEN',
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];
