// Changes the chat and its adapters a little, again and again, and asks whether a test notices. `npm run test:mutation`
// does so for all parts of parts.mjs, `npm run test:mutation -- outbox visitor` for some. Ends with 1 below the threshold.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PARTS } from './parts.mjs';

/** The share of changes that must be noticed, percent. */
const THRESHOLD = 85;
const CONFIG = '__tests__/mutation/stryker.config.mjs';
/** Stryker's words for what a test has noticed, and for what none has. */
const NOTICED = ['Killed', 'Timeout'];
const MISSED = ['Survived', 'NoCoverage'];

const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !(part in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}

const equivalent = JSON.parse(readFileSync(new URL('equivalent.json', import.meta.url), 'utf8'));
const rows = (asked.length > 0 ? asked : Object.keys(PARTS)).map((part) => ({ part, ...mutated(part) }));
const total = rows.reduce((sum, { noticed, all }) => ({ noticed: sum.noticed + noticed, all: sum.all + all }), {
  noticed: 0,
  all: 0,
});
console.log('\nPart         Changes  Noticed  Score  Minutes');
for (const row of rows) print(row.part, row, row.minutes.toFixed(0));
print('all', total, '');
if (score(total) < THRESHOLD) {
  console.error(`Fewer than ${THRESHOLD} % of the changes were noticed.`);
  process.exitCode = 1;
}

function mutated(part) {
  const began = Date.now();
  const { status, error } = spawnSync('npx', ['stryker', 'run', CONFIG], {
    stdio: 'inherit',
    env: { ...process.env, MUTATION_PART: part },
  });
  if (error || status !== 0) throw error ?? new Error(`Stryker ended with ${status} in the part ${part}.`);
  const { files } = JSON.parse(readFileSync(`dist/mutation/${part}.json`, 'utf8'));
  const mutants = Object.entries(files).flatMap(([file, { source, mutants: of }]) =>
    of.filter((mutant) => !(MISSED.includes(mutant.status) && isEquivalent(file, source, mutant))),
  );
  const count = (words) => mutants.filter(({ status: outcome }) => words.includes(outcome)).length;
  const noticed = count(NOTICED);
  return { noticed, all: noticed + count(MISSED), minutes: (Date.now() - began) / 60_000 };
}

/** A change that nobody can notice: listed by its file, the line it is in, and what is put there. */
function isEquivalent(file, source, { location, replacement }) {
  const line = source.split('\n')[location.start.line - 1].trim();
  return equivalent.some((known) => known.file === file && known.line === line && known.replacement === replacement);
}

function score({ noticed, all }) {
  return all === 0 ? 100 : (100 * noticed) / all;
}

function print(name, counts, minutes) {
  const cells = [
    String(counts.all).padStart(9),
    String(counts.noticed).padStart(9),
    score(counts).toFixed(1).padStart(7),
  ];
  console.log(name.padEnd(11) + cells.join('') + minutes.padStart(9));
}
