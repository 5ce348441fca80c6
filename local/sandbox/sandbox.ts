import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { arch, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import {
  EmulatedAws,
  findProgram,
  TERRAFORM,
  type AwsReply,
  type Environment,
  type LogLine,
  type RawRequest,
} from '../emulated-aws';
import { isRecord } from '../emulated-aws/aws-request';
import { Gateway, type GatewayDefinition } from '../gateway';
import { createTelegram, type Telegram } from '../telegram';
import { readDefinition } from './account-definition';
import { Cdktf, type CommandResult } from './cdktf';
import { terraformSettings } from './terraform-settings';

/** How a sandbox is made. */
export interface SandboxOptions {
  /** `PATH` is searched for `terraform` and `moto_server`; nothing else of it reaches what is deployed. */
  readonly environment: Environment;
  /** Port of the chat and of Telegram's stand-in. @default 0, any free one */
  readonly port?: number;
  /** Port of the emulated AWS. @default 0, any free one */
  readonly awsPort?: number;
  /** Settings of `.env` to add or replace. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Takes each line of cdktf. */
  readonly print?: (line: string) => void;
  /** Takes each line that a function prints. */
  readonly log?: (line: LogLine) => void;
}

/** The bots of the sandbox, one a stage. */
export const SANDBOX_BOTS = {
  dev: { token: '1001:sandbox-dev-bot-token', username: 'kite_dev_bot' },
  prod: { token: '2002:sandbox-prod-bot-token', username: 'kite_prod_bot' },
} as const;

/** The repository that this file belongs to. */
const ROOT = resolve(__dirname, '..', '..');

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
  private gateway: Gateway | undefined;
  private readonly cdktf: Cdktf;

  private constructor(
    readonly aws: EmulatedAws,
    readonly telegram: Telegram,
    /** The folder with `cdktf.json`, `.env` and `cdktf.out`. */
    readonly folder: string,
    private readonly server: Server,
    /** Port of the chat: `ws://127.0.0.1:<port>/dev`, `http://127.0.0.1:<port>/dev/tg`, `/telegram`. */
    readonly port: number,
    private readonly options: SandboxOptions,
  ) {
    const terraform = terraformSettings(folder, options.environment);
    this.cdktf = new Cdktf({
      program: join(ROOT, 'node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf'),
      folder,
      variables: {
        ...this.inherited(),
        ...aws.variables(),
        ...terraform.variables,
      },
      ...(options.print === undefined ? {} : { print: options.print }),
    });
    this.lock = terraform.hasRegistry ? [] : ['--skip-provider-lock'];
  }

  private readonly lock: readonly string[];

  /**
   * Starts the emulated AWS, Telegram's stand-in and an empty folder to deploy from.
   * @throws Error with one sentence: a program is missing, a port is in use
   */
  static async start(options: SandboxOptions): Promise<Sandbox> {
    findProgram(TERRAFORM, options.environment);
    const server = createServer();
    const port = await listen(server, options.port ?? 0);
    let aws: EmulatedAws;
    try {
      aws = await EmulatedAws.start({
        environment: options.environment,
        port: options.awsPort ?? 0,
        ...(options.log === undefined ? {} : { log: options.log }),
      });
    } catch (error) {
      server.close();
      throw error;
    }
    const telegram = createTelegram({
      bots: Object.values(SANDBOX_BOTS),
      webhookTarget: (url) => localWebhook(url, port),
      webhookRetryPause: 200,
    });
    const folder = mkdtempSync(join(tmpdir(), 'kite-sandbox-'));
    const sandbox = new Sandbox(aws, telegram, folder, server, port, options);
    sandbox.prepareFolder();
    server.on('request', (request, response) => {
      sandbox.answer(request, response).catch(() => response.destroy());
    });
    server.on('upgrade', (request, socket, head) => {
      if (sandbox.gateway?.handleUpgrade(request, socket, head) !== true) socket.destroy();
    });
    aws.serveConnections(async (request) => await sandbox.toGateway(request));
    return sandbox;
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
    writeFileSync(join(this.folder, '.env'), `${lines.join('\n')}\n`);
  }

  private changes: Readonly<Record<string, string>> = {};

  /** `cdktf deploy <stack> --auto-approve`, with `--var-file=.env` as the README says. */
  async deploy(stack: string): Promise<CommandResult> {
    return await this.cdktf.run(
      'deploy',
      stack,
      '--auto-approve',
      '--var-file=.env',
      '--terraform-parallelism=40',
      '--ignore-missing-stack-dependencies',
      ...this.lock,
    );
  }

  /** `cdktf diff <stack>`: what a deployment would change. */
  async diff(stack: string): Promise<CommandResult> {
    return await this.cdktf.run('diff', stack, '--var-file=.env', ...this.lock);
  }

  /** `cdktf destroy <stack> --auto-approve`. */
  async destroy(stack: string): Promise<CommandResult> {
    return await this.cdktf.run(
      'destroy',
      stack,
      '--auto-approve',
      '--var-file=.env',
      '--terraform-parallelism=40',
      '--ignore-missing-stack-dependencies',
      ...this.lock,
    );
  }

  /** Makes the bucket that keeps Terraform's state. */
  async bootstrap(): Promise<void> {
    await this.aws.text({
      service: 's3',
      method: 'PUT',
      url: `/${String(this.settings['STATE_BUCKET'])}`,
      body: Buffer.from(
        `<CreateBucketConfiguration><LocationConstraint>${this.aws.region}</LocationConstraint></CreateBucketConfiguration>`,
      ),
    });
  }

  /** Puts a file into a bucket of the account. */
  async upload(bucket: string, key: string, body: Buffer): Promise<void> {
    await this.aws.text({ service: 's3', method: 'PUT', url: `/${bucket}/${key}`, body });
  }

  /** Serves the chat from what is deployed now: routes, integrations and stage variables come from the account. */
  async serve(): Promise<GatewayDefinition> {
    const definition = await readDefinition(this.aws);
    if (this.gateway === undefined) {
      this.gateway = new Gateway({
        definition,
        invoke: async (reference, event) => await this.aws.invoke(reference, event),
      });
    } else {
      this.gateway.redefine(definition);
    }
    return definition;
  }

  /** Ends everything and deletes the folder. */
  async stop(): Promise<void> {
    this.cdktf.stop();
    await this.gateway?.close();
    await this.telegram.close();
    this.server.close();
    this.server.closeAllConnections();
    await this.aws.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private inherited(): Record<string, string> {
    const { environment } = this.options;
    return Object.fromEntries(
      INHERITED.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
    );
  }

  private prepareFolder(): void {
    const program = [process.execPath, join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs'), join(ROOT, 'main.ts')];
    const settings = {
      language: 'typescript',
      app: program.map((part) => JSON.stringify(part)).join(' '),
      projectId: 'kite-sandbox',
      sendCrashReports: 'false',
      terraformProviders: [],
      terraformModules: [],
    };
    writeFileSync(join(this.folder, 'cdktf.json'), JSON.stringify(settings, null, 2));
    for (const name of ['node_modules', 'package.json', 'dist', 'buildspecs']) {
      if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(this.folder, name));
    }
    this.writeSettings();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await this.telegram.handle(request, response)) return;
    if (this.gateway?.handleRequest(request, response) === true) return;
    request.resume();
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ message: 'Not Found' }));
  }

  /** Hands a call of the management API to the gateway on this port, as it came. */
  private async toGateway(raw: RawRequest): Promise<AwsReply> {
    return await new Promise((done, failed) => {
      const outgoing = httpRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          method: raw.method,
          path: raw.url,
          headers: { ...raw.headers, 'content-length': raw.body.length },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', failed);
          incoming.on('end', () => {
            const {
              connection: _connection,
              'transfer-encoding': _encoding,
              'content-length': _length,
              ...headers
            } = incoming.headers;
            done({
              status: incoming.statusCode ?? 502,
              headers: headers as Record<string, string>,
              body: Buffer.concat(chunks),
            });
          });
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

async function listen(server: Server, port: number): Promise<number> {
  return await new Promise((done, failed) => {
    server.once('error', (error: unknown) => {
      const taken = isRecord(error) && error['code'] === 'EADDRINUSE';
      failed(
        taken
          ? new Error(`Port ${port} is in use: choose another one with PORT=<number>, or end what listens there.`)
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });
}
