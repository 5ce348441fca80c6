import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { arch, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';

import {
  EmulatedAws,
  findProgram,
  type AwsReply,
  type Environment,
  type LogLine,
  type Program,
  type RawRequest,
} from '../../emulators/aws/account';
import { record } from '../../json';
import type { GatewayDefinition, Observe } from '../../emulators/aws/api-gateway';
import { Chat } from '../chat';
import { LocalServer } from '../local-server';
import { Website } from '../website';
import { createTelegram, type Telegram } from '../../emulators/telegram';
import { bundleWidget } from '../../web/widget/build';
import { readDefinition } from './account-definition';
import { CommandRunner, type CommandResult } from './command-runner';
import { terraformSettings } from './terraform-settings';

/** How a sandbox is made. */
export interface SandboxOptions {
  /** `PATH` is searched for `terraform` and `moto_server`; nothing else of it reaches what is deployed. */
  readonly environment: Environment;
  /** Port of the chat and of the Telegram emulator. @default 0, any free one */
  readonly port?: number;
  /** Port of the emulated AWS. @default 0, any free one */
  readonly awsPort?: number;
  /** Settings of `.env` to add or replace. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Takes each line of cdktf. */
  readonly print?: (line: string) => void;
  /** Takes each line that a function prints. */
  readonly log?: (line: LogLine) => void;
  /** Told of everything that the gateway serves. */
  readonly observe?: Observe;
}

/** Terraform, which cdktf runs. */
const TERRAFORM: Program = {
  name: 'terraform',
  hint: 'install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install)',
};

/** The stacks of `main.ts` that live in AWS. */
export type StackName = 'kite-build' | 'kite-stack';

/** The bots of the sandbox, one a stage. Nobody else knows their tokens. */
export const SANDBOX_BOTS = {
  dev: { token: newToken(1001), username: 'kite_dev_bot' },
  prod: { token: newToken(2002), username: 'kite_prod_bot' },
} as const;

/** The repository that this file belongs to. */
const ROOT = resolve(__dirname, '..', '..');

/**
 * What cdktf is told by variables, so that commands stay as people type them (each of its options has one). Nobody is there to
 * approve; and Terraform mostly waits, so it may do much at once.
 */
const UNATTENDED = {
  CDKTF_AUTO_APPROVE: 'true',
  CDKTF_TERRAFORM_PARALLELISM: '40',
  CDKTF_IGNORE_MISSING_STACK_DEPENDENCIES: 'true',
};

/** What commands are run on, beside `.env` and `cdktf.json`, which are the sandbox's own. */
const LINKED = ['node_modules', 'package.json', 'dist', 'buildspecs', 'operations'];

/** Where the states are in the state bucket. */
const STATE_KEYS: Readonly<Record<StackName, string>> = {
  'kite-build': 'kite/terraform-build.tfstate',
  'kite-stack': 'kite/terraform.tfstate',
};

/** Runs TypeScript. */
const TSX = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');

/** What of the surrounding environment cdktf and Terraform get. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'LANG',
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'PLUGIN_CACHE_DIR',
];

/**
 * An AWS account and a Telegram of one's own on this machine: the stacks are deployed into it by the real cdktf, and
 * the chat is served from what was deployed.
 */
export class Sandbox {
  private readonly website = new Website(bundleWidget);
  private chat: Chat | undefined;
  private readonly commands: CommandRunner;

  private constructor(
    readonly aws: EmulatedAws,
    readonly telegram: Telegram,
    /** The folder with `cdktf.json`, `.env` and `cdktf.out`. */
    readonly folder: string,
    private readonly server: LocalServer,
    private readonly options: SandboxOptions,
  ) {
    const terraform = terraformSettings(folder, options.environment);
    this.commands = new CommandRunner({
      folder,
      variables: {
        ...this.inherited(),
        ...aws.variables(),
        ...terraform.variables,
        ...UNATTENDED,
        ...(terraform.hasRegistry ? {} : { CDKTF_SKIP_PROVIDER_LOCK: 'true' }),
      },
      ...(options.print === undefined ? {} : { print: options.print }),
    });
  }

  /**
   * Starts the emulated AWS, the Telegram emulator and an empty folder to deploy from.
   * @throws Error with one sentence: a program is missing, a port is in use
   */
  static async start(options: SandboxOptions): Promise<Sandbox> {
    findProgram(TERRAFORM, options.environment);
    const server = await LocalServer.listen(options.port ?? 0);
    let aws: EmulatedAws;
    try {
      aws = await EmulatedAws.start({
        environment: options.environment,
        port: options.awsPort ?? 0,
        ...(options.log === undefined ? {} : { log: options.log }),
      });
    } catch (error) {
      await server.close();
      throw error;
    }
    const telegram = createTelegram({
      bots: Object.values(SANDBOX_BOTS),
      webhookTarget: (url) => localWebhook(url, server.port),
      webhookRetryPause: 200,
    });
    const folder = mkdtempSync(join(tmpdir(), 'kite-sandbox-'));
    const sandbox = new Sandbox(aws, telegram, folder, server, options);
    sandbox.prepareFolder();
    sandbox.chat = Chat.assemble({
      server,
      definition: { apis: [] },
      invoke: async (event, reference = '') => await aws.invoke(reference, event),
      handlers: [
        (request, response) => telegram.handle(request, response),
        (request, response) => sandbox.website.handle(request, response),
      ],
      ...(options.observe ? { observe: options.observe } : {}),
    });
    aws.serveConnections(async (request) => await sandbox.toGateway(request));
    return sandbox;
  }

  /** Port of the chat: `ws://localhost:<port>/dev`, `http://localhost:<port>/dev/tg`, `/telegram`. */
  get port(): number {
    return this.server.port;
  }

  /** What `.env` says here. */
  get settings(): Readonly<Record<string, string>> {
    return {
      STATE_BUCKET: 'kite-sandbox-state',
      AWS_REGION: this.aws.region,
      REPOSITORY: 'https://github.com/sandbox/kite',
      EMAIL: 'operator@example.com',
      PROD_STAGE: 'true',
      KITE_DISPOSABLE_PROD: 'true',
      ARCHITECTURE: arch() === 'arm64' ? 'arm64' : 'x86_64',
      RUNTIME: 'provided.al2023',
      TELEGRAM_API_ROOT: `http://127.0.0.1:${this.port}/telegram/api`,
      TELEGRAM_BOT_TOKEN: SANDBOX_BOTS.dev.token,
      TELEGRAM_PROD_BOT_TOKEN: SANDBOX_BOTS.prod.token,
      ...this.options.settings,
    };
  }

  /** Writes `.env` anew, with changes that stay for later commands too. */
  writeSettings(changes: Readonly<Record<string, string>> = {}): void {
    this.changes = { ...this.changes, ...changes };
    const lines = Object.entries({ ...this.settings, ...this.changes }).map(
      ([name, value]) => `${name}=${JSON.stringify(value)}`,
    );
    writeFileSync(join(this.folder, '.env'), `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  private changes: Readonly<Record<string, string>> = {};

  /** Runs a line as it is typed in the folder, in a shell. */
  async type(line: string): Promise<CommandResult> {
    return await this.commands.execute('bash', '-c', line);
  }

  /** `cdktf deploy <stack> --var-file=.env`, approved. */
  async deploy(stack: StackName): Promise<CommandResult> {
    return await this.cdktf('deploy', stack, '--var-file=.env');
  }

  /** `terraform apply` of what cdktf synthesized last for that stack, without cdktf between: nothing printed is lost. */
  async apply(stack: StackName): Promise<CommandResult> {
    const folder = `-chdir=${join(this.folder, 'cdktf.out', 'stacks', stack)}`;
    const settings = `-var-file=${join(this.folder, '.env')}`;
    return await this.commands.execute(
      'terraform',
      folder,
      'apply',
      '-auto-approve',
      '-input=false',
      '-no-color',
      settings,
    );
  }

  /** The outputs of a stack's last deployment, as its state has them. */
  async outputs(stack: StackName): Promise<Readonly<Record<string, string>>> {
    const url = `/${this.settings['STATE_BUCKET']}/${STATE_KEYS[stack]}`;
    const state = record(JSON.parse(await this.aws.text({ service: 's3', method: 'GET', url })));
    const outputs = Object.entries(record(state['outputs']));
    return Object.fromEntries(outputs.map(([name, output]) => [name, String(record(output)['value'] ?? '')]));
  }

  /** `cdktf diff <stack>`: what a deployment would change. */
  async diff(stack: StackName): Promise<CommandResult> {
    return await this.cdktf('diff', stack, '--var-file=.env');
  }

  /** `cdktf destroy <stack> --var-file=.env`, approved. */
  async destroy(stack: StackName): Promise<CommandResult> {
    return await this.cdktf('destroy', stack, '--var-file=.env');
  }

  /** `npm run bootstrap`: makes the bucket that keeps Terraform's state. */
  async bootstrap(): Promise<CommandResult> {
    return await this.script('operations/bootstrap/main.ts');
  }

  /** Runs a script of the repository, in the sandbox's folder and account. */
  async script(path: string, ...parameters: readonly string[]): Promise<CommandResult> {
    return await this.commands.run(TSX, join(ROOT, path), ...parameters);
  }

  /** Makes a hosted zone in the account's Route 53, as an owner has who bought the domain there. */
  async makeZone(domain: string): Promise<void> {
    await this.aws.text({
      service: 'route53',
      url: '/2013-04-01/hostedzone',
      body: Buffer.from(
        `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${domain}</Name><CallerReference>sandbox</CallerReference></CreateHostedZoneRequest>`,
      ),
    });
  }

  /** Uploads a file to a bucket of the account. */
  async upload(bucket: string, key: string, body: Buffer): Promise<void> {
    await this.aws.text({ service: 's3', method: 'PUT', url: `/${bucket}/${key}`, body });
  }

  /** Serves the chat from what is deployed now: routes, integrations and stage variables come from the account. */
  async serve(): Promise<GatewayDefinition> {
    const definition = await readDefinition(this.aws);
    this.chat?.redefine(definition);
    return definition;
  }

  /** Ends everything and deletes the folder. */
  async stop(): Promise<void> {
    this.commands.stop();
    await this.chat?.disconnect();
    await this.telegram.close();
    await this.server.close();
    await this.aws.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async cdktf(...parameters: readonly string[]): Promise<CommandResult> {
    return await this.commands.run(join(ROOT, 'node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf'), ...parameters);
  }

  private inherited(): Record<string, string> {
    const { environment } = this.options;
    return Object.fromEntries(
      INHERITED.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
    );
  }

  private prepareFolder(): void {
    const program = [process.execPath, join(ROOT, 'operations', 'synth', 'app.cjs')];
    const settings = {
      language: 'typescript',
      app: program.map((part) => JSON.stringify(part)).join(' '),
      projectId: 'kite-sandbox',
      sendCrashReports: 'false',
      terraformProviders: [],
      terraformModules: [],
    };
    writeFileSync(join(this.folder, 'cdktf.json'), JSON.stringify(settings, null, 2));
    for (const name of LINKED) {
      if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(this.folder, name));
    }
    this.writeSettings();
  }

  /** Hands a call of the management API, whichever host it names, to the gateway on this port. */
  private async toGateway(raw: RawRequest): Promise<AwsReply> {
    return await new Promise((done, failed) => {
      const outgoing = httpRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          method: raw.method,
          path: raw.url,
          headers: { ...raw.headers, host: `localhost:${this.port}`, 'content-length': raw.body.length },
        },
        (incoming) => {
          const {
            connection: _connection,
            'transfer-encoding': _encoding,
            'content-length': _length,
            ...headers
          } = incoming.headers;
          const status = incoming.statusCode ?? 502;
          buffer(incoming).then((body) => done({ status, headers: headers as Record<string, string>, body }), failed);
        },
      );
      outgoing.on('error', failed);
      outgoing.end(raw.body);
    });
  }
}

/** The gateway of this machine in place of API Gateway's own hosts and custom domains; the path stays. */
function localWebhook(url: string, port: number): string {
  const { pathname, search, hostname } = new URL(url);
  return hostname === '127.0.0.1' || hostname === 'localhost' ? url : `http://127.0.0.1:${port}${pathname}${search}`;
}

function newToken(bot: number): string {
  return `${bot}:${randomBytes(26).toString('base64url')}`;
}
