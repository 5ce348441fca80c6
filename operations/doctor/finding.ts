/**
 * `problem`: a deployment fails until it is mended. `warning`: something is wrong, and a deployment goes through. `note`: nothing
 * is wrong. `not checked`: nothing is known.
 */
export type Verdict = 'ok' | 'problem' | 'warning' | 'note' | 'not checked';

/** What a check has found: one line for people. Holds no secret. */
export interface Finding {
  readonly verdict: Verdict;
  /** A sentence, with the value it is about. */
  readonly words: string;
  /** The command that mends it, or what else there is to do. */
  readonly remedy?: string;
  /** Whether the remedy is a step of the README that is still to come. */
  readonly step?: boolean;
}

export function ok(words: string): Finding {
  return { verdict: 'ok', words };
}

export function problem(words: string, remedy?: string): Finding {
  return { verdict: 'problem', words, ...(remedy !== undefined && { remedy }) };
}

export function warning(words: string, remedy?: string): Finding {
  return { verdict: 'warning', words, ...(remedy !== undefined && { remedy }) };
}

export function note(words: string, remedy?: string): Finding {
  return { verdict: 'note', words, ...(remedy !== undefined && { remedy }) };
}

/** A step of the README that has not been taken yet. */
export function toDo(words: string, remedy: string): Finding {
  return { verdict: 'note', words, remedy, step: true };
}

export function notChecked(words: string, remedy?: string): Finding {
  return { verdict: 'not checked', words, ...(remedy !== undefined && { remedy }) };
}

/** Thrown by what checks ask for, where it cannot be had: the check's finding is then `not checked`, for this reason. */
export class NotChecked extends Error {
  override name = 'NotChecked';
}
