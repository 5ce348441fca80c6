import { findings, type Finding } from './finding';
import { withoutIgnored, type IgnoreList } from './ignore-list';
import { driftMail, emptiedMail, failureMail, type CheckDetails, type Mail } from './mail';
import type { ReportMemory } from './memory';
import { compareReports, hasNews, type Failure } from './report';
import type { StackCheck } from './terraform';

/** What a drift check works with. */
export interface DriftCheckProps {
  readonly stacks: readonly string[];
  readonly plan: (stack: string) => Promise<StackCheck>;
  readonly ignore: IgnoreList;
  readonly memory: ReportMemory;
  readonly send: (mail: Mail) => Promise<void>;
  readonly details: CheckDetails;
  /** Values that no mail and no log may hold, for example the bot tokens. */
  readonly secrets: readonly string[];
  readonly now: Date;
  readonly say: (line: string) => void;
}

/**
 * Looks at every stack, mails what nobody has been told yet, and remembers it.
 *
 * It throws only if it cannot send a mail: the failed check of a stack is mailed as well. What was mailed is remembered after
 * the mail, so that a mail may come twice but never not at all.
 */
export async function checkDrift(props: DriftCheckProps): Promise<void> {
  const { ignore, memory, details, say } = props;
  const found: Finding[] = [];
  const failed: Failure[] = [];
  const absent: string[] = [];
  let ignored = 0;
  // At once: Terraform mostly waits for AWS.
  const checks = await Promise.all(props.stacks.map((stack) => props.plan(stack)));
  for (const check of checks) {
    const { stack } = check;
    if (check.kind === 'failed') {
      failed.push({ stack, words: masked(check.words, props.secrets) });
      continue;
    }
    if (check.kind === 'not deployed') {
      say(`${stack} is not deployed yet: there is nothing to compare.`);
      absent.push(stack);
      continue;
    }
    const all = findings(check.plan, stack, details.region);
    const counted = all.flatMap((finding) => withoutIgnored(finding, ignore) ?? []);
    ignored += all.length - counted.length;
    found.push(...counted);
    say(`${stack}: ${counted.length} differ, ${all.length - counted.length} ignored`);
  }

  const last = await memory.read();
  const report = compareReports(found, failed, last, props.now);
  const send = async (mail: Mail) => {
    const clean = { ...mail, text: masked(mail.text, props.secrets) };
    say(`\nMailed: ${clean.subject}\n\n${clean.text}\n`);
    await props.send(clean);
  };
  // A check that fails does not say whether the stack is still there.
  const deployed = checks
    .filter(({ kind, stack }) => kind === 'plan' || (kind === 'failed' && last.deployed?.includes(stack)))
    .map(({ stack }) => stack);
  for (const stack of absent) if (last.deployed?.includes(stack)) await send(emptiedMail(stack, details));
  if (report.failures.length > 0) await send(failureMail(report.failures, details));
  else if (failed.length > 0)
    say(
      `The check failed in the same way as before, and this was mailed already:\n${failed.map(({ words }) => words).join('\n')}`,
    );
  if (hasNews(report)) await send(driftMail(report, details));
  else if (failed.length === 0) say(found.length > 0 ? 'Nothing new since the last mail.' : 'No drift.');
  if (ignored > 0) say(`${ignored} ignored by drift-ignore.yml.`);
  await memory.write({ ...report.next, deployed });
}

function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '(secret)'), text);
}
