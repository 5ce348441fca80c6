import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve, sep, dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';

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
  const file = await opened(zip);
  await new Promise<void>((done, failed) => {
    file.on('error', failed);
    file.on('end', done);
    file.on('entry', (entry: Entry) => {
      extract(file, entry, folder).then(() => file.readEntry(), failed);
    });
    file.readEntry();
  });
}

async function extract(file: ZipFile, entry: Entry, folder: string): Promise<void> {
  const path = resolve(folder, entry.fileName);
  if (!path.startsWith(folder + sep)) throw new Error(`The zip holds a path outside itself: ${entry.fileName}`);
  if (entry.fileName.endsWith('/')) {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  const permissions = (entry.externalFileAttributes >>> 16) & 0o777;
  await writeFile(path, await contents(file, entry), { mode: permissions === 0 ? 0o644 : permissions });
}

async function opened(zip: Buffer): Promise<ZipFile> {
  return await new Promise((done, failed) => {
    fromBuffer(zip, { lazyEntries: true }, (error, file) => {
      if (error) failed(new Error(`The function's code is not a zip: ${error.message}`));
      else done(file);
    });
  });
}

async function contents(file: ZipFile, entry: Entry): Promise<Buffer> {
  return await new Promise((done, failed) => {
    file.openReadStream(entry, (error, stream) => {
      if (error) failed(error);
      else buffer(stream).then(done, failed);
    });
  });
}
