import { createHash } from 'node:crypto';
import type { ConnectionId } from '../../lambdas/chat/model/identifiers';
import type { Served } from '../../lambdas/chat/download';
import { DEFAULT_FILE_LIMITS } from '../../lambdas/chat/model/file-limits';
import type { FileFacts, FileStore, FileStream, QueueItem, Randomness, Removed, World } from '../../lambdas/chat/ports';
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
export class MemoryFiles implements FileStore {
  readonly objects = new Map<string, { body: Uint8Array; type: string; name?: string }>();
  readonly uploads = new Map<string, { body: Uint8Array; type: string }>();

  /** What a client does with an upload URL. */
  upload(key: string, body: Uint8Array, type: string): void {
    this.uploads.set(key, { body, type });
  }

  async uploadUrl(key: string, type: string, size: number): Promise<string> {
    return `https://files.example/${key}?upload&type=${encodeURIComponent(type)}&size=${size}`;
  }

  async pending(key: string): Promise<(FileFacts & { version: string }) | undefined> {
    const upload = this.uploads.get(key);
    return upload && { type: upload.type, size: upload.body.byteLength, version: versionOf(upload.body) };
  }

  async keep(key: string, { version, type, name }: Parameters<FileStore['keep']>[1]): Promise<boolean> {
    const upload = this.uploads.get(key);
    if (!upload || versionOf(upload.body) !== version || this.objects.has(key)) return false;
    this.objects.set(key, { body: upload.body, type, name });
    this.uploads.delete(key);
    return true;
  }

  async downloadUrl(key: string, { type, disposition }: Served): Promise<string> {
    return `https://files.example/${key}?${new URLSearchParams({ type, disposition })}`;
  }

  async inspect(key: string): Promise<FileFacts | undefined> {
    const object = this.objects.get(key);
    return object && { type: object.type, size: object.body.byteLength, ...(object.name ? { name: object.name } : {}) };
  }

  async *read(key: string): AsyncIterable<Uint8Array> {
    const object = this.objects.get(key);
    if (!object) throw new Error(`There is no object ${key}`);
    yield object.body;
  }

  async write(key: string, body: Uint8Array | FileStream, file: { type: string; name: string }): Promise<void> {
    if (body instanceof Uint8Array) return void this.objects.set(key, { body, ...file });
    const pieces: Uint8Array[] = [];
    for await (const piece of body.pieces) pieces.push(piece);
    this.objects.set(key, { body: Buffer.concat(pieces), ...file });
  }

  async removeSome(prefix: string): Promise<Removed> {
    const pending = [...this.uploads.keys()].filter((key) => key.startsWith(prefix));
    for (const key of pending) this.uploads.delete(key);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.slice(0, 100)) this.objects.delete(key);
    return { removed: pending.length + Math.min(keys.length, 100), done: keys.length <= 100 };
  }
}

function versionOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
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
      fileLimits: DEFAULT_FILE_LIMITS,
      stage: 'dev',
      websocketUrl: 'wss://ws.example.com/dev',
      apiUrl: 'https://api.example.com/dev',
      retentionDays: 90,
    },
    ...overrides,
  } as MemoryWorld;
}
