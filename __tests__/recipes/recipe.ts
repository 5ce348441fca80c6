import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Fence } from '../readme/markdown';

/** A change of a recipe: a new file, or an edit of an existing one. */
export interface Change {
  readonly file: string;
  apply(root: string): void;
}

/** The changes that fenced blocks hold: those whose first line names a file after `diff`, or after the language of a new file. */
export function changesOf(fences: readonly Fence[]): readonly Change[] {
  return fences.flatMap(({ language, info: file, text }) => {
    if (file === '') return [];
    return [language === 'diff' ? edit(file, text) : creation(file, text)];
  });
}

function creation(file: string, text: string): Change {
  return {
    file,
    apply(root) {
      const path = join(root, file);
      if (existsSync(path)) throw new Error(`${file} is there already: the recipe would overwrite it.`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
  };
}

/** A piece of a diff without line numbers: where it belongs is said by the lines that stay and go, which must stand together once. */
function edit(file: string, diff: string): Change {
  const lines = diff.trimEnd().split('\n');
  const text = (signs: string): string =>
    lines
      .filter((line) => line === '' || signs.includes(line[0] ?? ''))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const [before, after] = [text(' -'), text(' +')];
  return {
    file,
    apply(root) {
      const path = join(root, file);
      const pieces = readFileSync(path, 'utf8').split(before);
      if (pieces.length !== 2) throw new Error(`${file} has ${pieces.length - 1} places that read:\n${before}`);
      writeFileSync(path, pieces.join(after));
    },
  };
}

/** Copies what is under version control, or would be, with the dependencies linked. */
export function copyRepository(root: string, to: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(root, file), join(to, file));
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
}
