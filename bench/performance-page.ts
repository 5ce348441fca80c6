import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PAGE = join(__dirname, '..', 'docs', 'performance.md');
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** Replaces what stands between the markers of a page. @throws Error if it has none */
export function replaceTable(page: string, table: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md needs the lines ${BEGIN} and ${END}.`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}

/** Puts the table into docs/performance.md. */
export async function writePerformancePage(table: string): Promise<void> {
  await writeFile(PAGE, replaceTable(await readFile(PAGE, 'utf8'), table));
}
