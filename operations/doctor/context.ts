import { resolve } from 'node:path';
import type { UserFromGetMe } from 'grammy/types';
import type { Environment, SecretName } from '../../settings';
import { createBotApi, TelegramRefusal, type BotApi } from '../../lambdas/adapters/telegram/bot-api';
import { AwsAccess, type Identity } from './aws-access';
import { CLOUDFLARE_API } from './cloudflare-api';
import { NotChecked } from './finding';
import { hostGroupsOf, type HostGroup } from './host-groups';
import { runner, type Run } from './programs';
import { lackOf, readingOf, type SettingsReading } from './settings-reading';
import { readStackState, type StackName, type StackState } from './stack-state';

export interface DoctorContextProps {
  /** The folder with `.env` and `cdktf.out`. @default - the current one */
  readonly folder?: string;
  /** The project's folder, with `package.json` and `node_modules`. @default - the one this file belongs to */
  readonly root?: string;
  /** @default - that of this process */
  readonly environment?: Environment;
  /** How long one call of a service, or one program, may take. @default 5 */
  readonly seconds?: number;
  /** @default - Cloudflare's own */
  readonly cloudflareApi?: string;
  /** Where Terraform's providers come from. @default - HashiCorp's own */
  readonly terraformRegistry?: string;
  /** The version of Node.js. @default - the one that runs this */
  readonly nodeVersion?: string;
}

/** A stage, and which setting holds its bot's token. */
export interface Stage {
  readonly name: 'dev' | 'prod';
  readonly tokenName: SecretName;
}

/** A bot that Telegram knows. */
export interface Bot {
  readonly api: BotApi;
  readonly me: UserFromGetMe;
}

/** Calls of one service follow each other in a check; so many fit into its time. */
const CALLS_IN_A_ROW = 4;

/**
 * All that checks look at. What several of them ask for is asked once.
 *
 * Where something cannot be had because something else is wrong, which has a check of its own, a NotChecked says so.
 */
export class DoctorContext {
  readonly folder: string;
  readonly root: string;
  readonly reading: SettingsReading;
  readonly seconds: number;
  readonly secondsPerCheck: number;
  readonly cloudflareApi: string;
  readonly terraformRegistry: string;
  readonly nodeVersion: string;
  readonly run: Run;
  readonly aws: AwsAccess;
  private readonly answers = new Map<string, Promise<unknown>>();

  constructor(props: DoctorContextProps = {}) {
    this.folder = props.folder ?? process.cwd();
    this.root = props.root ?? resolve(__dirname, '..', '..');
    this.reading = readingOf(this.folder, props.environment);
    this.seconds = props.seconds ?? 5;
    this.secondsPerCheck = this.seconds * CALLS_IN_A_ROW;
    this.cloudflareApi = props.cloudflareApi ?? CLOUDFLARE_API;
    this.terraformRegistry = props.terraformRegistry ?? 'https://registry.terraform.io';
    this.nodeVersion = props.nodeVersion ?? process.versions.node;
    this.run = runner(this.reading.environment, this.seconds);
    const { AWS_REGION: region, AWS_ENDPOINT_URL: endpointUrl } = this.reading.settings;
    this.aws = new AwsAccess({ region, endpointUrl, seconds: this.seconds });
  }

  /** Dev always, prod if it is asked for. */
  get stages(): readonly Stage[] {
    const dev = { name: 'dev', tokenName: 'TELEGRAM_BOT_TOKEN' } as const;
    const prod = { name: 'prod', tokenName: 'TELEGRAM_PROD_BOT_TOKEN' } as const;
    return this.reading.settings.PROD_STAGE ? [dev, prod] : [dev];
  }

  /** The identity behind the credentials. Throws what the SDK throws. */
  identity(): Promise<Identity> {
    return this.once('identity', () => this.aws.identity());
  }

  /** The account that everything else in AWS is looked for in. */
  async account(): Promise<Identity> {
    const identity = await this.identity().catch(() => {
      throw new NotChecked('AWS is not available: see AWS account.');
    });
    if (!this.reading.hasRegion) throw new NotChecked(lackOf(this.reading, 'AWS_REGION'));
    return identity;
  }

  /** The name of the bucket, which may not be there yet. */
  async stateBucket(): Promise<string> {
    const { STATE_BUCKET: stateBucket } = this.reading.settings;
    if (stateBucket === undefined) throw new NotChecked(lackOf(this.reading, 'STATE_BUCKET'));
    await this.account();
    return stateBucket;
  }

  state(stack: StackName): Promise<StackState> {
    return this.once(`state of ${stack}`, async () => readStackState(this.aws, await this.stateBucket(), stack));
  }

  /** An output of a deployed stack. Throws a NotChecked if the stack is not deployed or has no such output. */
  async output(stack: StackName, name: string): Promise<string> {
    const { outputs } = await this.state(stack);
    const value = outputs[name];
    if (value === undefined || value === '') throw new NotChecked(`${stack} is not deployed yet.`);
    return value;
  }

  /** The bot that the token belongs to. Throws what the Bot API throws. */
  askBot({ name, tokenName }: Stage): Promise<Bot> {
    return this.once(`bot of ${name}`, async () => {
      const token = this.reading.secret(tokenName);
      if (token === undefined) throw new NotChecked(`${tokenName} is missing.`);
      const api = await createBotApi(token, this.reading.settings.TELEGRAM_API_ROOT, this.seconds);
      return { api, me: await api.getMe() };
    });
  }

  /** The bot, for whatever else is to be asked of it. */
  async bot(stage: Stage): Promise<Bot> {
    return this.askBot(stage).catch((error: unknown) => {
      const reason = error instanceof TelegramRefusal ? 'Telegram does not know the bot' : 'Telegram is not available';
      throw error instanceof NotChecked ? error : new NotChecked(`${reason}: see Bot of ${stage.name}.`);
    });
  }

  /** The groups that host the channels of a stage. */
  hostGroups(stage: Stage): Promise<readonly HostGroup[]> {
    return this.once(`groups of ${stage.name}`, async () => {
      const [{ api, me }] = await Promise.all([this.bot(stage), this.output('kite-stack', `${stage.name}-api-url`)]);
      return hostGroupsOf({ aws: this.aws, stage: stage.name, bot: api, botId: me.id });
    });
  }

  private once<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const asked = this.answers.get(question) as Promise<T> | undefined;
    if (asked) return asked;
    const answer = ask();
    // Handled where it is awaited, which may be later.
    answer.catch(() => undefined);
    this.answers.set(question, answer);
    return answer;
  }
}
