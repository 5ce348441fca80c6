import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';

/** How long it is shown, milliseconds. */
const SHOWN = 5000;

/** A sentence that is shown for a moment, e.g. why something was not done. */
export class Toast implements ReactiveController {
  private text = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  say(text: string): void {
    clearTimeout(this.timer);
    this.show(text);
    this.timer = setTimeout(() => this.show(''), SHOWN);
  }

  hostDisconnected(): void {
    clearTimeout(this.timer);
  }

  /** What it says, unless something more important is to be said instead. */
  render(instead?: string): TemplateResult {
    const text = instead ?? this.text;
    return html`<div class="toast ${text === '' ? 'empty-toast' : ''}" role="status">${text}</div>`;
  }

  private show(text: string): void {
    this.text = text;
    this.host.requestUpdate();
  }
}
