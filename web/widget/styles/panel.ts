import { css } from 'lit';

/** The chat and its head. */
export const panel = css`
  .panel {
    position: absolute;
    inset-block-end: 76px;
    inset-inline-end: 0;
    display: flex;
    flex-direction: column;
    inline-size: min(var(--kite-width, 384px), calc(100vw - 2 * var(--kite-offset-inline, 20px)));
    block-size: min(var(--kite-height, 620px), calc(100dvh - 116px));
    border-radius: var(--_radius);
    background: var(--_surface);
    box-shadow: var(--_shadow);
    overflow: clip;
    overflow-wrap: anywhere;
    animation: rise 0.2s cubic-bezier(0.2, 0.8, 0.3, 1);
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(14px);
    }
  }
  @media (max-width: 480px), (max-height: 420px) {
    .panel {
      position: fixed;
      inset: 0;
      inline-size: auto;
      block-size: auto;
      border-radius: 0;
      padding-block-end: env(safe-area-inset-bottom);
    }
    :host([open]) .launcher {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .panel,
    .launcher,
    .dot {
      animation: none !important;
      transition: none;
    }
  }
  .head {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 14px 12px 14px 18px;
    padding-inline: 18px 12px;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .head > div {
    flex: 1;
    min-inline-size: 0;
  }
  h2 {
    margin: 0;
    font-size: 17px;
    font-weight: 650;
    line-height: 1.3;
  }
  .status {
    display: flex;
    gap: 7px;
    font-size: 13px;
    min-block-size: 19px;
  }
  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    margin-block-start: 5px;
    border-radius: 50%;
    background: currentcolor;
    opacity: 0.55;
  }
  .dot.online {
    background: #5ee08a;
    opacity: 1;
    box-shadow: 0 0 0 1.5px color-mix(in srgb, var(--_on-accent) 55%, transparent);
  }
  :host([data-theme='dark']) .dot.online {
    background: #0a7a35;
  }
  .dot.connecting,
  .dot.slow,
  .dot.waiting {
    animation: pulse 1.2s ease-in-out infinite;
  }
  @keyframes pulse {
    50% {
      opacity: 0.15;
    }
  }
  .icon {
    border-radius: 12px;
  }
  .icon:hover {
    background: color-mix(in srgb, currentcolor 12%, transparent);
  }
  .head .icon:focus-visible {
    outline-color: var(--_on-accent);
  }
`;
