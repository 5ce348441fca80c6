import type { Check } from '../check';
import type { DoctorContext } from '../context';
import { awsAccount } from './aws-account';
import { bot } from './bot';
import { budget } from './budget';
import { cloudflareToken } from './cloudflare-token';
import { cloudflareZone } from './cloudflare-zone';
import { docker } from './docker';
import { functionZips } from './function-zips';
import { groups } from './groups';
import { mails } from './mails';
import { node } from './node';
import { packages } from './packages';
import { privacyMode } from './privacy-mode';
import { providers } from './providers';
import { region } from './region';
import { settings } from './settings';
import { settingsFile } from './settings-file';
import { sourceCredential } from './source-credential';
import { stack } from './stack';
import { stateBucket } from './state-bucket';
import { terraform } from './terraform';
import { terraformConfiguration } from './terraform-configuration';
import { twoBots } from './two-bots';
import { webhook } from './webhook';

/** Everything that is looked at, in the order in which a newcomer comes upon it. */
export function checksOf({ stages, reading }: DoctorContext): readonly Check[] {
  const token = reading.settings.CODE_CREDENTIAL?.kind === 'token' ? ' --var-file=.env' : '';
  return [
    node,
    packages,
    terraform,
    terraformConfiguration,
    providers,
    docker,
    settingsFile,
    settings,
    ...stages.map(bot),
    ...stages.map(privacyMode),
    twoBots,
    awsAccount,
    region,
    stateBucket,
    sourceCredential,
    budget,
    cloudflareToken,
    cloudflareZone,
    stack('kite-build', `npx cdktf deploy kite-build${token}`),
    functionZips,
    mails,
    stack('kite-stack', 'npx cdktf deploy kite-stack --var-file=.env'),
    ...stages.map(webhook),
    ...stages.map(groups),
  ];
}
