import { existsSync } from 'node:fs';
import type { Check } from '../check';
import { ok, warning } from '../finding';

/** The file of Terraform's own settings, where one is named: https://developer.hashicorp.com/terraform/cli/config/config-file */
export const terraformConfiguration: Check = {
  subject: 'Terraform settings',
  look: async ({ reading }) => {
    const file = reading.environment['TF_CLI_CONFIG_FILE'];
    if (file === undefined) return ok('Not set.');
    if (existsSync(file)) return ok(`From ${file}.`);
    return warning(
      `TF_CLI_CONFIG_FILE names ${file}, which is not there: Terraform warns each time, and does not use your mirror or credentials.`,
      'unset TF_CLI_CONFIG_FILE',
    );
  },
};
