import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Conversation } from './conversation/conversation';
import { parseEndpoint } from './conversation/endpoint';
import type { ChatMessage } from './conversation/message';
import { styles } from './styles/styles';
import { Attention } from './view/attention';
import { ColorScheme } from './view/color-scheme';
import { composer } from './view/composer';
import { Draft, isTooLong } from './view/draft';
import { FileDrop } from '../shared/file-drop';
import { refusalOf } from './view/file-rules';
import { chatIcon, closeIcon } from '../shared/icons';
import { timeOfDay } from './view/days';
import { languageOf, localeFor } from './view/language';
import { LogEnd } from '../shared/log-end';
import { messageView } from './view/message-view';
import { fill, wordsFor, type Words } from './view/words';

/**
 * Live chat with the people behind a website.
 *
 *     <script type="module" src="https://.../kite-chat.js"></script>
 *     <kite-chat endpoint="wss://ws.example.com/prod?c=my_channel"></kite-chat>
 *
 * Attributes, methods, events, CSS variables and parts are listed in `custom-elements.json`, which comes with the file.
 */
export class KiteChat extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    endpoint: { type: String },
    open: { type: Boolean, reflect: true },
    heading: { type: String },
    welcome: { type: String },
    visitorName: { type: String, attribute: 'visitor-name' },
    theme: { type: String },
    lang: { type: String },
  };

  declare endpoint: string;
  declare open: boolean;
  declare heading: string | null;
  declare welcome: string | null;
  declare visitorName: string | null;
  declare theme: 'auto' | 'light' | 'dark';
  declare lang: string;

  private conversation: Conversation | undefined;
  private focusNext: 'composer' | 'launcher' | undefined;
  private readonly colorScheme = new ColorScheme(this);
  private readonly logEnd = new LogEnd(this);
  private readonly draft = new Draft(this, () => this.words);
  private readonly drop = new FileDrop(this, (files) => this.attach(files));
  private readonly attention = new Attention(this, {
    unread: () => this.unread,
    isInView: () => this.open && this.logEnd.isReached,
    see: () => this.conversation?.see(),
    onCount: (count) => this.emit('kite-unread', { count }),
  });

  constructor() {
    super();
    this.endpoint = '';
    this.open = false;
    this.theme = 'auto';
  }

  // Public methods

  /** Opens the chat and puts the cursor into it. */
  show(): void {
    this.open = true;
    this.focusNext = 'composer';
  }

  /** Closes the chat; the connection stays, new messages are counted. */
  hide(): void {
    if (this.shadowRoot?.activeElement) this.focusNext = 'launcher';
    this.open = false;
  }

  toggle(): void {
    if (this.open) this.hide();
    else this.show();
  }

  /**
   * Sends a text as the visitor, also while the chat is closed or offline. Gives the message's id.
   * @throws Error if the text is empty or longer than 4096 bytes, or there is no valid endpoint
   */
  send(text: string): string {
    const trimmed = text.trim();
    if (trimmed === '') throw new Error('kite-chat: the text is empty.');
    if (isTooLong(trimmed)) throw new Error(`kite-chat: ${this.words.tooLong}`);
    return this.begin().send({ text: trimmed }).id;
  }

  /**
   * Sends a file as the visitor. Gives the message's id.
   * @throws Error if the server would not take it, or there is no valid endpoint
   */
  sendFile(file: File): string {
    const refusal = refusalOf(file, this.words);
    if (refusal) throw new Error(`kite-chat: ${refusal}`);
    return this.begin().send({ file }).id;
  }

  /** How many messages of the host the visitor has not seen. */
  get unread(): number {
    return this.conversation?.unread ?? 0;
  }

  /** Forgets this visitor in this browser: who they are, and the history. */
  async forget(): Promise<void> {
    this.open = false;
    await this.conversation?.forget();
    this.connectConversation();
  }

  // Lifecycle

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.connectConversation();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.conversation?.stop();
    this.conversation = undefined;
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (changes.has('endpoint')) this.connectConversation();
    if (changes.has('open') && this.open) {
      this.logEnd.isReached = true;
      void this.conversation?.start();
    }
    const dark = this.theme === 'dark' || (this.theme !== 'light' && this.colorScheme.isDark);
    this.dataset.theme = dark ? 'dark' : 'light';
    this.toggleAttribute('data-rtl', getComputedStyle(this).direction === 'rtl');
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has('open') && changes.get('open') !== undefined) this.emit(this.open ? 'kite-open' : 'kite-close');
    if (this.focusNext === 'composer') this.focusComposer();
    if (this.focusNext === 'launcher') this.shadowRoot?.querySelector<HTMLElement>('.launcher')?.focus();
    this.focusNext = undefined;
    this.attention.check();
  }

  private connectConversation(): void {
    this.conversation?.stop();
    const endpoint = parseEndpoint(this.endpoint);
    this.conversation =
      endpoint &&
      new Conversation(endpoint, () => this.visitorName, {
        changed: () => this.requestUpdate(),
        received: (message) => {
          this.logEnd.grow();
          this.emit('kite-message', publicView(message));
        },
        sent: (message) => this.emit('kite-sent', publicView(message)),
        failed: (message) =>
          this.emit('kite-failed', { ...publicView(message), code: message.code, reason: message.reason }),
      });
    if (this.conversation && (this.open || this.conversation.isKnown)) void this.conversation.start();
    this.requestUpdate();
  }

  /** The conversation, begun if it is not: from here on the visitor is known. */
  private begin(): Conversation {
    if (!this.conversation) throw new Error(`kite-chat: ${this.words.setup}`);
    void this.conversation.start();
    return this.conversation;
  }

  // What is shown

  protected override render(): TemplateResult {
    const { words, unread } = this;
    const label = this.open ? words.close : unread > 0 ? fill(words.openUnread, { count: String(unread) }) : words.open;
    // No white space around the root: the page's styles would apply to it.
    return html`<div class="root">
      ${this.open ? this.renderPanel() : nothing}
      <button
        class="launcher"
        part="launcher"
        aria-label=${label}
        aria-expanded=${this.open}
        aria-controls="panel"
        @click=${() => this.toggle()}
      >
        ${this.open ? closeIcon : chatIcon}
        ${!this.open && unread > 0 ? html`<span class="badge" part="badge" aria-hidden="true">${unread > 99 ? '99+' : unread}</span>` : nothing}
      </button>
      <div class="visually-hidden" role="status">
        ${!this.open && unread > 0 ? `${words.newMessages}: ${unread}` : ''}
      </div>
    </div>`;
  }

  private renderPanel(): TemplateResult {
    const { words, drop, draft, isRefused } = this;
    return html`
      <section
        id="panel"
        class="panel"
        part="panel"
        role="dialog"
        aria-labelledby="heading"
        @keydown=${this.onKeydown}
        @dragenter=${drop.onDrag}
        @dragover=${drop.onDrag}
        @dragleave=${drop.onLeave}
        @drop=${drop.onDrop}
      >
        <div class="head" part="header">
          <div>
            <h2 id="heading"><bdi>${this.heading ?? words.heading}</bdi></h2>
            ${this.renderStatus()}
          </div>
          <button class="icon" aria-label=${words.close} title=${words.close} @click=${() => this.hide()}>
            ${closeIcon}
          </button>
        </div>
        <div class="log" part="log" role="log" aria-label=${words.log} tabindex="0" @scroll=${this.logEnd.onScroll}>
          <div class="welcome" dir="auto">${this.welcome ?? words.welcome}</div>
          ${this.renderMessages()}
        </div>
        ${this.logEnd.isBehind ? html`<button class="jump" @click=${() => this.logEnd.go()}>${words.newMessages}</button>` : nothing}
        <div id="notice" class="notice" role="alert" dir="auto">${isRefused ? words.blocked : draft.notice}</div>
        ${composer(draft, words, isRefused, {
          send: () => this.sendDraft(),
          attach: (files) => this.attach(files),
          onPaste: drop.onPaste,
        })}
        ${drop.isOver && !isRefused ? html`<div class="drop">${words.drop}</div>` : nothing}
      </section>
    `;
  }

  private renderStatus(): TemplateResult {
    const { connection = 'idle', because } = this.conversation ?? {};
    const text = !this.conversation ? this.words.setup : this.words[connection === 'idle' ? 'connecting' : connection];
    const until = because?.until;
    return html`<div class="status" role="status">
      <span class="dot ${connection}"></span
      ><bdi>${until ? fill(text, { time: timeOfDay(until, this.locale) }) : text}</bdi>
    </div>`;
  }

  private renderMessages(): unknown {
    const { conversation, words, locale, isRefused } = this;
    const messages = conversation?.messages ?? [];
    return repeat(
      messages,
      ({ id }) => id,
      (message, index) =>
        messageView(message, {
          words,
          locale,
          before: messages[index - 1],
          after: messages[index + 1],
          onRetry: isRefused ? undefined : () => conversation?.retry(message.id),
          onDiscard: () => conversation?.discard(message.id),
          onLoad: () => this.logEnd.hostUpdated(),
        }),
    );
  }

  // What the visitor does

  private sendDraft(): void {
    const content = this.conversation && !this.isRefused && this.draft.take();
    if (!content) return;
    const conversation = this.begin();
    for (const file of content.files) conversation.send({ file });
    if (content.text !== '') conversation.send({ text: content.text });
    this.logEnd.go();
    this.focusComposer();
  }

  private attach(files: readonly File[]): void {
    if (!this.isRefused) this.draft.attach(files);
    this.focusComposer();
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.stopPropagation();
    this.hide();
  };

  private focusComposer(): void {
    this.shadowRoot?.querySelector('textarea')?.focus();
  }

  // The rest

  /** Whether the server refuses the visitor, so that nothing can be sent. */
  private get isRefused(): boolean {
    return this.conversation?.connection === 'refused';
  }

  private get words(): Words {
    return wordsFor(languageOf(this, this.lang));
  }

  private get locale(): string {
    return localeFor(languageOf(this, this.lang));
  }

  private emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** What events tell the page of a message. */
const publicView = ({ id, author, text, file, at }: ChatMessage): object => ({
  id,
  author,
  at: new Date(at).toISOString(),
  ...(text === undefined ? {} : { text }),
  ...(file ? { file: { name: file.name, type: file.type, size: file.size, url: file.url } } : {}),
});

if (!customElements.get('kite-chat')) customElements.define('kite-chat', KiteChat);
