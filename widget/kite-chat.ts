import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Conversation, type ConversationListener } from './conversation';
import { parseEndpoint } from './endpoint';
import { ACCEPTED_TYPES, formatSize, refuseFile } from './file-rules';
import { attachIcon, chatIcon, checkIcon, clockIcon, closeIcon, fileIcon, sendIcon, warningIcon } from './icons';
import { piecesOf, safeUrl } from './links';
import type { Attachment, ChatMessage } from './message';
import { styles } from './styles';
import { TitleBadge } from './title-badge';
import { fill, wordsFor, type Words } from './words';

/** The longest text the server takes, UTF-8 bytes. */
const MAX_TEXT_BYTES = 4096;

/** Messages of one side within so many milliseconds stand together. */
const GROUP_WITHIN = 5 * 60_000;

/**
 * Live chat with the people behind a website.
 *
 *     <script type="module" src="https://.../kite-chat.js"></script>
 *     <kite-chat endpoint="wss://ws.example.com/prod?c=my_channel"></kite-chat>
 *
 * Attributes, methods, events, CSS variables and parts are listed in `custom-elements.json`, which comes with the file.
 */
export class KiteChat extends LitElement implements ConversationListener {
  static override readonly styles = styles;
  static override readonly properties = {
    endpoint: { type: String },
    open: { type: Boolean, reflect: true },
    heading: { type: String },
    welcome: { type: String },
    visitorName: { type: String, attribute: 'visitor-name' },
    theme: { type: String },
    lang: { type: String },
    draft: { state: true },
    attachments: { state: true },
    notice: { state: true },
    dragging: { state: true },
    behind: { state: true },
  };

  declare endpoint: string;
  declare open: boolean;
  declare heading: string | null;
  declare welcome: string | null;
  declare visitorName: string | null;
  declare theme: 'auto' | 'light' | 'dark';
  declare lang: string;
  declare private draft: string;
  declare private attachments: readonly File[];
  declare private notice: string;
  declare private dragging: boolean;
  /** Whether something new came while the visitor reads further up. */
  declare private behind: boolean;

  private conversation: Conversation | undefined;
  private readonly titleBadge = new TitleBadge();
  private readonly previews = new WeakMap<Blob, string>();
  private readonly darkScheme = matchMedia('(prefers-color-scheme: dark)');
  private announcedUnread = 0;
  private atEnd = true;
  private focusNext: 'composer' | 'launcher' | undefined;

  constructor() {
    super();
    this.endpoint = '';
    this.open = false;
    this.theme = 'auto';
    this.draft = '';
    this.attachments = [];
    this.notice = '';
    this.dragging = false;
    this.behind = false;
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
    if (new TextEncoder().encode(trimmed).length > MAX_TEXT_BYTES) throw new Error(`kite-chat: ${this.words.tooLong}`);
    return this.begin().send({ text: trimmed }).id;
  }

  /**
   * Sends a file as the visitor. Gives the message's id.
   * @throws Error if the server would not take it, or there is no valid endpoint
   */
  sendFile(file: File): string {
    const refusal = this.refusal(file);
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

  // Life

  override connectedCallback(): void {
    super.connectedCallback();
    this.darkScheme.addEventListener('change', this.onScheme);
    document.addEventListener('visibilitychange', this.onVisibility);
    addEventListener('focus', this.onVisibility);
    if (this.hasUpdated) this.connectConversation();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.darkScheme.removeEventListener('change', this.onScheme);
    document.removeEventListener('visibilitychange', this.onVisibility);
    removeEventListener('focus', this.onVisibility);
    this.titleBadge.clear();
    this.conversation?.stop();
    this.conversation = undefined;
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (changes.has('endpoint')) this.connectConversation();
    if (changes.has('open') && this.open) {
      this.atEnd = true;
      if (this.conversation) void this.conversation.start();
    }
    const dark = this.theme === 'dark' || (this.theme !== 'light' && this.darkScheme.matches);
    this.dataset.theme = dark ? 'dark' : 'light';
    this.toggleAttribute('data-rtl', getComputedStyle(this).direction === 'rtl');
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has('open') && changes.get('open') !== undefined) this.emit(this.open ? 'kite-open' : 'kite-close');
    if (this.focusNext === 'composer') this.find('textarea')?.focus();
    if (this.focusNext === 'launcher') this.find('.launcher')?.focus();
    this.focusNext = undefined;
    if (this.open && this.atEnd) this.scrollToEnd();
    this.seeIfLooking();
    this.countUnread();
  }

  // What the conversation tells

  changed(): void {
    this.requestUpdate();
  }

  received(message: ChatMessage): void {
    if (!this.atEnd) this.behind = true;
    this.emit('kite-message', publicView(message));
  }

  sent(message: ChatMessage): void {
    this.emit('kite-sent', publicView(message));
  }

  failed(message: ChatMessage): void {
    this.emit('kite-failed', { ...publicView(message), reason: message.reason });
  }

  // What is shown

  protected override render(): TemplateResult {
    const { words, unread } = this;
    const label = this.open ? words.close : unread > 0 ? fill(words.openUnread, { count: String(unread) }) : words.open;
    return html`
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
    `;
  }

  private renderPanel(): TemplateResult {
    const { words } = this;
    return html`
      <section
        id="panel"
        class="panel"
        part="panel"
        role="dialog"
        aria-labelledby="heading"
        @keydown=${this.onKeydown}
        @dragenter=${this.onDrag}
        @dragover=${this.onDrag}
        @dragleave=${this.onDragLeave}
        @drop=${this.onDrop}
      >
        <div class="head" part="header">
          <div>
            <h2 id="heading">${this.heading ?? words.heading}</h2>
            ${this.renderStatus()}
          </div>
          <button class="icon" aria-label=${words.close} title=${words.close} @click=${() => this.hide()}>
            ${closeIcon}
          </button>
        </div>
        <div class="log" part="log" role="log" aria-label=${words.log} tabindex="0" @scroll=${this.onScroll}>
          <div class="welcome">${this.welcome ?? words.welcome}</div>
          ${this.renderMessages()}
        </div>
        ${this.behind ? html`<button class="jump" @click=${() => this.scrollToEnd()}>${words.newMessages}</button>` : nothing}
        <div class="notice" role="alert">${this.notice}</div>
        ${this.renderAttachments()} ${this.renderComposer()}
        ${this.dragging ? html`<div class="drop">${words.drop}</div>` : nothing}
      </section>
    `;
  }

  private renderStatus(): TemplateResult {
    const connection = this.conversation?.connection ?? 'idle';
    const text = this.conversation
      ? connection === 'idle'
        ? this.words.connecting
        : this.words[connection]
      : this.words.setup;
    return html`<div class="status" role="status"><span class="dot ${connection}"></span>${text}</div>`;
  }

  private renderMessages(): unknown {
    const messages = this.conversation?.messages ?? [];
    return repeat(
      messages,
      ({ id }) => id,
      (message, index) => this.renderMessage(message, messages[index - 1], messages[index + 1]),
    );
  }

  private renderMessage(
    message: ChatMessage,
    before: ChatMessage | undefined,
    after: ChatMessage | undefined,
  ): TemplateResult {
    const day =
      before && sameDay(before.at, message.at) ? nothing : html`<div class="day">${this.dayOf(message.at)}</div>`;
    const first = !together(before, message);
    const last = !together(message, after);
    const classes = ['message', message.author, first ? 'first' : '', last ? 'last' : '', message.delivery ?? ''].join(
      ' ',
    );
    const who = message.author === 'visitor' ? this.words.you : this.words.host;
    return html`${day}
      <div class=${classes} part="message ${message.author}">
        <span class="visually-hidden">${who}:</span>
        ${message.file ? this.renderFile(message.file) : renderText(message.text ?? '')}
        ${this.renderMeta(message, last)}
      </div>`;
  }

  private renderFile(file: Attachment): TemplateResult {
    const url = safeUrl(file.url ?? this.preview(file.content));
    const size = formatSize(file.size, this.locale);
    if (file.type.startsWith('image/') && url) {
      return html`<a class="bubble picture" href=${url} target="_blank" rel="noopener noreferrer"
        ><img src=${url} alt=${file.name} loading="lazy" @load=${() => this.atEnd && this.scrollToEnd()}
      /></a>`;
    }
    const content = html`${fileIcon}<span><span dir="auto">${file.name}</span><small>${size}</small></span>`;
    return url
      ? html`<div class="bubble">
          <a class="file" href=${url} target="_blank" rel="noopener noreferrer" download=${file.name}>${content}</a>
        </div>`
      : html`<div class="bubble file">${content}</div>`;
  }

  private renderMeta(message: ChatMessage, last: boolean): TemplateResult | typeof nothing {
    const { words } = this;
    if (message.delivery === 'failed') {
      const why = message.reason ? `: ${message.reason.replace(/^🚫\s*/u, '')}` : '';
      return html`<div class="meta problem" role="alert">
        <span>${warningIcon}${words.failed}${why}</span>
        <span>
          <button class="link" @click=${() => this.conversation?.retry(message.id)}>${words.retry}</button>
          <button class="link" @click=${() => this.conversation?.discard(message.id)}>${words.discard}</button>
        </span>
      </div>`;
    }
    if (!last && message.delivery !== 'sending' && !message.corrected) return nothing;
    const time = new Date(message.at);
    const clock = new Intl.DateTimeFormat(this.locale, { hour: '2-digit', minute: '2-digit' }).format(time);
    const state = message.author === 'host' ? undefined : message.delivery === 'sending' ? words.sending : words.sent;
    return html`<div class="meta">
      <time datetime=${time.toISOString()}>${clock}</time>
      ${message.corrected ? html`<span>${words.corrected}</span>` : nothing}
      ${state ? html`<span title=${state}>${message.delivery === 'sending' ? clockIcon : checkIcon}</span><span class="visually-hidden">${state}</span>` : nothing}
    </div>`;
  }

  private renderAttachments(): TemplateResult | typeof nothing {
    if (this.attachments.length === 0) return nothing;
    return html`<ul class="pending">
      ${this.attachments.map((file) => {
        const label = fill(this.words.remove, { name: file.name });
        return html`<li>
          ${file.type.startsWith('image/') ? html`<img src=${this.preview(file) ?? ''} alt="" />` : nothing}
          <span>${file.name}</span>
          <button
            class="icon"
            aria-label=${label}
            title=${label}
            @click=${() => (this.attachments = this.attachments.filter((other) => other !== file))}
          >
            ${closeIcon}
          </button>
        </li>`;
      })}
    </ul>`;
  }

  private renderComposer(): TemplateResult {
    const { words } = this;
    const empty = this.draft.trim() === '' && this.attachments.length === 0;
    return html`<form part="composer" @submit=${this.onSubmit}>
      <button
        type="button"
        class="icon"
        aria-label=${words.attach}
        title=${words.attach}
        @click=${() => this.find('input')?.click()}
      >
        ${attachIcon}
      </button>
      <input
        type="file"
        hidden
        multiple
        accept=${ACCEPTED_TYPES}
        tabindex="-1"
        aria-label=${words.attach}
        @change=${this.onPick}
      />
      <textarea
        rows="1"
        dir="auto"
        aria-label=${words.placeholder}
        placeholder=${words.placeholder}
        .value=${this.draft}
        @input=${this.onInput}
        @keydown=${this.onEnter}
        @paste=${this.onPaste}
      ></textarea>
      <button class="icon send" aria-label=${words.send} title=${words.send} aria-disabled=${empty}>${sendIcon}</button>
    </form>`;
  }

  // What the visitor does

  private readonly onSubmit = (event: Event): void => {
    event.preventDefault();
    const text = this.draft.trim();
    if (new TextEncoder().encode(text).length > MAX_TEXT_BYTES) {
      this.notice = this.words.tooLong;
      return;
    }
    if (!this.conversation) return;
    const conversation = this.begin();
    for (const file of this.attachments) conversation.send({ file });
    if (text !== '') conversation.send({ text });
    this.attachments = [];
    this.draft = '';
    this.notice = '';
    this.scrollToEnd();
    this.find('textarea')?.focus();
  };

  private readonly onInput = ({ target }: Event): void => {
    this.draft = (target as HTMLTextAreaElement).value;
    this.notice = '';
  };

  private readonly onEnter = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.onSubmit(event);
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.stopPropagation();
    this.hide();
  };

  private readonly onPick = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    this.attach([...(input.files ?? [])]);
    input.value = '';
    this.find('textarea')?.focus();
  };

  private readonly onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.attach(files);
  };

  private readonly onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.dragging = true;
  };

  private readonly onDragLeave = (event: DragEvent): void => {
    const panel = event.currentTarget as Element;
    if (!panel.contains(event.relatedTarget as Node | null)) this.dragging = false;
  };

  private readonly onDrop = (event: DragEvent): void => {
    event.preventDefault();
    this.dragging = false;
    this.attach([...(event.dataTransfer?.files ?? [])]);
    this.find('textarea')?.focus();
  };

  private readonly onScroll = ({ target }: Event): void => {
    const log = target as HTMLElement;
    this.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    if (this.atEnd) this.behind = false;
    this.seeIfLooking();
  };

  private attach(files: readonly File[]): void {
    const refusals = files.flatMap((file) => this.refusal(file) ?? []);
    this.attachments = [...this.attachments, ...files.filter((file) => !refuseFile(file))];
    this.notice = refusals.join(' ');
  }

  private refusal(file: File): string | undefined {
    const refusal = refuseFile(file);
    if (!refusal) return undefined;
    const { words } = this;
    switch (refusal.kind) {
      case 'type':
        return fill(words.wrongType, { name: file.name });
      case 'empty':
        return fill(words.emptyFile, { name: file.name });
      case 'size':
        return fill(words.tooLarge, { name: file.name, size: `${refusal.limit / 1024 / 1024} MB` });
    }
  }

  // The rest

  private get language(): string {
    const inherited = this.closest('[lang]')?.getAttribute('lang');
    return this.lang || inherited || navigator.language || 'en';
  }

  /** For dates and numbers: the visitor's own region of that language, if they have one. */
  private get locale(): string {
    const { language } = this;
    return navigator.languages.find((own) => own.split('-')[0] === language.split('-')[0]) ?? language;
  }

  private get words(): Words {
    return wordsFor(this.language);
  }

  private connectConversation(): void {
    this.conversation?.stop();
    const endpoint = parseEndpoint(this.endpoint);
    this.conversation = endpoint && new Conversation(endpoint, this.visitorName, this);
    if (this.conversation && (this.open || this.conversation.isKnown)) void this.conversation.start();
    this.requestUpdate();
  }

  /** The conversation, begun if it is not: from here on the visitor is known. */
  private begin(): Conversation {
    if (!this.conversation) throw new Error(`kite-chat: ${this.words.setup}`);
    void this.conversation.start();
    return this.conversation;
  }

  /** The visitor sees what arrives when the chat is open, at its end, and the page is looked at. */
  private seeIfLooking(): void {
    if (this.open && this.atEnd && document.visibilityState === 'visible' && document.hasFocus())
      this.conversation?.see();
  }

  private countUnread(): void {
    const { unread } = this;
    this.titleBadge.show(unread);
    if (unread === this.announcedUnread) return;
    this.announcedUnread = unread;
    this.emit('kite-unread', { count: unread });
  }

  private scrollToEnd(): void {
    const log = this.find('.log');
    if (log) log.scrollTop = log.scrollHeight;
    this.atEnd = true;
    this.behind = false;
  }

  private preview(content: Blob | undefined): string | undefined {
    if (!content) return undefined;
    const known = this.previews.get(content);
    if (known) return known;
    const url = URL.createObjectURL(content);
    this.previews.set(content, url);
    return url;
  }

  private dayOf(at: number): string {
    const today = Date.now();
    if (sameDay(at, today)) return this.words.today;
    if (sameDay(at, today - 24 * 60 * 60_000)) return this.words.yesterday;
    return new Intl.DateTimeFormat(this.locale, { dateStyle: 'medium' }).format(at);
  }

  private find(selector: 'textarea' | 'input' | '.launcher' | '.log'): HTMLElement | null | undefined {
    return this.shadowRoot?.querySelector<HTMLElement>(selector);
  }

  private emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  private readonly onScheme = (): void => this.requestUpdate();

  private readonly onVisibility = (): void => {
    this.seeIfLooking();
    this.countUnread();
  };
}

// White space counts in a message's text, so nothing may stand around it.
// prettier-ignore
const renderText = (text: string): TemplateResult => html`<div class="bubble text" dir="auto">${piecesOf(text).map(renderPiece)}</div>`;

const renderPiece = ({ text, href }: { text: string; href?: string }): unknown =>
  href ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${text}</a>` : text;

const sameDay = (a: number, b: number): boolean => new Date(a).toDateString() === new Date(b).toDateString();

const together = (a: ChatMessage | undefined, b: ChatMessage | undefined): boolean =>
  a !== undefined && b !== undefined && a.author === b.author && b.at - a.at < GROUP_WITHIN && sameDay(a.at, b.at);

/** What events tell the page of a message. */
const publicView = ({ id, author, text, file, at }: ChatMessage): object => ({
  id,
  author,
  at: new Date(at).toISOString(),
  ...(text === undefined ? {} : { text }),
  ...(file ? { file: { name: file.name, type: file.type, size: file.size, url: file.url } } : {}),
});

if (!customElements.get('kite-chat')) customElements.define('kite-chat', KiteChat);
