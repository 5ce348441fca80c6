import { SECRET_NAMES, SETTING_NAMES } from '../../../settings';
import type { Check } from '../check';
import { type Finding, notChecked, note, ok, problem, warning } from '../finding';
import { lackOf } from '../settings-reading';

const KNOWN: ReadonlySet<string> = new Set([...SETTING_NAMES, ...SECRET_NAMES]);

/** There is a `.env`, only its owner reads it, and it names nothing that Kite does not know. */
export const settingsFile: Check = {
  subject: '.env',
  look: async ({ reading: { file } }) => {
    if (file === undefined) {
      return problem('There is no such file.', 'cp .env.example.txt .env && chmod 600 .env, then fill it in');
    }
    const findings: Finding[] = [];
    // Windows has no such modes.
    if (process.platform !== 'win32' && (file.mode & 0o077) !== 0) {
      const mode = file.mode.toString(8).padStart(3, '0');
      findings.push(
        warning(`It holds secrets, and others on this machine can read it (mode ${mode}).`, 'chmod 600 .env'),
      );
    }
    const unknown = Object.keys(file.values).filter((name) => !KNOWN.has(name));
    if (unknown.length > 0) {
      const some = `${unknown.join(', ')}: not ${unknown.length > 1 ? 'settings' : 'a setting'} of Kite.`;
      findings.push(
        note(some, 'Is it misspelled? See .env.example.txt. Set variables of other programs in the shell.'),
      );
    }
    return findings.length > 0 ? findings : ok('Only its owner can read it.');
  },
};

/** Every setting can be read, by Kite and by Terraform, and none that deploying needs is missing. The sentences are deployment's. */
export const settings: Check = {
  subject: 'Settings',
  look: async ({
    reading: {
      file,
      settings: { missing },
      problems,
    },
  }) => {
    const lacking = [...new Set([...missing.kite, ...missing.build])];
    if (file === undefined && problems.length === 0 && lacking.length > 0)
      return notChecked('They are in .env, which does not exist.');
    // A setting that is malformed is not missing.
    const named = (sentence: string): boolean => problems.some((other) => firstWord(other) === firstWord(sentence));
    const wrong = [...problems, ...lacking.filter((sentence) => !named(sentence))];
    return wrong.length === 0 ? ok('Complete and well-formed.') : wrong.map((sentence) => problem(sentence));
  },
};

function firstWord(sentence: string): string {
  return sentence.split(' ', 1)[0] ?? '';
}

/** Where a deployment goes, and whether the shell and `.env` agree on it: the AWS CLI reads the shell only. */
export const region: Check = {
  subject: 'Region',
  look: async ({ reading }) => {
    const { environment, file, settings, hasRegion } = reading;
    const { AWS_REGION, AWS_DEFAULT_REGION } = environment;
    if (!hasRegion) return notChecked(lackOf(reading, 'AWS_REGION'));
    const written = file?.values['AWS_REGION'];
    if (written && AWS_REGION !== written) {
      return warning(
        `AWS_REGION is ${AWS_REGION} in this shell and ${written} in .env: the shell overrides the file.`,
        'unset AWS_REGION',
      );
    }
    if (AWS_DEFAULT_REGION && AWS_DEFAULT_REGION !== settings.AWS_REGION) {
      return warning(
        `Kite is deployed to ${settings.AWS_REGION}, and AWS_DEFAULT_REGION is ${AWS_DEFAULT_REGION}: the aws command uses that one.`,
        `export AWS_DEFAULT_REGION=${settings.AWS_REGION}`,
      );
    }
    return ok(`${settings.AWS_REGION}.`);
  },
};

/** A bot has one webhook: of two stages with one bot, only the one that was deployed last would get any message. */
export const twoBots: Check = {
  subject: 'Two bots',
  look: async ({ reading }) => {
    if (!reading.settings.PROD_STAGE) return ok('There is one stage only.');
    const [dev, prod] = [reading.secret('TELEGRAM_BOT_TOKEN'), reading.secret('TELEGRAM_PROD_BOT_TOKEN')];
    if (dev === undefined || prod === undefined) return notChecked('A token is missing.');
    return botId(dev) === botId(prod)
      ? problem(
          'TELEGRAM_BOT_TOKEN and TELEGRAM_PROD_BOT_TOKEN belong to the same bot: only one stage would receive its messages.',
          'Send /newbot to @BotFather, and write the token into .env, TELEGRAM_PROD_BOT_TOKEN="..."',
        )
      : ok('Each stage has its own.');
  },
};

function botId(token: string): string {
  return token.split(':', 1)[0] ?? '';
}
