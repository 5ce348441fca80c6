import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { against, isMet, type Figure } from '../../bench/figure';
import { benchOptions } from '../../bench/options';
import { replaceBlock } from '../../operations/page-block';
import { keepResults, readResults, type SectionResult } from '../../bench/results';
import { median, quantile } from '../../bench/statistics';
import { markdown, plainTable } from '../../bench/table';

const slow: Figure = { name: 'native build', value: 30, unit: 'ms', aim: { of: 'ratio', atMost: 0.5 } };

const section = (name: string, value: number): SectionResult => ({
  name,
  title: `Section ${name}`,
  command: `npm run bench -- --only ${name}`,
  measuredAt: '2026-01-02T03:04:05.006Z',
  machine: 'a machine',
  seconds: 1,
  figures: [against({ ...slow, value }, 'node -e 0', 50)],
});

test('an aim is met, missed, or there is none', () => {
  expect(isMet(against(slow, 'node -e 0', 50))).toBe(false);
  expect(isMet(against(slow, 'node -e 0', 60))).toBe(true);
  expect(isMet({ ...slow, aim: { of: 'value', atMost: 29 } })).toBe(false);
  expect(isMet({ name: 'x', value: 1, unit: 'count' })).toBeUndefined();
});

test('a table names figure, ratio, aim and the command that measures it again', () => {
  const text = plainTable(section('cold-start', 30));
  expect(text).toContain('npm run bench -- --only cold-start');
  expect(text).toMatch(/native build +30\.0 ms +0\.60 of node -e 0 +at most 0\.5 +missed/);
  expect(markdown([section('cold-start', 20)])).toContain(
    '| native build | 20.0 ms  | 0.40 of node -e 0 | at most 0.5 | met |',
  );
});

test('a page keeps its words, and gets the table between the markers', () => {
  const page = 'Before\n\n<!-- bench:begin -->\n\nold\n\n<!-- bench:end -->\n\nAfter\n';
  const once = replaceBlock(page, 'bench', '| new |');
  expect(once).toBe('Before\n\n<!-- bench:begin -->\n\n| new |\n\n<!-- bench:end -->\n\nAfter\n');
  expect(replaceBlock(once, 'bench', '| new |')).toBe(once);
  expect(() => replaceBlock('no markers', 'bench', 'x')).toThrow('needs the lines');
});

test('sections that were not measured keep their last figures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kite-results-'));
  const file = join(folder, 'results', 'latest.json');
  try {
    expect(await readResults(file)).toEqual([]);
    await keepResults([section('b', 1), section('a', 2)], ['a', 'b'], file);
    const all = await keepResults([section('b', 3)], ['a', 'b'], file);
    expect(all.map(({ name, figures }) => [name, figures[0]?.value])).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
    expect(await readResults(file)).toEqual(all);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the command line takes sections, and names those that there are', () => {
  const names = ['cold-start', 'events'];
  expect(benchOptions(['--only', 'events,cold-start', '--write'], names)).toEqual({
    only: ['events', 'cold-start'],
    all: false,
    write: true,
    check: false,
  });
  expect(() => benchOptions(['--only', 'speed'], names)).toThrow(
    'There is no section speed. Usage: npm run bench -- [--only cold-start|events[,...]]',
  );
  expect(() => benchOptions(['--fast'], names)).toThrow('Usage: npm run bench');
});

test('the middle of some numbers', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
  expect(quantile([1, 2, 3, 4], 0.75)).toBe(4);
});
