import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve(__dirname, '..', '..', 'docs', 'adr');
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const FILES = readdirSync(FOLDER).filter((file) => file !== 'README.md');

test('the index has every decision by its title, once', () => {
  const listed = [...read('README.md').matchAll(/^- \[(.+)\]\((.+)\)$/gm)].map(
    ([, title, file]) => `${file}: ${title}`,
  );
  const decided = FILES.map((file) => `${file}: ${/^# (.+)$/m.exec(read(file))?.[1]}`);
  expect(listed.sort()).toEqual(decided.sort());
});

test.each(FILES)('%s has the five parts', (file) => {
  const parts = [...read(file).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(parts).toEqual(['Status', 'Context', 'Positions', 'Decision', 'Consequences']);
});
