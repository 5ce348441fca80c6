import { css } from 'lit';

/** The round button. */
export const launcher = css`
  .launcher {
    position: absolute;
    inset-block-end: 0;
    inset-inline-end: 0;
    display: grid;
    place-items: center;
    inline-size: 60px;
    block-size: 60px;
    border-radius: 50%;
    background: var(--_accent);
    color: var(--_on-accent);
    box-shadow: var(--_shadow);
    transition: transform 0.18s ease;
  }
  .launcher:hover {
    transform: translateY(-2px) scale(1.03);
  }
  .launcher:focus-visible {
    outline-offset: 3px;
  }
  .launcher svg {
    inline-size: 28px;
    block-size: 28px;
  }
  .badge {
    position: absolute;
    inset-block-start: -4px;
    inset-inline-end: -4px;
    min-inline-size: 22px;
    padding-inline: 6px;
    border-radius: 11px;
    border: 2px solid var(--_surface);
    background: #c62828;
    color: #fff;
    font-size: 12px;
    font-weight: 600;
    line-height: 18px;
    text-align: center;
  }
`;
