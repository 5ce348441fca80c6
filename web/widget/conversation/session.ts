import { SUBPROTOCOL } from '../../../lambdas/chat/protocol/subprotocol';
import { backoff } from './backoff';
import { parseFrame, type ServerFrame } from './frames';

/** How the connection is. */
export type Status =
  /** Not started, or stopped. */
  | 'idle'
  | 'connecting'
  | 'online'
  /** The server asks to slow down. */
  | 'slow'
  /** Lost; a retry follows. */
  | 'waiting'
  /** The browser says that there is no network. */
  | 'offline'
  /** The server refuses this visitor, e.g. because there is no such channel. */
  | 'refused';

/** Why the server refuses the visitor or a message, or asks to slow down. */
export interface Because {
  /** An error code of the protocol. */
  readonly code: number;
  /** The server's sentence, in English. */
  readonly reason: string;
  /** When sending continues, milliseconds since 1970 (429 only). */
  readonly until?: number;
}

/** A message to deliver. */
export interface Outgoing {
  readonly id: string;
  readonly at: number;
  readonly text?: string;
  readonly file?: { readonly name: string; readonly type: string; readonly size: number; readonly content: Blob };
}

/** What a session tells. */
export interface SessionListener {
  /** `because`: why it is refused or slow. */
  status(status: Status, because?: Because): void;
  received(frame: Extract<ServerFrame, { tag: 'TXT' | 'BIN' }>): void;
  /** The server has stored it. */
  sent(id: string, receipt: { at: number; url?: string }): void;
  /** The server refused it; it is not retried. */
  failed(id: string, because: Because): void;
}

/** What a session needs. */
export interface SessionOptions {
  readonly url: string;
  readonly memberId: string;
  readonly memberName: string | null;
  readonly channel: string;
  readonly listener: SessionListener;
  /** The id of the last message of the host that this browser has: the server sends what came after it. */
  readonly lastReceived?: () => string | undefined;
  /** @default the browser's */
  readonly openSocket?: (url: string, protocol: string) => WebSocket;
  /** Puts a file to an upload URL. @default fetch */
  readonly upload?: (url: string, file: { type: string; content: Blob }) => Promise<{ ok: boolean }>;
  /** Shortens every wait, for tests. @default 1 */
  readonly pace?: number;
}

/** API Gateway cuts a connection after ten idle minutes; this is well below. */
const PING_EVERY = 4 * 60_000;
/** A connection without an answer for this long counts as dead. */
const ANSWER_WITHIN = 20_000;
/** A connection that lasted this long was good: the next attempt starts without a long wait. */
const STABLE_AFTER = 10_000;
/** A server that answered this recently, even with a refusal, needs no check. */
const QUIET = 30_000;
/** The least time between two JOINs of a refused visitor. */
const REFUSED_FOR = 30_000;
const TRIES = 5;

class ConnectionLost extends Error {}

class Refusal extends Error implements Because {
  constructor(
    readonly reason: string,
    readonly code: number,
  ) {
    super(reason);
  }
}

interface Expectation {
  readonly messageId: string;
  readonly resolve: (frame: ServerFrame) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One visitor's connection: joins, joins again whenever it is lost, and delivers messages strictly one after another,
 * each only when the one before is acknowledged. What is not acknowledged is sent again with the same id.
 */
export class Session {
  private socket: WebSocket | undefined;
  private status: Status = 'idle';
  private because: Because | undefined;
  private joined = false;
  /** Whether to connect without `c`: a refused handshake does not tell the page why, a refused JOIN does. */
  private unnamed = false;
  private heardAt = 0;
  private attempt = 0;
  private queue: Outgoing[] = [];
  /** Where a file went, so that it is not uploaded again after a reconnect. */
  private readonly uploads = new Map<string, string>();
  private tries = 0;
  private pumping = false;
  private expected: Expectation | undefined;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly options: SessionOptions) {}

  /** Connects, and stays connected until `stop`. */
  start(): void {
    if (this.status !== 'idle') return;
    this.connect();
  }

  stop(): void {
    this.setStatus('idle');
    this.drop();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  /** Delivers a message after all that were given before it. The same id twice is one message. */
  deliver(message: Outgoing): void {
    if (this.queue.some(({ id }) => id === message.id)) return;
    this.queue.push(message);
    if (this.status === 'refused' && !this.socket) this.retryNow();
    void this.pump();
  }

  /** The network or the visitor is back: retry at once, or check that the connection is alive. */
  wake(): void {
    if (this.joined) {
      if (Date.now() - this.heardAt > QUIET) this.ping();
    } else if (this.status === 'waiting' || this.status === 'offline') this.retryNow();
    else if (this.status === 'refused' && !this.socket && Date.now() - this.heardAt > QUIET) this.retryNow();
  }

  /** The browser says that the network is gone. */
  sleep(): void {
    if (this.status === 'idle') return;
    this.setStatus('offline');
    this.drop();
    this.clear('reconnect');
  }

  private retryNow(): void {
    this.attempt = 0;
    this.connect();
  }

  private connect(): void {
    this.drop();
    this.clear('reconnect');
    // A refused visitor stays refused until JOIN succeeds.
    if (this.status !== 'refused') this.setStatus('connecting');
    const url = this.unnamed ? withoutChannel(this.options.url) : this.options.url;
    const socket = this.options.openSocket?.(url, SUBPROTOCOL) ?? new WebSocket(url, SUBPROTOCOL);
    let opened = false;
    this.socket = socket;
    socket.onopen = () => {
      opened = true;
      const { memberId, memberName, channel } = this.options;
      const cursor = this.options.lastReceived?.();
      this.write(['JOIN', memberId, memberName, channel, ...(cursor === undefined ? [] : [cursor])]);
    };
    socket.onmessage = ({ data }) => {
      const frame = parseFrame(data);
      if (socket !== this.socket) return;
      this.heardAt = Date.now();
      if (frame) this.read(frame);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      if (!opened) this.unnamed = !this.unnamed;
      this.lost();
    };
    this.after('answer', ANSWER_WITHIN, () => this.lost());
  }

  private read(frame: ServerFrame): void {
    switch (frame.tag) {
      case 'OK':
        return this.onJoined();
      case 'PONG':
        return this.clear('answer');
      case 'TXT':
      case 'BIN':
        return this.options.listener.received(frame);
      case 'ACK':
      case 'UPL':
        if (this.expected?.messageId === frame.messageId) this.expected.resolve(frame);
        return;
      case 'ERR':
        return this.onError(frame);
    }
  }

  private onJoined(): void {
    this.joined = true;
    this.unnamed = false;
    this.clear('answer');
    this.after('stable', STABLE_AFTER, () => {
      this.attempt = 0;
    });
    this.schedulePing();
    this.setStatus('online');
    void this.pump();
  }

  private onError({ reason, code, messageId }: Extract<ServerFrame, { tag: 'ERR' }>): void {
    if (messageId !== undefined) {
      if (this.expected?.messageId === messageId) this.expected.reject(new Refusal(reason, code));
    } else if (this.joined) this.expected?.reject(new Refusal(reason, code));
    else if (code === 429) this.lost('slow', untilThen(reason), secondsIn(reason) * 1000);
    // 401: the connection is closed, not the chat.
    else if (code >= 400 && code < 500 && code !== 401) this.refuse({ code, reason }, REFUSED_FOR);
    else this.lost();
  }

  /** The server refuses the visitor: fails pending messages, and retries JOIN after `wait` milliseconds and the usual pause. */
  private refuse(because: Because, wait: number): void {
    const { queue } = this;
    this.queue = [];
    this.tries = 0;
    this.uploads.clear();
    this.lost('refused', because, wait);
    for (const { id } of queue) this.options.listener.failed(id, because);
  }

  /** Drops the connection, and reconnects after `wait` milliseconds and the usual pause. */
  private lost(status: 'waiting' | 'slow' | 'refused' = 'waiting', because?: Because, wait = 0): void {
    this.drop();
    if (this.status === 'idle' || this.status === 'offline') return;
    if (status !== 'waiting' || this.status !== 'refused') this.setStatus(status, because);
    this.after('reconnect', wait + backoff(this.attempt++), () => this.connect());
  }

  /** Drops the socket; requests that wait for an answer fail and stay in the queue. */
  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    this.joined = false;
    this.clear('answer');
    this.clear('ping');
    this.clear('stable');
    this.expected?.reject(new ConnectionLost());
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    for (let next = this.queue[0]; next && this.joined; next = this.queue[0]) {
      try {
        await this.send(next);
      } catch (error) {
        if (!(await this.goOn(next, error))) break;
      }
    }
    this.pumping = false;
  }

  private async send(message: Outgoing): Promise<void> {
    const { id, text, file } = message;
    const timestamp = new Date(message.at).toISOString();
    let url: string | undefined;
    if (file) {
      url = this.uploads.get(id) ?? (await this.upload(id, file, timestamp));
      this.uploads.set(id, url);
    }
    const frame = file ? ['BIN', id, url, file.name, file.type, file.size, timestamp] : ['TXT', id, text, timestamp];
    const answer = await this.ask(id, frame);
    if (answer.tag !== 'ACK') throw new ConnectionLost();
    this.done(id);
    this.options.listener.sent(id, { at: answer.at, ...(url ? { url } : {}) });
  }

  private async upload(id: string, file: NonNullable<Outgoing['file']>, timestamp: string): Promise<string> {
    const answer = await this.ask(id, ['UPL', id, file.name, file.type, file.size, timestamp]);
    if (answer.tag !== 'UPL') throw new ConnectionLost();
    const put = this.options.upload ?? putFile;
    const { ok } = await put(answer.uploadUrl, file).catch(() => ({ ok: false }));
    // The URL may have expired meanwhile: the next attempt asks for another one.
    if (!ok) throw new Refusal('', 503);
    return answer.downloadUrl;
  }

  /** What to do after a failure: whether the queue goes on now. */
  private async goOn({ id }: Outgoing, error: unknown): Promise<boolean> {
    if (!(error instanceof Refusal)) return false;
    const { code, reason } = error;
    if (code === 401) {
      this.lost();
      return false;
    }
    // About the visitor, not about this message: JOIN confirms it, and succeeds when it is over.
    if (code === 403 || code === 404) {
      this.refuse({ code, reason }, 0);
      return false;
    }
    if (code === 429) {
      this.setStatus('slow', untilThen(reason));
      await this.pause(secondsIn(reason) * 1000);
      if (this.joined) this.setStatus('online');
      return true;
    }
    this.tries += 1;
    // 502: the operators cannot be reached, so a retry does not help.
    if (code >= 500 && code !== 502 && this.tries < TRIES) {
      await this.pause(backoff(this.tries));
      return true;
    }
    this.done(id);
    this.options.listener.failed(id, { code, reason });
    return true;
  }

  private done(id: string): void {
    this.tries = 0;
    this.uploads.delete(id);
    this.queue = this.queue.filter((message) => message.id !== id);
  }

  /** Sends a frame and waits for the frame that answers it. A connection that stays silent is given up. */
  private async ask(messageId: string, frame: unknown[]): Promise<ServerFrame> {
    try {
      return await new Promise<ServerFrame>((resolve, reject) => {
        if (!this.joined) throw new ConnectionLost();
        this.expected = { messageId, resolve, reject };
        this.after('reply', ANSWER_WITHIN, () => this.lost());
        this.write(frame);
      });
    } finally {
      this.expected = undefined;
      this.clear('reply');
    }
  }

  private ping(): void {
    this.write(['PING']);
    this.after('answer', ANSWER_WITHIN, () => this.lost());
    this.schedulePing();
  }

  private schedulePing(): void {
    this.after('ping', PING_EVERY, () => this.ping());
  }

  private write(frame: unknown[]): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame));
  }

  private setStatus(status: Status, because?: Because): void {
    if (status === this.status && because?.code === this.because?.code) return;
    this.status = status;
    this.because = because;
    this.options.listener.status(status, because);
  }

  private after(name: string, milliseconds: number, action: () => void): void {
    this.clear(name);
    this.timers.set(name, setTimeout(action, milliseconds * (this.options.pace ?? 1)));
  }

  private clear(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds * (this.options.pace ?? 1)));
  }
}

/** "Slow down" says when to try again; without a number, in five seconds. */
function secondsIn(reason: string): number {
  const number = Number(/(\d+) second/.exec(reason)?.[1] ?? 5);
  return Math.min(Math.max(number, 1), 300);
}

function untilThen(reason: string): Because {
  return { code: 429, reason, until: Date.now() + secondsIn(reason) * 1000 };
}

function withoutChannel(url: string): string {
  const unnamed = new URL(url);
  unnamed.searchParams.delete('c');
  return unnamed.href;
}

async function putFile(url: string, { type, content }: { type: string; content: Blob }): Promise<Response> {
  return await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: content });
}
