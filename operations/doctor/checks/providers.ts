import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check';
import { notChecked, ok, problem, type Finding } from '../finding';
import type { DoctorContext } from '../context';

/** A provider as Terraform asks for it. */
interface Provider {
  /** For example `hashicorp/aws`. */
  readonly source: string;
  /** Exactly one, or a rule such as `~> 6.0`. */
  readonly version: string;
}

/**
 * Terraform comes by the providers that the bindings were made for: they are here already, in a mirror or a cache of this
 * machine, or is available from the registry. Docker's is for the stack `local` only, and not looked at.
 */
export const providers: Check = {
  subject: 'Terraform providers',
  look: async (around) => Promise.all(wantedProviders(around).map(async (provider) => look(around, provider))),
};

async function look(around: DoctorContext, provider: Provider): Promise<Finding> {
  const { source, version } = provider;
  const folder = foldersOf(around).find((place) => holds(place, provider));
  if (folder !== undefined) return ok(`${source} ${version} is on this machine already.`);
  if (!/^\d+\.\d+\.\d+$/.test(version)) return notChecked(`${source} ${version}: Terraform chooses it when deploying.`);
  const platform = `${system()}/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  // https://developer.hashicorp.com/terraform/internals/provider-registry-protocol#find-a-provider-package
  const url = `${around.terraformRegistry}/v1/providers/${source}/${version}/download/${platform}`;
  const status = await fetch(url, { signal: AbortSignal.timeout(around.seconds * 1000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => undefined,
  );
  if (status === 200) return ok(`${source} ${version} is available from the registry.`);
  if (status === 404) {
    return problem(`The registry has no ${source} ${version} for ${platform}.`, 'Check KITE_AWS_PROVIDER_VERSION.');
  }
  const registry = new URL(around.terraformRegistry).host;
  return notChecked(
    `${source} ${version} is not on this machine, and ${registry} ${status === undefined ? 'cannot be reached' : `answers ${status}`}.`,
    'Check the network, or name a mirror: https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation',
  );
}

function wantedProviders({ root, reading }: DoctorContext): Provider[] {
  const { KITE_AWS_PROVIDER_VERSION, DOMAIN, DNS } = reading.settings;
  const bindings = ['aws', ...(DOMAIN !== undefined && DNS === 'cloudflare' ? ['cloudflare'] : [])];
  return bindings.map((name) => {
    const file = join(root, 'node_modules', '@cdktf', `provider-${name}`, 'package.json');
    const { cdktf } = JSON.parse(readFileSync(file, 'utf8')) as {
      cdktf: { provider: { name: string; version: string } };
    };
    const { provider } = cdktf;
    const version = name === 'aws' ? (KITE_AWS_PROVIDER_VERSION ?? provider.version) : provider.version;
    return { source: provider.name.split('/').slice(-2).join('/'), version: version.replace(/^=\s*/, '') };
  });
}

/** Where providers may lie: beside the stacks that were deployed from here, in Terraform's cache, and in its mirrors. */
function foldersOf({ folder, reading }: DoctorContext): string[] {
  const { HOME = '', TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR } = reading.environment;
  const configuration = TF_CLI_CONFIG_FILE ?? join(HOME, '.terraformrc');
  const named = existsSync(configuration)
    ? [...readFileSync(configuration, 'utf8').matchAll(/^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"/gm)]
    : [];
  return [
    ...['kite-build', 'kite-stack'].map((stack) =>
      join(folder, 'cdktf.out', 'stacks', stack, '.terraform', 'providers'),
    ),
    ...(TF_PLUGIN_CACHE_DIR === undefined ? [] : [TF_PLUGIN_CACHE_DIR]),
    ...named.map(([, path = '']) => path.replace(/^(\$HOME|~)(?=\/)/, HOME)),
    // https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    join(HOME, '.terraform.d', 'plugins'),
  ];
}

/** Unpacked as a folder of that version, or packed beside it. */
function holds(place: string, { source, version }: Provider): boolean {
  const folder = join(place, 'registry.terraform.io', source);
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((name) => name === version || name.includes(`_${version}_`));
}

function system(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}
