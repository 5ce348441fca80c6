import { spawnSync, SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const SECRETS = {
  TELEGRAM_BOT_TOKEN: '1111111111:dev-token-that-must-not-be-seen',
  TELEGRAM_PROD_BOT_TOKEN: '2222222222:prod-token-that-must-not-be-seen',
  CLOUDFLARE_API_TOKEN: 'cloudflare-token-that-must-not-be-seen',
  GITHUB_TOKEN: 'github-token-that-must-not-be-seen',
};
const SETTINGS = {
  STATE_BUCKET: 'my-state',
  AWS_REGION: 'eu-north-1',
  REPOSITORY: 'https://github.com/you/kite',
  EMAIL: 'you@example.com',
  PROD_STAGE: 'true',
  DOMAIN: 'k1te.chat',
  CODE_CREDENTIAL: 'token',
};

/** What `cdktf synth` does: runs main.ts, in a folder of its own with nothing in the environment but what is given. */
describe('main.ts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kite-main-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function synth(environment: Record<string, string> = {}): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [path.join(ROOT, 'node_modules/tsx/dist/cli.mjs'), path.join(ROOT, 'main.ts')], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...environment },
      encoding: 'utf8',
    });
  }

  function files(of = path.join(folder, 'cdktf.out')): string[] {
    return readdirSync(of).flatMap((name) => {
      const file = path.join(of, name);
      return statSync(file).isDirectory() ? files(file) : [file];
    });
  }

  it('synthesizes every stack without any setting', () => {
    expect(synth()).toMatchObject({ status: 0, stderr: '' });
    const { stacks } = JSON.parse(readFileSync(path.join(folder, 'cdktf.out/manifest.json'), 'utf8')) as {
      stacks: Record<string, unknown>;
    };
    expect(Object.keys(stacks).sort()).toEqual(['kite-build', 'kite-stack', 'local']);
  });

  it('writes no secret into what it synthesizes, wherever the secret is given', () => {
    const lines = Object.entries({ ...SETTINGS, ...SECRETS }).map(([name, value]) => `${name}="${value}"\n`);
    writeFileSync(path.join(folder, '.env'), lines.join(''));
    const asVariables = Object.fromEntries(Object.entries(SECRETS).map(([name, value]) => [`TF_VAR_${name}`, value]));
    const { status, stdout, stderr } = synth({ ...SECRETS, ...asVariables });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const written = [stdout, ...files().map((file) => readFileSync(file, 'utf8'))].join('\n');
    expect(written).toContain('k1te.chat');
    expect(written).not.toContain('must-not-be-seen');
  });

  it('ends with one line for each malformed setting, and no stack trace', () => {
    const { status, stderr } = synth({ EMAIL: 'you', DNS: 'godaddy', DOMAIN: 'K1TE' });
    expect(status).toBe(1);
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(' ').slice(0, 2).join(' ')),
    ).toEqual(['- EMAIL', '- DOMAIN', '- DNS', '- DOMAIN']);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
