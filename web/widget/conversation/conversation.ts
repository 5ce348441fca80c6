import { MEMBER_NAME_LENGTH } from '../../../lambdas/chat/model/limits';
import type { Endpoint } from './endpoint';
import { typeOf } from './file-type';
import { History } from './history';
import { Identity, randomCharacters } from './identity';
import { inOrder, type ChatMessage } from './message';
import { Session, type Because, type SessionListener, type Status } from './session';
import { Tabs, type TabNews } from './tabs';

/** What a conversation tells the element that shows it. */
export interface ConversationListener {
  /** Messages, unread count or status changed. */
  changed(): void;
  /** The host wrote. */
  received(message: ChatMessage): void;
  /** A message of the visitor is stored at the server. */
  sent(message: ChatMessage): void;
  failed(message: ChatMessage): void;
}

/** Messages this browser keeps. */
const KEPT = 500;
/** How often a tab checks whether another one left messages undelivered. */
const ADOPT_EVERY = 15_000;

/** One visitor's conversation in this tab: what is shown, what is stored, what is still to be delivered. */
export class Conversation implements SessionListener {
  connection: Status = 'idle';
  /** Why the connection is refused or slow. */
  because: Because | undefined;
  private readonly byId = new Map<string, ChatMessage>();
  private readonly identity: Identity;
  private readonly history: History;
  private tabs: Tabs | undefined;
  private session: Session | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private lastOrder = 0;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly memberName: () => string | null,
    private readonly listener: ConversationListener,
  ) {
    this.identity = new Identity(endpoint.storageKey);
    this.history = new History(endpoint.storageKey);
  }

  /** Whether this visitor was here before. Reads storage, writes nothing. */
  get isKnown(): boolean {
    return this.identity.get() !== undefined;
  }

  get messages(): ChatMessage[] {
    return [...this.byId.values()].sort(inOrder);
  }

  get unread(): number {
    return this.messages.filter(({ author, seen }) => author === 'host' && !seen).length;
  }

  /** Creates the visitor's id, shows the stored messages, and connects. Idempotent. */
  async start(): Promise<void> {
    if (this.session) return;
    const { url, channel, storageKey } = this.endpoint;
    const memberId = this.identity.create();
    this.tabs = new Tabs(storageKey, (news) => this.hear(news));
    // A name that is too long would be refused, and the visitor with it.
    const name = this.memberName();
    const memberName = name && [...name].slice(0, MEMBER_NAME_LENGTH).join('');
    const lastReceived = () => this.messages.filter(({ author }) => author === 'host').at(-1)?.id;
    this.session = new Session({ url, memberId, memberName, channel, listener: this, lastReceived });
    const { session } = this;
    for (const message of await this.history.all()) if (!this.byId.has(message.id)) this.byId.set(message.id, message);
    if (this.session !== session) return;
    this.prune();
    this.listener.changed();
    await this.adopt();
    this.timer = setInterval(() => void this.adopt(), ADOPT_EVERY);
    addEventListener('online', this.onOnline);
    addEventListener('offline', this.onOffline);
    document.addEventListener('visibilitychange', this.onVisible);
    session.start();
    if (!navigator.onLine) session.sleep();
  }

  /** Closes the connection; the history stays. */
  stop(): void {
    clearInterval(this.timer);
    removeEventListener('online', this.onOnline);
    removeEventListener('offline', this.onOffline);
    document.removeEventListener('visibilitychange', this.onVisible);
    this.session?.stop();
    this.session = undefined;
    this.tabs?.close();
    this.tabs = undefined;
  }

  /** Sends a text or a file; waits if it cannot be sent now, also over reloads. */
  send(content: { text: string } | { file: File }): ChatMessage {
    const base = {
      id: randomCharacters(16),
      author: 'visitor',
      at: Date.now(),
      order: this.next(),
      delivery: 'sending',
      tab: this.tabs?.id,
    } as const;
    const message: ChatMessage =
      'text' in content
        ? { ...base, text: content.text }
        : {
            ...base,
            file: {
              name: content.file.name,
              type: typeOf(content.file),
              size: content.file.size,
              content: content.file,
            },
          };
    this.keep(message);
    this.deliver(message);
    return message;
  }

  /** Retries a failed message. */
  retry(id: string): void {
    const message = this.byId.get(id);
    if (message?.delivery !== 'failed') return;
    const { code: _code, reason: _reason, ...again } = message;
    const waiting: ChatMessage = {
      ...again,
      delivery: 'sending',
      at: Date.now(),
      order: this.next(),
      tab: this.tabs?.id,
    };
    this.keep(waiting);
    this.deliver(waiting);
  }

  /** Removes a failed message from the conversation. */
  discard(id: string): void {
    if (this.byId.get(id)?.delivery !== 'failed') return;
    this.byId.delete(id);
    void this.history.remove(id);
    this.tabs?.tell({ kind: 'removed', id });
    this.listener.changed();
  }

  /** The visitor has seen everything. */
  see(): void {
    if (this.unread === 0) return;
    for (const message of this.messages) {
      if (message.author === 'host' && !message.seen) this.store({ ...message, seen: true });
    }
    this.tabs?.tell({ kind: 'seen' });
    this.listener.changed();
  }

  /** Forgets the visitor in this browser: id and history. The server keeps the conversation. */
  async forget(): Promise<void> {
    this.tabs?.tell({ kind: 'forgotten' });
    this.stop();
    this.byId.clear();
    this.identity.forget();
    await this.history.clear();
    this.status('idle');
  }

  // What the session tells

  status(status: Status, because?: Because): void {
    this.connection = status;
    this.because = because;
    // For the website's developer; visitors read it in their own language.
    if (status === 'refused') console.warn(`kite-chat: ${because?.reason}`);
    this.listener.changed();
  }

  received(frame: Parameters<SessionListener['received']>[0]): void {
    const { id, at } = frame;
    const content =
      frame.tag === 'TXT'
        ? { text: frame.text }
        : { file: { name: frame.name, type: frame.type, size: frame.size, url: frame.url } };
    const known = this.byId.get(id);
    if (known) {
      // The same id again is the same message, unless the host corrected it.
      const corrected = frame.tag === 'TXT' && known.author === 'host' && known.text !== frame.text;
      if (corrected) this.keep({ ...known, ...content, corrected: true });
      return;
    }
    const message: ChatMessage = { id, author: 'host', at, order: this.next(), seen: false, ...content };
    this.byId.set(id, message);
    void this.history.add(message);
    this.tabs?.tell({ kind: 'message', message });
    this.listener.received(message);
    this.listener.changed();
  }

  sent(id: string, { at, url }: { at: number; url?: string }): void {
    const message = this.byId.get(id);
    if (!message) return;
    const { code: _code, reason: _reason, ...rest } = message;
    const file = message.file && { name: message.file.name, type: message.file.type, size: message.file.size, url };
    const delivered: ChatMessage = { ...rest, at, order: this.next(), delivery: 'sent', ...(file ? { file } : {}) };
    this.keep(delivered);
    this.listener.sent(delivered);
  }

  failed(id: string, because?: Because): void {
    const message = this.byId.get(id);
    if (!message) return;
    const failed: ChatMessage = { ...message, delivery: 'failed', code: because?.code, reason: because?.reason };
    this.keep(failed);
    this.listener.failed(failed);
  }

  private deliver({ id, at, text, file }: ChatMessage): void {
    if (!file) this.session?.deliver({ id, at, text });
    else if (file.content) this.session?.deliver({ id, at, file: { ...file, content: file.content } });
    else this.failed(id);
  }

  /** Delivers the unsent messages of a closed tab, oldest first. */
  private async adopt(): Promise<void> {
    for (const message of this.messages) {
      if (message.delivery !== 'sending' || !this.tabs || (message.tab && (await this.tabs.isAlive(message.tab))))
        continue;
      const mine = { ...message, tab: this.tabs.id };
      this.keep(mine);
      this.deliver(mine);
    }
  }

  private hear(news: TabNews): void {
    switch (news.kind) {
      case 'message':
        this.byId.set(news.message.id, {
          ...news.message,
          ...(this.byId.get(news.message.id)?.seen ? { seen: true } : {}),
        });
        break;
      case 'removed':
        this.byId.delete(news.id);
        break;
      case 'seen':
        for (const [id, message] of this.byId)
          if (message.author === 'host') this.byId.set(id, { ...message, seen: true });
        break;
      case 'forgotten':
        this.stop();
        this.byId.clear();
        this.status('idle');
    }
    this.listener.changed();
  }

  private keep(message: ChatMessage): void {
    this.store(message);
    this.tabs?.tell({ kind: 'message', message });
    this.listener.changed();
  }

  private store(message: ChatMessage): void {
    this.byId.set(message.id, message);
    void this.history.put(message);
  }

  private prune(): void {
    const settled = this.messages.filter(({ delivery }) => delivery !== 'sending');
    for (const { id } of settled.slice(0, Math.max(0, settled.length - KEPT))) {
      this.byId.delete(id);
      void this.history.remove(id);
    }
  }

  /** This browser's clock, but always after what was there before. */
  private next(): number {
    this.lastOrder = Math.max(Date.now(), this.lastOrder + 1);
    return this.lastOrder;
  }

  private readonly onOnline = (): void => this.session?.wake();
  private readonly onOffline = (): void => this.session?.sleep();
  private readonly onVisible = (): void => {
    if (document.visibilityState === 'visible') this.session?.wake();
  };
}
