import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';

/** A frame of the wire protocol. */
export type Frame = readonly unknown[];

/** Longer than Telegram pauses, at worst, before it brings an update again (`webhookRetryPause` of the sandbox, a hundred times). */
const PATIENCE_MS = 90_000;

/** A visitor's WebSocket, as wscat or the widget opens it. */
export class Visitor {
  /** Everything that came, oldest first, as text. */
  readonly received: string[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.received.push(data.toString()));
  }

  /** Opens a connection with the subprotocol `k1te.chat.v1`. Rejects if the handshake is refused. */
  static async connect(url: string): Promise<Visitor> {
    const socket = new WebSocket(url, 'k1te.chat.v1');
    const visitor = new Visitor(socket);
    await once(socket, 'open');
    return visitor;
  }

  /** The subprotocol that the server chose. */
  get protocol(): string {
    return this.socket.protocol;
  }

  /** Sends text as it is, or a frame. */
  send(message: string | Frame): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends and resolves to the next text that comes. */
  async ask(message: string | Frame): Promise<string> {
    const seen = this.received.length;
    this.send(message);
    await this.until(() => this.received.length > seen, JSON.stringify(message));
    return this.received[seen] ?? '';
  }

  /** Waits for a frame with this tag that fits. */
  async frame(tag: string, fits: (frame: Frame) => boolean = () => true): Promise<Frame> {
    const find = (): Frame | undefined => this.frames().find((frame) => frame[0] === tag && fits(frame));
    await this.until(() => find() !== undefined, tag);
    return find() ?? [];
  }

  /** Everything that came and is a frame. */
  frames(): Frame[] {
    return this.received.filter((text) => text.startsWith('[')).map((text) => JSON.parse(text) as Frame);
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  private async until(condition: () => boolean, waitingFor: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > deadline)
        throw new Error(
          `Nothing came for ${waitingFor} within ${PATIENCE_MS / 1000} s; there came: ${this.received.join(' ')}`,
        );
      await pause(20);
    }
  }
}
