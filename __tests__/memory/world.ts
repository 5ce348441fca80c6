import { createHash } from 'node:crypto';
import type { ConnectionId } from '../../lambdas/chat/model/identifiers';
import type { FileStream, QueueItem, Randomness, World } from '../../lambdas/chat/ports';
import { createMemoryStores, type MemoryStores } from './stores';

/** A clock that only tests move; `sleep` moves it. */
export class MemoryClock {
  constructor(public time = Date.parse('2026-01-02T03:04:05.006Z')) {}

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    await Promise.resolve();
  }
}

/** Connections that keep what was pushed to them. */
export class MemoryPush {
  readonly frames = new Map<ConnectionId, string[]>();
  readonly closed: ConnectionId[] = [];

  open(connection: ConnectionId): void {
    this.frames.set(connection, []);
  }

  close(connection: ConnectionId): void {
    this.frames.delete(connection);
  }

  async push(connection: ConnectionId, frame: string): Promise<'sent' | 'gone'> {
    const frames = this.frames.get(connection);
    frames?.push(frame);
    return frames ? 'sent' : 'gone';
  }

  async disconnect(connection: ConnectionId): Promise<void> {
    this.closed.push(connection);
    this.frames.delete(connection);
  }
}

/** A queue whose items wait until a test takes them. */
export class MemoryQueue {
  readonly items: QueueItem[] = [];

  async send(item: QueueItem): Promise<void> {
    this.items.push(structuredClone(item));
  }
}

/** Files in memory; URLs name their key. */
export class MemoryFiles {
  readonly objects = new Map<string, { body: Uint8Array; type: string }>();

  async uploadUrl(key: string, type: string, size: number): Promise<string> {
    return `https://files.example/${key}?upload&type=${encodeURIComponent(type)}&size=${size}`;
  }

  async downloadUrl(key: string): Promise<string> {
    return `https://files.example/${key}?signed`;
  }

  async inspect(key: string): Promise<{ type: string; size: number } | undefined> {
    const object = this.objects.get(key);
    return object && { type: object.type, size: object.body.byteLength };
  }

  async *read(key: string): AsyncIterable<Uint8Array> {
    const object = this.objects.get(key);
    if (!object) throw new Error(`There is no object ${key}`);
    yield object.body;
  }

  async write(key: string, body: Uint8Array | FileStream, type: string): Promise<void> {
    if (body instanceof Uint8Array) return void this.objects.set(key, { body, type });
    const pieces: Uint8Array[] = [];
    for await (const piece of body.pieces) pieces.push(piece);
    this.objects.set(key, { body: Buffer.concat(pieces), type });
  }

  async removeSome(prefix: string): Promise<boolean> {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.slice(0, 100)) this.objects.delete(key);
    return keys.length <= 100;
  }
}

/** A log that keeps its lines. */
export class MemoryLogger {
  readonly lines: { level: 'info' | 'warn' | 'error'; message: string; fields?: Record<string, unknown> }[] = [];

  info(message: string, fields?: Record<string, unknown>): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields?: Record<string, unknown>): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields?: Record<string, unknown>): void {
    this.lines.push({ level: 'error', message, fields });
  }
}

/** Bytes that differ from call to call, and are the same in every run. */
export function repeatableRandomness(): Randomness {
  let drawn = 0;
  return { bytes: (count) => createHash('shake256', { outputLength: count }).update(`random ${drawn++}`).digest() };
}

/** A world of which a test sees everything. */
export type MemoryWorld = World &
  MemoryStores & {
    readonly push: MemoryPush;
    readonly queue: MemoryQueue;
    readonly files: MemoryFiles;
    readonly clock: MemoryClock;
    readonly logger: MemoryLogger;
  };

/** Makes an empty world with a clock that stands still and repeatable randomness. */
export function createMemoryWorld(overrides: Partial<World> = {}): MemoryWorld {
  const clock = new MemoryClock();
  return {
    ...createMemoryStores(clock),
    push: new MemoryPush(),
    queue: new MemoryQueue(),
    files: new MemoryFiles(),
    secrets: { botToken: async () => '123456:test-token' },
    clock,
    random: repeatableRandomness(),
    logger: new MemoryLogger(),
    settings: {
      stage: 'dev',
      websocketUrl: 'wss://ws.example.com/dev',
      apiUrl: 'https://api.example.com/dev',
      retentionDays: 90,
    },
    ...overrides,
  } as MemoryWorld;
}
