import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Message } from 'grammy/types';
import { FileDrop } from '../../../../web/shared/file-drop';
import { LogEnd } from '../../../../web/shared/log-end';
import type { ChatView, ConsoleView } from '../view-types';
import { chatHead } from './chat-head';
import { chatList } from './chat-list';
import { Client } from './client';
import { composer, type Command } from './composer';
import { Tasks, type Content } from './tasks';
import { dialog, type Answer, type DialogKind } from './dialog';
import { Memory } from './memory';
import { messageView } from './message-view';
import { chatsOf, messagesIn, serviceText, type Place } from './place';
import { styles } from './styles/styles';
import { Toast } from './toast';
import { totalUnread } from './unread';
import { Writing } from './writing';

/** The operator console: Telegram in a browser, for every person that the emulator knows. */
export class OperatorConsole extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    base: { type: String },
    view: { state: true },
    connected: { state: true },
    place: { state: true },
    listShown: { state: true },
    dialog: { state: true },
    target: { state: true },
    askedForum: { state: true },
  };

  declare base: string;
  declare private view: ConsoleView | undefined;
  declare private connected: boolean;
  declare private place: Place | undefined;
  /** Whether the list of chats is shown where there is no room for a chat beside it. */
  declare private listShown: boolean;
  declare private dialog: DialogKind | undefined;
  /** The message that the operator was taken to. */
  declare private target: number | undefined;
  /** A group whose topics the operator has turned on or off, until the server shows it. */
  declare private askedForum: { readonly chat: string; readonly forum: boolean } | undefined;

  private readonly client = new Client(() => this.base);
  private stopWatching: (() => void) | undefined;
  private readonly narrow = matchMedia('(max-width: 720px)');
  private readonly memory = new Memory();
  private readonly toast = new Toast(this);
  private readonly tasks = new Tasks(
    this.client,
    () => this.memory.me,
    (text) => this.toast.say(text),
  );
  private readonly writing = new Writing(this);
  private readonly logEnd = new LogEnd(this);
  private readonly drop = new FileDrop(this, (files) => void this.send(files));

  constructor() {
    super();
    this.base = '';
    this.connected = true;
    this.listShown = true;
  }

  override connectedCallback(): void {
    super.connectedCallback();
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
    const opened = this.shadowRoot?.querySelector('dialog');
    if (opened && !opened.open) opened.showModal();
    const unread = this.view ? totalUnread(this.view, this.memory) : 0;
    document.title = unread > 0 ? `(${unread}) Operator console` : 'Operator console';
  }

  // What is shown

  protected override render(): TemplateResult {
    const { view, memory, place, drop, chat } = this;
    if (!view)
      return html`<p class="empty" role="status">
        ${this.connected ? 'Loading' : 'The server does not answer. Is it still running?'}
      </p>`;
    return html`<div class="app ${this.listShown ? 'at-list' : 'at-chat'}">
        ${chatList({
          view,
          memory,
          place,
          onBecome: (user) => this.become(user),
          onGo: (to) => this.go(to),
          onStart: (bot) => void this.tasks.start(bot),
          onDialog: (kind) => (this.dialog = kind),
        })}
        <main @dragenter=${drop.onDrag} @dragover=${drop.onDrag} @dragleave=${drop.onLeave} @drop=${drop.onDrop}>
          ${chat && place ? this.renderChat(chat, place, view) : html`<p class="empty">Choose a chat, or open a new group.</p>`}
          ${drop.isOver ? html`<div class="drop">Drop files to send them</div>` : nothing}
        </main>
        ${this.toast.render(this.connected ? undefined : 'Connection to the server lost, trying again')}
      </div>
      ${this.dialog ? this.renderDialog(this.dialog) : nothing}`;
  }

  private renderChat(chat: ChatView, place: Place, view: ConsoleView): TemplateResult {
    const { tasks } = this;
    const { topic } = this;
    const messages = messagesIn(chat, topic?.id);
    const pinned = messages.findLast(({ message_id: id }) => chat.pinned.includes(id));
    return html`${chatHead(
        {
          chat,
          topic,
          view,
          pinned,
          askedForum: this.askedForum?.chat === chat.key ? this.askedForum.forum : undefined,
        },
        {
          onBack: () => this.back(),
          onDialog: (kind) => (this.dialog = kind),
          onForum: (forum) => void this.setForum(chat, forum),
          onClosed: (closed) => void tasks.setTopicClosed(place, closed),
          onDeleteTopic: () => void tasks.deleteTopic(place).then(() => this.go({ chat: chat.key })),
          onJump: (id) => this.jumpTo(id),
        },
      )}
      <div class="log" role="log" aria-label="Messages" tabindex="0" @scroll=${this.logEnd.onScroll}>
        ${repeat(
          messages,
          ({ message_id: id }) => id,
          (message, index) => this.renderMessage(message, messages[index - 1], chat, place),
        )}
      </div>
      ${composer(this.writing, commandsIn(chat, view), {
        onSend: () => void this.send([]),
        onFiles: (files) => void this.send(files),
        onSticker: (emoji) => void this.sendSticker(emoji),
        onCommand: (command) => {
          this.writing.write(`/${command} `);
          this.focusComposer();
        },
        onCancel: () => this.cancel(),
        onUp: () => this.editLast(messages),
        onPaste: this.drop.onPaste,
      })}`;
  }

  private renderMessage(message: Message, previous: Message | undefined, chat: ChatView, place: Place): TemplateResult {
    const { tasks } = this;
    const pinned = chat.pinned.includes(message.message_id);
    return messageView(message, {
      me: this.memory.me,
      previous,
      client: this.client,
      pinned,
      target: this.target === message.message_id,
      onReply: () => {
        this.writing.reply(message);
        this.focusComposer();
      },
      onEdit: () => this.edit(message),
      onPin: () => void tasks.setPinned(place, message, !pinned),
      onDelete: () => void tasks.remove(place, message),
      onPress: (button) => void tasks.press(place, message, button),
      onJump: (id) => this.jumpTo(id),
    });
  }

  private renderDialog(kind: DialogKind): TemplateResult {
    return dialog(kind, kind === 'rename' ? (this.topic?.name ?? '') : '', {
      onAnswer: (answer) => void this.answer(kind, answer),
      onClose: () => (this.dialog = undefined),
    });
  }

  // What the operator does

  private async answer(kind: DialogKind, { name, kind: groupKind }: Answer): Promise<void> {
    const { tasks, place, view } = this;
    this.dialog = undefined;
    switch (kind) {
      case 'operator': {
        const user = await tasks.addOperator(name, view);
        if (user !== undefined) this.become(user);
        break;
      }
      case 'group':
        await this.goWhere(tasks.createGroup(name, groupKind, view));
        break;
      case 'topic':
        if (place) await this.goWhere(tasks.createTopic(place, name));
        break;
      case 'rename':
        if (place) await tasks.renameTopic(place, name);
    }
  }

  private async send(files: readonly File[]): Promise<void> {
    const { place, tasks } = this;
    const { editing, replyTo } = this.writing;
    const text = this.writing.text.trim();
    if (!place || (text === '' && files.length === 0)) return;
    this.logEnd.isReached = true;
    // What is typed from here on is the next message.
    this.cancel();
    const done =
      editing && files.length === 0
        ? await tasks.edit(place, editing, text)
        : await tasks.send(place, { text, files }, replyTo);
    if (done === undefined && this.writing.text === '') this.writing.write(text);
  }

  private async sendSticker(sticker: string): Promise<void> {
    const { place, writing } = this;
    const { replyTo } = writing;
    writing.toggleStickers(false);
    if (place) await this.tasks.send(place, { sticker } satisfies Content, replyTo);
    if (writing.replyTo === replyTo) writing.replyTo = undefined;
    this.requestUpdate();
  }

  private edit(message: Message): void {
    this.writing.edit(message);
    this.focusComposer();
  }

  private editLast(messages: readonly Message[]): void {
    const last = messages.findLast((message) => message.from?.id === this.memory.me && !serviceText(message));
    if (last) this.edit(last);
  }

  private cancel(): void {
    this.writing.clear();
    this.focusComposer();
  }

  private become(user: number): void {
    this.memory.me = user;
    this.place = undefined;
    if (this.view) this.show(this.view);
  }

  private async goWhere(place: Promise<Place | undefined>): Promise<void> {
    const to = await place;
    if (to) this.go(to);
  }

  private async setForum(chat: ChatView, forum: boolean): Promise<void> {
    this.askedForum = { chat: chat.key, forum };
    const place = this.tasks.setForum(chat, forum);
    // Refused, or the group has become another chat.
    if ((await place)?.chat !== chat.key) this.askedForum = undefined;
    await this.goWhere(place);
  }

  private go(place: Place): void {
    this.place = place;
    this.listShown = false;
    this.writing.clear();
    this.logEnd.isReached = true;
    this.markRead();
  }

  private back(): void {
    this.listShown = true;
    void this.updateComplete.then(() =>
      this.shadowRoot?.querySelector<HTMLElement>('.row[aria-current=true]')?.focus(),
    );
  }

  private jumpTo(id: number): void {
    this.target = id;
    this.logEnd.leave();
    void this.updateComplete.then(() =>
      this.shadowRoot?.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: 'center' }),
    );
  }

  // State

  private show(view: ConsoleView): void {
    this.view = view;
    const { memory } = this;
    const people = view.users.filter(({ is_bot: isBot }) => !isBot);
    if (!people.some(({ id }) => id === memory.me)) memory.me = people[0]?.id;
    const chats = memory.me === undefined ? [] : chatsOf(view, memory.me);
    const chat = chats.find(({ key }) => key === this.place?.chat);
    const asked = view.chats.find(({ key }) => key === this.askedForum?.chat);
    if (asked?.forum === this.askedForum?.forum) this.askedForum = undefined;
    const topicGone = this.place?.topic !== undefined && !chat?.topics.some(({ id }) => id === this.place?.topic);
    if (!chat) this.place = chats[0] && { chat: chats[0].key };
    else if (topicGone || !chat.forum) this.place = { chat: chat.key };
    this.markRead();
  }

  private get chat(): ChatView | undefined {
    return this.view?.chats.find(({ key }) => key === this.place?.chat);
  }

  private get topic(): ChatView['topics'][number] | undefined {
    return this.chat?.topics.find(({ id }) => id === this.place?.topic);
  }

  private markRead(): void {
    if (!this.place || !this.chat || (this.listShown && this.narrow.matches)) return;
    this.memory.read(this.place, messagesIn(this.chat, this.place.topic).at(-1)?.message_id ?? 0);
  }

  private focusComposer(): void {
    void this.updateComplete.then(() => this.shadowRoot?.querySelector('textarea')?.focus());
  }
}

/** The commands of the bots that are in a chat. */
const commandsIn = ({ members }: ChatView, { bots }: ConsoleView): Command[] =>
  bots.filter(({ id }) => members.some((member) => member.id === id)).flatMap(({ commands }) => commands);

customElements.define('operator-console', OperatorConsole);
