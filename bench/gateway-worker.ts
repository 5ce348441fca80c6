import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../lambdas/adapters/system';
import type { VisitorPush } from '../lambdas/chat/ports';
import { Gateway } from '../emulators/aws/api-gateway';
import { stageApis } from '../local/stage-apis';
import { MEMORY_CHANNEL, memoryFunction } from './memory-function';

/** What is told when the gateway is ready. */
export interface GatewayReady {
  readonly url: string;
  readonly channel: string;
}

/** The gateway of `npm start`, with Kite's function in memory behind it; answers every order with its memory in bytes. */
async function main(): Promise<void> {
  // One visitor writes as fast as it is answered. For Kite there are seconds between any two events, as its limits want.
  let events = 0;
  const clock = { ...systemClock, now: () => Date.now() + events * EVENT_MILLIS };
  const { handler } = await memoryFunction({ clock, push: NO_PUSHES });
  const gateway = new Gateway({
    definition: stageApis('dev'),
    invoke: (_, event) => {
      events += 1;
      return handler(event);
    },
  });
  const port = await gateway.listen();
  process.on('message', () => void figures());
  process.send?.({ url: `ws://127.0.0.1:${port}/dev`, channel: MEMORY_CHANNEL } satisfies GatewayReady);
}

const EVENT_MILLIS = 1100;

/** The OK of a JOIN is its answer then. */
const NO_PUSHES: VisitorPush = {
  push: () => Promise.reject(new Error('There are no pushes here')),
  disconnect: () => Promise.resolve(),
};

async function figures(): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    (globalThis as { gc?: () => void }).gc?.();
    await sleep(20);
  }
  process.send?.(process.memoryUsage().rss);
}

void main();
