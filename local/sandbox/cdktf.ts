import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How a command ended. */
export interface CommandResult {
  readonly status: number;
  /** Everything it printed, without colours. */
  readonly output: string;
}

/** How the cdktf command is run. */
export interface CdktfOptions {
  /** Path of cdktf's program. */
  readonly program: string;
  /** The folder with `cdktf.json`. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Takes each line that is printed. */
  readonly print?: (line: string) => void;
}

/** Runs the real cdktf command, as a person would type it. */
export class Cdktf {
  private readonly running = new Set<() => void>();

  constructor(private readonly options: CdktfOptions) {}

  /** Runs it with these parameters and waits for its end, however it ends. */
  async run(...parameters: readonly string[]): Promise<CommandResult> {
    const child = spawn(process.execPath, [this.options.program, ...parameters], {
      cwd: this.options.folder,
      env: { ...this.options.variables, FORCE_COLOR: '0', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that Terraform and the provider end with it.
      detached: true,
    });
    const end = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    this.running.add(end);
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        const plain = line.replace(COLOURS, '').trimEnd();
        lines.push(plain);
        this.options.print?.(plain);
      });
    }
    const [status] = (await once(child, 'close')) as [number | null];
    this.running.delete(end);
    return { status: status ?? 1, output: lines.join('\n') };
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

const COLOURS = /\u001b\[[0-9;]*m/g;
