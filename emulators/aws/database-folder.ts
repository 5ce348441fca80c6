import { Level } from 'level';
import { errorCode, errorText, Failure } from '../failure';

/** A LevelDB in a folder, with JSON values. */
export type Database = Level<string, unknown>;

/**
 * Opens a LevelDB, making the folder if it is not there.
 * @throws Failure that says what is wrong with the folder and what to do
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

/** What a person should read when a database folder cannot be used. */
export function databaseFailure(folder: string, error: unknown): Failure {
  switch (errorCode(error)) {
    case 'LEVEL_LOCKED':
      return new Failure(
        `Another process uses the data in ${folder}: end the other "npm start", or set KITE_DATA to another folder.`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'LEVEL_IO_ERROR':
      return new Failure(
        `The data folder ${folder} is not writable (${errorText(error)}): make it writable, or set KITE_DATA to another folder.`,
      );
    default:
      return new Failure(
        `The data in ${folder} cannot be read (${errorText(error)}): start empty with "npm start -- --reset", or restore the folder.`,
      );
  }
}
