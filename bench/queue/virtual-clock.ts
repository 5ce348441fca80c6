import type { Clock } from '../../lambdas/chat/ports';

/** The start of every simulation. */
const BEGINNING = Date.parse('2026-01-02T03:00:00.000Z');

/**
 * A clock that stands still during work and jumps to the next alarm when everything waits: hours pass in seconds, and a
 * slow machine changes no order.
 */
export class VirtualClock implements Clock {
  private time = BEGINNING;
  private order = 0;
  private readonly alarms: { at: number; order: number; ring: () => void }[] = [];
  private working = 0;
  private idle: (() => void) | undefined;

  /** Epoch milliseconds. */
  now(): number {
    return this.time;
  }

  sleep(milliseconds: number): Promise<void> {
    return this.until(this.time + Math.max(0, Math.ceil(milliseconds)));
  }

  /** Waits for a moment, epoch milliseconds. */
  until(at: number): Promise<void> {
    return new Promise((ring) => this.alarms.push({ at, order: this.order++, ring }));
  }

  /** Calls back after that many milliseconds. Returns what cancels it. */
  timer(wake: () => void, milliseconds: number): () => void {
    let canceled = false;
    void this.sleep(milliseconds).then(() => {
      if (!canceled) wake();
    });
    return () => (canceled = true);
  }

  /** Does something that takes real time (a request, a write to a disk), while the virtual time stands still. */
  async really<T>(work: () => Promise<T>): Promise<T> {
    this.working++;
    try {
      return await work();
    } finally {
      this.working--;
      if (this.working === 0) this.idle?.();
    }
  }

  /** Lets the time run until `work` is done. @throws Error if everything waits and no alarm is set */
  async run<T>(work: Promise<T>): Promise<T> {
    let finished = false;
    const end = () => {
      finished = true;
      this.idle?.();
    };
    work.then(end, end);
    while (!finished) {
      // Everything that only waits for memory has happened when this is over.
      await new Promise((resolve) => setImmediate(resolve));
      if (finished) break;
      if (this.working > 0) await new Promise<void>((resolve) => (this.idle = resolve));
      else this.jump();
    }
    return work;
  }

  /** All that is due at the same moment begins together. */
  private jump(): void {
    const next = Math.min(...this.alarms.map(({ at }) => at));
    if (!Number.isFinite(next)) throw new Error('The simulation is stuck: everything waits and no alarm is set.');
    this.time = Math.max(this.time, next);
    const due = this.alarms.filter(({ at }) => at <= this.time).sort((one, other) => one.order - other.order);
    for (const alarm of due) this.alarms.splice(this.alarms.indexOf(alarm), 1);
    for (const { ring } of due) ring();
  }
}
