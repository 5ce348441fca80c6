import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket as Socket, WebSocketServer } from 'ws';
import { type Because, Session, type SessionListener, type Status } from '../../../../web/widget/conversation/session';

/** A server whose answers the test writes. */
class ScriptedServer {
  readonly frames: unknown[][] = [];
  answer: (frame: unknown[], send: (frame: unknown[]) => void, socket: Socket) => void = accept;
  /** Path and query of each handshake. */
  readonly handshakes: string[] = [];
  /** Whether to refuse a handshake to this path and query with 404. */
  refusesHandshake: (path: string) => boolean = () => false;
  private readonly server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: ({ req: { url = '' } }: { req: IncomingMessage }, done: (fine: boolean, code?: number) => void) => {
      this.handshakes.push(url);
      done(!this.refusesHandshake(url), 404);
    },
  });
  private readonly sockets = new Set<Socket>();

  constructor() {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as unknown[];
        this.frames.push(frame);
        this.answer(frame, (reply) => socket.send(JSON.stringify(reply)), socket);
      });
    });
  }

  async listening(): Promise<this> {
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/dev?c=kite-demo`;
  }

  tags(): unknown[] {
    return this.frames.map(([tag]) => tag);
  }

  push(frame: unknown[]): void {
    for (const socket of this.sockets) socket.send(JSON.stringify(frame));
  }

  hangUp(): void {
    for (const socket of this.sockets) socket.terminate();
    this.sockets.clear();
  }

  close(): Promise<void> {
    this.hangUp();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** Joins, acknowledges, and gives URLs for files. */
function accept(frame: unknown[], send: (frame: unknown[]) => void): void {
  const [tag, id] = frame;
  if (tag === 'JOIN') send(['OK']);
  if (tag === 'PING') send(['PONG']);
  if (tag === 'TXT' || tag === 'BIN') send(['ACK', id, `server-${String(id)}`, '2026-01-01T00:00:00.000Z']);
  if (tag === 'UPL') send(['UPL', id, `https://files/${String(id)}`, `https://upload/${String(id)}`]);
}

class Log implements SessionListener {
  readonly statuses: Status[] = [];
  readonly texts: string[] = [];
  readonly delivered: string[] = [];
  readonly refused: [string, string, number][] = [];
  because: Because | undefined;

  status(status: Status, because?: Because): void {
    this.statuses.push(status);
    this.because = because;
  }
  received(frame: Parameters<SessionListener['received']>[0]): void {
    this.texts.push(frame.tag === 'TXT' ? frame.text : frame.url);
  }
  sent(id: string): void {
    this.delivered.push(id);
  }
  failed(id: string, { reason, code }: Because): void {
    this.refused.push([id, reason, code]);
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 4000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('It did not happen within 4 s.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("a visitor's session", () => {
  let server: ScriptedServer;
  let log: Log;
  let session: Session;
  const uploads: [string, string][] = [];

  /** `pace` shortens every wait. */
  const newSession = (pace = 0.01, lastReceived?: () => string | undefined): Session =>
    new Session({
      ...(lastReceived ? { lastReceived } : {}),
      url: server.url,
      memberId: 'A1b2C3d4E5',
      memberName: null,
      channel: 'kite-demo',
      listener: log,
      openSocket: (url, protocol) => {
        const socket = new Socket(url, protocol);
        // In a browser a failed handshake throws nothing; `close` follows.
        socket.on('error', () => undefined);
        return socket as unknown as WebSocket;
      },
      upload: (url, { type }) => {
        uploads.push([url, type]);
        return Promise.resolve({ ok: true });
      },
      pace,
    });

  beforeEach(async () => {
    server = await new ScriptedServer().listening();
    log = new Log();
    uploads.length = 0;
    session = newSession();
  });
  afterEach(async () => {
    session.stop();
    await server.close();
  });

  const text = (id: string): { id: string; at: number; text: string } => ({ id, at: 0, text: `text ${id}` });

  test('joins its channel and is online', async () => {
    session.start();
    await until(() => log.statuses.at(-1) === 'online');
    expect(server.frames).toEqual([['JOIN', 'A1b2C3d4E5', null, 'kite-demo']]);
    expect(log.statuses).toEqual(['connecting', 'online']);
  });

  test('says with every JOIN which message of the host it got last, as soon as there is one', async () => {
    let last: string | undefined;
    session = newSession(0.01, () => last);
    session.start();
    await until(() => log.statuses.at(-1) === 'online');
    for (last of ['first', 'second']) {
      const joins = server.frames.length;
      server.hangUp();
      await until(() => server.frames.length > joins);
    }
    const join = ['JOIN', 'A1b2C3d4E5', null, 'kite-demo'];
    expect(server.frames).toEqual([join, [...join, 'first'], [...join, 'second']]);
  });

  test('sends a message only when the one before is acknowledged', async () => {
    const held: (() => void)[] = [];
    server.answer = (frame, send) => {
      if (frame[0] === 'TXT') held.push(() => accept(frame, send));
      else accept(frame, send);
    };
    for (const id of ['a', 'b', 'c']) session.deliver(text(id));
    session.start();
    await until(() => held.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.tags()).toEqual(['JOIN', 'TXT']);
    held[0]?.();
    await until(() => held.length === 2);
    held[1]?.();
    await until(() => held.length === 3);
    held[2]?.();
    await until(() => log.delivered.length === 3);
    expect(log.delivered).toEqual(['a', 'b', 'c']);
  });

  test('uploads a file between two texts, in their order', async () => {
    const content = new Blob(['%PDF']);
    session.deliver(text('a'));
    session.deliver({ id: 'b', at: 0, file: { name: 'list.pdf', type: 'application/pdf', size: 4, content } });
    session.deliver(text('c'));
    session.start();
    await until(() => log.delivered.length === 3);
    expect(server.frames.map(([tag, id]) => [tag, id])).toEqual([
      ['JOIN', 'A1b2C3d4E5'],
      ['TXT', 'a'],
      ['UPL', 'b'],
      ['BIN', 'b'],
      ['TXT', 'c'],
    ]);
    expect(uploads).toEqual([['https://upload/b', 'application/pdf']]);
    const at = new Date(0).toISOString();
    expect(server.frames[3]).toEqual(['BIN', 'b', 'https://files/b', 'list.pdf', 'application/pdf', 4, at]);
  });

  test('reconnects after a lost connection, and sends again what was not acknowledged', async () => {
    let lost = false;
    server.answer = (frame, send) => {
      if (frame[0] === 'TXT' && !lost) {
        lost = true;
        server.hangUp();
      } else accept(frame, send);
    };
    session.deliver(text('a'));
    session.deliver(text('b'));
    session.start();
    await until(() => log.delivered.length === 2);
    expect(server.frames.map(([tag, id]) => (tag === 'TXT' ? id : tag))).toEqual(['JOIN', 'a', 'JOIN', 'a', 'b']);
    expect(log.statuses).toEqual(['connecting', 'online', 'waiting', 'connecting', 'online']);
  });

  test('keeps trying with growing pauses while the server refuses', async () => {
    const times: number[] = [];
    server.answer = (_frame, _send, socket) => {
      times.push(Date.now());
      socket.terminate();
    };
    session.start();
    await until(() => times.length >= 6);
    expect(times[5]! - times[4]!).toBeGreaterThan(times[1]! - times[0]!);
  });

  test('names the refused message, and continues with the next', async () => {
    server.answer = (frame, send) => {
      if (frame[1] === 'bad') send(['ERR', '⛔ too large', 413, 'bad']);
      else accept(frame, send);
    };
    session.deliver(text('bad'));
    session.deliver(text('good'));
    session.start();
    await until(() => log.delivered.length === 1);
    expect(log.refused).toEqual([['bad', '⛔ too large', 413]]);
    expect(log.delivered).toEqual(['good']);
  });

  test('slows down on 429, without losing or reordering', async () => {
    let busy = 2;
    server.answer = (frame, send) => {
      if (frame[0] === 'TXT' && busy-- > 0) send(['ERR', '⛔ Slow down, try again in 3 seconds', 429, frame[1]]);
      else accept(frame, send);
    };
    session.deliver(text('a'));
    session.deliver(text('b'));
    session.start();
    await until(() => log.delivered.length === 2);
    expect(log.delivered).toEqual(['a', 'b']);
    expect(log.refused).toEqual([]);
    expect(log.statuses).toEqual(['connecting', 'online', 'slow', 'online', 'slow', 'online']);
  });

  test('tries again when the server has a problem of its own', async () => {
    let broken = 1;
    server.answer = (frame, send) => {
      if (frame[0] === 'TXT' && broken-- > 0) send(['ERR', '⛔ our mistake, reference 7f3a', 500, frame[1]]);
      else accept(frame, send);
    };
    session.deliver(text('a'));
    session.start();
    await until(() => log.delivered.length === 1);
  });

  test('does not retry when nobody is there', async () => {
    server.answer = (frame, send) => {
      if (frame[0] === 'TXT') send(['ERR', '⛔ Nobody is there', 502, frame[1]]);
      else accept(frame, send);
    };
    session.deliver(text('a'));
    session.start();
    await until(() => log.refused.length === 1);
    expect(server.tags()).toEqual(['JOIN', 'TXT']);
  });

  test('says that the channel is not there, and asks again later', async () => {
    server.answer = (frame, send) => {
      if (frame[0] === 'JOIN') send(['ERR', '⛔ There is no such channel', 404]);
    };
    session.start();
    await until(() => log.statuses.includes('refused'));
    expect(log.because).toEqual({ code: 404, reason: '⛔ There is no such channel' });
    server.answer = accept;
    await until(() => log.statuses.at(-1) === 'online');
    expect(log.statuses).toEqual(['connecting', 'refused', 'online']);
  });

  test.each([400, 403, 404, 409])(
    'fails pending messages when JOIN is refused with %d, and recovers when it succeeds',
    async (code) => {
      server.answer = (frame, send) => {
        if (frame[0] === 'JOIN') send(['ERR', '⛔ No', code]);
      };
      session.deliver(text('a'));
      session.deliver(text('b'));
      session.start();
      await until(() => log.refused.length === 2);
      expect(log.refused).toEqual([
        ['a', '⛔ No', code],
        ['b', '⛔ No', code],
      ]);
      expect(log.statuses).toEqual(['connecting', 'refused']);

      server.answer = accept;
      await until(() => log.statuses.at(-1) === 'online');
      expect(server.tags()).not.toContain('TXT');
      session.deliver(text('a'));
      await until(() => log.delivered.length === 1);
    },
  );

  test.each([401, 500])('keeps pending messages when JOIN is answered with %d, and joins again', async (code) => {
    let refusals = 2;
    server.answer = (frame, send) => {
      if (frame[0] === 'JOIN' && refusals-- > 0) send(['ERR', '⛔ Not this time', code]);
      else accept(frame, send);
    };
    session.deliver(text('a'));
    session.start();
    await until(() => log.delivered.length === 1);
    expect(log.refused).toEqual([]);
  });

  test('waits as long as the server says when JOIN is told to slow down', async () => {
    let crowded = true;
    const joins: number[] = [];
    server.answer = (frame, send) => {
      if (frame[0] === 'JOIN') joins.push(Date.now());
      if (frame[0] === 'JOIN' && crowded) send(['ERR', '⛔ Slow down: try again in 30 seconds, at 12:00', 429]);
      else accept(frame, send);
      crowded = false;
    };
    session.deliver(text('a'));
    const before = Date.now();
    session.start();
    await until(() => log.statuses.at(-1) === 'slow');
    expect(Math.abs(log.because!.until! - before - 30_000)).toBeLessThan(3000);
    session.wake();
    await until(() => log.delivered.length === 1);
    // 30 seconds, at this test's pace.
    expect(joins[1]! - joins[0]!).toBeGreaterThanOrEqual(299);
    expect(log.refused).toEqual([]);
  });

  test.each([403, 404])(
    'a message answered with %d fails with all after it, and JOIN decides whether the visitor can go on',
    async (code) => {
      let banned = true;
      server.answer = (frame, send) => {
        if (frame[0] === 'TXT' && banned) send(['ERR', '⛔ You cannot write', code, frame[1]]);
        else accept(frame, send);
      };
      session.deliver(text('a'));
      session.deliver(text('b'));
      session.start();
      await until(() => log.refused.length === 2);
      expect(log.refused.map(([id]) => id)).toEqual(['a', 'b']);
      banned = false;
      await until(() => log.statuses.at(-1) === 'online');
      expect(log.statuses).toEqual(['connecting', 'online', 'refused', 'online']);
      expect(server.tags()).toEqual(['JOIN', 'TXT', 'JOIN']);
    },
  );

  test('tries again when a refused visitor returns to the page, but not within 30 seconds', async () => {
    server.answer = (frame, send) => {
      if (frame[0] === 'JOIN') send(['ERR', '⛔ You cannot write', 403]);
    };
    session = newSession(1);
    session.start();
    await until(() => log.statuses.at(-1) === 'refused');
    session.wake();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.handshakes).toHaveLength(1);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 31_000);
    session.wake();
    await until(() => server.handshakes.length === 2);
    now.mockRestore();
  });

  test('many messages of a refused visitor make one connection', async () => {
    server.answer = (frame, send) => {
      if (frame[0] === 'JOIN') send(['ERR', '⛔ You cannot write', 403]);
    };
    session.start();
    await until(() => log.statuses.at(-1) === 'refused');
    for (const id of ['a', 'b', 'c']) session.deliver(text(id));
    await until(() => log.refused.length === 3);
    expect(server.handshakes).toHaveLength(2);
  });

  test('connects without the channel when the handshake is refused, so that JOIN can say why', async () => {
    server.refusesHandshake = (path) => path.includes('c=');
    server.answer = (frame, send) => {
      if (frame[0] === 'JOIN') send(['ERR', '⛔ There is no such channel', 404]);
    };
    session.deliver(text('a'));
    session.start();
    await until(() => log.refused.length === 1);
    expect(log.because?.code).toBe(404);
    expect(server.handshakes).toEqual(['/dev?c=kite-demo', '/dev']);

    server.refusesHandshake = () => false;
    server.answer = accept;
    await until(() => log.statuses.at(-1) === 'online');
    server.hangUp();
    await until(() => server.handshakes.length === 4);
    expect(server.handshakes.at(-1)).toBe('/dev?c=kite-demo');
  });

  test('gets what the host writes, and ignores unknown frames', async () => {
    session.start();
    await until(() => log.statuses.at(-1) === 'online');
    server.push(['TXT', '1', 'Hello', '2026-01-01T00:00:00Z']);
    server.push(['NEWS', 'from the future']);
    server.push(['BIN', '2', 'https://files/x', 'x.png', 'image/png', 3, '2026-01-01T00:00:00Z']);
    await until(() => log.texts.length === 2);
    expect(log.texts).toEqual(['Hello', 'https://files/x']);
  });

  test('waits for the network when there is none', async () => {
    session.start();
    await until(() => log.statuses.at(-1) === 'online');
    session.sleep();
    session.deliver(text('a'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.tags()).toEqual(['JOIN']);
    session.wake();
    await until(() => log.delivered.length === 1);
    expect(log.statuses.slice(-3)).toEqual(['offline', 'connecting', 'online']);
  });

  test('gives up a connection that does not answer', async () => {
    let silent = true;
    server.answer = (frame, send) => {
      if (frame[0] === 'TXT' && silent) silent = false;
      else accept(frame, send);
    };
    session.deliver(text('a'));
    session.start();
    await until(() => log.delivered.length === 1);
    expect(server.tags()).toEqual(['JOIN', 'TXT', 'JOIN', 'TXT']);
  });
});
