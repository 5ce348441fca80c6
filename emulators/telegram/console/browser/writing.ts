import type { ReactiveControllerHost } from 'lit';
import type { Message } from 'grammy/types';

/** What the operator is writing, and what about. */
export class Writing {
  text = '';
  replyTo: Message | undefined;
  editing: Message | undefined;
  stickersOpen = false;

  constructor(private readonly host: Pick<ReactiveControllerHost, 'requestUpdate'>) {}

  write(text: string): void {
    this.change({ text });
  }

  reply(message: Message): void {
    this.change({ replyTo: message, editing: undefined });
  }

  /** Begins to change a message of the operator's own. */
  edit(message: Message): void {
    this.change({ replyTo: undefined, editing: message, text: message.text ?? message.caption ?? '' });
  }

  /** A sticker is chosen, or it is not. */
  toggleStickers(open = !this.stickersOpen): void {
    this.change({ stickersOpen: open });
  }

  /** Begins anew. */
  clear(): void {
    this.change({ text: '', replyTo: undefined, editing: undefined });
  }

  private change(changes: Partial<Pick<Writing, 'text' | 'replyTo' | 'editing' | 'stickersOpen'>>): void {
    Object.assign(this, changes);
    this.host.requestUpdate();
  }
}
