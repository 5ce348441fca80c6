import type { Clock } from '../../lambdas/chat/ports';

/**
 * Entries that end as DynamoDB's do by TTL, to the second: a read no longer finds an entry that has ended, a write finds it
 * until it is swept. Values are copied on their way in and out.
 */
export class MemoryTable<V> {
  readonly #entries = new Map<string, { value: V; endsAt: number }>();
  /** The keys of each partition: those that are alike up to their last `/`. */
  readonly #partitions = new Map<string, Set<string>>();

  constructor(
    private readonly clock: Clock,
    /** Milliseconds from the last `put` or `prolong`. */
    private readonly life: number,
  ) {}

  /** What a read finds. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    return entry && this.#isAlive(entry) ? structuredClone(entry.value) : undefined;
  }

  /** What a write finds: also an entry that has ended and was not swept yet. */
  stored(key: string): V | undefined {
    return structuredClone(this.#entries.get(key)?.value);
  }

  /** Writes an entry that begins its life. */
  put(key: string, value: V): V {
    this.#entries.set(key, {
      value: structuredClone(value),
      endsAt: Math.ceil((this.clock.now() + this.life) / 1000),
    });
    const partition = partitionOf(key);
    this.#partitions.set(partition, (this.#partitions.get(partition) ?? new Set()).add(key));
    return value;
  }

  /** Changes a stored entry, which ends when it would have ended. Undefined: there is none, or `change` returned nothing. */
  update(key: string, change: (value: V) => V | undefined): V | undefined {
    const entry = this.#entries.get(key);
    const changed = entry && change(structuredClone(entry.value));
    if (entry && changed !== undefined) entry.value = structuredClone(changed);
    return changed;
  }

  /** As {@link update}, and its life begins anew. */
  prolong(key: string, change: (value: V) => V | undefined): V | undefined {
    const changed = this.update(key, change);
    return changed === undefined ? undefined : this.put(key, changed);
  }

  /** Removes an entry and returns it, if it is stored and `condition` holds. */
  delete(key: string, condition: (value: V) => boolean = () => true): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry || !condition(entry.value)) return undefined;
    this.#remove(key);
    return entry.value;
  }

  /** What a query finds, in order of the keys. `ended`: with the entries that have ended and were not swept. */
  *entries(prefix = '', { ended = false } = {}): Generator<[string, V]> {
    const found = [...this.#entries].filter(
      ([key, entry]) => key.startsWith(prefix) && (ended || this.#isAlive(entry)),
    );
    for (const [key, { value }] of found.sort(([one], [other]) => (one < other ? -1 : 1))) {
      yield [key, structuredClone(value)];
    }
  }

  /** Some entries of a partition (which ends in `/`), also those that have ended: quick, however many there are. */
  some(partition: string, limit: number): [string, V][] {
    const found: [string, V][] = [];
    for (const key of this.#partitions.get(partition) ?? []) {
      if (found.length === limit) break;
      const entry = this.#entries.get(key);
      if (entry) found.push([key, structuredClone(entry.value)]);
    }
    return found;
  }

  /** All keys, also of entries that have ended. */
  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  /** Removes what has ended, as DynamoDB does days late. */
  sweep(): void {
    for (const [key, entry] of this.#entries) if (!this.#isAlive(entry)) this.#remove(key);
  }

  get size(): number {
    return [...this.entries()].length;
  }

  #remove(key: string): void {
    this.#entries.delete(key);
    const partition = this.#partitions.get(partitionOf(key));
    partition?.delete(key);
    if (partition?.size === 0) this.#partitions.delete(partitionOf(key));
  }

  #isAlive({ endsAt }: { readonly endsAt: number }): boolean {
    return endsAt > Math.floor(this.clock.now() / 1000);
  }
}

function partitionOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
