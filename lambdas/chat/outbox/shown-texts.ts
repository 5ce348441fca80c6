import { textOf } from '../model/message';
import type { Message } from '../model/records';
import { captionKey } from '../protocol/server-frame';

/** The texts that a visitor has just been shown: an edit of a message that waited needs no telling if it came with it. */
export class ShownTexts {
  readonly #texts = new Map<string, string | undefined>();
  readonly #lastEdits: ReadonlyMap<string, string>;

  /** `due`: what is about to be shown, oldest first. */
  constructor(due: readonly Message[] = []) {
    this.#lastEdits = new Map(
      due.flatMap(({ key, content }) => (content.kind === 'correction' ? [[content.of, key]] : [])),
    );
  }

  /** Whether a message is an edit that says what is shown already, or that a later one replaces. */
  tells({ key, content }: Message): boolean {
    if (content.kind !== 'correction') return false;
    return this.#texts.get(content.of) === content.text || (this.#lastEdits.get(content.of) ?? key) !== key;
  }

  add({ key, content }: Message): void {
    const of = content.kind === 'correction' ? content.of : content.kind === 'file' ? captionKey(key) : key;
    this.#texts.set(of, textOf(content));
  }
}
