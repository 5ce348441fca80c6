import { html, nothing, type TemplateResult } from 'lit';
import { isPicture } from '../conversation/file-type';
import type { Attachment, ChatMessage } from '../conversation/message';
import { dayName, sameDay, timeOfDay } from './days';
import { formatSize } from '../../shared/file-size';
import { checkIcon, clockIcon, fileIcon, warningIcon } from '../../shared/icons';
import { piecesOf, safeUrl } from './links';
import { previewOf } from './previews';
import { canRetry, whyNotSent } from './problems';
import type { Words } from './words';

/** Messages of one side within so many milliseconds stand together. */
const TOGETHER = 5 * 60_000;

/** A message's context and actions. */
export interface MessageContext {
  readonly words: Words;
  readonly locale: string;
  readonly before: ChatMessage | undefined;
  readonly after: ChatMessage | undefined;
  /** undefined while nothing can be sent. */
  readonly onRetry: (() => void) | undefined;
  readonly onDiscard: () => void;
  /** A picture has got its size. */
  readonly onLoad: () => void;
}

/** One message, below the day if it is the first of one. */
export function messageView(message: ChatMessage, context: MessageContext): TemplateResult {
  const { before, after, words, locale } = context;
  const first = !together(before, message);
  const last = !together(message, after);
  const classes = ['message', message.author, first ? 'first' : '', last ? 'last' : '', message.delivery ?? ''];
  return html`${
      before && sameDay(before.at, message.at)
        ? nothing
        : html`<div class="day">${dayName(message.at, words, locale)}</div>`
    }
    <div class=${classes.join(' ')} part="message ${message.author}">
      <span class="visually-hidden">${message.author === 'visitor' ? words.you : words.host}:</span>
      ${message.file ? fileBubble(message.file, context) : textBubble(message.text ?? '')}
      ${message.delivery === 'failed' ? problem(message, context) : meta(message, last, context)}
    </div>`;
}

const together = (a: ChatMessage | undefined, b: ChatMessage | undefined): boolean =>
  a !== undefined && b !== undefined && a.author === b.author && b.at - a.at < TOGETHER && sameDay(a.at, b.at);

// White space counts in a message's text, so nothing may stand around it.
// prettier-ignore
const textBubble = (text: string): TemplateResult => html`<div class="bubble text" dir="auto">${piecesOf(text).map(
  ({ text: piece, href }) => (href ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${piece}</a>` : piece),
)}</div>`;

function fileBubble(file: Attachment, { locale, onLoad }: MessageContext): TemplateResult {
  const url = safeUrl(file.url ?? (file.content && previewOf(file.content)));
  if (isPicture(file.type) && url) {
    return html`<a class="bubble picture" href=${url} target="_blank" rel="noopener noreferrer"
      ><img src=${url} alt=${file.name} loading="lazy" @load=${onLoad}
    /></a>`;
  }
  const size = formatSize(file.size, locale);
  const content = html`${fileIcon}<span><span dir="auto">${file.name}</span><small dir="auto">${size}</small></span>`;
  return url
    ? html`<div class="bubble">
        <a class="file" href=${url} target="_blank" rel="noopener noreferrer" download=${file.name}>${content}</a>
      </div>`
    : html`<div class="bubble file">${content}</div>`;
}

/** Why a message was not sent, and what to do about it. */
function problem(message: ChatMessage, { words, onRetry, onDiscard }: MessageContext): TemplateResult {
  const why = whyNotSent(message, words);
  return html`<div class="meta problem" role="alert">
    <span>${warningIcon}<bdi>${words.failed}${why && `. ${why}`}</bdi></span>
    <span>
      ${onRetry && canRetry(message) ? html`<button class="link" @click=${onRetry}>${words.retry}</button>` : nothing}
      <button class="link" @click=${onDiscard}>${words.discard}</button>
    </span>
  </div>`;
}

/** When it was written, and how far it got: below the last of several, and below one that differs from its neighbors. */
function meta(
  { at, author, corrected, delivery }: ChatMessage,
  last: boolean,
  { words, locale }: MessageContext,
): TemplateResult | typeof nothing {
  const isSending = delivery === 'sending';
  if (!last && !isSending && !corrected) return nothing;
  const time = new Date(at);
  const state = isSending ? words.sending : words.sent;
  return html`<div class="meta">
    <time datetime=${time.toISOString()}>${timeOfDay(at, locale)}</time>
    ${corrected ? html`<span>${words.corrected}</span>` : nothing}
    ${author === 'host' ? nothing : html`<span title=${state}>${isSending ? clockIcon : checkIcon}</span><span class="visually-hidden">${state}</span>`}
  </div>`;
}
