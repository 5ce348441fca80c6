import type { Aim } from './figure';

/** What Kite's figures should be, the one place that says so. docs/performance.md says why. */
export const AIMS = {
  /** Process start to the first answered PING, to `node -e 0`. */
  nativeColdStart: { of: 'ratio', atMost: 0.5 },
  commonColdStart: { of: 'ratio', atMost: 2 },
  /** Milliseconds of processor time that Kite itself spends on one message. */
  messageCpu: { of: 'value', atMost: 1 },
  /** DynamoDB's round trips until the person who waits is answered. */
  roundTrips: { of: 'value', atMost: 3 },
  /** A figure of the largest channel to that of the smallest: flat within a tenth. */
  growth: { of: 'ratio', atMost: 1.1 },
  /** Seconds. */
  synth: { of: 'value', atMost: 1 },
  /** `npm run synth` to `npx cdktf synth` with tsx. */
  synthCommand: { of: 'ratio', atMost: 0.5 },
  nativeBuild: { of: 'value', atMost: 5 },
} as const satisfies Record<string, Aim>;
