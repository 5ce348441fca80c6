import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';

const ROOT = resolve(__dirname, '..', '..', '..');

/** As in `package.json`, but found from any working directory. */
const TSX = pathToFileURL(require.resolve('tsx')).href;

/** A new folder for the data and as the working directory, where no .env lies. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'kite-start-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** `npm start` in a process of its own. */
export class Program {
  output = '';
  readonly exit: Promise<number>;
  private readonly process: ChildProcess;

  constructor(folder: string, args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
    const { PATH = '', HOME = '', npm_config_cache: _ } = process.env;
    this.process = spawn(process.execPath, ['--import', TSX, join(ROOT, 'local', 'start', 'main.ts'), ...args], {
      cwd: folder,
      env: { PATH, HOME, PORT: '0', KITE_DATA: join(folder, 'data'), ...environment },
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    }
    // Streams may end after the process.
    this.exit = once(this.process, 'close').then(([code]) => code as number);
  }

  /** The first match in what it prints, now or later. */
  async printed(pattern: RegExp, milliseconds = 20_000): Promise<RegExpExecArray> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (Date.now() > deadline || this.process.exitCode !== null) {
        throw new Error(`It did not print ${pattern}, but:\n${this.output}`);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Where it serves: `http://localhost:<port>`. */
  async origin(): Promise<string> {
    await this.printed(/Ctrl-C ends it/);
    return (await this.printed(/Webhook\s+(http:\/\/localhost:\d+)\/dev\/tg/))[1] ?? '';
  }

  /** Ctrl-C; resolves to the exit code. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number> {
    this.process.kill(signal);
    return this.exit;
  }

  kill(): void {
    if (this.process.exitCode === null) this.process.kill('SIGKILL');
  }
}

/** A visitor's connection, with everything it got. */
export class Visitor {
  readonly frames: unknown[][] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data))));
  }

  static async join(origin: string, memberId: string): Promise<Visitor> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/dev?c=kite-demo`, ['k1te.chat.v1']);
    const visitor = new Visitor(socket);
    await once(socket, 'open');
    visitor.send('JOIN', memberId, 'Anna', 'kite-demo');
    await visitor.frame('OK');
    return visitor;
  }

  send(...frame: unknown[]): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The first frame of that kind that says so, now or later. */
  async frame(tag: string, text?: string): Promise<unknown[]> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = this.frames.find((frame) => frame[0] === tag && (text === undefined || frame.includes(text)));
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`No ${tag} ${text ?? ''} among ${JSON.stringify(this.frames)}`);
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}

interface ConsoleMessage {
  readonly message_id: number;
  readonly text?: string;
  readonly message_thread_id?: number;
}

interface ConsoleState {
  readonly users: readonly { id: number; is_bot: boolean }[];
  readonly chats: readonly { key: string; type: string; members: { id: number }[]; messages: ConsoleMessage[] }[];
}

/** The operators' console, as its own script uses it. */
export class Operators {
  constructor(private readonly origin: string) {}

  /** The first message in the group that contains the text, now or later. */
  async message(text: string): Promise<ConsoleMessage> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = (await this.group()).messages.find((message) => message.text?.includes(text));
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`No message with "${text}" came to the group.`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** How many messages of the group contain the text. */
  async count(text: string): Promise<number> {
    return (await this.group()).messages.filter((message) => message.text?.includes(text)).length;
  }

  /** Answers in the topic of a message. */
  async answer(message: ConsoleMessage, text: string): Promise<void> {
    const { users, chats } = await this.state();
    const group = chats.find(({ type }) => type === 'supergroup');
    const from = users.find(({ id, is_bot }) => !is_bot && group?.members.some((member) => member.id === id))?.id;
    const response = await fetch(`${this.origin}/telegram/actions/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat: group?.key, from, topic: message.message_thread_id, text }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  private async group(): Promise<ConsoleState['chats'][number]> {
    const group = (await this.state()).chats.find(({ type }) => type === 'supergroup');
    if (!group) throw new Error('There is no group.');
    return group;
  }

  private async state(): Promise<ConsoleState> {
    return (await (await fetch(`${this.origin}/telegram/state`)).json()) as ConsoleState;
  }
}
