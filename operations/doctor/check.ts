import { setTimeout as pause } from 'node:timers/promises';
import { failureOf } from './failure';
import { notChecked, NotChecked, type Finding } from './finding';
import type { DoctorContext } from './context';

/** One thing that is looked at. */
export interface Check {
  /** What is looked at; begins its lines. */
  readonly subject: string;
  /** May throw: a {@link NotChecked} with the reason, or whatever a service's client throws. */
  look(around: DoctorContext): Promise<Finding | readonly Finding[]>;
}

/** A finding and what it is about. */
export interface Checked extends Finding {
  readonly subject: string;
}

/** Looks at everything at once, and tells it in the order of the checks. A check that fails or takes too long is not checked. */
export async function lookAt(checks: readonly Check[], around: DoctorContext): Promise<readonly Checked[]> {
  const found = await Promise.all(
    checks.map(async ({ subject, look }) =>
      (await findingsOf(look(around), around.secondsPerCheck)).map((finding) => ({ subject, ...finding })),
    ),
  );
  return found.flat().map((finding) => withoutSecrets(finding, around.reading.secretValues));
}

async function findingsOf(
  looking: Promise<Finding | readonly Finding[]>,
  seconds: number,
): Promise<readonly Finding[]> {
  const patience = new AbortController();
  const tooLong = pause(seconds * 1000, notChecked(`There was no answer within ${seconds} seconds.`), {
    signal: patience.signal,
  });
  tooLong.catch(() => undefined);
  try {
    return [await Promise.race([looking, tooLong])].flat();
  } catch (error) {
    if (error instanceof NotChecked) return [notChecked(error.message)];
    const { words, remedy } = failureOf(error);
    return [notChecked(words, remedy)];
  } finally {
    patience.abort();
  }
}

/** No service repeats a secret, as far as is known; this makes sure. */
function withoutSecrets(finding: Checked, secrets: readonly string[]): Checked {
  const clean = (text: string): string => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  const { words, remedy } = finding;
  return { ...finding, words: clean(words), ...(remedy !== undefined && { remedy: clean(remedy) }) };
}
