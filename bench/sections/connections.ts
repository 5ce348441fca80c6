import { once } from 'node:events';
import WebSocket from 'ws';
import { AIMS } from '../aims';
import { against, type Figure } from '../figure';
import { GatewayProcess } from '../gateway-process';
import type { Section, SectionOptions } from '../section';
import { median } from '../statistics';

const QUICK = [1, 1000, 5000];

/** How many answers are timed with so many connections open, after as many that are not. */
const SAMPLES = 300;

/** Connections opened at a time. */
const AT_A_TIME = 100;

/** Open connections on the gateway of `npm start`, its function in memory: what is left is the gateway and Kite. */
export const connections: Section = {
  name: 'connections',
  title: 'Open connections on the local gateway',
  measure: async ({ progress }: SectionOptions) => {
    const gateway = await GatewayProcess.start();
    const sockets: WebSocket[] = [];
    try {
      const rows: { open: number; ping: number; text: number; memory: number }[] = [];
      for (const open of QUICK) {
        progress(`${open} connections`);
        while (sockets.length < open) {
          const some = Array.from({ length: Math.min(AT_A_TIME, open - sockets.length) }, () => connect(gateway.url));
          sockets.push(...(await Promise.all(some)));
        }
        const [first] = sockets;
        if (!first) continue;
        if (rows.length === 0) await ask(first, ['JOIN', 'bench-member', 'Ann', gateway.channel], 'OK');
        const { memory } = await gateway.figures();
        rows.push({ open, memory, ping: await latency(first, () => ['PING']), text: await latency(first, texts()) });
      }
      return figuresOf(rows);
    } finally {
      for (const socket of sockets) socket.terminate();
      await gateway.stop();
    }
  },
};

function figuresOf(rows: readonly { open: number; ping: number; text: number; memory: number }[]): Figure[] {
  const [one, ...more] = rows;
  if (!one) return [];
  return [
    { name: '1 connection: a PING until its PONG', value: one.ping, unit: 'ms' },
    { name: '1 connection: a text until its ACK', value: one.text, unit: 'ms' },
    ...more.flatMap(({ open, ping, text, memory }): Figure[] => {
      const size = `${open.toLocaleString('en')} connections`;
      return [
        against(
          { name: `${size}: a PING until its PONG`, value: ping, unit: 'ms', aim: AIMS.growth },
          'with 1',
          one.ping,
        ),
        against(
          { name: `${size}: a text until its ACK`, value: text, unit: 'ms', aim: AIMS.growth },
          'with 1',
          one.text,
        ),
        { name: `${size}: memory of each`, value: (memory - one.memory) / (open - 1), unit: 'bytes' },
      ];
    }),
  ];
}

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'k1te.chat.v1', { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

function texts(): () => readonly unknown[] {
  let count = 0;
  const session = Math.random().toString(36);
  return () => ['TXT', `${session}-${(count += 1)}`, 'x'.repeat(100), '2026-01-01T00:00:00Z'];
}

/** The median of the times until a frame is answered, milliseconds. */
async function latency(socket: WebSocket, frame: () => readonly unknown[]): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 2 * SAMPLES; i += 1) {
    const started = performance.now();
    await ask(socket, frame());
    if (i >= SAMPLES) times.push(performance.now() - started);
  }
  return median(times);
}

async function ask(socket: WebSocket, frame: readonly unknown[], tag?: string): Promise<void> {
  const answered = once(socket, 'message');
  socket.send(JSON.stringify(frame));
  const [data] = (await answered) as [Buffer];
  const answer = data.toString();
  if (answer.startsWith('["ERR"') || (tag && !answer.startsWith(`["${tag}"`)))
    throw new Error(`Kite answered ${answer}`);
}
