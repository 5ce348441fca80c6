import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findProviderMirror, usualMirrorRoots } from '../../../local/sandbox/provider-mirror';
import { terraformSettings } from '../../../local/sandbox/terraform-settings';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kite-mirror-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function provide(path: string, ...versions: readonly string[]): string {
  for (const version of versions)
    mkdirSync(join(folder, path, 'registry.terraform.io', 'hashicorp', 'aws', version), { recursive: true });
  return join(folder, path);
}

test('a mirror is found some folders below a usual place, with its newest version', () => {
  const path = provide('vendor/terraform/mirror', '5.99.1', '5.100.0', '5.9.0');
  expect(findProviderMirror([join(folder, 'elsewhere'), folder])).toEqual({ path, version: '5.100.0' });
});

test('the nearest mirror is taken, and none inside node_modules', () => {
  provide('node_modules/x', '6.0.0');
  provide('a/b/c', '5.1.0');
  const near = provide('z', '5.2.0');
  expect(findProviderMirror([folder])).toEqual({ path: near, version: '5.2.0' });
});

test('where there is no mirror, Terraform asks the ordinary registry', () => {
  expect(findProviderMirror([folder])).toBeUndefined();
  const settings = terraformSettings(folder, { TF_CLI_CONFIG_FILE: join(folder, 'not-there') }, () => undefined);
  expect(settings).toEqual({ variables: { CHECKPOINT_DISABLE: '1' }, hasRegistry: true });
});

test('with a mirror, the provider comes from it in the version it has, and nothing else does', () => {
  const settings = terraformSettings(folder, {}, () => ({ path: '/some/mirror', version: '5.100.0' }));
  expect(settings).toMatchObject({ hasRegistry: false, variables: { KITE_AWS_PROVIDER_VERSION: '5.100.0' } });
  const file = readFileSync(settings.variables['TF_CLI_CONFIG_FILE']!, 'utf8');
  expect(file).toMatch(/path\s+= "\/some\/mirror"/);
  expect(file).toContain('exclude = ["registry.terraform.io/hashicorp/aws"]');
});

test("Terraform's own folders for plugins are looked at first", () => {
  expect(usualMirrorRoots('/home/me').slice(0, 2)).toEqual([
    '/home/me/.terraform.d/plugins',
    '/home/me/.local/share/terraform/plugins',
  ]);
});
