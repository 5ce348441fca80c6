import { App } from 'cdktf';
import { readSettings } from './settings';
import { refusalIn } from './policy/safety-policy';
import { LocalStack } from './stacks/local';
import { MainStack } from './stacks/main';

const settings = readSettings();
/** All stacks. Synthesized when this file is run or imported; a refusal is printed and sets the exit code. */
export const app = new App();

new MainStack(app, 'kite', {
  prodStage: settings.prodStage,
  owner: settings.owner,
  build: {
    gitRepositoryUrl: settings.repository,
    buildLambdaViaAsset: settings.buildLambdaViaAsset,
    email: settings.email,
    sourceCredential: settings.sourceCredential,
    timeZone: settings.timeZone,
    monthlyBudgetUsd: settings.monthlyBudgetUsd,
    settings: settings.given,
  },
  kite: {
    domainName: settings.domain,
    dns: settings.dns,
    dnsZone: settings.dnsZone,
    architecture: settings.architecture,
    runtime: settings.runtime,
    memorySize: 256,
    retention: settings.retention,
    logArchive: settings.logArchive,
    tracing: settings.tracing,
    disposableProd: settings.disposableProd,
    apiGatewayAccount: settings.apiGatewayAccount,
    telegramApiRoot: settings.telegramApiRoot,
  },
  s3Backend: { bucket: settings.stateBucket, key: 'kite/terraform', region: settings.region },
  aws: settings.aws,
  missing: settings.missing,
});

new LocalStack(app, 'local', settings.local);

try {
  app.synth();
} catch (error) {
  const refusal = refusalIn(error);
  if (refusal === undefined) throw error;
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}
