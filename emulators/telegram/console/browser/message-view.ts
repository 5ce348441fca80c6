import { html, nothing, type TemplateResult } from 'lit';
import type { Message } from 'grammy/types';
import type { Client } from './client';
import { formatSize } from '../../../../web/shared/file-size';
import { formattedText } from './formatted-text';
import { fileIcon } from './icons';
import { fullName, hueOf, serviceText, summary } from './place';

/** What a message needs to know of its surroundings, and what can be done with it. */
export interface MessageContext {
  readonly me: number | undefined;
  readonly previous: Message | undefined;
  readonly client: Client;
  readonly pinned: boolean;
  readonly target: boolean;
  readonly onReply: () => void;
  readonly onEdit: () => void;
  readonly onPin: () => void;
  readonly onDelete: () => void;
  readonly onPress: (button: string) => void;
  readonly onJump: (id: number) => void;
}

/** One message of a chat. */
export function messageView(message: Message, context: MessageContext): TemplateResult {
  const service = serviceText(message);
  if (service) return html`<div class="service" data-id=${message.message_id}>${service}</div>`;
  const own = message.from?.id === context.me;
  const first =
    context.previous?.from?.id !== message.from?.id || Boolean(context.previous && serviceText(context.previous));
  const classes = `message${own ? ' own' : ''}${first ? ' first' : ''}${context.target ? ' target' : ''}`;
  return html`<article
    class=${classes}
    data-id=${message.message_id}
    aria-label=${message.from ? fullName(message.from) : 'Message'}
  >
    <div class="bubble">
      ${
        first && !own && message.from
          ? html`<div class="from" style="--hue:${hueOf(message.from.id)}">
              ${fullName(message.from)}${message.from.is_bot ? html` <span>bot</span>` : nothing}
            </div>`
          : nothing
      }
      ${quote(message, context)} ${media(message, context)} ${text(message)} ${meta(message, context)}
    </div>
    ${keyboard(message, context)}
    <div class="tools" role="toolbar" aria-label="Message actions">
      <button @click=${context.onReply}>Reply</button>
      ${own && (message.text ?? message.caption) !== undefined ? html`<button @click=${context.onEdit}>Edit</button>` : nothing}
      <button @click=${context.onPin}>${context.pinned ? 'Unpin' : 'Pin'}</button>
      <button @click=${context.onDelete}>Delete</button>
    </div>
  </article>`;
}

function quote(message: Message, { onJump }: MessageContext): TemplateResult | typeof nothing {
  const replied = message.reply_to_message as Message | undefined;
  if (!replied || replied.forum_topic_created) return nothing;
  return html`<button class="quote" @click=${() => onJump(replied.message_id)}>
    <b>${replied.from ? fullName(replied.from) : ''}</b>${summary(replied)}
  </button>`;
}

function text(message: Message): TemplateResult | typeof nothing {
  const content = message.text ?? message.caption;
  if (content === undefined) return nothing;
  const pieces = formattedText(content, message.entities ?? message.caption_entities);
  // White space counts in a message's text, so nothing may stand around it.
  // prettier-ignore
  return html`<div class="body" dir="auto">${pieces}</div>`;
}

function meta(message: Message, { pinned }: MessageContext): TemplateResult {
  const time = new Date(message.date * 1000);
  const clock = time.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return html`<div class="meta">
    ${pinned ? 'pinned ' : ''}${message.edit_date ? 'edited ' : ''}<time datetime=${time.toISOString()}>${clock}</time>
  </div>`;
}

function media(message: Message, { client }: MessageContext): TemplateResult | typeof nothing {
  const photo = message.photo?.at(-1);
  if (photo) {
    const url = client.fileUrl(photo.file_id);
    return html`<a href=${url} target="_blank"
      ><img
        class="photo"
        src=${url}
        alt=${message.caption ?? 'Photo'}
        width=${photo.width}
        height=${photo.height}
        style="height:auto"
    /></a>`;
  }
  if (message.sticker)
    return html`<div class="sticker" role="img" aria-label="Sticker ${message.sticker.emoji ?? ''}">
      ${message.sticker.emoji ?? '🖼️'}
    </div>`;
  if (message.voice)
    return html`<audio controls src=${client.fileUrl(message.voice.file_id)} aria-label="Voice message"></audio>`;
  if (message.video)
    return html`<video controls src=${client.fileUrl(message.video.file_id)} aria-label="Video"></video>`;
  const file = message.document ?? message.audio ?? message.animation;
  if (!file) return nothing;
  const name = file.file_name ?? 'File';
  return html`<a class="file" href=${client.fileUrl(file.file_id, name)} download=${name}>
    <span>${fileIcon}</span>
    <span><span dir="auto">${name}</span><small>${formatSize(file.file_size ?? 0, navigator.language)}</small></span>
  </a>`;
}

function keyboard(message: Message, { onPress }: MessageContext): TemplateResult | typeof nothing {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return nothing;
  return html`<div class="keyboard">
    ${rows.map(
      (row) =>
        html`<div>
          ${row.map((button) =>
            'url' in button
              ? html`<a href=${button.url} target="_blank" rel="noopener noreferrer">${button.text}</a>`
              : html`<button @click=${() => onPress('callback_data' in button ? button.callback_data : button.text)}>
                  ${button.text}
                </button>`,
          )}
        </div>`,
    )}
  </div>`;
}
