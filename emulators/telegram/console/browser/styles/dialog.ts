import { css } from 'lit';

/** The dialogs. */
export const dialog = css`
  dialog {
    inline-size: min(380px, calc(100vw - 32px));
    padding: 22px;
    border: 1px solid var(--_line);
    border-radius: 18px;
    background: var(--_surface);
    color: var(--_text);
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
    color: var(--_muted);
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
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
  }
`;
