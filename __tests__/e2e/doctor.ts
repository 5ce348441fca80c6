import type { Sandbox } from '../../local/sandbox/sandbox';

/** What `npm run doctor -- --json` ended with. */
export interface DoctorReport {
  readonly status: number;
  readonly ready: boolean;
  /** The closing line. */
  readonly next: string;
  /** What is as it should be. */
  readonly well: readonly string[];
  /** The others: `subject: verdict: words`. */
  readonly rest: readonly string[];
}

interface Printed {
  readonly ready: boolean;
  readonly next: string;
  readonly findings: readonly { readonly subject: string; readonly verdict: string; readonly words: string }[];
}

/** Runs the doctor where the owner deploys. What it says of Docker depends on the machine, and is left out. */
export async function askDoctor(sandbox: Sandbox): Promise<DoctorReport> {
  const { status, output } = await sandbox.script('operations/doctor/main.ts', '--json');
  const { ready, next, findings } = JSON.parse(output) as Printed;
  const told = findings.filter(({ subject }) => subject !== 'Docker');
  return {
    status,
    ready,
    next,
    well: told.filter(({ verdict }) => verdict === 'ok').map(({ subject }) => subject),
    rest: told
      .filter(({ verdict }) => verdict !== 'ok')
      .map(({ subject, verdict, words }) => `${subject}: ${verdict}: ${words}`),
  };
}
