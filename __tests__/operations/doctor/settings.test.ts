import { region, settings, settingsFile, twoBots } from '../../../operations/doctor/checks/settings';
import { COMPLETE, Owner } from './owner';

let owner: Owner;
beforeEach(() => {
  owner = new Owner();
});
afterEach(() => owner.gone());

describe('.env', () => {
  it('is not there', async () => {
    expect(await owner.sees(settingsFile)).toEqual([
      'problem: There is no such file. -> cp .env.example.txt .env && chmod 600 .env, then fill it in',
    ]);
    expect(await owner.sees(settings)).toEqual(['not checked: They are in .env, which does not exist.']);
  });

  it('is its owner’s only', async () => {
    expect(await owner.settings(COMPLETE).sees(settingsFile)).toEqual(['ok: Only its owner can read it.']);
  });

  it('can be read by others', async () => {
    expect(await owner.settings(COMPLETE, 0o640).sees(settingsFile)).toEqual([
      'warning: It holds secrets, and others on this machine can read it (mode 640). -> chmod 600 .env',
    ]);
  });

  it('names what Kite does not know, and the value is not repeated', async () => {
    const [line] = await owner.settings({ ...COMPLETE, TELEGRAM_BOT_TOKKEN: '1:secret' }).sees(settingsFile);
    expect(line).toMatch(/^note: TELEGRAM_BOT_TOKKEN: not a setting of Kite\. -> Is it misspelled\?/);
    expect(line).not.toContain('secret');
  });
});

describe('Settings', () => {
  it('are complete', async () => {
    expect(await owner.settings(COMPLETE).sees(settings)).toEqual(['ok: Complete and well-formed.']);
  });

  it('are told in the words of a deployment: what is malformed, what Terraform cannot read, what is missing', async () => {
    owner.envFile('STATE_BUCKET="My Bucket"\nAWS_REGION="eu-north-1"\nTELEGRAM_BOT_TOKEN=1001:dev-secret\n');
    const lines = await owner.sees(settings);
    expect(lines).toEqual([
      'problem: Line 3 of .env cannot be read by Terraform: write TELEGRAM_BOT_TOKEN="value", in double quotes.',
      expect.stringContaining('problem: STATE_BUCKET is "My Bucket", which cannot be the name of a bucket'),
      expect.stringContaining('problem: REPOSITORY is missing'),
      expect.stringContaining('problem: EMAIL is missing'),
    ]);
  });
});

describe('Region', () => {
  it.each([
    ['of .env', COMPLETE, {}, 'ok: eu-north-1.'],
    [
      'in which the shell does not agree',
      COMPLETE,
      { AWS_REGION: 'us-east-1' },
      'warning: AWS_REGION is us-east-1 in this shell and eu-north-1 in .env: the shell overrides the file. -> unset AWS_REGION',
    ],
    [
      'in which the aws command would look elsewhere',
      COMPLETE,
      { AWS_DEFAULT_REGION: 'us-east-1' },
      'warning: Kite is deployed to eu-north-1, and AWS_DEFAULT_REGION is us-east-1: the aws command uses that one. -> export AWS_DEFAULT_REGION=eu-north-1',
    ],
    ['that nobody has named', {}, {}, 'not checked: AWS_REGION is missing.'],
    ['that there is not', { AWS_REGION: 'mars' }, {}, 'not checked: AWS_REGION is malformed: see Settings.'],
  ])('%s', async (_, values, environment, line) => {
    expect(await owner.settings(values as Record<string, string>).sees(region, { environment })).toEqual([line]);
  });
});

describe('Two bots', () => {
  const prod = { ...COMPLETE, PROD_STAGE: 'true' };

  it.each([
    ['are not needed for one stage', COMPLETE, 'ok: There is one stage only.'],
    ['are two', { ...prod, TELEGRAM_PROD_BOT_TOKEN: '2002:x' }, 'ok: Each stage has its own.'],
    ['are one that is missing', prod, 'not checked: A token is missing.'],
  ])('%s', async (_, values, line) => {
    expect(await owner.settings(values).sees(twoBots)).toEqual([line]);
  });

  it('are one and the same, even with a token that was made anew', async () => {
    const [line] = await owner.settings({ ...prod, TELEGRAM_PROD_BOT_TOKEN: '1001:renewed' }).sees(twoBots);
    expect(line).toMatch(/^problem: TELEGRAM_BOT_TOKEN and TELEGRAM_PROD_BOT_TOKEN belong to the same bot/);
    expect(line).not.toMatch(/1001|secret|renewed/);
  });
});
