import { once } from 'node:events';
import WebSocket from 'ws';

/** How long an answer may take, milliseconds. */
const PATIENCE = 20_000;

/** A visitor's browser, as far as the wire protocol goes. */
export class BenchVisitor {
  private readonly waiting = new Set<() => void>();
  private readonly frames: unknown[][] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as unknown[]);
      for (const look of [...this.waiting]) look();
    });
    socket.on('error', () => undefined);
  }

  /** Opens a connection to a stage, as the widget does. Rejects if it is refused. */
  static async connect(url: string): Promise<BenchVisitor> {
    const socket = new WebSocket(url, 'k1te.chat.v1');
    const visitor = new BenchVisitor(socket);
    await once(socket, 'open');
    return visitor;
  }

  /** Sends a frame and resolves to the next one with that tag. @throws Error after 20 s */
  async ask(frame: readonly unknown[], tag: string): Promise<unknown[]> {
    this.frames.length = 0;
    this.socket.send(JSON.stringify(frame));
    return this.frame(tag);
  }

  /** The first frame with that tag since the last {@link ask}. @throws Error after 20 s */
  async frame(tag: string): Promise<unknown[]> {
    const find = () => this.frames.find(([each]) => each === tag);
    const there = find();
    if (there) return there;
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        this.waiting.delete(look);
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`No ${tag} came within ${PATIENCE / 1000} s; there came ${JSON.stringify(this.frames)}`));
      }, PATIENCE);
      this.waiting.add(look);
    });
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}
