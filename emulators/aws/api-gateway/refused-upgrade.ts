import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Refuses a WebSocket handshake: an HTTP response on the raw socket, which is then closed. */
export function refuseUpgrade(socket: Duplex, status: number, body: string, contentType = 'application/json'): void {
  if (socket.destroyed || !socket.writable) return;
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
      'Connection: close',
      `Content-Type: ${contentType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
