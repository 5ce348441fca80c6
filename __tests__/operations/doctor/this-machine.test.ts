import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  docker,
  node,
  packages,
  providers,
  terraform,
  terraformConfiguration,
} from '../../../operations/doctor/checks/this-machine';
import { closeAll, type StandIn, standIn } from './http-stand-in';
import { Owner } from './owner';

let owner: Owner;
let registryOfTerraform: StandIn | undefined;

beforeEach(() => {
  owner = new Owner();
});

afterEach(async () => {
  owner.gone();
  await closeAll();
});

/** A project's folder with what npm leaves there. */
function project(locked: Record<string, object>, installed?: Record<string, object>): string {
  mkdirSync(join(owner.folder, 'node_modules'), { recursive: true });
  const write = (path: string, content: object): void =>
    writeFileSync(join(owner.folder, path), JSON.stringify(content));
  write('package.json', { engines: { node: '^20.19 || ^22.13 || >=24' } });
  write('package-lock.json', { packages: { '': {}, ...locked } });
  if (installed) write('node_modules/.package-lock.json', { packages: installed });
  return owner.folder;
}

describe('Node.js', () => {
  it.each([
    ['18.20.0', false],
    ['20.18.1', false],
    ['20.19.0', true],
    ['21.7.0', false],
    ['22.12.0', false],
    ['22.13.0', true],
    ['23.11.0', false],
    ['24.0.0', true],
    ['26.1.0', true],
  ])('%s', async (nodeVersion, isKnown) => {
    expect(await owner.sees(node, { root: project({}), nodeVersion })).toEqual([
      isKnown
        ? `ok: ${nodeVersion}.`
        : `problem: This is ${nodeVersion}, and Kite needs ^20.19 || ^22.13 || >=24. -> Install it from https://nodejs.org`,
    ]);
  });
});

describe('npm packages', () => {
  const locked = {
    'node_modules/lit': { version: '3.3.3' },
    'node_modules/only-on-a-mac': { version: '1.0.0', optional: true },
  };

  it('are not installed', async () => {
    expect(await owner.sees(packages, { root: project(locked) })).toEqual([
      'problem: They are not installed. -> npm ci',
    ]);
  });

  it('are installed, but for one that is for other machines', async () => {
    const root = project(locked, { 'node_modules/lit': { version: '3.3.3' } });
    expect(await owner.sees(packages, { root })).toEqual(['ok: Installed as package-lock.json says.']);
  });

  it('are older than package-lock.json', async () => {
    const root = project(locked, { 'node_modules/lit': { version: '3.3.2' } });
    expect(await owner.sees(packages, { root })).toEqual([
      'problem: 1 differ from package-lock.json, for example lit: 3.3.2 instead of 3.3.3. -> npm ci',
    ]);
  });
});

describe('Terraform', () => {
  const install = 'Install it: https://developer.hashicorp.com/terraform/install';

  it('is not there', async () => {
    expect(await owner.sees(terraform)).toEqual([`problem: The program "terraform" is not on the PATH. -> ${install}`]);
  });

  it.each([
    ['1.11.4', 'ok: 1.11.4.'],
    ['1.12.0-beta1', 'ok: 1.12.0-beta1.'],
    [
      '1.10.5',
      `warning: This is 1.10.5, in which locking the state in S3 is experimental. Use 1.11 or later. -> ${install}`,
    ],
    ['1.9.8', `problem: This is 1.9.8, and Kite needs 1.11 or later. -> ${install}`],
  ])('is %s', async (version, line) => {
    owner.program('terraform', `echo '{"terraform_version":"${version}"}'`);
    expect(await owner.sees(terraform)).toEqual([line]);
  });

  it('is broken', async () => {
    owner.program('terraform', 'echo "cannot execute binary file" >&2; exit 126');
    expect(await owner.sees(terraform)).toEqual([
      `problem: "terraform version" fails: cannot execute binary file -> ${install}`,
    ]);
  });

  it('never ends', async () => {
    owner.program('terraform', 'exec /bin/sleep 20');
    expect(await owner.sees(terraform, { seconds: 0.3 })).toEqual([
      'not checked: "terraform version" did not finish in time.',
    ]);
  });

  it('is the one that cdktf is told to use', async () => {
    owner.program('tofu', `echo '{"terraform_version":"1.11.0"}'`);
    expect(await owner.sees(terraform, { environment: { TERRAFORM_BINARY_NAME: 'tofu' } })).toEqual(['ok: 1.11.0.']);
  });
});

describe('Terraform settings', () => {
  it('are in a file that is not there', async () => {
    expect(await owner.sees(terraformConfiguration, { environment: { TF_CLI_CONFIG_FILE: '/nowhere/rc' } })).toEqual([
      'warning: TF_CLI_CONFIG_FILE names /nowhere/rc, which is not there: Terraform warns each time, and does not use your mirror or credentials. -> unset TF_CLI_CONFIG_FILE',
    ]);
  });

  it('are in a file that is there', async () => {
    const file = join(owner.bin, 'rc');
    writeFileSync(file, '');
    expect(await owner.sees(terraformConfiguration, { environment: { TF_CLI_CONFIG_FILE: file } })).toEqual([
      `ok: From ${file}.`,
    ]);
  });
});

describe('Terraform providers', () => {
  const version = '5.100.0';
  const pinned = { KITE_AWS_PROVIDER_VERSION: version };

  async function registry(status: number): Promise<string> {
    registryOfTerraform = await standIn(() => ({ status, json: {} }));
    return registryOfTerraform.url;
  }

  it('can be fetched, for the version and machine that ask', async () => {
    const terraformRegistry = await registry(200);
    expect(await owner.sees(providers, { environment: pinned, terraformRegistry })).toEqual([
      'ok: hashicorp/aws 5.100.0 is available from the registry.',
    ]);
    expect(registryOfTerraform?.asked[0]?.path).toMatch(
      /^\/v1\/providers\/hashicorp\/aws\/5\.100\.0\/download\/\w+\/(amd64|arm64)$/,
    );
  });

  it('are of a version that there is not', async () => {
    const [line] = await owner.sees(providers, { environment: pinned, terraformRegistry: await registry(404) });
    expect(line).toMatch(
      /^problem: The registry has no hashicorp\/aws 5\.100\.0 for .* -> .*KITE_AWS_PROVIDER_VERSION/,
    );
  });

  it('cannot be looked for without a network', async () => {
    const [line] = await owner.sees(providers, { environment: pinned });
    expect(line).toMatch(
      /^not checked: hashicorp\/aws 5\.100\.0 is not on this machine, and 127\.0\.0\.1:1 cannot be reached\. -> /,
    );
  });

  it('lie in a mirror that the settings of Terraform name, so that no network is needed', async () => {
    const mirror = join(owner.folder, 'mirror');
    mkdirSync(join(mirror, 'registry.terraform.io', 'hashicorp', 'aws', version), { recursive: true });
    writeFileSync(
      join(owner.folder, '.terraformrc'),
      `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
    );
    expect(await owner.sees(providers, { environment: pinned })).toEqual([
      'ok: hashicorp/aws 5.100.0 is on this machine already.',
    ]);
  });

  it("include Cloudflare's with a domain there", async () => {
    owner.settings({ DOMAIN: 'example.com', CLOUDFLARE_API_TOKEN: 'cf' });
    const lines = await owner.sees(providers, { terraformRegistry: await registry(200) });
    expect(lines).toEqual([
      expect.stringMatching(/^ok: hashicorp\/aws \d/),
      expect.stringMatching(/^ok: cloudflare\/cloudflare \d/),
    ]);
  });
});

describe('Docker', () => {
  const whatFor = 'Only npm run deploy-local needs it.';

  it.each([
    ['runs', 'echo 27.1.1', `ok: 27.1.1. ${whatFor}`],
    [
      'does not run',
      'echo "Cannot connect to the Docker daemon" >&2; exit 1',
      `note: Installed, but not running. ${whatFor}`,
    ],
  ])('%s', async (_, script, line) => {
    owner.program('docker', script);
    expect(await owner.sees(docker)).toEqual([line]);
  });

  it('may be missing', async () => {
    expect(await owner.sees(docker)).toEqual([`note: Not installed. ${whatFor}`]);
  });
});
