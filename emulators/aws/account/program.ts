import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { Failure } from '../../failure';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A program that must be installed, and the sentence that says how to get it. */
export interface Program {
  readonly name: string;
  readonly hint: string;
}

/** The server of the Python package moto, which emulates AWS. */
export const MOTO_SERVER: Program = {
  name: 'moto_server',
  hint: "install it with `pip install 'moto[server]'`",
};

/**
 * The path of a program.
 * @throws Failure with what to install, if no folder of `PATH` holds it
 */
export function findProgram(program: Program, environment: Environment): string {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, program.name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Failure(`\`${program.name}\` is not on the PATH: ${program.hint}, then try again.`);
}
