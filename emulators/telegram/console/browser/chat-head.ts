import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Message } from 'grammy/types';
import type { ChatView, ConsoleView } from '../view-types';
import type { DialogKind } from './dialog';
import { backIcon } from './icons';
import { summary, titleOf } from './place';

/** A topic as the console shows it. */
type TopicView = ChatView['topics'][number];

/** What can be done with a chat or a topic. */
export interface ChatHeadActions {
  /** To the list of chats, where there is no room for both. */
  readonly onBack: () => void;
  readonly onDialog: (kind: DialogKind) => void;
  readonly onForum: (forum: boolean) => void;
  readonly onClosed: (closed: boolean) => void;
  readonly onDeleteTopic: () => void;
  readonly onJump: (message: number) => void;
}

/** What is open. */
export interface ChatHead {
  readonly chat: ChatView;
  readonly topic?: TopicView;
  readonly view: ConsoleView;
  readonly pinned?: Message;
  /** What the operator has put the switch for topics to, while the server does not show it yet. */
  readonly askedForum?: boolean;
}

/** The name of the open chat or topic, what can be done with it, and its pinned message. */
export function chatHead(head: ChatHead, actions: ChatHeadActions): TemplateResult {
  const { chat, topic, view, pinned } = head;
  return html`<div class="bar">
      <button class="icon back" aria-label="Back to the chats" title="Back to the chats" @click=${actions.onBack}>
        ${backIcon}
      </button>
      <div>
        <h1 dir="auto">${topic?.name ?? titleOf(chat, view)}</h1>
        <small
          >${topic ? `Topic in ${chat.title}` : chat.type === 'private' ? 'Private chat' : membersText(chat)}</small
        >
      </div>
      ${topic ? topicTools(topic, actions) : chat.type === 'private' ? nothing : groupTools(head, actions)}
    </div>
    ${pinned ? pin(pinned, actions) : nothing}`;
}

function groupTools({ chat: { forum }, askedForum }: ChatHead, { onForum, onDialog }: ChatHeadActions): TemplateResult {
  return html`<label class="switch"
      >Topics<input
        type="checkbox"
        role="switch"
        .checked=${live(askedForum ?? forum)}
        @change=${({ target }: Event) => onForum((target as HTMLInputElement).checked)}
    /></label>
    ${forum ? html`<button class="text-button" @click=${() => onDialog('topic')}>New topic</button>` : nothing}`;
}

function topicTools({ closed }: TopicView, { onDialog, onClosed, onDeleteTopic }: ChatHeadActions): TemplateResult {
  const onDelete = (): void => {
    if (confirm('Delete this topic with all its messages?')) onDeleteTopic();
  };
  return html`<button class="text-button" @click=${() => onDialog('rename')}>Rename</button>
    <button class="text-button" @click=${() => onClosed(!closed)}>${closed ? 'Reopen' : 'Close'}</button>
    <button class="text-button danger" @click=${onDelete}>Delete</button>`;
}

function pin(message: Message, { onJump }: ChatHeadActions): TemplateResult {
  return html`<button class="pinned" @click=${() => onJump(message.message_id)}>
    <b>Pinned</b><span>${summary(message)}</span>
  </button>`;
}

function membersText({ members, forum, type }: ChatView): string {
  const count = members.filter(({ status }) => status !== 'left' && status !== 'kicked').length;
  const kind = forum ? 'General' : type === 'supergroup' ? 'Supergroup' : 'Group';
  return `${kind}, ${count} members`;
}
