import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Randomness } from '../chat/ports';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => sleep(milliseconds),
};

/** The machine's source of unguessable bytes. */
export const systemRandomness: Randomness = { bytes: (count) => randomBytes(count) };
