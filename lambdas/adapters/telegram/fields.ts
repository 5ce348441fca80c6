import { isRecord, list } from '../../../json';

export { list };

/** An object that came from outside, of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value if it is an object (and no array). */
export function fields(value: unknown): Fields | undefined {
  return isRecord(value) ? value : undefined;
}

/** The value if it is an integer that a double holds exactly, as all of Telegram's are. */
export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function flag(value: unknown): boolean {
  return value === true;
}
