import WebSocket from 'ws';
import type { Telegram } from '../../emulators/telegram';
import { HandshakeRefused, Inbox, type ChatUnderTest, type Client, type ConnectOptions } from './driver';

export interface RemoteChat {
  /** `ws://host/stage` or `wss://host/stage`. */
  readonly websocketUrl: string;
  /** `http://host/stage`. */
  readonly apiUrl: string;
  /** The emulator that the chat's TELEGRAM_API_ROOT points to. */
  readonly telegram: Telegram;
  readonly bot: string;
  readonly close?: () => Promise<void>;
}

/** A chat behind a gateway: `npm start`, or what was deployed into the sandbox. */
export function remoteChat({ websocketUrl, apiUrl, telegram, bot, close }: RemoteChat): ChatUnderTest {
  const sockets = new Set<WebSocket>();
  return {
    telegram,
    bot,
    connect: (options) => open(websocketUrl, options, sockets),
    async request(path, init) {
      const response = await fetch(apiUrl + path, { redirect: 'manual', ...init });
      return {
        status: response.status,
        body: await response.text(),
        location: response.headers.get('location') ?? undefined,
      };
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      await close?.();
    },
  };
}

async function open(url: string, options: ConnectOptions = {}, sockets: Set<WebSocket>): Promise<Client> {
  const { query, origin, protocols = [] } = options;
  const socket = new WebSocket(query === undefined ? url : `${url}?${query}`, [...protocols], origin ? { origin } : {});
  const inbox = new Inbox();
  socket.on('message', (data) => inbox.add(String(data)));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (request, response) => {
      reject(new HandshakeRefused(response.statusCode ?? 0));
      request.destroy();
    });
  });
  sockets.add(socket);
  return {
    protocol: socket.protocol || undefined,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: () => inbox.next(),
    isQuiet: (milliseconds) => inbox.isQuiet(milliseconds),
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.close();
      });
    },
  };
}
