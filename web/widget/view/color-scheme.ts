import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Whether the system asks for dark colors; redraws the element when that changes. */
export class ColorScheme implements ReactiveController {
  private readonly query = matchMedia('(prefers-color-scheme: dark)');

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  get isDark(): boolean {
    return this.query.matches;
  }

  hostConnected(): void {
    this.query.addEventListener('change', this.onChange);
  }

  hostDisconnected(): void {
    this.query.removeEventListener('change', this.onChange);
  }

  private readonly onChange = (): void => this.host.requestUpdate();
}
