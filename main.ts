import { App } from 'cdktf';
import { Duration } from './constructs/core/duration';
import { readSettings, SECRET_NAMES, SETTING_NAMES } from './settings';
import { refusalIn } from './policy/safety-policy';
import { LocalStack } from './stacks/local';
import { MainStack } from './stacks/main';

const settings = readSettings();
/** All stacks. Synthesized when this file is run or imported; a refusal is printed and sets the exit code. */
export const app = new App();

new MainStack(app, 'kite', {
  prodStage: settings.PROD_STAGE,
  owner: settings.OWNER,
  build: {
    gitRepositoryUrl: settings.REPOSITORY,
    buildLambdaViaAsset: settings.BUILD_LAMBDA_VIA_ASSET,
    email: settings.EMAIL,
    sourceCredential: settings.CODE_CREDENTIAL,
    timeZone: settings.TIME_ZONE,
    monthlyBudgetUsd: settings.MONTHLY_BUDGET_USD,
    settings: settings.given,
  },
  kite: {
    domainName: settings.DOMAIN,
    dns: settings.DNS,
    dnsZone: settings.DNS_ZONE,
    architecture: settings.ARCHITECTURE,
    runtime: settings.RUNTIME,
    memorySize: 256,
    retention: Duration.days(settings.RETENTION_DAYS),
    fileTypes: settings.FILE_TYPES,
    logArchive: settings.LOG_ARCHIVE,
    tracing: settings.TRACING,
    disposableProd: settings.KITE_DISPOSABLE_PROD ? { reason: 'KITE_DISPOSABLE_PROD is set' } : undefined,
    apiGatewayAccount: settings.API_GATEWAY_ACCOUNT,
    telegramApiRoot: settings.TELEGRAM_API_ROOT,
  },
  s3Backend: { bucket: settings.STATE_BUCKET, key: 'kite/terraform', region: settings.AWS_REGION },
  aws: { endpointUrl: settings.AWS_ENDPOINT_URL, providerVersion: settings.KITE_AWS_PROVIDER_VERSION },
  envFile: { settingNames: SETTING_NAMES, secretNames: SECRET_NAMES },
  missing: settings.missing,
});

new LocalStack(app, 'local', {
  dynamodbEndpointUrl: settings.AWS_ENDPOINT_URL_DYNAMODB,
  providerVersion: settings.KITE_AWS_PROVIDER_VERSION,
});

try {
  app.synth();
} catch (error) {
  const refusal = refusalIn(error);
  if (refusal === undefined) throw error;
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}
