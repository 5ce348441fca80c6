import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { TitleBadge } from './title-badge';

/** What the visitor may be looking at. */
export interface Subject {
  /** How many messages they have not seen. */
  readonly unread: () => number;
  /** Whether the newest message would be seen by somebody who looks at the page. */
  readonly isInView: () => boolean;
  /** They have seen everything. */
  readonly see: () => void;
  /** The number of unread messages changed. */
  readonly onCount: (unread: number) => void;
}

/** Tracks whether the visitor looks at the page, and counts messages that they have not seen, also in the page's title. */
export class Attention implements ReactiveController {
  private readonly titleBadge = new TitleBadge();
  private counted = 0;

  constructor(
    host: ReactiveControllerHost,
    private readonly subject: Subject,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.onChange);
    addEventListener('focus', this.onChange);
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.onChange);
    removeEventListener('focus', this.onChange);
    this.titleBadge.clear();
  }

  /** A new message arrived, which the visitor may see or not. */
  check(): void {
    const { subject } = this;
    if (subject.isInView() && document.visibilityState === 'visible' && document.hasFocus()) subject.see();
    const unread = subject.unread();
    this.titleBadge.show(unread);
    if (unread === this.counted) return;
    this.counted = unread;
    subject.onCount(unread);
  }

  private readonly onChange = (): void => this.check();
}
