import { parse } from 'dotenv';
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { DNS_PROVIDERS, DnsProvider } from './constructs/core/dns';
import { Duration } from './constructs/core/duration';
import { Architecture, ARCHITECTURES, Runtime, RUNTIMES } from './constructs/function/function-runtime';
import { SETTING_NAMES } from './constructs/core/setting-names';

/** What the environment and `.env` say, as they say it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What `main.ts` makes the stacks from. Holds no secret: those are Terraform's variables, and never read here. */
export interface Settings {
  readonly stateBucket: string | undefined;
  readonly region: string;
  readonly repository: string;
  readonly email?: string;
  readonly prodStage: boolean;
  readonly owner?: string;
  /** 0: no budget. Undefined: the stack's own. */
  readonly monthlyBudgetUsd?: number;
  readonly logArchive: boolean;
  readonly tracing: boolean;
  readonly buildLambdaViaAsset: boolean;
  readonly sourceCredential?: { readonly kind: 'connection'; readonly arn: string } | { readonly kind: 'token' };
  readonly timeZone?: string;
  readonly domain?: string;
  readonly dns: DnsProvider;
  readonly dnsZone?: string;
  readonly architecture: Architecture;
  readonly runtime: Runtime;
  readonly retention: Duration;
  readonly disposableProd?: { readonly reason: string };
  readonly apiGatewayAccount: 'take' | 'leave';
  readonly telegramApiRoot?: string;
  readonly aws: { readonly endpointUrl?: string; readonly providerVersion?: string };
  readonly local: { readonly dynamodbEndpointUrl?: string; readonly providerVersion?: string };
  /** What was given of all this, by the names of `.env`. */
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
  /** Secret. Undefined: the operator console stands in for Telegram. */
  readonly botToken: string | undefined;
  /** Undefined: Telegram's own. Counts only with a bot token. */
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

/** The environment, and under it what `.env` says: a variable that is set wins over the file. An empty one counts as not set. */
export function readEnvironment(file = '.env'): Readonly<Record<string, string>> {
  const fromFile = existsSync(file) ? parse(readFileSync(file)) : {};
  return filled({ ...fromFile, ...filled(process.env) });
}

/** The settings of the stacks. Ends the process with every problem there is, one line each, if one is malformed. */
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
  const result = v.safeParse(SETTINGS, environment);
  const problems = [
    ...fileProblems(fileText),
    ...(result.issues ?? []).map((issue) => issue.message),
    ...cloudflareProblems(environment),
  ];
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  const s = result.output;
  return {
    stateBucket: s.STATE_BUCKET,
    region: s.AWS_REGION ?? s.AWS_DEFAULT_REGION ?? 'eu-north-1',
    repository: s.REPOSITORY ?? 'https://github.com/you/kite',
    email: s.EMAIL,
    prodStage: s.PROD_STAGE ?? false,
    owner: s.OWNER,
    monthlyBudgetUsd: s.MONTHLY_BUDGET_USD,
    logArchive: s.LOG_ARCHIVE ?? false,
    tracing: s.TRACING ?? false,
    buildLambdaViaAsset: s.BUILD_LAMBDA_VIA_ASSET ?? false,
    sourceCredential: sourceCredential(s.CODE_CREDENTIAL),
    timeZone: s.TIME_ZONE,
    domain: s.DOMAIN,
    dns: s.DNS ?? 'cloudflare',
    dnsZone: s.DNS_ZONE,
    architecture: s.ARCHITECTURE ?? 'arm64',
    runtime: s.RUNTIME ?? 'provided.al2023',
    retention: Duration.days(s.RETENTION_DAYS ?? 90),
    disposableProd: s.KITE_DISPOSABLE_PROD ? { reason: 'KITE_DISPOSABLE_PROD is set' } : undefined,
    apiGatewayAccount: s.API_GATEWAY_ACCOUNT ?? 'take',
    telegramApiRoot: s.TELEGRAM_API_ROOT,
    aws: { endpointUrl: s.AWS_ENDPOINT_URL, providerVersion: s.KITE_AWS_PROVIDER_VERSION },
    local: { dynamodbEndpointUrl: s.AWS_ENDPOINT_URL_DYNAMODB, providerVersion: s.KITE_AWS_PROVIDER_VERSION },
    given: filled(Object.fromEntries(SETTING_NAMES.map((name) => [name, environment[name]]))),
    missing: missingSettings(s),
  };
}

/** The settings of `npm start`. Throws a SettingsError that names every malformed one. */
export function readLocalSettings(environment: Environment = readEnvironment()): LocalSettings {
  const result = v.safeParse(LOCAL_SETTINGS, environment);
  if (!result.success) throw new SettingsError(result.issues.map((issue) => issue.message));
  const s = result.output;
  return {
    port: s.PORT ?? 3000,
    dataFolder: s.KITE_DATA ?? '.kite',
    region: s.AWS_REGION ?? 'eu-north-1',
    retentionDays: s.RETENTION_DAYS ?? 90,
    botToken: s.TELEGRAM_BOT_TOKEN,
    telegramApiRoot: s.TELEGRAM_API_ROOT,
    dynamoDbEndpoint: s.AWS_ENDPOINT_URL_DYNAMODB,
  };
}

/** A setting that may be left out; if given, `say` tells what is wrong with the value and what to write. */
function setting<T>(check: v.GenericSchema<string, T>) {
  return v.optional(check);
}

function matching(pattern: RegExp, say: (value: string) => string) {
  return setting(
    v.pipe(
      v.string(),
      v.regex(pattern, (issue) => say(issue.input)),
    ),
  );
}

function oneOf<const T extends string>(name: string, values: readonly T[]) {
  return setting(
    v.picklist(
      values,
      (issue) =>
        `${name} is ${issue.received}: write one of ${values.map((value) => `${name}="${value}"`).join(', ')}.`,
    ),
  );
}

function yesOrNo(name: string) {
  return setting(
    v.pipe(
      v.picklist(
        ['true', 'false'],
        (issue) => `${name} is ${issue.received}: write ${name}="true" or ${name}="false".`,
      ),
      v.transform((value) => value === 'true'),
    ),
  );
}

function httpUrl(name: string, example: string) {
  return setting(
    v.pipe(
      v.string(),
      v.check(
        (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
        (issue) => `${name} is "${issue.input}", which is no URL: write for example ${name}="${example}".`,
      ),
    ),
  );
}

const DOMAIN_NAME = /^(?=.{1,250}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html#arns-syntax */
const OTHER_PARTITION = /^(cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-/;
const domainSentence = (name: string) => (value: string) =>
  `${name} is "${value}", which is no domain: write it without https:// and in lower case, for example ${name}="k1te.chat".`;

function regionName(name: string) {
  return v.pipe(
    v.string(),
    v.regex(
      REGION,
      (issue) => `${name} is "${issue.input}", which is no region of AWS: write for example ${name}="eu-north-1".`,
    ),
  );
}

/** A region to deploy to: ARNs and hosts are written here as they are in the partition `aws`. */
function region(name: string) {
  return setting(
    v.pipe(
      regionName(name),
      v.check(
        (value) => !OTHER_PARTITION.test(value),
        (issue) =>
          `${name} is "${issue.input}", which is not in the partition "aws": Kite cannot be deployed to China, GovCloud, or an isolated or sovereign region. Write for example ${name}="eu-north-1".`,
      ),
    ),
  );
}

const SETTINGS = v.object({
  STATE_BUCKET: matching(
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    (value) =>
      `STATE_BUCKET is "${value}", which cannot be a bucket's name: use 3 to 63 lower-case letters, digits and hyphens.`,
  ),
  AWS_REGION: region('AWS_REGION'),
  AWS_DEFAULT_REGION: region('AWS_DEFAULT_REGION'),
  REPOSITORY: matching(
    /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/,
    (value) =>
      `REPOSITORY is "${value}", which CodeBuild cannot read: write REPOSITORY="https://github.com/<you>/<fork>".`,
  ),
  EMAIL: matching(
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    (value) => `EMAIL is "${value}", which is no mail address: write for example EMAIL="you@example.com".`,
  ),
  PROD_STAGE: yesOrNo('PROD_STAGE'),
  BUILD_LAMBDA_VIA_ASSET: yesOrNo('BUILD_LAMBDA_VIA_ASSET'),
  CODE_CREDENTIAL: matching(
    /^(token|arn:aws:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+)$/,
    (value) =>
      `CODE_CREDENTIAL is "${value}": write the ARN of a connection to GitHub, or "token" to import GITHUB_TOKEN, or leave it out.`,
  ),
  TIME_ZONE: setting(
    v.pipe(
      v.string(),
      v.check(
        isTimeZone,
        (issue) => `TIME_ZONE is "${issue.input}", which is no time zone: write for example TIME_ZONE="Europe/Kyiv".`,
      ),
    ),
  ),
  DOMAIN: matching(DOMAIN_NAME, domainSentence('DOMAIN')),
  DNS: oneOf('DNS', DNS_PROVIDERS),
  DNS_ZONE: matching(DOMAIN_NAME, domainSentence('DNS_ZONE')),
  ARCHITECTURE: oneOf('ARCHITECTURE', ARCHITECTURES),
  RUNTIME: oneOf('RUNTIME', RUNTIMES),
  RETENTION_DAYS: setting(
    v.pipe(
      v.string(),
      v.regex(
        /^[1-9]\d{0,3}$/,
        (issue) =>
          `RETENTION_DAYS is "${issue.input}": write a number of days from 1 to 9999, for example RETENTION_DAYS="90".`,
      ),
      v.transform(Number),
    ),
  ),
  OWNER: matching(
    // https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    /^[\p{L}\p{N} _.:/=+@-]{1,128}$/u,
    (value) =>
      `OWNER is "${value}", which cannot be a tag: use letters, digits, spaces and _ . : / = + - @, for example OWNER="support-team".`,
  ),
  MONTHLY_BUDGET_USD: setting(
    v.pipe(
      v.string(),
      v.regex(
        /^\d{1,6}$/,
        (issue) =>
          `MONTHLY_BUDGET_USD is "${issue.input}": write whole US dollars, for example MONTHLY_BUDGET_USD="20", or "0" for no budget.`,
      ),
      v.transform(Number),
    ),
  ),
  LOG_ARCHIVE: yesOrNo('LOG_ARCHIVE'),
  TRACING: yesOrNo('TRACING'),
  KITE_DISPOSABLE_PROD: yesOrNo('KITE_DISPOSABLE_PROD'),
  API_GATEWAY_ACCOUNT: oneOf('API_GATEWAY_ACCOUNT', ['take', 'leave']),
  TELEGRAM_API_ROOT: httpUrl('TELEGRAM_API_ROOT', 'http://127.0.0.1:8081'),
  AWS_ENDPOINT_URL: httpUrl('AWS_ENDPOINT_URL', 'http://127.0.0.1:5000'),
  AWS_ENDPOINT_URL_DYNAMODB: httpUrl('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:8000'),
  KITE_AWS_PROVIDER_VERSION: matching(
    /^[~>=<! ]*\d+(\.\d+){0,2}$/,
    (value) =>
      `KITE_AWS_PROVIDER_VERSION is "${value}", which is no version: write for example KITE_AWS_PROVIDER_VERSION="5.100.0".`,
  ),
});

const LOCAL_SETTINGS = v.object({
  PORT: setting(
    v.pipe(
      v.string(),
      v.check(
        (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
        (issue) => `PORT is "${issue.input}": write a port from 1 to 65535, for example PORT=3000.`,
      ),
      v.transform(Number),
    ),
  ),
  KITE_DATA: setting(v.string()),
  TELEGRAM_BOT_TOKEN: matching(
    /^\d+:[\w-]+$/,
    // The value is a secret: it is not repeated.
    () => 'TELEGRAM_BOT_TOKEN is no bot token: copy it again from @BotFather, for example 123456789:AAE...',
  ),
  AWS_REGION: setting(regionName('AWS_REGION')),
  RETENTION_DAYS: SETTINGS.entries.RETENTION_DAYS,
  TELEGRAM_API_ROOT: SETTINGS.entries.TELEGRAM_API_ROOT,
  AWS_ENDPOINT_URL_DYNAMODB: SETTINGS.entries.AWS_ENDPOINT_URL_DYNAMODB,
});

function missingSettings(s: v.InferOutput<typeof SETTINGS>): Settings['missing'] {
  const both = [
    ...(s.STATE_BUCKET
      ? []
      : [
          'STATE_BUCKET is missing: write STATE_BUCKET="<a name of your own>" into .env, then run npm run bootstrap to make the bucket.',
        ]),
    ...((s.AWS_REGION ?? s.AWS_DEFAULT_REGION)
      ? []
      : ['AWS_REGION is missing: write the region to deploy to into .env, for example AWS_REGION="eu-north-1".']),
  ];
  return {
    build: [
      ...both,
      ...(s.REPOSITORY
        ? []
        : ['REPOSITORY is missing: write your fork into .env, REPOSITORY="https://github.com/<you>/<fork>".']),
      ...(s.EMAIL
        ? []
        : [
            'EMAIL is missing: write who gets the mails about failed builds and drift into .env, EMAIL="you@example.com".',
          ]),
    ],
    kite: both,
  };
}

/**
 * Terraform checks secrets, which are not read here. Only whether there is a token for Cloudflare is looked at: without one there is
 * no point in fetching Cloudflare's provider, and that comes before Terraform's checks.
 */
function cloudflareProblems({ DOMAIN, DNS, CLOUDFLARE_API_TOKEN, TF_VAR_CLOUDFLARE_API_TOKEN }: Environment): string[] {
  if (!DOMAIN || DNS === 'route53' || CLOUDFLARE_API_TOKEN || TF_VAR_CLOUDFLARE_API_TOKEN) return [];
  return [
    `DOMAIN is "${DOMAIN}" and CLOUDFLARE_API_TOKEN is missing: make a token that may read the zone and edit its DNS, and write CLOUDFLARE_API_TOKEN="..." into .env; or write DNS="route53" if the zone is there.`,
  ];
}

/** Terraform reads the same file by `--var-file=.env`, and takes values in double quotes only. */
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

function sourceCredential(value?: string): Settings['sourceCredential'] {
  if (value === undefined) return undefined;
  return value === 'token' ? { kind: 'token' } : { kind: 'connection', arn: value };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function filled(values: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
