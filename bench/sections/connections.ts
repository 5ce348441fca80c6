import { once } from 'node:events';
import WebSocket from 'ws';
import { AIMS } from '../aims';
import { against, type Figure } from '../figure';
import { Forked } from '../forked';
import type { GatewayReady } from '../gateway-worker';
import type { Section, SectionOptions } from '../section';
import { median } from '../statistics';
import { secondsOf } from '../stopwatch';

/** Connections of each gateway. */
const SIZES = [1, 1000, 5000];

/** How many answers of each gateway are timed, in turns, after a fifth as many that are not. */
const SAMPLES = 1000;

/** Connections opened at a time. */
const AT_A_TIME = 100;

/** Open connections on the gateway of `npm start`, its function in memory: what is left is the gateway and Kite. */
export const connections: Section = {
  name: 'connections',
  title: 'Open connections on the local gateway',
  measure: async ({ progress }: SectionOptions) => {
    const gateways: CrowdedGateway[] = [];
    try {
      for (const size of SIZES) {
        progress(`${size} connections`);
        gateways.push(await CrowdedGateway.start(size));
      }
      for (let sample = 0; sample < 1.2 * SAMPLES; sample += 1) {
        if (sample % 100 === 0) progress(`answer ${sample}`);
        // In turns, so that other load on the machine affects all alike.
        for (const gateway of gateways) await gateway.sample(sample >= 0.2 * SAMPLES);
      }
      return figuresOf(gateways);
    } finally {
      for (const gateway of gateways) await gateway.stop();
    }
  },
};

/** A gateway with so many open connections, one of which is asked. */
class CrowdedGateway {
  readonly pings: number[] = [];
  readonly texts: number[] = [];
  private count = 0;

  private constructor(
    private readonly gateway: Forked<GatewayReady>,
    private readonly sockets: readonly WebSocket[],
    /** Bytes that each further connection takes. */
    readonly memory: number,
  ) {}

  static async start(size: number): Promise<CrowdedGateway> {
    const gateway = await Forked.start<GatewayReady>('gateway-worker.ts', '--expose-gc');
    const { url, channel } = gateway.ready;
    const first = await connect(url);
    const sockets = [first];
    await ask(first, ['JOIN', 'bench-member', 'Ann', channel], 'OK');
    // After garbage collection.
    const before = await gateway.ask<number>('memory');
    while (sockets.length < size) {
      const some = Array.from({ length: Math.min(AT_A_TIME, size - sockets.length) }, () => connect(url));
      sockets.push(...(await Promise.all(some)));
    }
    const memory = (await gateway.ask<number>('memory')) - before;
    return new CrowdedGateway(gateway, sockets, size === 1 ? 0 : memory / (size - 1));
  }

  get size(): number {
    return this.sockets.length;
  }

  /** One PING and one text. */
  async sample(keep: boolean): Promise<void> {
    const [first] = this.sockets;
    if (!first) return;
    const ping = 1000 * (await secondsOf(() => ask(first, ['PING'], 'PONG')));
    const frame = ['TXT', `t${(this.count += 1)}`, 'x'.repeat(100), '2026-01-01T00:00:00Z'];
    const text = 1000 * (await secondsOf(() => ask(first, frame, 'ACK')));
    if (!keep) return;
    this.pings.push(ping);
    this.texts.push(text);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await this.gateway.end();
  }
}

function figuresOf([one, ...more]: readonly CrowdedGateway[]): Figure[] {
  if (!one) return [];
  const [ping, text] = [median(one.pings), median(one.texts)];
  return [
    { name: '1 connection: a PING until its PONG', value: ping, unit: 'ms' },
    { name: '1 connection: a text until its ACK', value: text, unit: 'ms' },
    ...more.flatMap(({ size, pings, texts, memory }): Figure[] => {
      const crowd = `${size.toLocaleString('en')} connections`;
      const flat = (name: string, value: number): Figure => ({
        name: `${crowd}: ${name}`,
        value,
        unit: 'ms',
        aim: AIMS.growth,
      });
      return [
        against(flat('a PING until its PONG', median(pings)), 'that with 1', ping),
        against(flat('a text until its ACK', median(texts)), 'that with 1', text),
        { name: `${crowd}: memory of each`, value: memory, unit: 'bytes' },
      ];
    }),
  ];
}

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'k1te.chat.v1', { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

/** @throws Error if the answer is another */
async function ask(socket: WebSocket, frame: readonly unknown[], tag: string): Promise<void> {
  const answered = once(socket, 'message');
  socket.send(JSON.stringify(frame));
  const [data] = (await answered) as [Buffer];
  const answer = data.toString();
  if (!answer.startsWith(`["${tag}"`) && answer !== tag) throw new Error(`Kite answered ${answer}`);
}
