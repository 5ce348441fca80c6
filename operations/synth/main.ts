import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from 'cdktf';

/**
 * `npm run synth`: synthesizes all stacks, prints their warnings and names, and removes the folders of stacks that no
 * longer exist. Does what `cdktf synth` does, without the seconds it takes to load that command.
 */
async function synthesize(): Promise<void> {
  const { app } = await import('../../main.ts');
  if (process.exitCode) return;
  const { stacks } = JSON.parse(readFileSync(join(app.outdir, 'manifest.json'), 'utf8')) as Pick<Manifest, 'stacks'>;
  for (const { name, annotations } of Object.values(stacks)) {
    for (const { level, message } of annotations) console.warn(`[${name}] ${level.replace('@cdktf/', '')}: ${message}`);
  }
  const folder = join(app.outdir, 'stacks');
  for (const name of readdirSync(folder)) {
    if (!(name in stacks)) rmSync(join(folder, name), { recursive: true });
  }
  console.log(`Generated Terraform code for the stacks: ${Object.keys(stacks).join(', ')}`);
}

void synthesize();
