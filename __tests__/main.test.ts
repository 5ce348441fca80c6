import { spawnSync, SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

const APP = path.join(ROOT, 'operations/synth/app.cjs');
const TSX = path.join(ROOT, 'node_modules/tsx/dist/cli.mjs');

/** What `cdktf synth` does: runs main.ts, in a folder of its own with nothing in the environment but what is given. */
describe('main.ts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kite-main-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function synth(environment: Record<string, string> = {}, program = [APP]): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, program, {
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

  it('synthesizes the same bytes under Bun and under Node.js, dollar signs in .env included', () => {
    const given = { ...SETTINGS, EMAIL: 'you+$HOME@example.com', GIT_REPOSITORY: 'unused' };
    writeFileSync(
      path.join(folder, '.env'),
      Object.entries(given)
        .map(([name, value]) => `${name}="${value}"\n`)
        .join(''),
    );
    writeFileSync(path.join(folder, '.env.local'), 'DOMAIN="not-read.example"\n');
    const [bun, node] = [[APP], [TSX, path.join(ROOT, 'main.ts')]].map((program, i) => {
      const out = path.join(folder, `out${i}`);
      expect(synth({ CDKTF_OUTDIR: out, CLOUDFLARE_API_TOKEN: 'a-token' }, program)).toMatchObject({
        status: 0,
        stderr: '',
      });
      return files(out).map((file) => [path.relative(out, file), readFileSync(file, 'utf8')]);
    });
    expect(bun).toEqual(node);
    expect(JSON.stringify(bun)).toContain('you+$HOME@example.com');
  });

  it('says as npm run synth which stacks there are and what to know of them, and forgets stacks that are gone', () => {
    mkdirSync(path.join(folder, 'cdktf.out/stacks/kite-gone'), { recursive: true });
    const { status, stdout, stderr } = synth({ RUNTIME: 'provided.al2' }, [
      APP,
      path.join(ROOT, 'operations/synth/main.ts'),
    ]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'Generated Terraform code for the stacks: kite-build, kite-stack, local\n',
    });
    expect(stderr).toMatch(/^\[kite-stack\] warn: AWS no longer maintains the runtime provided\.al2/);
    expect(readdirSync(path.join(folder, 'cdktf.out/stacks')).sort()).toEqual(['kite-build', 'kite-stack', 'local']);
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
