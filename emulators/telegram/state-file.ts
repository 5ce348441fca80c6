import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../../json';
import { emptyState, type TelegramState } from './state';

const toJson = (_key: string, value: unknown): unknown => (value instanceof Map ? { $map: [...value] } : value);
const fromJson = (_key: string, value: unknown): unknown =>
  isRecord(value) && '$map' in value ? new Map(value['$map'] as [unknown, unknown][]) : value;

/**
 * Keeps the state in a JSON file and the bytes of sent files in a folder beside it (`<file>.files/`).
 * Without a path everything stays in memory.
 */
export class StateFile {
  private readonly contents = new Map<string, Buffer>();
  private timer: NodeJS.Timeout | undefined;
  private state: TelegramState | undefined;

  constructor(private readonly path?: string) {}

  /**
   * The saved state, or an empty one.
   * @throws Error in one sentence if the file is there but cannot be read as state
   */
  load(): TelegramState {
    this.state = this.path && existsSync(this.path) ? this.read(this.path) : emptyState();
    return this.state;
  }

  /** Writes the state soon; many changes in a row make one write. */
  changed(): void {
    if (!this.path || this.timer) return;
    this.timer = setTimeout(() => this.flush(), 150);
    this.timer.unref();
  }

  /** Writes the state now, whole or not at all. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.path || !this.state) return;
    mkdirSync(dirname(this.path), { recursive: true });
    const temporary = `${this.path}.new`;
    writeFileSync(temporary, JSON.stringify(this.state, toJson));
    renameSync(temporary, this.path);
  }

  /** Keeps the bytes of a sent file. */
  writeContent(fileId: string, content: Buffer): void {
    if (!this.path) {
      this.contents.set(fileId, content);
      return;
    }
    mkdirSync(this.folder(this.path), { recursive: true });
    writeFileSync(join(this.folder(this.path), fileId), content);
  }

  /** The bytes of a sent file, undefined if they are gone. */
  readContent(fileId: string): Buffer | undefined {
    if (!this.path) return this.contents.get(fileId);
    const file = join(this.folder(this.path), fileId);
    return existsSync(file) ? readFileSync(file) : undefined;
  }

  private read(path: string): TelegramState {
    try {
      const state = JSON.parse(readFileSync(path, 'utf8'), fromJson) as TelegramState;
      if (!(state.chats instanceof Map)) throw new Error('it holds no chats');
      return state;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${path} cannot be read as the saved Telegram state (${reason}); delete it to start empty.`);
    }
  }

  private folder(path: string): string {
    return `${path}.files`;
  }
}
