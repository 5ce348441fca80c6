import { parseArgs } from 'node:util';

/** A refusal in words for people: printed as it is, without a stack trace, and the command ends with exit code 1. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/**
 * Reads `--name value` options, all of which must be given and none be empty.
 *
 * Throws a Refusal that names every option that is missing.
 */
export function requiredOptions<const N extends string>(
  args: readonly string[],
  names: readonly N[],
): Record<N, string> {
  let values: Record<string, string | boolean | undefined>;
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    ({ values } = parseArgs({ args: [...args], options, strict: true }));
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}. Known: ${list(names)}.`);
  }
  const missing = names.filter((name) => !values[name]);
  if (missing.length > 0) throw new Refusal(`Missing or empty: ${list(missing)}.`);
  return values as Record<N, string>;
}

/** Runs what a script does, and ends its process as a command should: with one clear sentence if it fails. */
export function runCommand(command: (args: readonly string[]) => Promise<void>): void {
  command(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Refusal ? error.message : sentence(error));
    process.exitCode = 1;
  });
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `--${name}`).join(', ');
}
