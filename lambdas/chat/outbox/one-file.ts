import type { Message } from '../model/records';
import type { FileStore, World } from '../ports';

/** The last file in the line of each function instance. */
const lines = new WeakMap<FileStore, Promise<unknown>>();

/**
 * Delivers a message; one with a file when no other file is being delivered by this function instance. Each file then has
 * the whole bandwidth, and ten in a batch need no more memory than one. A text waits for nobody's file.
 */
export function oneFileAtATime<T>(
  { files }: Pick<World, 'files'>,
  { content }: Message,
  deliver: () => Promise<T>,
): Promise<T> {
  return content.kind === 'file' ? inLine({ files }, deliver) : deliver();
}

/** Does something that takes much memory when nothing else of the kind is being done by this function instance. */
export function inLine<T>({ files }: Pick<World, 'files'>, task: () => Promise<T>): Promise<T> {
  const delivery = (lines.get(files) ?? Promise.resolve()).then(task);
  lines.set(
    files,
    delivery.catch(() => undefined),
  );
  return delivery;
}
