import type { Telegram } from '../../emulators/telegram';

/** A chat that can be tested, wherever it runs: the contract suite sees it only through this. */
export interface ChatUnderTest {
  /** The people on Telegram's side, and the bot's user name. */
  readonly telegram: Telegram;
  readonly bot: string;
  /** Opens a WebSocket. Rejects with {@link HandshakeRefused} if the handshake is refused. */
  connect(options?: ConnectOptions): Promise<Client>;
  /** A request to the HTTP API; `path` is below the stage, e.g. `/tg`. */
  request(path: string, init?: RequestInit): Promise<HttpAnswer>;
  /** Ends what was started for the test. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** The query without its question mark, e.g. `c=my-channel`. */
  readonly query?: string;
  readonly origin?: string;
  readonly protocols?: readonly string[];
}

/** One WebSocket of a visitor. */
export interface Client {
  /** The subprotocol that the server chose; undefined: none. */
  readonly protocol: string | undefined;
  /** Sends a frame: text as it is, anything else as JSON. */
  send(frame: unknown): void;
  /** The next frame: JSON, or the text itself if it is none. Rejects if none comes in time. */
  next(): Promise<unknown>;
  /** Whether nothing comes for so many milliseconds. */
  isQuiet(milliseconds: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly location: string | undefined;
}

export class HandshakeRefused extends Error {
  constructor(readonly status: number) {
    super(`The handshake was refused with ${status}`);
  }
}

/** How long anything may take, milliseconds: two accounts are deployed on the machine while this one chats. */
export const PATIENCE = 45_000;

/** Frames in their order, waited for. */
export class Inbox {
  readonly #frames: unknown[] = [];
  #wake: (() => void) | undefined;

  add(text: string): void {
    this.#frames.push(parsed(text));
    this.#wake?.();
  }

  async next(): Promise<unknown> {
    if (!(await this.#something(PATIENCE))) throw new Error(`No frame came within ${PATIENCE} ms`);
    return this.#frames.shift();
  }

  async isQuiet(milliseconds: number): Promise<boolean> {
    return !(await this.#something(milliseconds));
  }

  async #something(milliseconds: number): Promise<boolean> {
    if (this.#frames.length > 0) return true;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => (this.#wake = resolve)),
      new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds))),
    ]);
    clearTimeout(timer);
    return this.#frames.length > 0;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
