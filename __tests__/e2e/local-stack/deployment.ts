import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandRunner, type CommandResult } from '../../../local/sandbox/command-runner';
import { terraformSettings } from '../../../local/sandbox/terraform-settings';

const ROOT = resolve(__dirname, '..', '..', '..');
const NODE_MODULES = join(ROOT, 'node_modules');

/** A folder from which `cdktf` deploys the stack `local`, as `npm run deploy-local` does in the repository's. */
export class LocalDeployment {
  readonly folder = mkdtempSync(join(tmpdir(), 'kite-local-stack-'));
  private readonly commands: CommandRunner;

  /** @param settings what the environment says beside what every program needs */
  constructor(settings: Readonly<Record<string, string>> = {}) {
    const terraform = terraformSettings(this.folder, process.env);
    const { PATH = '', HOME = '' } = process.env;
    this.commands = new CommandRunner({
      folder: this.folder,
      variables: {
        ...{ PATH, HOME, ...terraform.variables, ...settings },
        // What cdktf would ask, and look up in a registry.
        CDKTF_AUTO_APPROVE: 'true',
        ...(terraform.hasRegistry ? {} : { CDKTF_SKIP_PROVIDER_LOCK: 'true' }),
      },
    });
    const app = [process.execPath, join(ROOT, 'operations', 'synth', 'app.cjs')];
    writeFileSync(
      join(this.folder, 'cdktf.json'),
      JSON.stringify({
        language: 'typescript',
        app: app.map((part) => JSON.stringify(part)).join(' '),
        projectId: 'kite-local-stack',
        sendCrashReports: 'false',
        terraformProviders: [],
        terraformModules: [],
      }),
    );
    for (const name of ['node_modules', 'package.json', 'dist', 'buildspecs']) {
      if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(this.folder, name));
    }
  }

  /** Runs a line as somebody types it in the folder. */
  async type(line: string): Promise<CommandResult> {
    return await this.commands.execute('bash', '-c', line);
  }

  async diff(): Promise<CommandResult> {
    return await this.cdktf('diff', 'local');
  }

  /** The stack `local` as Terraform gets it. */
  async synth(): Promise<{ readonly result: CommandResult; readonly stack: () => unknown }> {
    const result = await this.cdktf('synth');
    const file = join(this.folder, 'cdktf.out', 'stacks', 'local', 'cdk.tf.json');
    return { result, stack: () => JSON.parse(readFileSync(file, 'utf8')) as unknown };
  }

  remove(): void {
    this.commands.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async cdktf(...parameters: readonly string[]): Promise<CommandResult> {
    return await this.commands.run(join(NODE_MODULES, 'cdktf-cli', 'bundle', 'bin', 'cdktf'), ...parameters);
  }
}
