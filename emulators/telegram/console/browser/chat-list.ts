import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ChatView, ConsoleView } from '../view-types';
import type { DialogKind } from './dialog';
import { plusIcon } from './icons';
import type { Memory } from './memory';
import { chatsOf, fullName, hueOf, messagesIn, placeKey, serviceText, summary, titleOf, type Place } from './place';
import { unreadIn } from './unread';

/** What the list shows, and what can be done in it. */
export interface ChatListContext {
  readonly view: ConsoleView;
  readonly memory: Memory;
  /** The open place. */
  readonly place: Place | undefined;
  readonly onBecome: (user: number) => void;
  readonly onGo: (place: Place) => void;
  readonly onStart: (bot: string) => void;
  readonly onDialog: (kind: DialogKind) => void;
}

/** Who the operator is, their chats, and the bots. */
export function chatList(context: ChatListContext): TemplateResult {
  return html`<aside aria-label="Chats">${operator(context)} ${list(context)} ${bots(context)}</aside>`;
}

function operator({ view, memory, onBecome, onDialog }: ChatListContext): TemplateResult {
  return html`<div class="me">
    <label
      >You are
      <select @change=${({ target }: Event) => onBecome(Number((target as HTMLSelectElement).value))}>
        ${view.users
          .filter(({ is_bot: isBot }) => !isBot)
          .map((user) => html`<option value=${user.id} ?selected=${user.id === memory.me}>${fullName(user)}</option>`)}
      </select>
    </label>
    <button class="icon" title="Add an operator" aria-label="Add an operator" @click=${() => onDialog('operator')}>
      ${plusIcon}
    </button>
  </div>`;
}

function list(context: ChatListContext): TemplateResult {
  const { view, memory, onStart, onDialog } = context;
  const chats = memory.me === undefined ? [] : chatsOf(view, memory.me);
  const isPrivate = ({ type }: ChatView): boolean => type === 'private';
  const notStarted = view.bots.filter(({ id }) => !chats.some(({ key }) => key === `${memory.me}@${id}`));
  return html`<nav class="list" aria-label="Chats and topics">
    <h2>
      Groups
      <button class="text-button" @click=${() => onDialog('group')}>New group</button>
    </h2>
    <ul>
      ${chats.filter((chat) => !isPrivate(chat)).map((chat) => chatItem(chat, context))}
    </ul>
    <h2>Private</h2>
    <ul>
      ${chats.filter(isPrivate).map((chat) => chatItem(chat, context))}
      ${notStarted.map(
        ({ username }) =>
          html`<li><button class="text-button" @click=${() => onStart(username)}>Start @${username}</button></li>`,
      )}
    </ul>
  </nav>`;
}

function chatItem(chat: ChatView, context: ChatListContext): TemplateResult {
  const title = titleOf(chat, context.view);
  return html`<li>
    ${row(chat, { chat: chat.key }, title, avatar(title, hueOf(chat.id), ''), context)}
    ${
      chat.forum && chat.topics.length > 0
        ? html`<ul>
            ${repeat(
              byActivity(chat),
              ({ id }) => id,
              (topic) => html`<li>${topicRow(chat, topic, context)}</li>`,
            )}
          </ul>`
        : nothing
    }
  </li>`;
}

function topicRow(chat: ChatView, topic: ChatView['topics'][number], context: ChatListContext): TemplateResult {
  const { id, name, color, closed } = topic;
  const title = closed ? `${name} (closed)` : name;
  return row(chat, { chat: chat.key, topic: id }, title, avatar(name, hueOf(color), 'small'), context);
}

function row(
  chat: ChatView,
  place: Place,
  title: string,
  picture: TemplateResult,
  { place: open, memory, onGo }: ChatListContext,
): TemplateResult {
  const messages = messagesIn(chat, place.topic);
  const last = messages.findLast((message) => !serviceText(message)) ?? messages.at(-1);
  const unread = unreadIn(chat, place, memory);
  const isOpen = open !== undefined && placeKey(open) === placeKey(place);
  return html`<button
    class="row ${place.topic === undefined ? '' : 'topic'}"
    aria-current=${isOpen}
    @click=${() => onGo(place)}
  >
    ${picture}
    <span>
      <span class="name" dir="auto">${title}</span>
      <span class="last" dir="auto">${last ? summary(last) : ''}</span>
    </span>
    ${unread > 0 ? html`<span class="count"><span aria-hidden="true">${unread}</span><span class="visually-hidden">${unread} unread</span></span>` : html`<span></span>`}
  </button>`;
}

const avatar = (title: string, hue: number, size: '' | 'small'): TemplateResult =>
  html`<span class="avatar ${size}" style="--hue:${hue}" aria-hidden="true">${initials(title)}</span>`;

function bots({ view }: ChatListContext): TemplateResult {
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

/** The topic in which something was written last comes first. */
function byActivity(chat: ChatView): ChatView['topics'] {
  const last = (id: number): number => messagesIn(chat, id).at(-1)?.message_id ?? id;
  return [...chat.topics].sort((a, b) => last(b.id) - last(a.id));
}

/** Up to two first letters, whole characters of any script. */
const initials = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
