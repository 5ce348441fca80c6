import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve, sep, dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';

/** The zips that functions were given, by their SHA-256, and the folders they are unpacked to. */
export class CodeStore {
  private readonly zips = new Map<string, Buffer>();
  private readonly folders = new Map<string, Promise<string>>();

  /** @param root the folder that unpacked functions are kept in */
  constructor(private readonly root: string) {}

  /** Keeps a zip and returns its SHA-256 in base64, as Lambda's `CodeSha256`. */
  add(zip: Buffer): string {
    const sha256 = createHash('sha256').update(zip).digest('base64');
    this.zips.set(sha256, zip);
    return sha256;
  }

  /** The zip with this SHA-256, if it was seen. */
  get(sha256: string): Buffer | undefined {
    return this.zips.get(sha256);
  }

  /**
   * The folder that holds the unpacked zip; it is unpacked once.
   * @throws Error if no such zip was seen, or it is not a zip
   */
  async folder(sha256: string): Promise<string> {
    const known = this.folders.get(sha256);
    if (known !== undefined) return await known;
    const zip = this.zips.get(sha256);
    if (zip === undefined) throw new Error(`The emulated account has not seen the code with SHA-256 ${sha256}.`);
    const folder = join(this.root, Buffer.from(sha256, 'base64').toString('hex').slice(0, 16));
    const unpacked = unpack(zip, folder).then(() => folder);
    this.folders.set(sha256, unpacked);
    return await unpacked;
  }
}

/** Unpacks a zip, keeping the permissions its entries carry. */
async function unpack(zip: Buffer, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = await fromBufferPromise(zip, { lazyEntries: true }).catch((error: Error) => {
    throw new Error(`The function's code is not a zip: ${error.message}`);
  });
  for await (const entry of file.eachEntry()) {
    const path = resolve(folder, entry.fileName);
    if (!path.startsWith(folder + sep)) throw new Error(`The zip holds a path outside itself: ${entry.fileName}`);
    await mkdir(entry.fileName.endsWith('/') ? path : dirname(path), { recursive: true });
    if (entry.fileName.endsWith('/')) continue;
    const permissions = (entry.externalFileAttributes >>> 16) & 0o777;
    const content = await buffer(await file.openReadStreamPromise(entry));
    await writeFile(path, content, { mode: permissions === 0 ? 0o644 : permissions });
  }
}
