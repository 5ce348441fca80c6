import type { ReactiveControllerHost } from 'lit';
import { TEXT_BYTES } from '../../../lambdas/chat/model/limits';
import { refusalOf } from './file-rules';
import type { Words } from './words';

/** Whether a text is longer than the server takes. */
export const isTooLong = (text: string): boolean => new TextEncoder().encode(text).length > TEXT_BYTES;

/** What the visitor is about to send: a text and files, and what is wrong with it. */
export class Draft {
  text = '';
  files: readonly File[] = [];
  /** Why something cannot be sent. */
  notice = '';

  constructor(
    private readonly host: Pick<ReactiveControllerHost, 'requestUpdate'>,
    private readonly words: () => Words,
  ) {}

  get isEmpty(): boolean {
    return this.text.trim() === '' && this.files.length === 0;
  }

  write(text: string): void {
    this.change({ text, notice: '' });
  }

  /** Adds files; the notice says which of them the server would not take. */
  attach(files: readonly File[]): void {
    const refusals = files.map((file) => refusalOf(file, this.words()));
    const fine = files.filter((_, index) => refusals[index] === undefined);
    this.change({ files: [...this.files, ...fine], notice: refusals.filter(Boolean).join(' ') });
  }

  remove(file: File): void {
    this.change({ files: this.files.filter((other) => other !== file) });
  }

  /** Takes everything out, to be sent; undefined if it cannot be, and then the notice says why. */
  take(): { readonly text: string; readonly files: readonly File[] } | undefined {
    const { files } = this;
    const text = this.text.trim();
    if (isTooLong(text)) {
      this.change({ notice: this.words().tooLong });
      return undefined;
    }
    this.change({ text: '', files: [], notice: '' });
    return { text, files };
  }

  private change(changes: Partial<Pick<Draft, 'text' | 'files' | 'notice'>>): void {
    Object.assign(this, changes);
    this.host.requestUpdate();
  }
}
