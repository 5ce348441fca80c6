import type { ChatMessage } from './message';

const STORE = 'messages';

/**
 * The conversation as this browser keeps it: one record a message in IndexedDB, so that several tabs can write at
 * once. Where the browser forbids it, nothing is kept and the chat works without.
 */
export class History {
  private database: Promise<IDBDatabase | undefined> | undefined;

  constructor(private readonly name: string) {}

  async all(): Promise<ChatMessage[]> {
    return (await this.run('readonly', (store) => store.getAll() as IDBRequest<ChatMessage[]>)) ?? [];
  }

  async put(message: ChatMessage): Promise<void> {
    await this.run('readwrite', (store) => store.put(message));
  }

  /** Adds a message from the server; if another tab was faster, its record stays. */
  async add(message: ChatMessage): Promise<void> {
    await this.run('readwrite', (store) => store.add(message));
  }

  async remove(id: string): Promise<void> {
    await this.run('readwrite', (store) => store.delete(id));
  }

  async clear(): Promise<void> {
    await this.run('readwrite', (store) => store.clear());
  }

  private async run<T>(
    mode: IDBTransactionMode,
    action: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> {
    const database = await this.open();
    if (!database) return undefined;
    return await new Promise<T | undefined>((resolve) => {
      const request = action(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = (event) => {
        event.preventDefault();
        resolve(undefined);
      };
    });
  }

  private open(): Promise<IDBDatabase | undefined> {
    this.database ??= new Promise((resolve) => {
      try {
        const request = indexedDB.open(this.name, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
    return this.database;
  }
}
