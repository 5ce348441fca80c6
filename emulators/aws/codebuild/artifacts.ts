import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Buildspec } from './buildspec';

/** Copies what the buildspec names into a folder; answers with the paths in it. Throws an Error if nothing matches. */
export async function uploadArtifacts(
  artifacts: NonNullable<Buildspec['artifacts']>,
  sourceFolder: string,
  target: string,
): Promise<readonly string[]> {
  const base = path.resolve(sourceFolder, artifacts['base-directory']);
  const all = await fs.readdir(base, { recursive: true, withFileTypes: true });
  const files = all
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(base, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  const patterns = artifacts.files.map(expression);
  const chosen = files.filter((file) => patterns.some((pattern) => pattern.test(file))).sort();
  if (chosen.length === 0) throw new Error(`no matching artifact paths found for ${artifacts.files.join(', ')}`);
  const uploaded: string[] = [];
  for (const file of chosen) {
    const name = artifacts['discard-paths'] === 'yes' ? path.basename(file) : file;
    await fs.mkdir(path.dirname(path.join(target, name)), { recursive: true });
    await fs.copyFile(path.join(base, file), path.join(target, name));
    uploaded.push(name);
  }
  return uploaded;
}

/** The patterns of a buildspec: `*` within a folder, `**` through folders. */
function expression(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/|\*\*|\*)/).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
