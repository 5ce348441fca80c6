import type { Check } from '../check';
import { notChecked, ok, warning } from '../finding';
import { lackOf } from '../settings-reading';

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
