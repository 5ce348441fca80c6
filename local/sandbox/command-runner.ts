import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a command ended. */
export interface CommandResult {
  readonly status: number;
  /** Everything it printed, without colors. */
  readonly output: string;
}

/** Where and how commands are run. */
export interface RunnerOptions {
  /** The folder to run them in. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Takes each line that is printed. */
  readonly print?: (line: string) => void;
}

const LOOK_MS = 200;

/** Runs commands as a person would type them in a folder. */
export class CommandRunner {
  private readonly running = new Set<() => void>();

  constructor(private readonly options: RunnerOptions) {}

  /** Runs a JavaScript program with these parameters and waits for its end, however it ends. */
  async run(program: string, ...parameters: readonly string[]): Promise<CommandResult> {
    return await this.execute(process.execPath, program, ...parameters);
  }

  /** Runs any program that is on the PATH, and waits for its end, however it ends. */
  async execute(program: string, ...parameters: readonly string[]): Promise<CommandResult> {
    const folder = mkdtempSync(join(tmpdir(), 'kite-command-'));
    const file = join(folder, 'output');
    // A file and not a pipe: cdktf ends without waiting for a pipe to take everything, and what is lost is the error at the end.
    const output = openSync(file, 'a');
    const child = spawn(program, parameters, {
      cwd: this.options.folder,
      env: { ...this.options.variables, FORCE_COLOR: '0', CI: '1' },
      stdio: ['ignore', output, output],
      // A group of its own, so that what it starts ends with it.
      detached: true,
    });
    const end = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    this.running.add(end);
    const follower = new Follower(file, this.options.print);
    const timer = setInterval(() => follower.look(), LOOK_MS);
    try {
      const [status] = (await once(child, 'close')) as [number | null];
      return { status: status ?? 1, output: follower.all() };
    } finally {
      clearInterval(timer);
      this.running.delete(end);
      closeSync(output);
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Ends what still runs. */
  stop(): void {
    for (const end of this.running) {
      try {
        end();
      } catch {
        // It has ended by itself meanwhile.
      }
    }
  }
}

/** Prints the lines of a file as they are written. */
class Follower {
  private printed = 0;

  constructor(
    private readonly file: string,
    private readonly print: RunnerOptions['print'],
  ) {}

  /** Prints what has come since the last look. */
  look(): void {
    if (this.print === undefined) return;
    const lines = this.lines().slice(0, -1);
    for (const line of lines.slice(this.printed)) this.print(line);
    this.printed = Math.max(this.printed, lines.length);
  }

  /** Everything, once the command has ended. */
  all(): string {
    this.look();
    return this.lines().join('\n');
  }

  private lines(): string[] {
    return readFileSync(this.file, 'utf8')
      .replace(COLORS, '')
      .split('\n')
      .map((line) => line.trimEnd());
  }
}

const COLORS = /\u001b\[[0-9;]*m/g;
