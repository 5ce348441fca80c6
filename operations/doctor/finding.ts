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

const found =
  (verdict: Verdict) =>
  (words: string, remedy?: string): Finding => ({ verdict, words, ...(remedy !== undefined && { remedy }) });

export const problem = found('problem');
export const warning = found('warning');
export const note = found('note');
export const notChecked = found('not checked');
export const ok = (words: string): Finding => found('ok')(words);

/** A step of the README that has not been taken yet. */
export function toDo(words: string, remedy: string): Finding {
  return { verdict: 'note', words, remedy, step: true };
}

/** Thrown by what checks ask for, where it cannot be had: the check's finding is then `not checked`, for this reason. */
export class NotChecked extends Error {
  override name = 'NotChecked';
}
