import { css } from 'lit';

/** Every text has a contrast of 4.5 or more with what is behind it (WCAG 2.2 AA), light and dark. */
export const styles = css`
  :host {
    --accent: #1d6fb8;
    --on-accent: #fff;
    --page: #dfe7ee;
    --surface: #fff;
    --raised: #f3f6f9;
    --selected: #dcebf8;
    --text: #15202b;
    --muted: #55636f;
    --line: #d8e0e7;
    --bubble: #fff;
    --own: #dcf3d4;
    --own-muted: #46603c;
    --danger: #b3261e;
    --ok: #1a7f37;
    display: block;
    block-size: 100dvh;
    font:
      15px/1.45 system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      sans-serif;
    color: var(--text);
    background: var(--page);
    color-scheme: light dark;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --accent: #6cb6f5;
      --on-accent: #06243d;
      --page: #0d141b;
      --surface: #17212b;
      --raised: #1f2b37;
      --selected: #22405a;
      --text: #e8eef4;
      --muted: #9fb0bf;
      --line: #2a3947;
      --bubble: #1c2733;
      --own: #23503f;
      --own-muted: #b3d3c4;
      --danger: #ffb4ab;
      --ok: #7ddb9a;
    }
  }
  * {
    box-sizing: border-box;
  }
  button,
  select,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  button {
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  svg {
    display: block;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .app {
    display: grid;
    grid-template-columns: 320px minmax(0, 1fr);
    block-size: 100%;
  }

  aside {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    background: var(--surface);
    border-inline-end: 1px solid var(--line);
  }
  .me {
    display: flex;
    align-items: end;
    gap: 8px;
    padding: 14px;
    border-block-end: 1px solid var(--line);
  }
  .me label {
    flex: 1;
    min-inline-size: 0;
    font-size: 13px;
    color: var(--muted);
  }
  select,
  input[type='text'] {
    display: block;
    inline-size: 100%;
    margin-block-start: 3px;
    padding: 8px 10px;
    border: 1px solid color-mix(in srgb, var(--muted) 70%, transparent);
    border-radius: 10px;
    background: var(--surface);
    color: var(--text);
    font-size: 15px;
  }
  .list {
    flex: 1;
    overflow-y: auto;
    padding: 8px;
  }
  .list h2 {
    display: flex;
    align-items: center;
    justify-content: space-between;
    margin: 10px 6px 4px;
    font-size: 13px;
    font-weight: 600;
    color: var(--muted);
  }
  .list ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .row {
    display: grid;
    grid-template-columns: 42px minmax(0, 1fr) auto;
    align-items: center;
    gap: 0 12px;
    inline-size: 100%;
    padding: 8px;
    border-radius: 12px;
    text-align: start;
  }
  .row:hover {
    background: var(--raised);
  }
  .row[aria-current='true'] {
    background: var(--selected);
  }
  .row .name {
    font-weight: 600;
  }
  .row .name,
  .row .last {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .row .last {
    font-size: 13.5px;
    color: var(--muted);
  }
  .row[aria-current='true'] .last {
    color: inherit;
  }
  .row.topic {
    grid-template-columns: 30px minmax(0, 1fr) auto;
    padding-inline-start: 14px;
  }
  .avatar {
    display: grid;
    place-items: center;
    inline-size: 42px;
    block-size: 42px;
    border-radius: 50%;
    background: hsl(var(--hue, 210) 45% 32%);
    color: #fff;
    font-weight: 600;
    font-size: 15px;
  }
  .avatar.small {
    inline-size: 30px;
    block-size: 30px;
    border-radius: 9px;
    font-size: 13px;
  }
  .count {
    min-inline-size: 21px;
    padding-inline: 6px;
    border-radius: 11px;
    background: var(--accent);
    color: var(--on-accent);
    font-size: 12px;
    font-weight: 600;
    line-height: 21px;
    text-align: center;
  }
  .bots {
    padding: 10px 14px;
    border-block-start: 1px solid var(--line);
    font-size: 13px;
    color: var(--muted);
  }
  .bots p {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .bots .error {
    color: var(--danger);
  }

  main {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    position: relative;
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 12px;
    min-block-size: 62px;
    padding: 8px 18px;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
  }
  .bar > div {
    flex: 1;
    min-inline-size: 0;
  }
  h1 {
    margin: 0;
    font-size: 17px;
    line-height: 1.3;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bar small {
    color: var(--muted);
    font-size: 13px;
  }
  .switch {
    display: flex;
    align-items: center;
    gap: 8px;
    font-size: 14px;
    cursor: pointer;
  }
  .switch input {
    appearance: none;
    inline-size: 38px;
    block-size: 22px;
    margin: 0;
    border-radius: 11px;
    background: var(--muted);
    cursor: pointer;
    position: relative;
  }
  .switch input::after {
    content: '';
    position: absolute;
    inset-block-start: 3px;
    inset-inline-start: 3px;
    inline-size: 16px;
    block-size: 16px;
    border-radius: 50%;
    background: var(--surface);
    transition: inset-inline-start 0.15s;
  }
  .switch input:checked {
    background: var(--accent);
  }
  .switch input:checked::after {
    inset-inline-start: 19px;
  }
  .text-button {
    padding: 6px 10px;
    border-radius: 9px;
    color: var(--accent);
    font-size: 14px;
    font-weight: 600;
    white-space: nowrap;
  }
  .text-button:hover,
  .icon:hover {
    background: color-mix(in srgb, var(--accent) 14%, transparent);
  }
  .text-button.danger {
    color: var(--danger);
  }
  .icon {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 40px;
    block-size: 40px;
    border-radius: 50%;
    color: var(--muted);
  }
  .pinned {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 6px 18px;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
    font-size: 14px;
    text-align: start;
  }
  .pinned span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .pinned b {
    color: var(--accent);
    white-space: nowrap;
  }

  .log {
    flex: 1;
    overflow-y: auto;
    padding: 18px max(18px, calc((100% - 820px) / 2));
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .log > :first-child {
    margin-block-start: auto;
  }
  .log:focus-visible {
    outline-offset: -3px;
  }
  .service {
    align-self: center;
    max-inline-size: 90%;
    margin-block: 6px;
    padding: 3px 12px;
    border-radius: 14px;
    background: color-mix(in srgb, var(--surface) 75%, transparent);
    color: var(--text);
    font-size: 13px;
    text-align: center;
  }
  .message {
    position: relative;
    align-self: flex-start;
    max-inline-size: min(80%, 560px);
    display: flex;
    flex-direction: column;
  }
  .message.own {
    align-self: flex-end;
  }
  .message.first {
    margin-block-start: 8px;
  }
  .bubble {
    padding: 7px 12px 8px;
    border-radius: 15px;
    background: var(--bubble);
    box-shadow: 0 1px 1px rgb(15 32 43 / 10%);
    overflow-wrap: anywhere;
  }
  .own .bubble {
    background: var(--own);
  }
  .target .bubble {
    outline: 2px solid var(--accent);
  }
  .from {
    font-size: 13.5px;
    font-weight: 600;
    color: hsl(var(--hue) 60% 28%);
  }
  @media (prefers-color-scheme: dark) {
    .from {
      color: hsl(var(--hue) 65% 74%);
    }
  }
  .from span {
    font-weight: 400;
    color: var(--muted);
  }
  .body {
    white-space: pre-wrap;
  }
  .body .tag,
  .body a {
    color: var(--accent);
  }
  .own .body .tag,
  .own .body a {
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .body code,
  .body pre {
    font:
      0.9em ui-monospace,
      Menlo,
      Consolas,
      monospace;
  }
  .body pre {
    margin: 4px 0;
    padding: 8px 10px;
    border-radius: 8px;
    background: color-mix(in srgb, var(--text) 7%, transparent);
    white-space: pre-wrap;
  }
  .body blockquote {
    margin: 0;
    padding-inline-start: 8px;
    border-inline-start: 3px solid var(--accent);
  }
  .quote {
    display: block;
    inline-size: 100%;
    margin-block: 2px 5px;
    padding: 3px 9px;
    border-inline-start: 3px solid var(--accent);
    border-radius: 6px;
    background: color-mix(in srgb, var(--accent) 10%, transparent);
    font-size: 13.5px;
    text-align: start;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .quote b {
    display: block;
  }
  .meta {
    margin-block-start: 2px;
    font-size: 12px;
    color: var(--muted);
    text-align: end;
  }
  .own .meta {
    color: var(--own-muted);
  }
  .photo {
    display: block;
    max-inline-size: 100%;
    max-block-size: 340px;
    min-inline-size: 80px;
    min-block-size: 40px;
    margin-block: 3px;
    border-radius: 10px;
    object-fit: contain;
    background: color-mix(in srgb, var(--text) 6%, transparent);
  }
  .file {
    display: flex;
    align-items: center;
    gap: 10px;
    margin-block: 3px;
    color: inherit;
    text-decoration: none;
  }
  .file > span:first-child {
    display: grid;
    place-items: center;
    inline-size: 42px;
    block-size: 42px;
    border-radius: 50%;
    background: var(--accent);
    color: var(--on-accent);
    flex: none;
  }
  .file small {
    display: block;
    color: var(--muted);
  }
  .own .file small {
    color: var(--own-muted);
  }
  .sticker {
    font-size: 64px;
    line-height: 1.2;
  }
  video,
  audio {
    display: block;
    max-inline-size: 100%;
  }
  .keyboard {
    display: grid;
    gap: 4px;
    margin-block-start: 4px;
  }
  .keyboard > div {
    display: flex;
    gap: 4px;
  }
  .keyboard :is(button, a) {
    flex: 1;
    padding: 8px 12px;
    border-radius: 10px;
    background: var(--surface);
    border: 1px solid var(--line);
    color: var(--accent);
    font-weight: 600;
    font-size: 14px;
    text-align: center;
    text-decoration: none;
  }
  .tools {
    position: absolute;
    inset-block-start: -14px;
    inset-inline-end: 6px;
    display: flex;
    gap: 2px;
    padding: 2px;
    border-radius: 10px;
    border: 1px solid var(--line);
    background: var(--surface);
    box-shadow: 0 2px 8px rgb(15 32 43 / 15%);
    opacity: 0;
    pointer-events: none;
  }
  .message:is(:hover, :focus-within) .tools {
    opacity: 1;
    pointer-events: auto;
  }
  .tools button {
    padding: 3px 8px;
    border-radius: 7px;
    font-size: 13px;
  }
  .tools button:hover {
    background: var(--raised);
  }

  .composer {
    background: var(--surface);
    border-block-start: 1px solid var(--line);
    padding: 8px max(12px, calc((100% - 860px) / 2));
  }
  .context {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 2px 8px 6px;
    font-size: 14px;
  }
  .context span {
    flex: 1;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    border-inline-start: 3px solid var(--accent);
    padding-inline-start: 9px;
  }
  form.write {
    display: flex;
    align-items: flex-end;
    gap: 4px;
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: 180px;
    padding: 9px 13px;
    border: 1px solid color-mix(in srgb, var(--muted) 75%, transparent);
    border-radius: 20px;
    background: transparent;
    resize: none;
    field-sizing: content;
  }
  textarea:focus-visible {
    outline-offset: -1px;
  }
  textarea::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .send {
    color: var(--accent);
  }
  .suggestions {
    display: grid;
    margin: 0 0 6px;
    padding: 0;
    list-style: none;
    max-block-size: 260px;
    overflow-y: auto;
  }
  .suggestions button {
    display: flex;
    gap: 12px;
    inline-size: 100%;
    padding: 6px 12px;
    border-radius: 9px;
    text-align: start;
  }
  .suggestions button:hover {
    background: var(--raised);
  }
  .suggestions b {
    color: var(--accent);
  }
  .suggestions span {
    color: var(--muted);
  }
  .stickers {
    display: flex;
    gap: 2px;
    padding-block-end: 6px;
  }
  .stickers button {
    padding: 4px 8px;
    border-radius: 9px;
    font-size: 26px;
    line-height: 1.2;
  }
  .stickers button:hover {
    background: var(--raised);
  }
  .empty {
    margin: auto;
    padding: 30px;
    max-inline-size: 420px;
    text-align: center;
    color: var(--text);
  }
  .toast {
    position: absolute;
    inset-block-start: 74px;
    inset-inline: 0;
    inline-size: fit-content;
    max-inline-size: min(90%, 520px);
    margin-inline: auto;
    padding: 9px 16px;
    border-radius: 12px;
    background: var(--text);
    color: var(--surface);
    z-index: 3;
  }
  .empty-toast {
    opacity: 0;
    pointer-events: none;
  }
  .drop {
    position: absolute;
    inset: 12px;
    display: grid;
    place-items: center;
    border: 2px dashed var(--accent);
    border-radius: 16px;
    background: color-mix(in srgb, var(--surface) 92%, transparent);
    font-weight: 600;
    pointer-events: none;
    z-index: 2;
  }
  dialog {
    inline-size: min(380px, calc(100vw - 32px));
    padding: 22px;
    border: 1px solid var(--line);
    border-radius: 18px;
    background: var(--surface);
    color: var(--text);
  }
  dialog::backdrop {
    background: rgb(10 20 30 / 45%);
  }
  dialog h2 {
    margin: 0 0 14px;
    font-size: 18px;
  }
  dialog label {
    display: block;
    margin-block-end: 12px;
    font-size: 14px;
    color: var(--muted);
  }
  dialog footer {
    display: flex;
    justify-content: flex-end;
    gap: 6px;
    margin-block-start: 6px;
  }
  .primary {
    padding: 8px 16px;
    border-radius: 10px;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  @media (max-width: 720px) {
    .app {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(170px, 34%) minmax(0, 1fr);
    }
    aside {
      border-inline-end: 0;
      border-block-end: 1px solid var(--line);
    }
    .bots {
      display: none;
    }
  }
`;
