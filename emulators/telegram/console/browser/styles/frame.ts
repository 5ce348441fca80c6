import { css } from 'lit';

/** The two halves of the page, the buttons in both, and what is laid over them. */
export const frame = css`
  select,
  input {
    font: inherit;
    color: inherit;
  }
  .app {
    display: grid;
    grid-template: minmax(0, 1fr) / 320px minmax(0, 1fr);
    block-size: 100%;
    position: relative;
  }
  main {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
    position: relative;
  }
  .text-button {
    padding: 6px 10px;
    border-radius: 9px;
    color: var(--_accent);
    font-size: 14px;
    font-weight: 600;
    white-space: nowrap;
  }
  .text-button:hover,
  .icon:hover {
    background: color-mix(in srgb, var(--_accent) 14%, transparent);
  }
  .text-button.danger {
    color: var(--_danger);
  }
  .icon {
    border-radius: 50%;
    color: var(--_muted);
  }
  .empty {
    margin: auto;
    padding: 30px;
    max-inline-size: 420px;
    text-align: center;
    color: var(--_text);
  }
  .toast {
    position: absolute;
    inset-block-start: 74px;
    inset-inline: 320px 0;
    inline-size: fit-content;
    max-inline-size: min(90%, 520px);
    margin-inline: auto;
    padding: 9px 16px;
    border-radius: 12px;
    background: var(--_text);
    color: var(--_surface);
    z-index: 3;
  }
  .empty-toast {
    opacity: 0;
    pointer-events: none;
  }
`;
