import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check';
import { ok, problem } from '../finding';

/** npm leaves optional packages out on some machines. */
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly optional?: boolean; readonly peer?: boolean }>
  >;
}

/** What is installed is what `package-lock.json` says. npm writes what it has installed into `node_modules`. */
export const packages: Check = {
  subject: 'npm packages',
  look: async ({ root }) => {
    const installed = join(root, 'node_modules', '.package-lock.json');
    if (!existsSync(installed)) return problem('They are not installed.', 'npm ci');
    const [wanted, found] = [lockOf(join(root, 'package-lock.json')), lockOf(installed)];
    const wrong = Object.entries(wanted).filter(
      ([path, { version, optional, peer }]) => path !== '' && !optional && !peer && found[path]?.version !== version,
    );
    const [first] = wrong;
    if (first === undefined) return ok('Installed as package-lock.json says.');
    const [path, { version }] = first;
    const there = found[path]?.version ?? 'not installed';
    const name = path.replace(/^.*node_modules\//, '');
    return problem(
      `${wrong.length} differ from package-lock.json, for example ${name}: ${there} instead of ${version}.`,
      'npm ci',
    );
  },
};

function lockOf(path: string): Lock['packages'] {
  return (JSON.parse(readFileSync(path, 'utf8')) as Lock).packages;
}
