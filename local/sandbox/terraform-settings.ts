import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Environment } from '../../emulators/aws/account';
import { findProviderMirror, usualMirrorRoots, type ProviderMirror } from './provider-mirror';

/** How Terraform is run in the sandbox. */
export interface TerraformSettings {
  readonly variables: Readonly<Record<string, string>>;
  /** Whether there is a registry to fetch checksums of providers from. */
  readonly hasRegistry: boolean;
}

/**
 * The settings with which Terraform finds the AWS provider: in a mirror on this machine if there is one, else in the
 * ordinary registry.
 * @param folder takes Terraform's configuration file
 */
export function terraformSettings(
  folder: string,
  environment: Environment,
  find: (roots: readonly string[]) => ProviderMirror | undefined = findProviderMirror,
): TerraformSettings {
  const quiet = { CHECKPOINT_DISABLE: '1' };
  const mirror = find(usualMirrorRoots(environment['HOME']));
  if (mirror === undefined) {
    const own = environment['TF_CLI_CONFIG_FILE'];
    return {
      variables: { ...quiet, ...(own !== undefined && existsSync(own) ? { TF_CLI_CONFIG_FILE: own } : {}) },
      hasRegistry: true,
    };
  }
  const file = join(folder, 'terraform.rc');
  writeFileSync(
    file,
    `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror.path)}
    include = ["registry.terraform.io/hashicorp/aws"]
  }
  direct {
    exclude = ["registry.terraform.io/hashicorp/aws"]
  }
}
`,
  );
  return {
    variables: { ...quiet, TF_CLI_CONFIG_FILE: file, KITE_AWS_PROVIDER_VERSION: mirror.version },
    hasRegistry: false,
  };
}
