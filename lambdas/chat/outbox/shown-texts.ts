import { textOf } from '../model/message';
import type { Message } from '../model/records';
import { captionKey } from '../protocol/server-frame';

/** The texts that a visitor has just been shown: an edit of a message that waited needs no telling if it came with it. */
export class ShownTexts {
  readonly #texts = new Map<string, string | undefined>();

  /** Whether a message is an edit that says what is shown already. */
  tells({ content }: Message): boolean {
    return content.kind === 'correction' && this.#texts.get(content.of) === content.text;
  }

  add({ key, content }: Message): void {
    const of = content.kind === 'correction' ? content.of : content.kind === 'file' ? captionKey(key) : key;
    this.#texts.set(of, textOf(content));
  }
}
