import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMet } from './figure';
import { benchOptions, type BenchOptions } from './options';
import { replaceBlock } from '../operations/page-block';
import { queue } from './queue/section';
import { keepResults, machine, type SectionResult } from './results';
import type { Section } from './section';
import { builds } from './sections/builds';
import { coldStart } from './sections/cold-start';
import { connections } from './sections/connections';
import { deployment } from './sections/deployment';
import { events } from './sections/events';
import { growth } from './sections/growth';
import { message } from './sections/message';
import { tests } from './sections/tests';
import { markdown, plainTable } from './table';

const PAGE = join(__dirname, '..', 'docs', 'performance.md');

/** In the order of the table. */
const SECTIONS: readonly Section[] = [
  coldStart,
  message,
  events,
  growth,
  connections,
  queue,
  builds,
  deployment,
  tests,
];

/** `npm run bench`: measures, prints a table and keeps it as JSON. */
async function main(): Promise<void> {
  const names = SECTIONS.map(({ name }) => name);
  const options = benchOptions(process.argv.slice(2), names);
  const measured: SectionResult[] = [];
  for (const section of SECTIONS.filter((each) => isWanted(each, options))) {
    const result = await measure(section, options);
    measured.push(result);
    process.stdout.write(`${plainTable(result)}\n\n`);
  }
  const all = await keepResults(measured, names);
  process.stdout.write('Saved the figures in bench/results/latest.json.\n');
  if (options.write) {
    await writeFile(PAGE, replaceBlock(await readFile(PAGE, 'utf8'), 'bench', markdown(all)));
    process.stdout.write('Updated docs/performance.md.\n');
  }
  const missed = measured.flatMap(({ figures }) => figures).filter((figure) => isMet(figure) === false);
  if (options.check && missed.length > 0) {
    throw new Error(`Missed: ${missed.map(({ name }) => name).join('; ')}`);
  }
}

function isWanted({ name, slow }: Section, { only, all }: BenchOptions): boolean {
  return only ? only.includes(name) : all || !slow;
}

async function measure({ name, title, measure: run }: Section, { all }: BenchOptions): Promise<SectionResult> {
  const progress = (what: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what ? `${title}: ${what}` : ''}`);
  };
  const started = performance.now();
  const figures = await run({ all, progress });
  progress('');
  return {
    name,
    title,
    command: `npm run bench -- --only ${name}${all ? ' --all' : ''}`,
    measuredAt: new Date().toISOString(),
    machine: machine(),
    seconds: (performance.now() - started) / 1000,
    figures,
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
