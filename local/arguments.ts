import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Failure } from '../emulators/failure';

/** Reads the options of a command, for example `npm start`. @throws Failure that names the one that is wrong */
export function readArguments<const T extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ', 1)[0] : String(error);
    throw new Failure(`${reason}: "${command} -- --help" lists what there is.`);
  }
}
