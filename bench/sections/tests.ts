import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Figure } from '../figure';
import type { Section, SectionOptions } from '../section';

const run = promisify(execFile);

const PROJECT = join(__dirname, '../..');

/** What a developer waits for. */
export const tests: Section = {
  name: 'tests',
  title: 'Installing and testing',
  slow: true,
  measure: async ({ progress }: SectionOptions) => {
    const folder = await mkdtemp(join(tmpdir(), 'kite-install-'));
    const figures: Figure[] = [];
    const step = async (name: string, cwd: string, args: readonly string[], note?: string) => {
      progress(name);
      const started = performance.now();
      await run('npm', [...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
      const seconds = (performance.now() - started) / 1000;
      figures.push({ name, value: seconds, unit: 's', ...(note ? { note } : {}) });
    };
    try {
      for (const file of ['package.json', 'package-lock.json']) await copyFile(join(PROJECT, file), join(folder, file));
      const ci = ['ci', '--prefer-offline', '--no-audit', '--no-fund'];
      await step('npm ci', folder, ci, 'packages from the cache where they are there');
      await step('npm run compile', PROJECT, ['run', 'compile']);
      await step('npm run lint', PROJECT, ['run', 'lint']);
      await step('npm test', PROJECT, ['test']);
      return figures;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
