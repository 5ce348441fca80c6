import { html, nothing, type TemplateResult } from 'lit';

/** What a dialog asks the name of. */
export type DialogKind = 'operator' | 'group' | 'topic' | 'rename';

/** What was entered. */
export interface Answer {
  readonly name: string;
  /** The kind of group: `forum`, `supergroup` or `group`; for a group only. */
  readonly kind: string;
}

const TEXTS: Readonly<Record<DialogKind, { heading: string; label: string; button: string }>> = {
  operator: { heading: 'Add an operator', label: 'Name', button: 'Create' },
  group: { heading: 'New group', label: 'Title', button: 'Create' },
  topic: { heading: 'New topic', label: 'Name', button: 'Create' },
  rename: { heading: 'Rename topic', label: 'Name', button: 'Rename' },
};

/** Asks for a name, `value` being the one of before. */
export function dialog(
  kind: DialogKind,
  value: string,
  { onAnswer, onClose }: { readonly onAnswer: (answer: Answer) => void; readonly onClose: () => void },
): TemplateResult {
  const { heading, label, button } = TEXTS[kind];
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    onAnswer({ name: String(data.get('name')).trim(), kind: String(data.get('kind')) });
  };
  return html`<dialog aria-labelledby="dialog-heading" @close=${onClose}>
    <form method="dialog" @submit=${onSubmit}>
      <h2 id="dialog-heading">${heading}</h2>
      <label
        >${label}<input type="text" name="name" required autofocus autocomplete="off" maxlength="128" .value=${value}
      /></label>
      ${kind === 'group' ? groupKinds : nothing}
      <footer>
        <button type="button" class="text-button" @click=${onClose}>Cancel</button>
        <button class="primary">${button}</button>
      </footer>
    </form>
  </dialog>`;
}

const groupKinds = html`<label
  >Kind
  <select name="kind">
    <option value="forum">Group with topics</option>
    <option value="supergroup">Supergroup without topics</option>
    <option value="group">Basic group</option>
  </select></label
>`;
