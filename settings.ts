import { parse } from 'dotenv';
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { DNS_PROVIDERS } from './constructs/core/dns';
import { ARCHITECTURES, RUNTIMES } from './constructs/function/function-runtime';
import { fileLimits } from './lambdas/chat/model/file-limits';

/** The environment and `.env`, as text. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One row of the table of settings. */
interface Setting {
  /**
   * Where the setting is given and who reads it. `secret`: by Terraform only. `required`: without it, a stack can be synthesized
   * but not deployed. `local`: by `npm start` only. `unlisted`: in `.env`, but not in its example. `shell`: in the environment only.
   */
  readonly section: 'secret' | 'required' | 'optional' | 'local' | 'unlisted' | 'shell';
  /** What the value has to be. Its message says what is wrong with the value and what to write, and does not repeat a secret. */
  readonly schema: v.GenericSchema<string, unknown>;
  /** As it is written in `.env`. */
  readonly default?: string;
  /** What the example holds, if that is not the default. */
  readonly example?: string;
  /** For documentation: Markdown without line breaks. */
  readonly meaning: string;
  /** For a required setting: the stacks that need it, and what to do. */
  readonly missing?: { readonly stacks: readonly ('build' | 'kite')[]; readonly remedy: string };
}

/** Every setting there is. Types, validation, `.env.example.txt`, README's table and the variables of Terraform follow from it. */
export const SETTINGS = {
  TELEGRAM_BOT_TOKEN: {
    section: 'secret',
    // The value is a secret: it is not repeated.
    schema: matching(
      /^\d+:[\w-]+$/,
      () => 'TELEGRAM_BOT_TOKEN is not a bot token: copy it again from @BotFather, for example 123456789:AAE...',
    ),
    meaning:
      'The bot of the stage `dev`, from @BotFather in Telegram. With it, `npm start` talks to the real Telegram.',
  },
  TELEGRAM_PROD_BOT_TOKEN: {
    section: 'secret',
    schema: v.string(),
    meaning: 'The bot of the stage `prod`: another one. Only with `PROD_STAGE="true"`.',
  },
  CLOUDFLARE_API_TOKEN: {
    section: 'secret',
    schema: v.string(),
    meaning: 'May read the zone and edit its DNS. Only with `DOMAIN` and `DNS="cloudflare"`.',
  },
  GITHUB_TOKEN: {
    section: 'secret',
    schema: v.string(),
    meaning: 'A personal access token for the repository. Only with `CODE_CREDENTIAL="token"`.',
  },

  STATE_BUCKET: {
    section: 'required',
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    schema: matching(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      (value) =>
        `STATE_BUCKET is "${value}", which cannot be the name of a bucket: use 3 to 63 lowercase letters, digits and hyphens.`,
    ),
    meaning: "The bucket for Terraform's state; `npm run bootstrap` creates it. The name is unique in all of AWS.",
    missing: {
      stacks: ['build', 'kite'],
      remedy: 'write STATE_BUCKET="<a unique name>" into .env, then run npm run bootstrap to create the bucket.',
    },
  },
  AWS_REGION: {
    section: 'required',
    schema: regionName('AWS_REGION'),
    default: 'eu-north-1',
    meaning: 'The region to deploy to.',
    missing: {
      stacks: ['build', 'kite'],
      remedy: 'write the region to deploy to into .env, for example AWS_REGION="eu-north-1".',
    },
  },
  REPOSITORY: {
    section: 'required',
    schema: matching(
      /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/,
      (value) =>
        `REPOSITORY is "${value}", which CodeBuild cannot read: write REPOSITORY="https://github.com/<you>/<fork>".`,
    ),
    default: 'https://github.com/you/kite',
    example: '',
    meaning: 'Your fork: `https://github.com/<you>/<fork>`.',
    missing: { stacks: ['build'], remedy: 'write your fork into .env, REPOSITORY="https://github.com/<you>/<fork>".' },
  },
  EMAIL: {
    section: 'required',
    schema: matching(
      /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
      (value) => `EMAIL is "${value}", which is not an email address: write for example EMAIL="you@example.com".`,
    ),
    meaning:
      'Receives alarms, and mails about failed builds, drift and undelivered messages. AWS asks it to confirm once.',
    missing: {
      stacks: ['build'],
      remedy: 'write the address for mails about failed builds and drift into .env, EMAIL="you@example.com".',
    },
  },

  PROD_STAGE: {
    section: 'optional',
    schema: yesOrNo('PROD_STAGE'),
    default: 'false',
    meaning: '`"true"`: a stage `prod` beside `dev`, with a bot of its own.',
  },
  DOMAIN: {
    section: 'optional',
    schema: domainName('DOMAIN'),
    meaning: 'Puts the chat at `ws.<domain>` and `api.<domain>`. Empty: at the hosts that AWS assigns.',
  },
  DNS: {
    section: 'optional',
    schema: oneOf('DNS', DNS_PROVIDERS),
    default: 'cloudflare',
    meaning: 'The DNS provider of the domain: `"cloudflare"` or `"route53"`.',
  },
  DNS_ZONE: {
    section: 'optional',
    schema: domainName('DNS_ZONE'),
    meaning: 'The zone, if it is not the domain itself.',
  },
  RUNTIME: {
    section: 'optional',
    schema: oneOf('RUNTIME', RUNTIMES),
    default: 'provided.al2023',
    meaning: 'Runtime of the functions: `"provided.al2023"` (one executable) or `"nodejs22.x"`.',
  },
  ARCHITECTURE: {
    section: 'optional',
    schema: oneOf('ARCHITECTURE', ARCHITECTURES),
    default: 'arm64',
    meaning: 'Processor of the functions: `"arm64"` or `"x86_64"`.',
  },
  BUILD_LAMBDA_VIA_ASSET: {
    section: 'optional',
    schema: yesOrNo('BUILD_LAMBDA_VIA_ASSET'),
    default: 'false',
    meaning:
      '`"true"`: a deployment uploads the functions that were built on this machine. Otherwise, CodeBuild builds them.',
  },
  CODE_CREDENTIAL: {
    section: 'optional',
    schema: v.pipe(
      matching(
        /^(token|arn:aws:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+)$/,
        (value) =>
          `CODE_CREDENTIAL is "${value}": write the ARN of a connection to GitHub, or "token" to import GITHUB_TOKEN, or leave it out.`,
      ),
      v.transform((value) =>
        value === 'token' ? ({ kind: 'token' } as const) : ({ kind: 'connection', arn: value } as const),
      ),
    ),
    meaning:
      'How CodeBuild authenticates to GitHub: the ARN of a connection, or `"token"`. Empty: the credential that CodeBuild already has in this account.',
  },
  TIME_ZONE: {
    section: 'optional',
    schema: v.pipe(
      v.string(),
      v.check(
        isTimeZone,
        (issue) =>
          `TIME_ZONE is "${issue.input}", which is not a time zone: write for example TIME_ZONE="Europe/Kyiv".`,
      ),
    ),
    default: 'UTC',
    meaning: 'Time zone of the drift check, which runs Monday to Friday at 12:00.',
  },
  RETENTION_DAYS: {
    section: 'optional',
    schema: wholeNumber(
      /^[1-9]\d{0,3}$/,
      (value) =>
        `RETENTION_DAYS is "${value}": write a number of days from 1 to 9999, for example RETENTION_DAYS="90".`,
    ),
    default: '90',
    meaning: 'How long messages and files are kept.',
  },
  FILE_TYPES: {
    section: 'optional',
    schema: v.pipe(
      v.string(),
      v.check(
        (value) => fileTypesProblem(value) === undefined,
        (issue) => `FILE_TYPES is ${issue.received}: ${fileTypesProblem(issue.input)}.`,
      ),
    ),
    meaning:
      'Changes to the types of files that visitors may send and their sizes in MiB (docs/protocol.md): `"image/svg+xml=5 video/*=50 application/zip=0"`.',
  },
  MONTHLY_BUDGET_USD: {
    section: 'optional',
    schema: wholeNumber(
      /^\d{1,6}$/,
      (value) =>
        `MONTHLY_BUDGET_USD is "${value}": write whole US dollars, for example MONTHLY_BUDGET_USD="20", or "0" for no budget.`,
    ),
    default: '20',
    meaning: 'US dollars that the whole account may cost in a month before a mail is sent. `"0"`: no budget.',
  },
  OWNER: {
    section: 'optional',
    // https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    schema: matching(
      /^[\p{L}\p{N} _.:/=+@-]{1,128}$/u,
      (value) =>
        `OWNER is "${value}", which cannot be a tag: use letters, digits, spaces and _ . : / = + - @, for example OWNER="support-team".`,
    ),
    meaning: 'The tag `Owner` on every resource, for example a team or a cost center.',
  },
  LOG_ARCHIVE: {
    section: 'optional',
    schema: yesOrNo('LOG_ARCHIVE'),
    default: 'false',
    meaning: '`"true"`: keep the logs of the functions in S3 for 400 days, with a table for Athena.',
  },
  TRACING: {
    section: 'optional',
    schema: yesOrNo('TRACING'),
    default: 'false',
    meaning: '`"true"`: send traces of the functions to X-Ray.',
  },
  API_GATEWAY_ACCOUNT: {
    section: 'optional',
    schema: oneOf('API_GATEWAY_ACCOUNT', ['take', 'leave']),
    default: 'take',
    meaning: '`"leave"` if another project has set the role with which API Gateway writes logs in this region.',
  },
  TELEGRAM_API_ROOT: {
    section: 'optional',
    schema: httpUrl('TELEGRAM_API_ROOT', 'http://127.0.0.1:8081'),
    meaning: "A Bot API server other than Telegram's.",
  },

  PORT: {
    section: 'local',
    schema: v.pipe(
      v.string(),
      v.check(
        (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
        (issue) => `PORT is "${issue.input}": write a port from 1 to 65535, for example PORT=3000.`,
      ),
      v.transform(Number),
    ),
    default: '3000',
    meaning: 'The port of the chat on this machine.',
  },
  KITE_DATA: { section: 'local', schema: v.string(), default: '.kite', meaning: 'The folder for its data.' },

  KITE_DISPOSABLE_PROD: {
    section: 'unlisted',
    schema: yesOrNo('KITE_DISPOSABLE_PROD'),
    default: 'false',
    meaning: '`"true"`: `destroy` deletes the data of `prod`. For tests.',
  },

  AWS_DEFAULT_REGION: {
    section: 'shell',
    schema: regionName('AWS_DEFAULT_REGION'),
    meaning: 'The region, if there is no `AWS_REGION`.',
  },
  AWS_ENDPOINT_URL: {
    section: 'shell',
    schema: httpUrl('AWS_ENDPOINT_URL', 'http://127.0.0.1:5000'),
    meaning: 'An emulated account.',
  },
  AWS_ENDPOINT_URL_DYNAMODB: {
    section: 'shell',
    schema: httpUrl('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:8000'),
    meaning: 'A DynamoDB that runs already, for `npm start` and the stack `local`.',
  },
  KITE_AWS_PROVIDER_VERSION: {
    section: 'shell',
    schema: matching(
      /^[~>=<! ]*\d+(\.\d+){0,2}$/,
      (value) =>
        `KITE_AWS_PROVIDER_VERSION is "${value}", which is not a version: write for example KITE_AWS_PROVIDER_VERSION="5.100.0".`,
    ),
    meaning: "A version of Terraform's AWS provider.",
  },
} as const satisfies Record<string, Setting>;

type Table = typeof SETTINGS;
export type SettingName = keyof Table;
type InSection<S extends Setting['section']> = {
  [N in SettingName]: Table[N]['section'] extends S ? N : never;
}[SettingName];
export type SecretName = InSection<'secret'>;

/** The values of settings: undefined only where there is no default. */
type Values<N extends SettingName> = {
  readonly [K in N]:
    v.InferOutput<Table[K]['schema']> | (Table[K] extends { readonly default: string } ? never : undefined);
};

const NAMES = Object.keys(SETTINGS) as SettingName[];
const inSection = <S extends Setting['section']>(...sections: readonly S[]) =>
  NAMES.filter((name): name is InSection<S> => (sections as readonly string[]).includes(SETTINGS[name].section));

/** What `.env` may hold that is secret: only Terraform reads it. */
export const SECRET_NAMES: readonly SecretName[] = inSection('secret');
/** What else `.env` may hold, sorted: the order in which the drift check gets them is part of what is deployed. */
export const SETTING_NAMES = inSection('required', 'optional', 'local', 'unlisted').sort();

const OF_STACKS = inSection('required', 'optional', 'unlisted', 'shell');
const OF_NPM_START = [
  'PORT',
  'KITE_DATA',
  'TELEGRAM_BOT_TOKEN',
  'AWS_REGION',
  'RETENTION_DAYS',
  'FILE_TYPES',
  'TELEGRAM_API_ROOT',
  'AWS_ENDPOINT_URL_DYNAMODB',
] as const;

/** What `main.ts` makes the stacks from, under the names of `.env`. Holds no secret: those are variables of Terraform. */
export interface Settings extends Values<(typeof OF_STACKS)[number]> {
  /** What was given of all this, as text. */
  readonly given: Readonly<Record<string, string>>;
  /** A sentence for each setting that synthesizing can do without, and deploying cannot. */
  readonly missing: { readonly build: readonly string[]; readonly kite: readonly string[] };
}

/** What `npm start` runs with. */
export interface LocalSettings {
  /** 0 takes any free one. */
  readonly port: number;
  /** Where the data is kept. */
  readonly dataFolder: string;
  readonly region: string;
  readonly retentionDays: number;
  readonly fileTypes: string | undefined;
  /** Secret. Undefined: the operator console stands in for Telegram. */
  readonly botToken: string | undefined;
  /** Undefined: Telegram's own. Used only with a bot token. */
  readonly telegramApiRoot: string | undefined;
  /** A DynamoDB that runs already. Undefined: the embedded one. */
  readonly dynamoDbEndpoint: string | undefined;
}

/** Everything that is wrong with the settings, one sentence each. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

/** `.env` with the environment over it: a variable that is set overrides the file. An empty one counts as not set. */
export function readEnvironment(file = '.env'): Readonly<Record<string, string>> {
  const fromFile = existsSync(file) ? parse(readFileSync(file)) : {};
  return filled({ ...fromFile, ...filled(process.env) });
}

/** The settings of the stacks. If one is malformed, prints every problem, one line each, and ends the process. */
export function readSettings(file = '.env'): Settings {
  try {
    return settingsFrom(readEnvironment(file), existsSync(file) ? readFileSync(file, 'utf8') : '');
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.problems.map((problem) => `- ${problem}`).join('\n')}\n`);
    process.exit(1);
  }
}

/** Throws a SettingsError that names every malformed setting. `fileText` is `.env` as written, to check that Terraform can read it. */
export function settingsFrom(environment: Environment, fileText = ''): Settings {
  const { values, problems } = valuesOf(OF_STACKS, environment);
  const all = [
    ...fileProblems(fileText),
    ...problems,
    ...partitionProblems(environment),
    ...cloudflareProblems(environment),
  ];
  if (values === undefined || all.length > 0) throw new SettingsError(all);
  return {
    ...values,
    AWS_REGION: environment['AWS_REGION'] ?? values.AWS_DEFAULT_REGION ?? values.AWS_REGION,
    given: filled(Object.fromEntries(SETTING_NAMES.map((name) => [name, environment[name]]))),
    missing: { build: missingFor('build', environment), kite: missingFor('kite', environment) },
  };
}

/** The settings of `npm start`. Throws a SettingsError that names every malformed one. */
export function readLocalSettings(environment: Environment = readEnvironment()): LocalSettings {
  const { values, problems } = valuesOf(OF_NPM_START, environment);
  if (values === undefined) throw new SettingsError(problems);
  return {
    port: values.PORT,
    dataFolder: values.KITE_DATA,
    region: values.AWS_REGION,
    retentionDays: values.RETENTION_DAYS,
    fileTypes: values.FILE_TYPES,
    botToken: values.TELEGRAM_BOT_TOKEN,
    telegramApiRoot: values.TELEGRAM_API_ROOT,
    dynamoDbEndpoint: values.AWS_ENDPOINT_URL_DYNAMODB,
  };
}

/** The settings with these names, or everything that is wrong with them. */
function valuesOf<N extends SettingName>(
  names: readonly N[],
  environment: Environment,
): { readonly values?: Values<N>; readonly problems: readonly string[] } {
  const row = (name: SettingName): Setting => SETTINGS[name];
  const entries = names.map((name) => [name, v.optional(row(name).schema, row(name).default)] as const);
  const result = v.safeParse(v.object(Object.fromEntries(entries)), environment);
  return result.success
    ? { values: result.output as Values<N>, problems: [] }
    : { problems: result.issues.map((issue) => issue.message) };
}

function matching(pattern: RegExp, say: (value: string) => string) {
  return v.pipe(
    v.string(),
    v.regex(pattern, (issue) => say(issue.input)),
  );
}

function wholeNumber(pattern: RegExp, say: (value: string) => string) {
  return v.pipe(matching(pattern, say), v.transform(Number));
}

function oneOf<const T extends string>(name: string, values: readonly T[]) {
  return v.pipe(
    v.string(),
    v.picklist(
      values,
      (issue) =>
        `${name} is ${issue.received}: write one of ${values.map((value) => `${name}="${value}"`).join(', ')}.`,
    ),
  );
}

function yesOrNo(name: string) {
  return v.pipe(
    v.string(),
    v.picklist(['true', 'false'], (issue) => `${name} is ${issue.received}: write ${name}="true" or ${name}="false".`),
    v.transform((value) => value === 'true'),
  );
}

function httpUrl(name: string, example: string) {
  return v.pipe(
    v.string(),
    v.check(
      (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
      (issue) => `${name} is "${issue.input}", which is not a URL: write for example ${name}="${example}".`,
    ),
  );
}

function domainName(name: string) {
  return matching(
    /^(?=.{1,250}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    (value) =>
      `${name} is "${value}", which is not a domain: write it without https:// and in lowercase, for example ${name}="k1te.chat".`,
  );
}

function regionName(name: string) {
  return matching(
    /^[a-z]{2,4}(-[a-z]+)+-\d$/,
    (value) => `${name} is "${value}", which is not a region of AWS: write for example ${name}="eu-north-1".`,
  );
}

/** What is wrong with changes to the types of files, undefined if nothing is. */
function fileTypesProblem(changes: string): string | undefined {
  try {
    fileLimits(changes);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function missingFor(stack: 'build' | 'kite', environment: Environment): string[] {
  const given = { ...environment, AWS_REGION: environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] };
  return NAMES.flatMap((name) => {
    const { missing }: Setting = SETTINGS[name];
    return missing?.stacks.includes(stack) && !(given as Environment)[name]
      ? [`${name} is missing: ${missing.remedy}`]
      : [];
  });
}

/** A region to deploy to: Kite writes ARNs and hosts as they are in the partition `aws`. */
function partitionProblems(environment: Environment): string[] {
  return (['AWS_REGION', 'AWS_DEFAULT_REGION'] as const).flatMap((name) => {
    const value = environment[name];
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html#arns-syntax
    if (value === undefined || !/^(cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-([a-z]+-)+\d$/.test(value)) return [];
    return [
      `${name} is "${value}", which is not in the partition "aws": Kite cannot be deployed to China, GovCloud, or an isolated or sovereign region. Write for example ${name}="eu-north-1".`,
    ];
  });
}

/**
 * Terraform checks secrets, which are not read here. Only whether there is a token for Cloudflare matters: without one there is no
 * point in downloading Cloudflare's provider, and that comes before Terraform's checks.
 */
function cloudflareProblems({ DOMAIN, DNS, CLOUDFLARE_API_TOKEN, TF_VAR_CLOUDFLARE_API_TOKEN }: Environment): string[] {
  if (!DOMAIN || DNS === 'route53' || CLOUDFLARE_API_TOKEN || TF_VAR_CLOUDFLARE_API_TOKEN) return [];
  return [
    `DOMAIN is "${DOMAIN}" and CLOUDFLARE_API_TOKEN is missing: create a token that may read the zone and edit its DNS, and write CLOUDFLARE_API_TOKEN="..." into .env; or write DNS="route53" if the zone is there.`,
  ];
}

/** Terraform reads the same file by `--var-file=.env`, and accepts only values in double quotes. */
function fileProblems(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(#.*)?$/.test(line) || /^\s*[A-Za-z_]\w*\s*=\s*"([^"\\]|\\.)*"\s*(#.*)?$/.test(line.trimEnd())) return [];
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
    // The value may be a secret: it is not repeated.
    return [
      `Line ${index + 1} of .env cannot be read by Terraform: write ${name ?? 'NAME'}="value", in double quotes.`,
    ];
  });
}

function filled(values: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
