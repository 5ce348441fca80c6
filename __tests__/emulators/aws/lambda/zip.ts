import { strToU8, zipSync, type Zippable } from 'fflate';

/** A zip in memory; files are named by their path, `bootstrap` is executable. */
export function zipOf(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const entries: Zippable = {};
  for (const [path, content] of Object.entries(files)) {
    const mode = path === 'bootstrap' ? 0o100755 : 0o100644;
    const bytes = typeof content === 'string' ? strToU8(content) : new Uint8Array(content);
    entries[path] = [bytes, { os: 3, attrs: mode << 16 }];
  }
  return Buffer.from(zipSync(entries));
}
