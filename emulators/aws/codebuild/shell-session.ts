import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/**
 * Runs commands as CodeBuild's version 0.2 does: what a command exports and where it changes to is there for the next,
 * also in later phases; a command that calls `exit` ends itself only.
 */
export class ShellSession {
  private constructor(
    private readonly shell: string,
    private readonly folder: string,
    private readonly say: (text: string) => void,
  ) {}

  /** @param folder a folder of its own, for what is handed on between commands */
  static async open(
    shell: string,
    folder: string,
    start: { readonly environment: Readonly<Record<string, string>>; readonly directory: string },
    say: (text: string) => void,
  ): Promise<ShellSession> {
    await fs.mkdir(folder, { recursive: true });
    const session = new ShellSession(shell, folder, say);
    await fs.writeFile(session.file('environment'), Object.entries(start.environment).map(exported).join(''));
    await fs.writeFile(session.file('directory'), start.directory);
    return session;
  }

  /** Sets a variable for the commands that follow. */
  async set(name: string, value: string): Promise<void> {
    await fs.appendFile(this.file('environment'), exported([name, value]));
  }

  /** Runs one command; answers with its exit code. */
  async run(command: string): Promise<number> {
    await fs.writeFile(this.file('command'), `${command}\n`);
    const script = [
      `trap 'status=$?; export -p > "${this.file('environment')}"; pwd > "${this.file('directory')}"; exit $status' EXIT`,
      `. "${this.file('environment')}"`,
      `cd "$(cat "${this.file('directory')}")"`,
      `. "${this.file('command')}"`,
    ].join('\n');
    return new Promise((resolve, reject) => {
      const child = spawn(this.shell, ['-c', script], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.setEncoding('utf8').on('data', this.say);
      child.stderr.setEncoding('utf8').on('data', this.say);
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
  }

  /** What a variable is now; undefined if it is not exported. */
  async get(name: string): Promise<string | undefined> {
    const command = `. "${this.file('environment')}"; printenv ${name}`;
    return new Promise((resolve, reject) => {
      let value = '';
      const child = spawn(this.shell, ['-c', command], { env: {}, stdio: ['ignore', 'pipe', 'ignore'] });
      child.stdout.setEncoding('utf8').on('data', (text: string) => (value += text));
      child.on('error', reject);
      child.on('close', (code) => resolve(code === 0 ? value.replace(/\n$/, '') : undefined));
    });
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }
}

function exported([name, value]: readonly [string, string]): string {
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`;
}
