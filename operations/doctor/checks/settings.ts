import type { Check } from '../check';
import { notChecked, ok, problem } from '../finding';

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
