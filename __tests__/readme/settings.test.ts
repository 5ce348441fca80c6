import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { replaceBlock } from '../../operations/page-block';
import { exampleFile, optionalSettings } from '../../operations/settings/documents';
import { readSettings } from '../../settings';
import { inlineCodeOf } from './markdown';
import { readme, readmeText } from './readme';

const EXAMPLE = '.env.example.txt';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kite-settings-'));
  copyFileSync(join(resolve(__dirname, '..', '..'), EXAMPLE), join(folder, EXAMPLE));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Values for the settings that README.md asks for. */
const FILLED_IN: Readonly<Record<string, string>> = {
  STATE_BUCKET: 'my-own-state',
  AWS_REGION: 'eu-west-1',
  REPOSITORY: 'https://github.com/me/kite',
  CODE_CREDENTIAL: 'token',
  EMAIL: 'me@example.com',
  TELEGRAM_BOT_TOKEN: '123456:token',
};

test('the example is copied, the settings that README.md asks for are filled in, and nothing is missing', () => {
  const asked = /at least (`[\s\S]*?)\. The file/.exec(readmeText())?.[1] ?? '';
  expect(inlineCodeOf(asked)).toEqual(Object.keys(FILLED_IN));

  execFileSync('bash', ['-c', readme('cp .env.example.txt .env')], { cwd: folder });
  const file = join(folder, '.env');
  const text = Object.entries(FILLED_IN).reduce(
    (settings, [name, value]) => settings.replace(new RegExp(`^${name}=".*"$`, 'm'), `${name}="${value}"`),
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, text);
  const settings = readSettings(file);
  expect(settings.missing).toEqual({ build: [], kite: [] });
  expect(settings).toMatchObject({ STATE_BUCKET: 'my-own-state', REPOSITORY: 'https://github.com/me/kite' });
  expect(settings.CODE_CREDENTIAL).toEqual({ kind: 'token' });
});

test('every setting that README.md names is in the example', () => {
  const named = inlineCodeOf(readmeText()).flatMap((code) => /^([A-Z][A-Z_]{3,})(?:="[^"]*")?$/.exec(code)?.[1] ?? []);
  expect(named.length).toBeGreaterThan(10);
  const example = readFileSync(join(folder, EXAMPLE), 'utf8');
  expect(named.filter((name) => !example.includes(`\n${name}="`))).toEqual([]);
  expect(existsSync(join(folder, '.env'))).toBe(false);
});

test('the example and the table of README.md are what "npm run settings" writes', () => {
  expect(readFileSync(join(folder, EXAMPLE), 'utf8')).toBe(exampleFile());
  expect(readmeText()).toBe(replaceBlock(readmeText(), 'optional settings', optionalSettings()));
});
