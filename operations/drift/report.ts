import { createHash } from 'node:crypto';
import { fingerprint, findingId, type Finding } from './finding';
import type { LastReport, RememberedFailure, RememberedFinding } from './memory';

/** A check that could not be made. */
export interface Failure {
  readonly stack: string;
  readonly words: string;
}

/** What was found now, compared with what was last reported. */
export interface Report {
  readonly findings: readonly { readonly finding: Finding; readonly news: 'new' | 'changed' | 'known' }[];
  /** What was reported and is no more. */
  readonly resolved: readonly RememberedFinding[];
  /** Failures to be mailed now; others are known. */
  readonly failures: readonly Failure[];
  /** Stacks whose check failed the last time and works again. */
  readonly recovered: readonly string[];
  /** What to remember. */
  readonly next: LastReport;
}

/** A failure that lasts is mailed again after this many days. */
const REMIND_DAYS = 7;

/** Compares. A stack whose check failed keeps what was known about it: none of it counts as resolved. */
export function compareReports(
  found: readonly Finding[],
  failed: readonly Failure[],
  last: LastReport,
  now: Date,
): Report {
  const before = new Map(last.findings.map((remembered) => [remembered.id, remembered]));
  const failedStacks = new Set(failed.map(({ stack }) => stack));
  const current = found.map(remember);
  const currentIds = new Set(current.map(({ id }) => id));
  const gone = last.findings.filter(({ id }) => !currentIds.has(id));

  const failures = failed.map((failure) => ({ failure, known: knownFailure(failure, last, now) }));
  return {
    findings: found.map((finding) => {
      const known = before.get(findingId(finding));
      const news = known === undefined ? 'new' : known.fingerprint === fingerprint(finding) ? 'known' : 'changed';
      return { finding, news };
    }),
    resolved: gone.filter(({ stack }) => !failedStacks.has(stack)),
    failures: failures.filter(({ known }) => known === undefined).map(({ failure }) => failure),
    recovered: last.failures.map(({ stack }) => stack).filter((stack) => !failedStacks.has(stack)),
    next: {
      findings: [...current, ...gone.filter(({ stack }) => failedStacks.has(stack))],
      failures: failures.map(({ failure, known }) => known ?? rememberFailure(failure, now)),
    },
  };
}

/** Whether there is something that nobody has been told. */
export function hasNews({ findings, resolved, recovered }: Report): boolean {
  return resolved.length > 0 || recovered.length > 0 || findings.some(({ news }) => news !== 'known');
}

function remember(finding: Finding): RememberedFinding {
  const { stack, kind, address } = finding;
  return { id: findingId(finding), stack, kind, address, fingerprint: fingerprint(finding) };
}

function knownFailure(failure: Failure, last: LastReport, now: Date): RememberedFailure | undefined {
  const { stack, fingerprint: print } = rememberFailure(failure, now);
  return last.failures.find(
    (known) =>
      known.stack === stack &&
      known.fingerprint === print &&
      now.getTime() - Date.parse(known.mailedAt) < REMIND_DAYS * 24 * 60 * 60 * 1000,
  );
}

function rememberFailure({ stack, words }: Failure, now: Date): RememberedFailure {
  // Request ids and times differ between two failures that are the same.
  const lasting = words.replace(/[0-9a-f]{8,}(-[0-9a-f]{4,})*/gi, '').replace(/\d+/g, '');
  const print = createHash('sha256').update(lasting).digest('hex');
  return { stack, fingerprint: print, mailedAt: now.toISOString() };
}
