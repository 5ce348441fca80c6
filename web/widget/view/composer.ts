import { html, nothing, type TemplateResult } from 'lit';
import { isPicture, typeOf } from '../conversation/file-type';
import type { Draft } from './draft';
import { attachIcon, closeIcon, sendIcon } from '../../shared/icons';
import { previewOf } from './previews';
import { fill, type Words } from './words';

/** What can be done in the composer. */
export interface ComposerActions {
  readonly send: () => void;
  readonly attach: (files: File[]) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
}

/**
 * Where the visitor writes: the files that will go along, and the form. `closed`: the visitor cannot write now, and
 * `#notice` says why. The field is read-only, not disabled, so it keeps its text and the focus.
 */
export function composer(draft: Draft, words: Words, closed: boolean, actions: ComposerActions): TemplateResult {
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    actions.send();
  };
  const onEnter = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) onSubmit(event);
  };
  return html`${pendingFiles(draft, words)}
    <form part="composer" @submit=${onSubmit}>
      ${filePicker(words, closed, actions)}
      <textarea
        rows="1"
        dir="auto"
        aria-label=${words.placeholder}
        aria-describedby="notice"
        placeholder=${closed ? '' : words.placeholder}
        ?readonly=${closed}
        .value=${draft.text}
        @input=${({ target }: Event) => draft.write((target as HTMLTextAreaElement).value)}
        @keydown=${onEnter}
        @paste=${actions.onPaste}
      ></textarea>
      <button class="icon send" aria-label=${words.send} title=${words.send} aria-disabled=${closed || draft.isEmpty}>
        ${sendIcon}
      </button>
    </form>`;
}

function filePicker(words: Words, closed: boolean, { attach }: ComposerActions): TemplateResult {
  const onClick = ({ currentTarget }: Event): void => {
    const input = (currentTarget as Element).nextElementSibling as HTMLInputElement;
    if (!closed) input.click();
  };
  const onPick = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    attach([...(input.files ?? [])]);
    // The same file may be picked again.
    input.value = '';
  };
  return html`<button
      type="button"
      class="icon"
      aria-label=${words.attach}
      title=${words.attach}
      aria-disabled=${closed}
      @click=${onClick}
    >
      ${attachIcon}
    </button>
    <input type="file" hidden multiple tabindex="-1" aria-label=${words.attach} @change=${onPick} />`;
}

function pendingFiles(draft: Draft, words: Words): TemplateResult | typeof nothing {
  if (draft.files.length === 0) return nothing;
  return html`<ul class="pending">
    ${draft.files.map((file) => {
      const label = fill(words.remove, { name: file.name });
      return html`<li>
        ${isPicture(typeOf(file)) ? html`<img src=${previewOf(file)} alt="" />` : nothing}
        <span dir="auto">${file.name}</span>
        <button class="icon" aria-label=${label} title=${label} @click=${() => draft.remove(file)}>${closeIcon}</button>
      </li>`;
    })}
  </ul>`;
}
