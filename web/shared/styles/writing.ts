import { css } from 'lit';

/** A field to write in, and an area to drop files on. */
export const writing = css`
  textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: 140px;
    padding: 9px 13px;
    border: 1px solid color-mix(in srgb, var(--_muted) 75%, transparent);
    border-radius: 20px;
    background: transparent;
    color: inherit;
    font: inherit;
    line-height: 1.4;
    resize: none;
    field-sizing: content;
  }
  textarea:read-only {
    background: var(--_bubble);
    cursor: default;
  }
  textarea::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  textarea:focus-visible {
    outline-offset: -1px;
  }
  .drop {
    position: absolute;
    inset: 8px;
    display: grid;
    place-items: center;
    border: 2px dashed var(--_accent);
    border-radius: calc(var(--_radius) - 6px);
    background: color-mix(in srgb, var(--_surface) 92%, transparent);
    color: var(--_text);
    font-weight: 600;
    pointer-events: none;
    z-index: 2;
  }
`;
