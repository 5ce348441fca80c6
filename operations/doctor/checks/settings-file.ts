import { SECRET_NAMES, SETTING_NAMES } from '../../../settings';
import type { Check } from '../check';
import { note, ok, problem, warning, type Finding } from '../finding';

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
