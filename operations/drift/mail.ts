import type { Finding } from './finding';
import type { Failure, Report } from './report';

/** A mail as SNS sends it. */
export interface Mail {
  /** ASCII, at most 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  readonly subject: string;
  readonly text: string;
}

/** What every mail says about the check itself. */
export interface CheckDetails {
  readonly commit: string;
  readonly region: string;
  /** The check's own log. */
  readonly log: string;
}

/** SNS takes 256 KB; nobody reads as much. */
const LONGEST = 60_000;

/** The mail about what differs. */
export function driftMail(report: Report, details: CheckDetails): Mail {
  const of = (kind: Finding['kind']) => report.findings.filter(({ finding }) => finding.kind === kind);
  const drift = of('drift');
  const unapplied = of('unapplied');
  const parts = [
    `Kite compared what is deployed in ${details.region} with its state and with commit ${details.commit.slice(0, 12)}.`,
    ...section(
      'CHANGED IN THE CLOUD',
      'Somebody changed this outside of Terraform. Deploying the stack changes it back; if it is meant to stay, write it into the code.',
      drift,
    ),
    ...section(
      'NOT DEPLOYED YET',
      'The repository says this, and it has not been deployed. Deploying the stack brings it.',
      unapplied,
    ),
    ...(report.resolved.length > 0
      ? [['RESOLVED', ...report.resolved.map(({ stack, address }) => `- ${stack}: ${address}`)].join('\n')]
      : []),
    ...report.recovered.map((stack) => `The check of ${stack} works again.`),
    `What is not to be reported belongs in drift-ignore.yml.\nThe log of this check: ${details.log}`,
  ];
  return { subject: subject(drift.length, unapplied.length, report), text: parts.join('\n\n').slice(0, LONGEST) };
}

/** The mail about a check that could not be made. */
export function failureMail(failures: readonly Failure[], details: CheckDetails): Mail {
  const stacks = failures.map(({ stack }) => stack).join(' and ');
  const parts = [
    `Whether ${stacks} is as the repository says could not be found out. This is no report of drift, and none of its absence.`,
    ...failures.map(({ stack, words }) => `${stack}\n${indent(words)}`),
    `Checked at commit ${details.commit.slice(0, 12)} in ${details.region}. The same failure is mailed again in a week.\nThe log of this check: ${details.log}`,
  ];
  return {
    subject: `Kite: the drift check failed (${stacks})`.slice(0, 100),
    text: parts.join('\n\n').slice(0, LONGEST),
  };
}

/** The mail about a stack that was deployed at an earlier check, and of which Terraform knows nothing now. */
export function emptiedMail(stack: string, details: CheckDetails): Mail {
  const parts = [
    `At an earlier check ${stack} was deployed; now its state holds nothing. If you have destroyed it, all is well.`,
    'If nobody has destroyed it, its state is lost: what it describes may still run and cost money. Do not deploy it again before you have restored the state (docs/operations.md, "Moving the state"): its bucket keeps earlier versions.',
    `This is mailed once. Checked at commit ${details.commit.slice(0, 12)} in ${details.region}.\nThe log of this check: ${details.log}`,
  ];
  return { subject: `Kite: nothing is left in the state of ${stack}`.slice(0, 100), text: parts.join('\n\n') };
}

function subject(drift: number, unapplied: number, report: Report): string {
  const counts = [
    ...(drift > 0 ? [`${drift} changed in the cloud`] : []),
    ...(unapplied > 0 ? [`${unapplied} not deployed yet`] : []),
    ...(report.resolved.length > 0 ? [`${report.resolved.length} resolved`] : []),
  ];
  return `Kite drift: ${counts.join(', ') || 'the check works again'}`;
}

function section(title: string, meaning: string, entries: Report['findings']): readonly string[] {
  if (entries.length === 0) return [];
  return [[title, meaning].join('\n'), ...entries.map(({ finding, news }) => paragraph(finding, news))];
}

function paragraph(finding: Finding, news: 'new' | 'changed' | 'known'): string {
  const mark = { new: '[new] ', changed: '[changed since the last mail] ', known: '' }[news];
  const name = finding.resourceName === undefined ? '' : ` (${finding.resourceName})`;
  return [
    `${mark}${finding.stack}: ${finding.address}${name}: ${finding.action}`,
    ...finding.differences.map(({ path, before, after }) => `  ${path}: ${before} -> ${after}`),
    ...(finding.link === '' ? [] : [`  ${finding.link}`]),
  ].join('\n');
}

function indent(words: string): string {
  return words.replace(/^/gm, '  ');
}
