import type { ConnectionId } from '../model/identifiers';
import type { RateLimits } from '../model/limits';
import { WindowCounts } from '../model/rate';

/** What comes of a frame: `close`: its connection must be closed; `ignore`: it is being closed. */
export type Verdict = 'pass' | 'close' | 'ignore';

/** What one source address does that is limited, with the name of the limit. */
const OF_ADDRESS = {
  connection: 'connectionsPerAddress',
  message: 'messagesPerAddress',
  upload: 'uploadsPerAddress',
} as const satisfies Record<string, keyof RateLimits>;

/**
 * What one connection and one source address may ask of a function instance within a window. It counts in the instance's
 * memory, which is empty again when the window is over: that costs no request and stores no address. However many
 * instances there are, one stranger gets a small part of each. Without an address, see {@link addressOf}, nothing is limited.
 */
export class Guard {
  readonly counts: WindowCounts;

  constructor(private readonly limits: RateLimits) {
    this.counts = new WindowCounts(limits.window);
  }

  /** Counts a frame of any kind. */
  frame(connection: ConnectionId, address: string | undefined, now: number): Verdict {
    const own = this.count(`frame ${connection}`, now) > this.limits.framesPerConnection;
    if (this.counts.has(`closed ${connection}`)) return 'ignore';
    if (address === undefined) return 'pass';
    const all = this.count(`frame ${address}`, now) > this.limits.framesPerAddress;
    return own || all ? this.close(connection, now) : 'pass';
  }

  /** Counts a frame that was refused. */
  refused(connection: ConnectionId, address: string | undefined, now: number): Verdict {
    if (address === undefined) return 'pass';
    const count = this.count(`refused ${connection}`, now);
    return count > this.limits.refusalsPerConnection ? this.close(connection, now) : 'pass';
  }

  /** Counts a frame that would wait for its JOIN. False: it must not. */
  waits(connection: ConnectionId, now: number): boolean {
    return this.count(`wait ${connection}`, now) <= this.limits.waitsPerConnection;
  }

  /** Counts one more of what an address does, if it is known. False: too many. */
  admits(what: keyof typeof OF_ADDRESS, address: string | undefined, now: number): boolean {
    return address === undefined || this.count(`${what} ${address}`, now) <= this.limits[OF_ADDRESS[what]];
  }

  /** The rest of what a connection sends is ignored. `ignore`: somebody is closing it. */
  close(connection: ConnectionId, now: number): 'close' | 'ignore' {
    return this.count(`closed ${connection}`, now) === 1 ? 'close' : 'ignore';
  }

  private count(key: string, now: number): number {
    return this.counts.count(key, now);
  }
}

/**
 * The part of a source address that limits count: a customer has a whole /64 of IPv6 addresses. Undefined: it is not known,
 * or it is this machine, which has no strangers.
 */
export function addressOf(sourceIp: string | undefined): string | undefined {
  if (sourceIp === undefined || /^(127\.|::1$|::ffff:127\.)/i.test(sourceIp)) return undefined;
  if (!sourceIp.includes(':')) return sourceIp;
  const v4 = /^::ffff:([\d.]+)$/i.exec(sourceIp)?.[1];
  if (v4 !== undefined) return v4;
  const [head = '', tail] = sourceIp.toLowerCase().split('::');
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0));
  const groups = [...(first ?? []), ...Array.from({ length: zeros }, () => '0'), ...(last ?? [])];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
