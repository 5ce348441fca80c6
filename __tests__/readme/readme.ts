import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { commandsOf } from './commands';

const FILE = join(resolve(__dirname, '..', '..'), 'README.md');

/** README.md as it stands. */
export function readmeText(): string {
  return readFileSync(FILE, 'utf8');
}

/**
 * A command of README.md, for a test that runs it. Tests run what people type: a change in the README needs a change in the test.
 * @throws Error if README.md has no such command
 */
export function readme(command: string): string {
  const found = commandsOf(readmeText()).find((candidate) => candidate === command);
  if (found === undefined) throw new Error(`README.md has no command "${command}".`);
  return found;
}

/** The same with values in place of names in angle brackets, for example `<s3-source-bucket>`. */
export function filledIn(command: string, values: Readonly<Record<string, string>>): string {
  return command.replace(/<([\w-]+)>/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`There is no value for <${name}> in "${command}".`);
    return value;
  });
}
