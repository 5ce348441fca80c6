import { html, nothing, type TemplateResult } from 'lit';
import { attachIcon, closeIcon, sendIcon, stickerIcon } from './icons';
import { fullName, summary } from './place';
import type { Writing } from './writing';

const STICKERS = ['👍', '❤️', '😂', '🎉', '🙏', '👋'];

/** A command that a bot of the chat knows. */
export interface Command {
  readonly command: string;
  readonly description: string;
}

/** What can be done in the composer. */
export interface ComposerActions {
  readonly onSend: () => void;
  readonly onFiles: (files: File[]) => void;
  readonly onSticker: (emoji: string) => void;
  readonly onCommand: (command: string) => void;
  readonly onCancel: () => void;
  /** The arrow up in an empty field: to the operator's last message. */
  readonly onUp: () => void;
  readonly onPaste: (event: ClipboardEvent) => void;
}

/** Where the operator writes. */
export function composer(writing: Writing, commands: readonly Command[], actions: ComposerActions): TemplateResult {
  return html`<div class="composer">
    ${suggestions(writing, commands, actions)} ${writing.stickersOpen ? stickers(actions) : nothing}
    ${subject(writing, actions)} ${form(writing, actions)}
  </div>`;
}

function suggestions(
  { text }: Writing,
  commands: readonly Command[],
  { onCommand }: ComposerActions,
): TemplateResult | typeof nothing {
  const fitting = /^\/\w*$/.test(text) ? commands.filter(({ command }) => `/${command}`.startsWith(text)) : [];
  if (fitting.length === 0) return nothing;
  return html`<ul class="suggestions" aria-label="Commands">
    ${fitting.map(
      ({ command, description }) =>
        html`<li>
          <button @click=${() => onCommand(command)}><b>/${command}</b><span>${description}</span></button>
        </li>`,
    )}
  </ul>`;
}

const stickers = ({ onSticker }: ComposerActions): TemplateResult =>
  html`<div class="stickers">
    ${STICKERS.map((emoji) => html`<button aria-label="Send sticker ${emoji}" @click=${() => onSticker(emoji)}>${emoji}</button>`)}
  </div>`;

/** What the text is about: the message that it answers or changes. */
function subject({ editing, replyTo }: Writing, { onCancel }: ComposerActions): TemplateResult | typeof nothing {
  const about = editing ?? replyTo;
  if (!about) return nothing;
  return html`<div class="context">
    <span><b>${editing ? 'Edit' : `Reply to ${about.from ? fullName(about.from) : ''}`}</b> ${summary(about)}</span>
    <button class="icon" aria-label="Cancel" title="Cancel" @click=${onCancel}>${closeIcon}</button>
  </div>`;
}

function form(writing: Writing, { onSend, onFiles, onCancel, onUp, onPaste }: ComposerActions): TemplateResult {
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    onSend();
  };
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) onSubmit(event);
    if (event.key === 'Escape') onCancel();
    if (event.key === 'ArrowUp' && writing.text === '') onUp();
  };
  const onAttach = ({ currentTarget }: Event): void =>
    ((currentTarget as Element).nextElementSibling as HTMLInputElement).click();
  const onPick = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    onFiles([...(input.files ?? [])]);
    // The same file may be picked again.
    input.value = '';
  };
  return html`<form class="write" @submit=${onSubmit}>
    <button type="button" class="icon" aria-label="Attach files" title="Attach files" @click=${onAttach}>
      ${attachIcon}
    </button>
    <input type="file" hidden multiple aria-label="Attach files" @change=${onPick} />
    <textarea
      rows="1"
      dir="auto"
      aria-label="Message"
      placeholder="Message"
      .value=${writing.text}
      @input=${({ target }: Event) => writing.write((target as HTMLTextAreaElement).value)}
      @keydown=${onKeydown}
      @paste=${onPaste}
    ></textarea>
    <button
      type="button"
      class="icon"
      aria-label="Stickers"
      title="Stickers"
      aria-expanded=${writing.stickersOpen}
      @click=${() => writing.toggleStickers()}
    >
      ${stickerIcon}
    </button>
    <button class="icon send" aria-label="Send" title="Send">${sendIcon}</button>
  </form>`;
}
