import { html, type TemplateResult } from 'lit';
import type { MessageEntity } from 'grammy/types';

/** A text with its entities as HTML. Commands and hashtags are given to `onWord` when they are clicked. */
export function formattedText(text: string, entities: readonly MessageEntity[] = []): unknown[] {
  return range(text, 0, text.length, [...entities]);
}

function range(text: string, start: number, end: number, entities: readonly MessageEntity[]): unknown[] {
  const pieces: unknown[] = [];
  let at = start;
  for (const [index, entity] of entities.entries()) {
    if (entity.offset < at || entity.offset >= end) continue;
    if (entity.offset > at) pieces.push(text.slice(at, entity.offset));
    const stop = Math.min(end, entity.offset + entity.length);
    const inner = range(text, entity.offset, stop, entities.slice(index + 1));
    pieces.push(wrap(entity, inner, text.slice(entity.offset, stop)));
    at = stop;
  }
  if (at < end) pieces.push(text.slice(at, end));
  return pieces;
}

function wrap(entity: MessageEntity, inner: unknown[], text: string): TemplateResult | unknown[] {
  switch (entity.type) {
    case 'bold':
      return html`<strong>${inner}</strong>`;
    case 'italic':
      return html`<em>${inner}</em>`;
    case 'underline':
      return html`<u>${inner}</u>`;
    case 'strikethrough':
      return html`<s>${inner}</s>`;
    case 'code':
      return html`<code>${inner}</code>`;
    case 'pre':
      return html`<pre tabindex="0">${inner}</pre>`;
    case 'blockquote':
    case 'expandable_blockquote':
      return html`<blockquote>${inner}</blockquote>`;
    case 'url':
      return link(text, inner);
    case 'text_link':
      return link(entity.url, inner);
    case 'hashtag':
    case 'bot_command':
    case 'mention':
      return html`<span class="tag">${inner}</span>`;
    default:
      return inner;
  }
}

const link = (url: string, inner: unknown[]): TemplateResult | unknown[] =>
  /^https?:/i.test(url) ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${inner}</a>` : inner;
