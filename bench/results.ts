import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import type { Figure } from './figure';

/** What one run of a section gave. */
export interface SectionResult {
  readonly name: string;
  readonly title: string;
  /** The command that measures it again. */
  readonly command: string;
  /** ISO-8601. */
  readonly measuredAt: string;
  readonly machine: string;
  readonly seconds: number;
  readonly figures: readonly Figure[];
}

/** Where the last figures of each section are kept. */
export const RESULTS = join(__dirname, 'results', 'latest.json');

/** This machine, in a few words. */
export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

/** The last results; none if nothing was ever measured here. */
export async function readResults(file = RESULTS): Promise<readonly SectionResult[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as SectionResult[];
  } catch {
    return [];
  }
}

/** Replaces the results of the sections that were measured, and keeps the others. Gives them all, in the given order. */
export async function keepResults(
  measured: readonly SectionResult[],
  order: readonly string[],
  file = RESULTS,
): Promise<readonly SectionResult[]> {
  const before = await readResults(file);
  const all = order.flatMap((name) => {
    const result = [...measured, ...before].find((each) => each.name === name);
    return result ? [result] : [];
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(all, undefined, 2)}\n`);
  return all;
}
