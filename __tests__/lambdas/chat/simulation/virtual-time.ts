/** More than a run that ends has. */
const STEPS = 20_000;

/** Time that passes only when everybody sleeps: the one who wakes first goes on. The same sleeps wake in the same order. */
export class VirtualTime {
  #steps = 0;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  /** `clock` shows the time, epoch milliseconds. */
  constructor(private readonly clock: { time: number }) {}

  get now(): number {
    return this.clock.time;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      const at = this.now + Math.max(0, milliseconds);
      let place = this.#sleepers.length;
      while (place > 0 && (this.#sleepers[place - 1]?.at ?? 0) > at) place--;
      this.#sleepers.splice(place, 0, { at, wake });
    });
  }

  /** Lets so many milliseconds pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await this.#run(end);
    this.clock.time = end;
  }

  /** Lets time pass until nobody sleeps any more. Throws after `patience` milliseconds. */
  async passAll(patience: number): Promise<void> {
    const end = this.now + patience;
    await this.#run(end);
    if (this.#sleepers.length > 0) throw new Error(`After ${patience / 1000} s there is still something to do`);
  }

  async #run(end: number): Promise<void> {
    await idle();
    for (let next = this.#sleepers[0]; next && next.at <= end; next = this.#sleepers[0]) {
      if (++this.#steps > STEPS) throw new Error('It goes on for ever');
      this.#sleepers.shift();
      this.clock.time = next.at;
      next.wake();
      await idle();
    }
  }
}

/** Everything that can go on without time passing has done so. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Numbers from 0 to 1 that are always the same for the same text. */
export function randomOf(text: string): () => number {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
