import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { errorCode, errorText, Failure } from '../failure';

/** A LevelDB in a folder, with JSON values. */
export type Database = Level<string, unknown>;

/** A data folder cannot be used. Programs that know how its owner can fix it add that to the message. */
export class DataFailure extends Failure {
  constructor(
    readonly kind: 'in use' | 'not writable' | 'damaged',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Opens a LevelDB and creates its folder if needed.
 * @throws DataFailure
 */
export async function openDatabase(folder: string): Promise<Database> {
  const database = new Level<string, unknown>(folder, { valueEncoding: 'json' });
  try {
    await database.open();
    return database;
  } catch (error) {
    throw databaseFailure(folder, error);
  }
}

/** Checks that files can be created in a folder. @throws DataFailure */
export async function checkWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `.probe-${randomUUID()}`);
    await writeFile(probe, '');
    await rm(probe, { force: true });
  } catch (error) {
    throw notWritable(folder, error);
  }
}

/** The failure of a folder that cannot be written to. */
export function notWritable(folder: string, error: unknown): DataFailure {
  return new DataFailure('not writable', `The data folder ${folder} is not writable (${errorText(error)}).`);
}

function databaseFailure(folder: string, error: unknown): DataFailure {
  switch (errorCode(error)) {
    case 'LEVEL_LOCKED':
      return new DataFailure('in use', `Another process uses the data in ${folder}.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'LEVEL_IO_ERROR':
      return notWritable(folder, error);
    default:
      return new DataFailure('damaged', `The data in ${folder} cannot be read (${errorText(error)}).`);
  }
}
