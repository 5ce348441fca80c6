import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { FrameMeter } from './frame-meter';
import type { GatewayLimits } from './limits';
import type { ConnectionFacts } from './websocket-event';

/** Takes what happens on a connection. */
export interface ConnectionListener {
  /** One text message within the limits. */
  readonly onMessage: (text: string) => void;
  /** The end, once, with the close code and reason of RFC 6455. */
  readonly onClose: (code: number, reason: string) => void;
}

/** An established WebSocket connection within API Gateway's limits of size, idleness and age. */
export class WebSocketConnection {
  /** Epoch milliseconds of the last message in either direction. */
  lastActiveAt: number;
  private readonly ageTimer: NodeJS.Timeout;
  private idleTimer: NodeJS.Timeout;
  /** Why the gateway itself ended the connection, if it did. */
  private ended: { readonly code: number; readonly reason: string } | undefined;

  constructor(
    readonly facts: ConnectionFacts,
    private readonly socket: WebSocket,
    transport: Duplex,
    private readonly limits: GatewayLimits,
    listener: ConnectionListener,
  ) {
    this.lastActiveAt = facts.connectedAt;
    this.idleTimer = this.startIdleTimer();
    this.ageTimer = setTimeout(() => this.close(1001, 'Going away'), limits.connectionMillis);
    this.ageTimer.unref();

    const meter = new FrameMeter(limits.frameBytes);
    const measure = (chunk: Buffer): void => {
      if (!meter.exceedsLimit(chunk)) return;
      transport.off('data', measure);
      this.close(1009, 'Message too long');
    };
    // Before the ws library sees the same bytes: it measures messages only.
    transport.prependListener('data', measure);

    socket.on('message', (data, isBinary) => {
      if (this.ended) return;
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
      if (isBinary) return this.close(1003, 'Unsupported data');
      this.touch();
      listener.onMessage(String(data));
    });
    socket.on('ping', () => this.touch());
    // Protocol errors end the connection; the close event that follows tells the rest.
    socket.on('error', (error) => {
      if (/max payload/i.test(error.message)) this.ended ??= { code: 1009, reason: 'Message too long' };
    });
    socket.on('close', (code, reason) => {
      clearTimeout(this.idleTimer);
      clearTimeout(this.ageTimer);
      listener.onClose(this.ended?.code ?? code, this.ended?.reason ?? reason.toString());
    });
  }

  /** Whether a message can still reach the client. */
  get isOpen(): boolean {
    return !this.ended && this.socket.readyState === this.socket.OPEN;
  }

  /** Sends a text message, in frames of at most the frame limit, as API Gateway splits them. */
  send(message: Buffer): void {
    if (!this.isOpen) return;
    this.touch();
    let start = 0;
    do {
      const end = start + this.limits.frameBytes;
      this.socket.send(message.subarray(start, end), { binary: false, fin: end >= message.length });
      start = end;
    } while (start < message.length);
  }

  /** Ends the connection from the gateway's side. */
  close(code: number, reason: string): void {
    this.ended ??= { code, reason };
    this.socket.close(code, reason);
  }

  /** Ends the connection without waiting for the client's goodbye. */
  terminate(): void {
    this.socket.terminate();
  }

  private touch(): void {
    this.lastActiveAt = Date.now();
    this.idleTimer.refresh();
  }

  private startIdleTimer(): NodeJS.Timeout {
    return setTimeout(() => this.close(1001, 'Going away'), this.limits.idleMillis).unref();
  }
}
