import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { headingsIn, linksOf, rowsBelow, sectionOf } from '../readme/markdown';

const FOLDER = resolve(__dirname, '..', '..', 'docs', 'adr');
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const FILES = readdirSync(FOLDER)
  .filter((file) => file !== 'README.md')
  .sort();
const titleOf = (file: string) => /^# (.+)\n/.exec(read(file))?.[1] ?? '';
const statusOf = (file: string) => sectionOf(read(file), 'Status').replace(/\s+/g, ' ').trim();

test('numbers begin at 0001 and have neither gaps nor duplicates', () => {
  expect(FILES.map((file) => file.slice(0, 5))).toEqual(
    FILES.map((_, index) => `${String(index + 1).padStart(4, '0')}-`),
  );
});

test('the index has number, title, date and status of every decision', () => {
  const decided = FILES.map((file) => {
    const [status = '', date = ''] = statusOf(file).split(/, |\. |\.$/);
    return [`[${file.slice(0, 4)}](${file})`, titleOf(file), date, status];
  });
  expect(rowsBelow(read('README.md'), 'Index')).toEqual(decided);
});

test.each(FILES)('%s has the five parts', (file) => {
  expect(headingsIn(read(file), titleOf(file).replaceAll('`', ''))).toEqual([
    'Status',
    'Context',
    'Positions',
    'Decision',
    'Consequences',
  ]);
});

const REVERSE = {
  Amends: 'Amended by',
  'Amended by': 'Amends',
  Supersedes: 'Superseded by',
  'Superseded by': 'Supersedes',
};
type Relation = keyof typeof REVERSE;

/** The other decisions that a status names. */
function relations(file: string): { relation: Relation; to: string }[] {
  return [...statusOf(file).matchAll(/(Amends|Amended by|Supersedes|Superseded by) \[\d{4}\]\(([^)]+)\)/g)].map(
    ([, relation = '', to = '']) => ({ relation: relation as Relation, to }),
  );
}

test.each(FILES)('%s is dated, and names the decisions that it changes or that change it, as they name it', (file) => {
  expect(statusOf(file)).toMatch(/^(Accepted|Superseded), \d{4}-\d\d-\d\d\.( |$)/);
  expect(relations(file).map(({ to }) => to)).toEqual(linksOf(sectionOf(read(file), 'Status')));
  for (const { relation, to } of relations(file)) {
    expect(relations(to)).toContainEqual({ relation: REVERSE[relation], to: file });
  }
  expect(statusOf(file).startsWith('Superseded,')).toBe(
    relations(file).some(({ relation }) => relation === 'Superseded by'),
  );
});
