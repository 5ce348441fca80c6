import { styleText } from 'node:util';
import type { Checked } from './check';
import type { Verdict } from './finding';

/** What a deployment, and a person, make of the findings. */
export interface Report {
  readonly findings: readonly Checked[];
  /** Nothing is known that would stop a deployment. */
  readonly ready: boolean;
  /** What is to be done next, as a command or a sentence. */
  readonly next: string;
}

/** The first problem is mended first; with none, the next step of the README is taken. */
export function reportOf(findings: readonly Checked[]): Report {
  const problems = findings.filter(({ verdict }) => verdict === 'problem');
  const first = problems[0] ?? findings.find(({ step }) => step === true);
  const next = first ? (first.remedy ?? first.words) : DONE;
  return { findings, ready: problems.length === 0, next };
}

/** Of README.md: the steps that the doctor leads through. */
export const CHAPTER = 'From nothing to a chat';

const DONE = 'nothing. Write /info in the group: the bot answers with the snippet for your website.';

const LABELS: Readonly<Record<Verdict, string>> = {
  ok: 'OK',
  problem: 'problem',
  warning: 'warning',
  note: 'note',
  'not checked': 'not checked',
};
const COLORS = { ok: 'green', problem: 'red', warning: 'yellow', note: 'cyan', 'not checked': 'gray' } as const;
const LABEL_WIDTH = 13;

/** A line for each finding, below it what to do, and at the end what comes next. */
export function asText({ findings, ready, next }: Report, options: { readonly colors: boolean }): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length)) + 2;
  const lines = findings.flatMap(({ verdict, subject, words, remedy }) => {
    const padded = LABELS[verdict].padEnd(LABEL_WIDTH);
    const label = options.colors ? styleText(COLORS[verdict], padded) : padded;
    const line = `${label}${subject.padEnd(width)}${words.replaceAll('\n', ' ')}`;
    return remedy === undefined ? [line] : [line, `${' '.repeat(LABEL_WIDTH + width)}-> ${remedy}`];
  });
  const verdict = ready ? 'Ready to deploy, as far as this was checked.' : 'Not ready to deploy.';
  return [...lines, '', `${countsOf(findings)}. ${verdict}`, `Next (README.md, "${CHAPTER}"): ${next}`].join('\n');
}

/** The same for machines: `ready`, `next`, and the findings in the same order. */
export function asJson({ findings, ready, next }: Report): string {
  return JSON.stringify(
    {
      ready,
      next,
      findings: findings.map(({ subject, verdict, words, remedy }) => ({ subject, verdict, words, remedy })),
    },
    null,
    2,
  );
}

function countsOf(findings: readonly Checked[]): string {
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length;
  const counted = ([verdict, one, many]: readonly [Verdict, string, string]): string =>
    `${count(verdict)} ${count(verdict) === 1 ? one : many}`;
  return (
    [
      ['problem', 'problem', 'problems'],
      ['warning', 'warning', 'warnings'],
      ['not checked', 'not checked', 'not checked'],
    ] as const
  )
    .map(counted)
    .join(', ');
}
