import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is known of a stored object besides its bytes. */
export interface ObjectFacts {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** MD5 in hexadecimal, as S3's ETag of an object put in one piece, without the quotes. */
  readonly etag: string;
  /** Epoch milliseconds, whole seconds. */
  readonly modifiedAt: number;
  /** Headers to be returned with the object: content-type, content-disposition, cache-control, x-amz-meta-*. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The objects of one bucket in a folder: the bytes in `<name>.bin`, the facts in `<name>.json`, where the name is a hash
 * of the key, so that no key can name a file outside the folder. An object is there when its facts are.
 */
export class ObjectFolder {
  constructor(private readonly folder: string) {}

  /** Stores an object whole or not at all. */
  async put(
    key: string,
    body: Buffer,
    headers: Readonly<Record<string, string>>,
    now = Date.now(),
  ): Promise<ObjectFacts> {
    const facts: ObjectFacts = {
      key,
      size: body.length,
      etag: createHash('md5').update(body).digest('hex'),
      modifiedAt: Math.floor(now / 1000) * 1000,
      headers,
    };
    await mkdir(this.folder, { recursive: true });
    await this.replace(this.path(key, 'bin'), body);
    await this.replace(this.path(key, 'json'), JSON.stringify(facts));
    return facts;
  }

  /** The facts of an object, undefined if there is none. */
  async inspect(key: string): Promise<ObjectFacts | undefined> {
    return readFacts(this.path(key, 'json'));
  }

  /** The bytes of an object, undefined if there is none. */
  async read(key: string): Promise<Buffer | undefined> {
    return readFile(this.path(key, 'bin')).catch(absent);
  }

  async remove(key: string): Promise<void> {
    await rm(this.path(key, 'json'), { force: true });
    await rm(this.path(key, 'bin'), { force: true });
  }

  /** All objects whose key begins with the prefix, in the order of their keys' UTF-8 bytes. */
  async list(prefix: string): Promise<ObjectFacts[]> {
    const names = await readdir(this.folder).catch(() => []);
    const all = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => readFacts(join(this.folder, name))),
    );
    return all
      .filter((facts) => facts !== undefined)
      .filter(({ key }) => key.startsWith(prefix))
      .sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)));
  }

  /** Removes what is older than that, in epoch milliseconds, as a bucket's lifecycle rule does. Returns how many. */
  async expire(before: number, prefix = ''): Promise<number> {
    const old = (await this.list(prefix)).filter(({ modifiedAt }) => modifiedAt < before);
    for (const { key } of old) await this.remove(key);
    return old.length;
  }

  private path(key: string, kind: 'bin' | 'json'): string {
    return join(this.folder, `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.${kind}`);
  }

  private async replace(path: string, content: string | Buffer): Promise<void> {
    const temporary = `${path}.${randomUUID()}.new`;
    await writeFile(temporary, content);
    await rename(temporary, path);
  }
}

async function readFacts(path: string): Promise<ObjectFacts | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ObjectFacts;
  } catch (error) {
    // Facts that cannot be read are an object that cannot be had: absent rather than fatal.
    if (error instanceof SyntaxError) return undefined;
    return absent(error);
  }
}

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
