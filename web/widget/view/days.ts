import type { Words } from './words';

const DAY = 24 * 60 * 60_000;

/** Whether two times (milliseconds since 1970) are of one day where the visitor is. */
export const sameDay = (a: number, b: number): boolean => new Date(a).toDateString() === new Date(b).toDateString();

/** A time as a clock shows it, without seconds. */
export const timeOfDay = (at: number, locale: string): string =>
  new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at);

/** A day as people say it: today, yesterday, or its date. */
export function dayName(at: number, words: Words, locale: string): string {
  const today = Date.now();
  if (sameDay(at, today)) return words.today;
  if (sameDay(at, today - DAY)) return words.yesterday;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(at);
}
