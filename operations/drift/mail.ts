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
      'Someone changed this outside of Terraform. Deploying the stack reverts it; to keep it, add it to the code.',
      drift,
    ),
    ...section(
      'NOT DEPLOYED YET',
      'This is in the repository and has not been deployed. Deploying the stack applies it.',
      unapplied,
    ),
    ...(report.resolved.length > 0
      ? [['RESOLVED', ...report.resolved.map(({ stack, address }) => `- ${stack}: ${address}`)].join('\n')]
      : []),
    ...report.recovered.map((stack) => `The check of ${stack} works again.`),
    `To ignore a difference, add it to drift-ignore.yml.\nThe log of this check: ${details.log}`,
  ];
  return { subject: subject(drift.length, unapplied.length, report), text: parts.join('\n\n').slice(0, LONGEST) };
}

/** The mail about a check that could not be made. */
export function failureMail(failures: readonly Failure[], details: CheckDetails): Mail {
  const stacks = failures.map(({ stack }) => stack).join(' and ');
  const parts = [
    `The check could not compare ${stacks} with the repository. There may or may not be drift.`,
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
    `${stack} was deployed at an earlier check, and now its state is empty. If you have destroyed it, you can ignore this mail.`,
    'If nobody has destroyed it, its state is lost: the resources in it may still run and cost money. Restore the state before you deploy the stack again (docs/operations.md, "Moving the state"): the bucket keeps earlier versions.',
    `This mail is sent once. Checked at commit ${details.commit.slice(0, 12)} in ${details.region}.\nThe log of this check: ${details.log}`,
  ];
  return { subject: `Kite: empty state of ${stack}`.slice(0, 100), text: parts.join('\n\n') };
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
