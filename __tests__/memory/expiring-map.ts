import type { Clock } from '../../lambdas/chat/ports';

/** A map whose entries end, as DynamoDB's do by TTL; values are copied on their way in and out. */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, { value: V; expiresAt: number }>();

  constructor(
    private readonly clock: Clock,
    /** Milliseconds from the last write. */
    private readonly life: number,
  ) {}

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt > this.clock.now()) return structuredClone(entry.value);
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: V): V {
    this.#entries.set(key, { value: structuredClone(value), expiresAt: this.clock.now() + this.life });
    return value;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  *entries(prefix = ''): Generator<[string, V]> {
    for (const key of [...this.#entries.keys()].sort()) {
      const value = key.startsWith(prefix) ? this.get(key) : undefined;
      if (value !== undefined) yield [key, value];
    }
  }

  get size(): number {
    return [...this.entries()].length;
  }
}
