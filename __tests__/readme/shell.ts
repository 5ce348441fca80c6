import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

/** A folder in which the repository's npm scripts can be run, without its `.env` and its data. */
export function newCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kite-readme-'));
  for (const name of ['package.json', 'node_modules', 'local']) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

export function removeCheckout(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** How long anything may take on a busy machine. */
const PATIENCE_MS = 30_000;

/** A line typed into a shell. */
export class Typed {
  output = '';
  /** The exit code, when everything has been printed. */
  readonly ended: Promise<number | null>;
  private readonly process: ChildProcess;

  constructor(folder: string, line: string, variables: Readonly<Record<string, string>> = {}) {
    const { PATH = '', HOME = '' } = process.env;
    this.process = spawn('bash', ['-c', line], {
      cwd: folder,
      env: { PATH, HOME, CI: '1', FORCE_COLOR: '0', ...variables },
      // A group of its own, which Ctrl-C reaches as a whole.
      detached: true,
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    }
    this.ended = once(this.process, 'close').then(([code]) => code as number | null);
  }

  /** Waits until the program prints this, after the last match. @throws Error with the output */
  async prints(text: string, milliseconds = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + milliseconds;
    let over = false;
    void this.ended.then(() => (over = true));
    for (;;) {
      const nothingFollows = over;
      const at = this.output.indexOf(text, this.seen);
      if (at >= 0) {
        this.seen = at + text.length;
        return;
      }
      if (Date.now() > deadline || nothingFollows) {
        throw new Error(`"${text}" was not printed, but:\n${this.output}`);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Types a line into the program that runs, again if nothing happens: a program that is not ready yet loses it. */
  async answers(line: string, text: string): Promise<void> {
    const enter = () => this.process.stdin?.write(`${line}\n`);
    enter();
    const timer = setInterval(enter, 2_000);
    try {
      await this.prints(text);
    } finally {
      clearInterval(timer);
    }
  }

  private seen = 0;

  /** Ctrl-C, if it has not ended already. */
  async interrupt(): Promise<void> {
    const { pid, exitCode, signalCode } = this.process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    process.kill(-pid, 'SIGINT');
    await this.ended;
  }

  /** Ctrl-C while the program that the line started in the end is busy, and does not come to its signals for that long. */
  async interruptBusy(program: string, milliseconds: number): Promise<void> {
    const busy = this.processOf(program);
    process.kill(busy, 'SIGSTOP');
    const ended = this.interrupt();
    await new Promise((done) => setTimeout(done, milliseconds));
    try {
      process.kill(busy, 'SIGCONT');
    } catch {
      // Gone: what it printed tells the test.
    }
    await ended;
  }

  /** The youngest process of this line with that file in its command: the others started it. */
  private processOf(file: string): number {
    const found = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, group, ...args]) => group === `${this.process.pid}` && args.includes(file))
      .map(([pid]) => Number(pid))
      .sort((a, b) => a - b);
    const youngest = found.at(-1);
    if (youngest === undefined) throw new Error(`No process of this line runs ${file}.`);
    return youngest;
  }
}
