import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../emulators/loopback';

const ROOT = join(__dirname, '..', '..');

/** `npm start` in a process of its own, on a free port and with data of its own, as a developer runs it. */
export class LocalChat {
  /** Of its data. */
  readonly folder = mkdtempSync(join(tmpdir(), 'kite-browser-'));
  private process: ChildProcess | undefined;
  private output = '';

  private constructor(private readonly port: number) {}

  /** Resolves when it says that it is ready. */
  static async start(): Promise<LocalChat> {
    const chat = new LocalChat(await freePort());
    try {
      await chat.run();
    } catch (error) {
      await chat.remove();
      throw error;
    }
    return chat;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Ctrl-C, and the same command again: the same address and data. */
  async restart(): Promise<void> {
    await this.end();
    await this.run();
  }

  /** Ctrl-C. */
  async end(): Promise<void> {
    const { process: running } = this;
    if (!running || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGINT');
    await ended;
  }

  async run(): Promise<void> {
    this.output = '';
    const environment = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(this.port),
      KITE_DATA: this.folder,
    };
    const started = spawn(process.execPath, ['--import', 'tsx', join('local', 'start', 'main.ts')], {
      cwd: ROOT,
      env: environment,
    });
    this.process = started;
    await new Promise<void>((resolve, reject) => {
      const read = (data: Buffer): void => {
        this.output += data.toString();
        if (this.output.includes('is ready in')) resolve();
      };
      started.stdout.on('data', read);
      started.stderr.on('data', read);
      started.once('exit', () => reject(new Error(`npm start ended before it was ready:\n${this.output}`)));
    });
  }

  /** What it printed since its last start, to find out why a test failed. */
  get printed(): string {
    return this.output;
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
