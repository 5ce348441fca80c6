import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Figure } from '../figure';
import type { Section } from '../section';
import { secondsOf } from '../stopwatch';
import { inTemporaryFolder } from '../temporary-folder';

const run = promisify(execFile);

const PROJECT = join(__dirname, '../..');

/** What a developer waits for. */
export const tests: Section = {
  name: 'tests',
  title: 'Installing and testing',
  slow: true,
  measure: ({ progress }) =>
    inTemporaryFolder(async (folder) => {
      const figures: Figure[] = [];
      const step = async (name: string, cwd: string, args: readonly string[], note?: string) => {
        progress(name);
        const value = await secondsOf(() => run('npm', [...args], { cwd, maxBuffer: 64 * 1024 * 1024 }));
        figures.push({ name, value, unit: 's', note });
      };
      for (const file of ['package.json', 'package-lock.json']) await copyFile(join(PROJECT, file), join(folder, file));
      const ci = ['ci', '--prefer-offline', '--no-audit', '--no-fund'];
      await step('npm ci', folder, ci, 'packages from the cache where they are there');
      await step('npm run compile', PROJECT, ['run', 'compile']);
      await step('npm run lint', PROJECT, ['run', 'lint']);
      await step('npm test', PROJECT, ['test']);
      return figures;
    }),
};
