import type { Check } from '../check';
import type { DoctorContext } from '../context';
import { awsAccount, budget, functionZips, mails, sourceCredential, stack, stateBucket } from './aws';
import { bot, groups, privacyMode, webhook } from './telegram';
import { cloudflareToken, cloudflareZone } from './cloudflare';
import { docker, node, packages, providers, terraform, terraformConfiguration } from './this-machine';
import { region, settings, settingsFile, twoBots } from './settings';

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
