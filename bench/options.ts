import { parseArgs } from 'node:util';

/** What the command line of `npm run bench` asks for. */
export interface BenchOptions {
  /** Names of sections. Undefined: those that are quick, or, with `all`, every one. */
  readonly only: readonly string[] | undefined;
  readonly all: boolean;
  /** Put the table into docs/performance.md. */
  readonly write: boolean;
  /** Exit with 1 if an aim is missed. */
  readonly check: boolean;
}

/** Reads the command line. @throws Error with the usage, for an unknown option or section */
export function benchOptions(args: readonly string[], sections: readonly string[]): BenchOptions {
  const usage = `Usage: npm run bench -- [--only ${sections.join('|')}[,...]] [--all] [--write] [--check]`;
  let values;
  try {
    const flag = { type: 'boolean', default: false } as const;
    const options = { only: { type: 'string' }, all: flag, write: flag, check: flag } as const;
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}. ${usage}`);
  }
  const only = values.only?.split(',').map((name) => name.trim());
  const unknown = only?.find((name) => !sections.includes(name));
  if (unknown !== undefined) throw new Error(`There is no section ${unknown}. ${usage}`);
  return { ...values, only };
}
