import { readdirSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const SOURCE_FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|cdktf\.out|coverage)$/.test(entry.name))
  .map(({ name }) => name);

test('no module has the name of the folder beside it', () => {
  const duplicates = SOURCE_FOLDERS.flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true }).filter((entry, _, all) => {
      const { name, ext } = parse(entry.name);
      const isModule = entry.isFile() && /^\.[cm]?[jt]s$/.test(ext);
      const isSameFolder = (other: typeof entry) =>
        other.isDirectory() && other.name === name && other.parentPath === entry.parentPath;
      return isModule && all.some(isSameFolder);
    }),
  );
  expect(duplicates.map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1))).toEqual([]);
});
