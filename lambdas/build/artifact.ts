import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { archive, ARCHIVE_RECIPE } from './archive';
import { bundle, type Bundle } from './bundle';
import { checksum, checksumLine, type Checksum } from './checksum';
import { zipPath, type Deployable } from './deployable';
import { compile, executableRecipe } from './executable';

/** A zip that lies ready. */
export interface Artifact {
  readonly deployable: Deployable;
  /** Where it lies. */
  readonly file: string;
  /** Bytes of the zip. */
  readonly size: number;
  readonly checksum: Checksum;
  /** Whether it lay ready already, made from the same sources by the same tools. */
  readonly reused: boolean;
  readonly seconds: number;
}

/** Where to build, and from what. */
export interface BuildPlace {
  readonly projectFolder: string;
  readonly out: string;
  /** Builds even what has not changed. */
  readonly force?: boolean;
}

/**
 * Builds one zip, its `.sha256` and the source maps of what is in it (`<name>.maps/`).
 *
 * The sources are always bundled; what follows is done only if the bundle or a tool has changed since the zip was made,
 * or if the zip's own checksum is not the one that was noted then.
 */
export async function buildArtifact(deployable: Deployable, place: BuildPlace): Promise<Artifact> {
  const started = performance.now();
  const file = path.join(place.out, zipPath(deployable));
  const bundled = await bundle(deployable, deployable.kind, place.projectFolder);
  const sources = bundled.map(({ name, code }) => `${name} ${checksum(code).hex}`);
  const inputs = checksum([recipe(deployable), ...sources].join('\n')).hex;

  let zipped = place.force ? undefined : await unchanged(file, inputs);
  const reused = zipped !== undefined;
  if (zipped === undefined) {
    zipped = await pack(deployable, bundled);
    await write(file, zipped, inputs, bundled);
  }
  const seconds = (performance.now() - started) / 1000;
  return { deployable, file, size: zipped.length, checksum: checksum(zipped), reused, seconds };
}

function recipe({ kind, architecture }: Deployable): string {
  return architecture === 'any' ? `${kind} ${ARCHIVE_RECIPE}` : `${executableRecipe(architecture)} ${ARCHIVE_RECIPE}`;
}

async function pack({ architecture }: Deployable, bundled: Bundle): Promise<Uint8Array> {
  if (architecture !== 'any') return archive({ bootstrap: await compile(bundled[0].code, architecture) });
  return archive(Object.fromEntries(bundled.map(({ name, code }) => [name, Buffer.from(code)])));
}

async function write(file: string, zipped: Uint8Array, inputs: string, bundled: Bundle): Promise<void> {
  const sum = checksum(zipped);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, zipped);
  const maps = file.replace(/\.zip$/, '.maps');
  await fs.rm(maps, { recursive: true, force: true });
  await fs.mkdir(maps);
  for (const { name, map } of bundled) await fs.writeFile(path.join(maps, `${name}.map`), map);
  await fs.writeFile(`${file}.sha256`, checksumLine(sum, path.basename(file)));
  await fs.writeFile(`${file}.inputs`, `${inputs} ${sum.hex}\n`);
}

async function unchanged(file: string, inputs: string): Promise<Uint8Array | undefined> {
  try {
    const noted = (await fs.readFile(`${file}.inputs`, 'utf8')).trim();
    const zipped = await fs.readFile(file);
    return noted === `${inputs} ${checksum(zipped).hex}` ? zipped : undefined;
  } catch {
    return undefined; // not built yet
  }
}
