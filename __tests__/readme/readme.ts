import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { commandsOf } from './commands';

const FILE = join(resolve(__dirname, '..', '..'), 'README.md');

/** README.md as it stands. */
export function readmeText(): string {
  return readFileSync(FILE, 'utf8');
}

/**
 * A command of README.md, for a test that runs it. What is run is what people type: who changes the README changes the test.
 * @throws Error if README.md has no such command
 */
export function readme(command: string): string {
  const found = commandsOf(readmeText()).find((candidate) => candidate === command);
  if (found === undefined) throw new Error(`README.md has no command "${command}".`);
  return found;
}

/** The same with values in place of what stands in angle brackets, for example `<s3-source-bucket>`. */
export function filledIn(command: string, values: Readonly<Record<string, string>>): string {
  return command.replace(/<([\w-]+)>/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Nothing is known that could stand for <${name}> in "${command}".`);
    return value;
  });
}
