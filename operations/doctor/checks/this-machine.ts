import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Check } from '../check';
import type { DoctorContext } from '../context';
import { type Finding, notChecked, note, ok, problem, warning } from '../finding';
import { isInRange } from '../node-version.cjs';
import { isAtLeast } from '../version';

/** The version of Node.js that `package.json` asks for. */
export const node: Check = {
  subject: 'Node.js',
  look: async ({ root, nodeVersion }) => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
    return isInRange(nodeVersion, engines.node)
      ? ok(`${nodeVersion}.`)
      : problem(`This is ${nodeVersion}, and Kite needs ${engines.node}.`, 'Install it from https://nodejs.org');
  },
};

/** npm leaves optional packages out on some machines. */
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly optional?: boolean; readonly peer?: boolean }>
  >;
}

/** What is installed is what `package-lock.json` says. npm writes what it has installed into `node_modules`. */
export const packages: Check = {
  subject: 'npm packages',
  look: async ({ root }) => {
    const installed = join(root, 'node_modules', '.package-lock.json');
    if (!existsSync(installed)) return problem('They are not installed.', 'npm ci');
    const [wanted, found] = [lockOf(join(root, 'package-lock.json')), lockOf(installed)];
    const wrong = Object.entries(wanted).filter(
      ([path, { version, optional, peer }]) => path !== '' && !optional && !peer && found[path]?.version !== version,
    );
    const [first] = wrong;
    if (first === undefined) return ok('Installed as package-lock.json says.');
    const [path, { version }] = first;
    const there = found[path]?.version ?? 'not installed';
    const name = path.replace(/^.*node_modules\//, '');
    return problem(
      `${wrong.length} differ from package-lock.json, for example ${name}: ${there} instead of ${version}.`,
      'npm ci',
    );
  },
};

function lockOf(path: string): Lock['packages'] {
  return (JSON.parse(readFileSync(path, 'utf8')) as Lock).packages;
}

/** Locks its state in S3 by itself from 1.10 on, and no longer as an experiment from 1.11 on. */
const LEAST = '1.10';
const WANTED = '1.11';
const INSTALL = 'Install it: https://developer.hashicorp.com/terraform/install';

const ANSWER = v.pipe(v.string(), v.parseJson(), v.object({ terraform_version: v.string() }));

/** Terraform, by the name that cdktf calls it by. */
export const terraform: Check = {
  subject: 'Terraform',
  look: async ({ run, reading }) => {
    const program = reading.environment['TERRAFORM_BINARY_NAME'] ?? 'terraform';
    const result = await run(program, 'version', '-json');
    if (result.kind === 'not found') return problem(`The program "${program}" is not on the PATH.`, INSTALL);
    if (result.kind === 'too slow') return notChecked(`"${program} version" did not finish in time.`);
    const answer = v.safeParse(ANSWER, result.output);
    if (!answer.success) {
      const words = (result.errors || result.output).trim().split('\n')[0] ?? '';
      return problem(`"${program} version" fails: ${words || `exit code ${result.status}`}`, INSTALL);
    }
    const version = answer.output.terraform_version;
    if (isAtLeast(version, WANTED)) return ok(`${version}.`);
    if (isAtLeast(version, LEAST)) {
      return warning(
        `This is ${version}, in which locking the state in S3 is experimental. Use ${WANTED} or later.`,
        INSTALL,
      );
    }
    return problem(`This is ${version}, and Kite needs ${WANTED} or later.`, INSTALL);
  },
};

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

const WHAT_FOR = 'Only npm run deploy-local needs it.';

export const docker: Check = {
  subject: 'Docker',
  look: async ({ run }) => {
    const result = await run('docker', 'info', '--format', '{{.ServerVersion}}');
    if (result.kind === 'not found') return note(`Not installed. ${WHAT_FOR}`);
    if (result.kind === 'too slow') return notChecked(`It did not answer in time. ${WHAT_FOR}`);
    const version = result.output.trim();
    return result.status === 0 && /^\d/.test(version)
      ? ok(`${version}. ${WHAT_FOR}`)
      : note(`Installed, but not running. ${WHAT_FOR}`);
  },
};
