import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder from which Terraform can take the AWS provider without a registry. */
export interface ProviderMirror {
  /** The folder that holds `registry.terraform.io/`. */
  readonly path: string;
  /** The newest version in it, such as `5.100.0`. */
  readonly version: string;
}

const REGISTRY = 'registry.terraform.io';

/** Folders that hold no mirror and much else. */
const SKIPPED = new Set([
  'node_modules',
  'proc',
  'sys',
  'dev',
  '.git',
  '.npm',
  '.cache',
  '.pyenv',
  '.cargo',
  '.rustup',
  'cdktf.out',
  '.terraform',
]);

/** Where people and machine images keep provider mirrors; the first three are Terraform's own implied ones. */
export function usualMirrorRoots(home: string | undefined): readonly string[] {
  const own =
    home === undefined
      ? []
      : [join(home, '.terraform.d', 'plugins'), join(home, '.local', 'share', 'terraform', 'plugins')];
  return [
    ...own,
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    '/opt',
    '/srv',
    '/usr/local',
    '/var/lib',
    '/mnt',
    ...(home === undefined ? [] : [home]),
  ];
}

/**
 * Looks for a mirror of the AWS provider, at most `depth` folders below each root, the nearest first.
 * @returns undefined where there is none; Terraform then asks the ordinary registry
 */
export function findProviderMirror(roots: readonly string[], depth = 4): ProviderMirror | undefined {
  for (const root of roots) {
    let level = [root];
    for (let distance = 0; distance <= depth && level.length > 0; distance += 1) {
      for (const folder of level) {
        const version = newestVersion(join(folder, REGISTRY, 'hashicorp', 'aws'));
        if (version !== undefined) return { path: folder, version };
      }
      level = level.flatMap((folder) =>
        foldersIn(folder)
          .filter((name) => !SKIPPED.has(name))
          .map((name) => join(folder, name)),
      );
    }
  }
  return undefined;
}

function newestVersion(folder: string): string | undefined {
  const versions = foldersIn(folder).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
