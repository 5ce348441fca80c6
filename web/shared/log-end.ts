import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** A reader within this many CSS pixels of the end counts as being there. */
const NEAR = 40;

/**
 * Keeps a log (the host's `.log`) at its end while the reader is there, also when it becomes smaller, e.g. because a
 * keyboard comes up; leaves it alone while they read further up.
 */
export class LogEnd implements ReactiveController {
  /** Whether the reader is at the end. */
  isReached = true;
  /** Whether something came while the reader was further up. */
  isBehind = false;

  private readonly sizes = new ResizeObserver(() => this.hostUpdated());
  private size = '';
  private watched: Element | null | undefined;

  constructor(private readonly host: ReactiveControllerHost & Element) {
    host.addController(this);
  }

  /** Something came. */
  grow(): void {
    // The event of a scroll comes with the next frame, which may be later than this.
    this.onScroll();
    if (this.isReached) return;
    this.isBehind = true;
    this.host.requestUpdate();
  }

  /** Goes to the end, and stays there. */
  go(): void {
    const { log } = this;
    if (log) log.scrollTop = log.scrollHeight;
    this.isReached = true;
    if (this.isBehind) this.host.requestUpdate();
    this.isBehind = false;
  }

  /** Stays where the reader is taken to, e.g. to a message further up. */
  leave(): void {
    this.isReached = false;
  }

  hostDisconnected(): void {
    this.sizes.disconnect();
    this.watched = undefined;
  }

  hostUpdated(): void {
    const { log } = this;
    if (log !== this.watched) {
      this.sizes.disconnect();
      if (log) this.sizes.observe(log);
      this.watched = log;
    }
    this.size = sizeOf(log);
    if (this.isReached) this.go();
  }

  /** For the log's `scroll` event. */
  readonly onScroll = (): void => {
    const { log } = this;
    // A log whose size changes scrolls by itself; the reader did not scroll.
    if (!log || sizeOf(log) !== this.size) return;
    const isReached = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    if (isReached === this.isReached) return;
    this.isReached = isReached;
    if (isReached) this.isBehind = false;
    this.host.requestUpdate();
  };

  private get log(): Element | null | undefined {
    return this.host.shadowRoot?.querySelector('.log');
  }
}

const sizeOf = (log: Element | null | undefined): string => (log ? `${log.clientWidth} ${log.clientHeight}` : '');
