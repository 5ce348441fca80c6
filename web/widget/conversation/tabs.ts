import { randomCharacters } from './identity';
import type { ChatMessage } from './message';

/** What tabs of one visitor tell each other. */
export type TabNews =
  | { readonly kind: 'message'; readonly message: ChatMessage }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'seen' }
  | { readonly kind: 'forgotten' };

/** The tabs in which this visitor has this chat open. */
export class Tabs {
  readonly id = randomCharacters(8);
  private readonly channel: BroadcastChannel | undefined;
  private release: (() => void) | undefined;

  constructor(
    private readonly name: string,
    onNews: (news: TabNews) => void,
  ) {
    if (typeof BroadcastChannel !== 'undefined') {
      this.channel = new BroadcastChannel(name);
      this.channel.onmessage = ({ data }) => onNews(data as TabNews);
    }
    // The lock lives as long as the tab: a tab that finds it gone may deliver what that tab left.
    void this.locks?.request(`${name} ${this.id}`, () => new Promise<void>((resolve) => (this.release = resolve)));
  }

  tell(news: TabNews): void {
    this.channel?.postMessage(news);
  }

  /** Whether the tab is still there; if the browser cannot tell, it counts as gone, and the server drops duplicates. */
  async isAlive(tab: string): Promise<boolean> {
    if (tab === this.id) return true;
    const held = (await this.locks?.query())?.held ?? [];
    return held.some((lock) => lock.name === `${this.name} ${tab}`);
  }

  close(): void {
    this.channel?.close();
    this.release?.();
  }

  /** Only pages served over HTTPS or from this machine have locks. */
  private get locks(): LockManager | undefined {
    return (navigator as { locks?: LockManager }).locks;
  }
}
