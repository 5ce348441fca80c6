import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Message } from 'grammy/types';
import type { ChatView, ConsoleView } from '../view-types';
import { Client, readFile } from './client';
import { attachIcon, closeIcon, plusIcon, sendIcon, stickerIcon } from './icons';
import { messageView } from './message-view';
import { chatsOf, fullName, hueOf, messagesIn, placeKey, serviceText, summary, titleOf, type Place } from './place';
import { styles } from './styles';

const STICKERS = ['👍', '❤️', '😂', '🎉', '🙏', '👋'];
const REMEMBERED = 'kite-console';

type Dialog = 'operator' | 'group' | 'topic' | 'rename';

/** What this browser remembers: who the operator is and what they have read. */
interface Remembered {
  me?: number;
  read?: Record<string, number>;
}

/** The operator console: Telegram as far as operators of Kite need it. */
export class KiteConsole extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    base: { type: String },
    view: { state: true },
    connected: { state: true },
    me: { state: true },
    place: { state: true },
    draft: { state: true },
    replyTo: { state: true },
    editing: { state: true },
    toast: { state: true },
    stickersOpen: { state: true },
    dragging: { state: true },
    dialog: { state: true },
    target: { state: true },
  };

  declare base: string;
  declare private view: ConsoleView | undefined;
  declare private connected: boolean;
  declare private me: number | undefined;
  declare private place: Place | undefined;
  declare private draft: string;
  declare private replyTo: Message | undefined;
  declare private editing: Message | undefined;
  declare private toast: string;
  declare private stickersOpen: boolean;
  declare private dragging: boolean;
  declare private dialog: Dialog | undefined;
  declare private target: number | undefined;

  private client: Client | undefined;
  private stopWatching: (() => void) | undefined;
  private read: Record<string, number> = {};
  private atEnd = true;
  private toastTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.base = '';
    this.connected = true;
    this.draft = '';
    this.toast = '';
    this.stickersOpen = false;
    this.dragging = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const remembered = JSON.parse(localStorage.getItem(REMEMBERED) ?? '{}') as Remembered;
    this.me = remembered.me;
    this.read = remembered.read ?? {};
    this.client = new Client(this.base);
    this.stopWatching = this.client.watch(
      (view) => this.show(view),
      (connected) => (this.connected = connected),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
  }

  protected override updated(): void {
    const log = this.shadowRoot?.querySelector('.log');
    if (log && this.atEnd) log.scrollTop = log.scrollHeight;
    const dialog = this.shadowRoot?.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
    const unread = this.totalUnread();
    document.title = unread > 0 ? `(${unread}) Operator console` : 'Operator console';
  }

  protected override render(): TemplateResult {
    const { view } = this;
    if (!view)
      return html`<p class="empty" role="status">
        ${this.connected ? 'Loading' : 'The server does not answer. Is it still running?'}
      </p>`;
    return html`<div class="app">
        <aside aria-label="Chats">${this.renderMe(view)} ${this.renderList(view)} ${this.renderBots(view)}</aside>
        <main @dragenter=${this.onDrag} @dragover=${this.onDrag} @dragleave=${this.onDragLeave} @drop=${this.onDrop}>
          ${this.chat ? this.renderChat(this.chat, view) : html`<p class="empty">Choose a chat, or open a new group.</p>`}
          ${this.renderToast()} ${this.dragging ? html`<div class="drop">Drop files to send them</div>` : nothing}
        </main>
      </div>
      ${this.dialog ? this.renderDialog(this.dialog) : nothing}`;
  }

  private renderToast(): TemplateResult {
    const text = this.connected ? this.toast : 'Connection to the server lost, trying again';
    return html`<div class="toast ${text === '' ? 'empty-toast' : ''}" role="status">${text}</div>`;
  }

  private renderMe(view: ConsoleView): TemplateResult {
    return html`<div class="me">
      <label
        >You are
        <select @change=${({ target }: Event) => this.become(Number((target as HTMLSelectElement).value))}>
          ${view.users
            .filter(({ is_bot: isBot }) => !isBot)
            .map((user) => html`<option value=${user.id} ?selected=${user.id === this.me}>${fullName(user)}</option>`)}
        </select>
      </label>
      <button
        class="icon"
        title="Add an operator"
        aria-label="Add an operator"
        @click=${() => (this.dialog = 'operator')}
      >
        ${plusIcon}
      </button>
    </div>`;
  }

  private renderList(view: ConsoleView): TemplateResult {
    const chats = this.me === undefined ? [] : chatsOf(view, this.me);
    const missing = view.bots.filter(({ id }) => !chats.some(({ key }) => key === `${this.me}@${id}`));
    return html`<nav class="list" aria-label="Chats and topics">
      <h2>
        Groups
        <button class="text-button" @click=${() => (this.dialog = 'group')}>New group</button>
      </h2>
      <ul>
        ${chats.filter(({ type }) => type !== 'private').map((chat) => this.renderRow(chat, view))}
      </ul>
      <h2>Private</h2>
      <ul>
        ${chats.filter(({ type }) => type === 'private').map((chat) => this.renderRow(chat, view))}
        ${missing.map(
          ({ username }) =>
            html`<li>
              <button class="text-button" @click=${() => this.act('start', { user: this.me, bot: username })}>
                Start @${username}
              </button>
            </li>`,
        )}
      </ul>
    </nav>`;
  }

  private renderRow(chat: ChatView, view: ConsoleView): TemplateResult {
    const title = titleOf(chat, view);
    const general: Place = { chat: chat.key };
    return html`<li>
      ${this.renderPlace(general, title, html`<span class="avatar" style="--hue:${hueOf(chat.id)}" aria-hidden="true">${initials(title)}</span>`, '')}
      ${
        chat.forum && chat.topics.length > 0
          ? html`<ul>
              ${repeat(
                this.topicsByActivity(chat),
                ({ id }) => id,
                ({ id, name, color, closed }) =>
                  html`<li>
                    ${this.renderPlace(
                      { chat: chat.key, topic: id },
                      closed ? `${name} (closed)` : name,
                      html`<span class="avatar small" style="--hue:${hueOf(color)}" aria-hidden="true"
                        >${initials(name)}</span
                      >`,
                      'topic',
                    )}
                  </li>`,
              )}
            </ul>`
          : nothing
      }
    </li>`;
  }

  private renderPlace(place: Place, title: string, avatar: TemplateResult, kind: string): TemplateResult {
    const chat = this.view?.chats.find(({ key }) => key === place.chat);
    const messages = chat ? messagesIn(chat, place.topic) : [];
    const last = messages.findLast((message) => !serviceText(message)) ?? messages.at(-1);
    const unread = this.unreadIn(place);
    const current = this.place !== undefined && placeKey(this.place) === placeKey(place);
    return html`<button class="row ${kind}" aria-current=${current} @click=${() => this.go(place)}>
      ${avatar}
      <span>
        <span class="name" dir="auto" style="display:block">${title}</span>
        <span class="last" dir="auto" style="display:block">${last ? summary(last) : ''}</span>
      </span>
      ${unread > 0 ? html`<span class="count"><span aria-hidden="true">${unread}</span><span class="visually-hidden">${unread} unread</span></span>` : html`<span></span>`}
    </button>`;
  }

  private renderBots(view: ConsoleView): TemplateResult {
    return html`<div class="bots">
      ${view.bots.map(
        ({ username, webhook, waiting, lastError }) =>
          html`<p>
              @${username}:
              ${webhook ? `webhook ${webhook}` : 'long polling or not running'}${waiting > 0 ? `, ${waiting} waiting` : ''}
            </p>
            ${waiting > 0 && lastError ? html`<p class="error">${lastError}</p>` : nothing}`,
      )}
    </div>`;
  }

  private renderChat(chat: ChatView, view: ConsoleView): TemplateResult {
    const topic = chat.topics.find(({ id }) => id === this.place?.topic);
    const messages = messagesIn(chat, topic?.id);
    const title = topic?.name ?? titleOf(chat, view);
    const pinned = messages.filter(({ message_id: id }) => chat.pinned.includes(id)).at(-1);
    return html`<div class="bar">
        <div>
          <h1 dir="auto">${title}</h1>
          <small
            >${topic ? `Topic in ${chat.title}` : chat.type === 'private' ? 'Private chat' : `${membersText(chat)}`}</small
          >
        </div>
        ${topic ? this.renderTopicTools(chat, topic) : chat.type === 'private' ? nothing : this.renderGroupTools(chat)}
      </div>
      ${
        pinned
          ? html`<button class="pinned" @click=${() => this.jumpTo(pinned.message_id)}>
              <b>Pinned</b><span>${summary(pinned)}</span>
            </button>`
          : nothing
      }
      <div class="log" role="log" aria-label="Messages" tabindex="0" @scroll=${this.onScroll}>
        ${repeat(
          messages,
          ({ message_id: id }) => id,
          (message, index) =>
            messageView(message, {
              me: this.me,
              previous: messages[index - 1],
              client: this.client,
              pinned: chat.pinned.includes(message.message_id),
              target: this.target === message.message_id,
              onReply: () => this.startReply(message),
              onEdit: () => this.startEdit(message),
              onPin: () => this.pin(chat, message),
              onDelete: () => this.act('remove', { chat: chat.key, message: message.message_id }),
              onPress: (button) => this.press(chat, message, button),
              onJump: (id) => this.jumpTo(id),
            }),
        )}
      </div>
      ${this.renderComposer(chat, view)}`;
  }

  private renderGroupTools(chat: ChatView): TemplateResult {
    return html`<label class="switch"
        >Topics<input
          type="checkbox"
          role="switch"
          .checked=${chat.forum}
          @change=${({ target }: Event) => this.setForum(chat, (target as HTMLInputElement).checked)}
      /></label>
      ${chat.forum ? html`<button class="text-button" @click=${() => (this.dialog = 'topic')}>New topic</button>` : nothing}`;
  }

  private renderTopicTools(chat: ChatView, topic: { id: number; closed: boolean }): TemplateResult {
    const fields = { chat: chat.key, by: this.me, topic: topic.id };
    return html`<button class="text-button" @click=${() => (this.dialog = 'rename')}>Rename</button>
      <button class="text-button" @click=${() => this.act('setTopicClosed', { ...fields, closed: !topic.closed })}>
        ${topic.closed ? 'Reopen' : 'Close'}
      </button>
      <button
        class="text-button danger"
        @click=${async () => {
          if (!confirm('Delete this topic with all its messages?')) return;
          await this.act('deleteTopic', fields);
          this.go({ chat: chat.key });
        }}
      >
        Delete
      </button>`;
  }

  private renderComposer(chat: ChatView, view: ConsoleView): TemplateResult {
    const suggestions = this.suggestions(chat, view);
    const about = this.editing ?? this.replyTo;
    return html`<div class="composer">
      ${
        suggestions.length > 0
          ? html`<ul class="suggestions" aria-label="Commands">
              ${suggestions.map(
                ({ command, description }) =>
                  html`<li>
                    <button @click=${() => this.complete(command)}>
                      <b>/${command}</b><span>${description}</span>
                    </button>
                  </li>`,
              )}
            </ul>`
          : nothing
      }
      ${
        this.stickersOpen
          ? html`<div class="stickers">
              ${STICKERS.map((emoji) => html`<button aria-label="Send sticker ${emoji}" @click=${() => this.sendSticker(emoji)}>${emoji}</button>`)}
            </div>`
          : nothing
      }
      ${
        about
          ? html`<div class="context">
              <span
                ><b>${this.editing ? 'Edit' : `Reply to ${about.from ? fullName(about.from) : ''}`}</b>
                ${summary(about)}</span
              >
              <button class="icon" aria-label="Cancel" title="Cancel" @click=${() => this.cancel()}>
                ${closeIcon}
              </button>
            </div>`
          : nothing
      }
      <form class="write" @submit=${this.onSubmit}>
        <button
          type="button"
          class="icon"
          aria-label="Attach files"
          title="Attach files"
          @click=${() => this.input?.click()}
        >
          ${attachIcon}
        </button>
        <input type="file" hidden multiple aria-label="Attach files" @change=${this.onPick} />
        <textarea
          rows="1"
          dir="auto"
          aria-label="Message"
          placeholder="Message"
          .value=${this.draft}
          @input=${({ target }: Event) => (this.draft = (target as HTMLTextAreaElement).value)}
          @keydown=${this.onKeydown}
          @paste=${this.onPaste}
        ></textarea>
        <button
          type="button"
          class="icon"
          aria-label="Stickers"
          title="Stickers"
          aria-expanded=${this.stickersOpen}
          @click=${() => (this.stickersOpen = !this.stickersOpen)}
        >
          ${stickerIcon}
        </button>
        <button class="icon send" aria-label="Send" title="Send">${sendIcon}</button>
      </form>
    </div>`;
  }

  private renderDialog(dialog: Dialog): TemplateResult {
    const topic = this.chat?.topics.find(({ id }) => id === this.place?.topic);
    const texts = {
      operator: { heading: 'Add an operator', label: 'Name', value: '' },
      group: { heading: 'New group', label: 'Title', value: '' },
      topic: { heading: 'New topic', label: 'Name', value: '' },
      rename: { heading: 'Rename topic', label: 'Name', value: topic?.name ?? '' },
    }[dialog];
    return html`<dialog aria-labelledby="dialog-heading" @close=${() => (this.dialog = undefined)}>
      <form method="dialog" @submit=${(event: SubmitEvent) => void this.onDialog(event, dialog)}>
        <h2 id="dialog-heading">${texts.heading}</h2>
        <label
          >${texts.label}<input
            type="text"
            name="name"
            required
            autofocus
            autocomplete="off"
            maxlength="128"
            .value=${texts.value}
        /></label>
        ${
          dialog === 'group'
            ? html`<label
                >Kind
                <select name="kind">
                  <option value="forum">Group with topics</option>
                  <option value="supergroup">Supergroup without topics</option>
                  <option value="group">Basic group</option>
                </select></label
              >`
            : nothing
        }
        <footer>
          <button type="button" class="text-button" @click=${() => (this.dialog = undefined)}>Cancel</button>
          <button class="primary">${dialog === 'rename' ? 'Rename' : 'Create'}</button>
        </footer>
      </form>
    </dialog>`;
  }

  // What the operator does

  private async onDialog(event: SubmitEvent, dialog: Dialog): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const name = String(data.get('name')).trim();
    this.dialog = undefined;
    if (dialog === 'operator') {
      const user = (await this.act('user', { firstName: name })) as { id: number } | undefined;
      if (!user) return;
      for (const chat of this.view?.chats ?? []) {
        if (chat.type !== 'private' && chat.migratedTo === undefined)
          await this.act('join', { chat: chat.key, user: user.id });
      }
      this.become(user.id);
    } else if (dialog === 'group') await this.createGroup(name, String(data.get('kind')));
    else if (dialog === 'topic') {
      const topic = await this.act('createTopic', { chat: this.place?.chat, by: this.me, name });
      if (typeof topic === 'number' && this.place) this.go({ chat: this.place.chat, topic });
    } else await this.act('renameTopic', { chat: this.place?.chat, by: this.me, topic: this.place?.topic, name });
  }

  private async createGroup(title: string, kind: string): Promise<void> {
    const chat = await this.act('group', { title, owner: this.me, kind });
    if (typeof chat !== 'number') return;
    const bot = this.view?.bots[0];
    if (bot) await this.act('addBot', { chat: String(chat), by: this.me, bot: bot.username, administrator: true });
    this.go({ chat: String(chat) });
  }

  private async setForum(chat: ChatView, forum: boolean): Promise<void> {
    const id = await this.act('setForum', { chat: chat.key, by: this.me, forum });
    if (typeof id === 'number') this.go({ chat: String(id) });
  }

  private readonly onSubmit = (event: Event): void => {
    event.preventDefault();
    void this.submit([]);
  };

  private async submit(files: readonly File[]): Promise<void> {
    const { place, editing, replyTo } = this;
    const text = this.draft.trim();
    if (!place || (text === '' && files.length === 0)) return;
    this.atEnd = true;
    // What is typed from here on is the next message.
    this.cancel();
    const done =
      editing && files.length === 0
        ? await this.act('edit', { chat: place.chat, message: editing.message_id, text })
        : await this.act('send', {
            ...this.where(place, replyTo),
            ...(text === '' ? {} : { text }),
            ...(files.length > 0 ? { files: await Promise.all(files.map(readFile)) } : {}),
          });
    if (done === undefined && this.draft === '') this.draft = text;
  }

  private async sendSticker(emoji: string): Promise<void> {
    this.stickersOpen = false;
    if (this.place) await this.act('send', { ...this.where(this.place, this.replyTo), sticker: emoji });
    this.replyTo = undefined;
  }

  private where(place: Place, replyTo: Message | undefined): object {
    return {
      chat: place.chat,
      from: this.me,
      ...(place.topic === undefined ? {} : { topic: place.topic }),
      ...(replyTo ? { replyTo: replyTo.message_id } : {}),
    };
  }

  private async press(chat: ChatView, message: Message, button: string): Promise<void> {
    const answer = (await this.act('press', { chat: chat.key, from: this.me, message: message.message_id, button })) as
      { text?: string; alert?: boolean } | undefined;
    if (answer?.text) this.say(answer.text);
  }

  private async pin(chat: ChatView, message: Message): Promise<void> {
    const action = chat.pinned.includes(message.message_id) ? 'unpin' : 'pin';
    await this.act(action, { chat: chat.key, by: this.me, message: message.message_id });
  }

  private startReply(message: Message): void {
    this.editing = undefined;
    this.replyTo = message;
    this.focusComposer();
  }

  private startEdit(message: Message): void {
    this.replyTo = undefined;
    this.editing = message;
    this.draft = message.text ?? message.caption ?? '';
    this.focusComposer();
  }

  private cancel(): void {
    this.draft = '';
    this.replyTo = undefined;
    this.editing = undefined;
    this.focusComposer();
  }

  private complete(command: string): void {
    this.draft = `/${command} `;
    this.focusComposer();
  }

  private become(id: number): void {
    this.me = id;
    this.place = undefined;
    this.remember();
    if (this.view) this.show(this.view);
  }

  private go(place: Place): void {
    this.place = place;
    this.draft = '';
    this.replyTo = undefined;
    this.editing = undefined;
    this.atEnd = true;
    this.markRead();
  }

  private jumpTo(id: number): void {
    this.target = id;
    this.atEnd = false;
    void this.updateComplete.then(() =>
      this.shadowRoot?.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: 'center' }),
    );
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.onSubmit(event);
    if (event.key === 'Escape') this.cancel();
    if (event.key === 'ArrowUp' && this.draft === '' && this.chat) {
      const own = messagesIn(this.chat, this.place?.topic).filter(
        (message) => message.from?.id === this.me && !serviceText(message),
      );
      const last = own.at(-1);
      if (last) this.startEdit(last);
    }
  };

  private readonly onPick = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    void this.submit([...(input.files ?? [])]).then(() => (input.value = ''));
  };

  private readonly onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void this.submit(files);
  };

  private readonly onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.dragging = true;
  };

  private readonly onDragLeave = (event: DragEvent): void => {
    if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) this.dragging = false;
  };

  private readonly onDrop = (event: DragEvent): void => {
    event.preventDefault();
    this.dragging = false;
    void this.submit([...(event.dataTransfer?.files ?? [])]);
  };

  private readonly onScroll = ({ target }: Event): void => {
    const log = target as HTMLElement;
    this.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  };

  // State

  private show(view: ConsoleView): void {
    this.view = view;
    const people = view.users.filter(({ is_bot: isBot }) => !isBot);
    if (!people.some(({ id }) => id === this.me)) this.me = people[0]?.id;
    const chats = this.me === undefined ? [] : chatsOf(view, this.me);
    const chat = chats.find(({ key }) => key === this.place?.chat);
    const topicGone = this.place?.topic !== undefined && !chat?.topics.some(({ id }) => id === this.place?.topic);
    if (!chat) this.place = chats[0] && { chat: chats[0].key };
    else if (topicGone || !chat.forum) this.place = { chat: chat.key };
    this.markRead();
  }

  private get chat(): ChatView | undefined {
    return this.view?.chats.find(({ key }) => key === this.place?.chat);
  }

  private topicsByActivity(chat: ChatView): ChatView['topics'] {
    const last = (id: number): number => messagesIn(chat, id).at(-1)?.message_id ?? id;
    return [...chat.topics].sort((a, b) => last(b.id) - last(a.id));
  }

  private unreadIn(place: Place): number {
    const chat = this.view?.chats.find(({ key }) => key === place.chat);
    if (!chat) return 0;
    const read = this.read[placeKey(place)] ?? 0;
    return messagesIn(chat, place.topic).filter(
      (message) => message.message_id > read && message.from?.id !== this.me && !serviceText(message),
    ).length;
  }

  private totalUnread(): number {
    if (!this.view || this.me === undefined) return 0;
    return chatsOf(this.view, this.me)
      .flatMap((chat) => [
        { chat: chat.key },
        ...(chat.forum ? chat.topics.map(({ id }) => ({ chat: chat.key, topic: id })) : []),
      ])
      .reduce((sum, place) => sum + this.unreadIn(place), 0);
  }

  private markRead(): void {
    if (!this.place || !this.chat) return;
    const last = messagesIn(this.chat, this.place.topic).at(-1)?.message_id ?? 0;
    const key = placeKey(this.place);
    if ((this.read[key] ?? 0) >= last) return;
    this.read = { ...this.read, [key]: last };
    this.remember();
  }

  private remember(): void {
    const remembered: Remembered = { me: this.me, read: this.read };
    localStorage.setItem(REMEMBERED, JSON.stringify(remembered));
  }

  private suggestions(chat: ChatView, view: ConsoleView): { command: string; description: string }[] {
    if (!/^\/\w*$/.test(this.draft)) return [];
    const bots = view.bots.filter(({ id }) => chat.members.some((member) => member.id === id));
    return bots.flatMap(({ commands }) => commands).filter(({ command }) => `/${command}`.startsWith(this.draft));
  }

  private async act(action: string, fields: object): Promise<unknown> {
    try {
      return await this.client?.act(action, fields);
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private say(text: string): void {
    this.toast = text;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (this.toast = ''), 5000);
  }

  private focusComposer(): void {
    void this.updateComplete.then(() => this.shadowRoot?.querySelector('textarea')?.focus());
  }

  private get input(): HTMLInputElement | null | undefined {
    return this.shadowRoot?.querySelector<HTMLInputElement>('input[type=file]');
  }
}

const membersText = (chat: ChatView): string => {
  const count = chat.members.filter(({ status }) => status !== 'left' && status !== 'kicked').length;
  const kind = chat.forum ? 'General' : chat.type === 'supergroup' ? 'Supergroup' : 'Group';
  return `${kind}, ${count} members`;
};

/** Up to two first letters, whole characters of any script. */
const initials = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();

customElements.define('kite-console', KiteConsole);
