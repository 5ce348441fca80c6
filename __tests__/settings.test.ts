import { parse } from 'dotenv';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { readEnvironment, readLocalSettings, SECRET_NAMES, SettingsError, settingsFrom } from '../settings';

const EXAMPLE = readFileSync(path.resolve(__dirname, '../.env.example.txt'), 'utf8');
const COMPLETE = {
  STATE_BUCKET: 'my-state',
  AWS_REGION: 'eu-north-1',
  REPOSITORY: 'https://github.com/you/kite',
  EMAIL: 'you@example.com',
};

function problems(environment: Record<string, string>, fileText = ''): readonly string[] {
  try {
    settingsFrom(environment, fileText);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('settings', () => {
  it('are enough for synth when there are none at all', () => {
    expect(settingsFrom({})).toMatchObject({
      AWS_REGION: 'eu-north-1',
      PROD_STAGE: false,
      BUILD_LAMBDA_VIA_ASSET: false,
      DNS: 'cloudflare',
      ARCHITECTURE: 'arm64',
      RUNTIME: 'provided.al2023',
      RETENTION_DAYS: 90,
      MONTHLY_BUDGET_USD: 20,
      given: {},
    });
  });

  it('say everything at once that deploying needs and is missing, each with what to do', () => {
    const { missing } = settingsFrom({});
    expect(missing.build.map((sentence) => sentence.split(' ')[0])).toEqual([
      'STATE_BUCKET',
      'AWS_REGION',
      'REPOSITORY',
      'EMAIL',
    ]);
    expect(missing.kite.map((sentence) => sentence.split(' ')[0])).toEqual(['STATE_BUCKET', 'AWS_REGION']);
    for (const sentence of missing.build) expect(sentence).toMatch(/^[A-Z_]+ is missing: write .+\.$/);
    expect(settingsFrom(COMPLETE).missing).toEqual({ build: [], kite: [] });
  });

  it.each([
    ['STATE_BUCKET', 'My_Bucket', 'cannot be the name of a bucket'],
    ['AWS_REGION', 'mars', 'which is not a region of AWS: write for example AWS_REGION="eu-north-1"'],
    ['REPOSITORY', 'git@github.com:you/kite', 'write REPOSITORY="https://github.com/<you>/<fork>"'],
    ['EMAIL', 'you', 'which is not an email address'],
    ['PROD_STAGE', 'yes', 'write PROD_STAGE="true" or PROD_STAGE="false"'],
    ['DOMAIN', 'https://k1te.chat', 'write it without https:// and in lowercase, for example DOMAIN="k1te.chat"'],
    ['DNS', 'godaddy', 'write one of DNS="cloudflare", DNS="route53"'],
    ['ARCHITECTURE', 'arm', 'write one of ARCHITECTURE="arm64", ARCHITECTURE="x86_64"'],
    ['RUNTIME', 'nodejs18.x', 'write one of RUNTIME="provided.al2023"'],
    ['RETENTION_DAYS', 'forever', 'write a number of days'],
    ['FILE_TYPES', 'image/png=5 svg', '"svg" does not say what may be sent: write <type>=<MiB>'],
    ['OWNER', 'a<b', 'for example OWNER="support-team"'],
    [
      'MONTHLY_BUDGET_USD',
      '19.99',
      'write whole US dollars, for example MONTHLY_BUDGET_USD="20", or "0" for no budget',
    ],
    ['LOG_ARCHIVE', 'yes', 'write LOG_ARCHIVE="true" or LOG_ARCHIVE="false"'],
    ['TRACING', 'on', 'write TRACING="true" or TRACING="false"'],
    ['TIME_ZONE', 'Kyiv', 'which is not a time zone'],
    ['TELEGRAM_API_ROOT', 'telegram', 'which is not a URL'],
    ['CODE_CREDENTIAL', 'ghp_x', 'write the ARN of a connection'],
    ['AWS_ENDPOINT_URL', 'localhost:5000', 'which is not a URL'],
    ['KITE_AWS_PROVIDER_VERSION', 'new', 'which is not a version'],
  ])('%s="%s" is answered in one sentence with the fix', (name, value, words) => {
    const found = problems({ ...COMPLETE, CLOUDFLARE_API_TOKEN: 'x', [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${name} is `));
    expect(found[0]).toContain(words);
  });

  it.each(['cn-north-1', 'us-gov-west-1', 'us-iso-east-1', 'eusc-de-east-1'])(
    'refuse the region %s, where Kite cannot work, in one sentence',
    (region) => {
      expect(problems({ ...COMPLETE, AWS_REGION: region })).toEqual([
        `AWS_REGION is "${region}", which is not in the partition "aws": Kite cannot be deployed to China, GovCloud, or an isolated or sovereign region. Write for example AWS_REGION="eu-north-1".`,
      ]);
    },
  );

  it('let npm start run with the region of any partition, since it deploys nothing', () => {
    expect(readLocalSettings({ AWS_REGION: 'cn-north-1' }).region).toBe('cn-north-1');
    expect(() => readLocalSettings({ AWS_REGION: 'nowhere' })).toThrow('AWS_REGION is "nowhere"');
  });

  it('let npm start take other files, too large ones excepted', () => {
    expect(readLocalSettings({ FILE_TYPES: 'image/svg+xml=5' }).fileTypes).toBe('image/svg+xml=5');
    expect(() => readLocalSettings({ FILE_TYPES: 'image/png=51' })).toThrow('at most 50 MiB');
  });

  it('report every malformed one at once', () => {
    expect(problems({ EMAIL: 'x', DNS: 'y', PROD_STAGE: 'z' })).toHaveLength(3);
  });

  it('want a token for Cloudflare with a domain, unless its names are in Route 53', () => {
    expect(problems({ DOMAIN: 'k1te.chat' })).toEqual([
      expect.stringMatching(
        /^DOMAIN is "k1te\.chat" and CLOUDFLARE_API_TOKEN is missing: create a token .+ into \.env/,
      ),
    ]);
    expect(problems({ DOMAIN: 'k1te.chat', DNS: 'route53' })).toEqual([]);
    expect(problems({ DOMAIN: 'k1te.chat', TF_VAR_CLOUDFLARE_API_TOKEN: 'x' })).toEqual([]);
  });

  it('hold no secret', () => {
    const secrets = Object.fromEntries(SECRET_NAMES.map((name) => [name, `value-of-${name}`]));
    expect(JSON.stringify(settingsFrom({ ...COMPLETE, ...secrets }))).not.toContain('value-of-');
  });

  it('let the data of prod be deleted only if told to', () => {
    expect(settingsFrom(COMPLETE).KITE_DISPOSABLE_PROD).toBe(false);
    expect(settingsFrom({ ...COMPLETE, KITE_DISPOSABLE_PROD: 'true' }).KITE_DISPOSABLE_PROD).toBe(true);
  });
});

describe('.env', () => {
  it('has an example that can be copied as it is', () => {
    expect(problems(filled(parse(EXAMPLE)), EXAMPLE)).toEqual([]);
  });

  it('is checked line by line for what Terraform cannot read, and a secret in it is not repeated', () => {
    const text = '# fine\nEMAIL="you@example.com"\n\nTELEGRAM_BOT_TOKEN=123:secret\nexport DNS="route53"\n';
    expect(problems({}, text)).toEqual([
      'Line 4 of .env cannot be read by Terraform: write TELEGRAM_BOT_TOKEN="value", in double quotes.',
      'Line 5 of .env cannot be read by Terraform: write DNS="value", in double quotes.',
    ]);
  });

  it('gives way to the environment, and an empty value counts as none', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kite-env-'));
    const file = path.join(folder, '.env');
    writeFileSync(file, 'EMAIL="file@example.com"\nREPOSITORY="https://github.com/a/b"\nDOMAIN=""\n');
    const before = process.env['EMAIL'];
    process.env['EMAIL'] = 'shell@example.com';
    try {
      const environment = readEnvironment(file);
      expect(environment).toMatchObject({ EMAIL: 'shell@example.com', REPOSITORY: 'https://github.com/a/b' });
      expect(environment).not.toHaveProperty('DOMAIN');
    } finally {
      if (before === undefined) delete process.env['EMAIL'];
      else process.env['EMAIL'] = before;
      rmSync(folder, { recursive: true });
    }
  });
});

function filled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
