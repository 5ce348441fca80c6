import type { Check } from '../check';
import { notChecked, ok, warning } from '../finding';

/** Where a deployment goes, and whether the shell and `.env` agree on it: the AWS CLI reads the shell only. */
export const region: Check = {
  subject: 'Region',
  look: async ({ reading: { environment, file, settings } }) => {
    const { AWS_REGION, AWS_DEFAULT_REGION } = environment;
    if (!AWS_REGION && !AWS_DEFAULT_REGION) return notChecked('AWS_REGION is missing.');
    const written = file?.values['AWS_REGION'];
    if (written && AWS_REGION !== written) {
      return warning(
        `AWS_REGION is ${AWS_REGION} in this shell and ${written} in .env: the shell's counts.`,
        'unset AWS_REGION',
      );
    }
    if (AWS_DEFAULT_REGION && AWS_DEFAULT_REGION !== settings.region) {
      return warning(
        `Kite is deployed to ${settings.region}, and AWS_DEFAULT_REGION is ${AWS_DEFAULT_REGION}: the aws command looks there.`,
        `export AWS_DEFAULT_REGION=${settings.region}`,
      );
    }
    return ok(`${settings.region}.`);
  },
};
