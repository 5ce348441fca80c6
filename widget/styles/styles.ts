import { css } from 'lit';

/** Light and dark pairs are chosen so that every text has a contrast of 4.5 or more (WCAG 2.2 AA). */
export const styles = css`
  :host {
    --_accent: var(--kite-accent, #1f5fd6);
    --_on-accent: var(--kite-on-accent, #ffffff);
    --_surface: var(--kite-surface, #ffffff);
    --_text: var(--kite-text, #16202e);
    --_muted: var(--kite-muted, #566173);
    --_bubble: var(--kite-bubble, #eef1f6);
    --_line: var(--kite-line, #dde2ea);
    --_danger: var(--kite-danger, #b3261e);
    --_radius: var(--kite-radius, 18px);
    --_shadow: 0 1px 2px rgb(15 23 42 / 8%), 0 18px 48px rgb(15 23 42 / 22%);
    position: fixed;
    inset-block-end: var(--kite-offset-block, 20px);
    inset-inline-end: var(--kite-offset-inline, 20px);
    z-index: var(--kite-z-index, 2147483000);
    font: var(--kite-font, 15px / 1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
    color: var(--_text);
    color-scheme: light;
  }
  :host([data-theme='dark']) {
    --_accent: var(--kite-accent, #8ab4ff);
    --_on-accent: var(--kite-on-accent, #0c1a33);
    --_surface: var(--kite-surface, #161b24);
    --_text: var(--kite-text, #e9edf4);
    --_muted: var(--kite-muted, #a4afc0);
    --_bubble: var(--kite-bubble, #262d39);
    --_line: var(--kite-line, #303846);
    --_danger: var(--kite-danger, #ffb4ab);
    --_shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 18px 48px rgb(0 0 0 / 60%);
    color-scheme: dark;
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    margin: 0;
    cursor: pointer;
  }
  svg {
    display: block;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
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
    animation: rise 0.2s cubic-bezier(0.2, 0.8, 0.3, 1);
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(14px);
    }
  }
  @media (max-width: 480px) {
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
    align-items: center;
    gap: 7px;
    font-size: 13px;
    min-block-size: 19px;
  }
  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
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
  .dot.waiting {
    animation: pulse 1.2s ease-in-out infinite;
  }
  @keyframes pulse {
    50% {
      opacity: 0.15;
    }
  }
  .icon {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 40px;
    block-size: 40px;
    border-radius: 12px;
  }
  .icon:hover {
    background: color-mix(in srgb, currentcolor 12%, transparent);
  }
  .head .icon:focus-visible {
    outline-color: var(--_on-accent);
  }

  .log {
    flex: 1;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 3px;
  }
  .log:focus-visible {
    outline-offset: -3px;
  }
  .log > :first-child {
    margin-block-start: auto;
  }
  .welcome {
    text-align: center;
    color: var(--_muted);
    padding: 8px 20px 20px;
  }
  .day {
    align-self: center;
    margin-block: 12px 8px;
    padding: 2px 10px;
    color: var(--_muted);
    font-size: 12px;
  }
  .message {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    max-inline-size: 84%;
    align-self: flex-start;
  }
  .message.visitor {
    align-self: flex-end;
    align-items: flex-end;
  }
  .message.first {
    margin-block-start: 10px;
  }
  .bubble {
    padding: 8px 13px;
    border-radius: 18px;
    background: var(--_bubble);
    color: var(--_text);
    overflow-wrap: anywhere;
  }
  .text {
    white-space: pre-wrap;
  }
  .visitor .bubble {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .failed .bubble {
    background: color-mix(in srgb, var(--_danger) 12%, var(--_surface));
    color: var(--_text);
  }
  .host.last .bubble {
    border-end-start-radius: 5px;
  }
  .visitor.last .bubble {
    border-end-end-radius: 5px;
  }
  .bubble a {
    color: inherit;
    text-underline-offset: 2px;
  }
  .visitor .bubble :focus-visible {
    outline-color: var(--_on-accent);
  }
  .picture {
    display: block;
    padding: 0;
    overflow: hidden;
    line-height: 0;
    background: var(--_bubble);
  }
  .picture img {
    display: block;
    max-inline-size: 100%;
    max-block-size: 260px;
    min-inline-size: 60px;
    min-block-size: 40px;
    object-fit: cover;
  }
  .file {
    display: flex;
    align-items: center;
    gap: 10px;
    text-decoration: none;
  }
  .file span {
    display: block;
  }
  .file svg {
    flex: none;
  }
  .file small {
    font-size: 12px;
  }
  .meta {
    display: flex;
    align-items: center;
    gap: 5px;
    margin-block: 2px 4px;
    padding-inline: 4px;
    color: var(--_muted);
    font-size: 12px;
  }
  .meta svg {
    inline-size: 14px;
    block-size: 14px;
    stroke-width: 2.2;
  }
  .meta.problem {
    flex-wrap: wrap;
    gap: 0 10px;
    color: var(--_danger);
  }
  .failed {
    max-inline-size: 100%;
  }
  .problem > * {
    display: flex;
    align-items: center;
    gap: 5px;
  }
  .problem > span:last-child {
    gap: 10px;
  }
  .message.visitor .meta {
    justify-content: flex-end;
  }
  .link {
    color: var(--_text);
    text-decoration: underline;
    text-underline-offset: 2px;
    border-radius: 4px;
    padding: 3px 2px;
  }

  .jump {
    align-self: center;
    margin-block-start: -46px;
    margin-block-end: 10px;
    padding: 6px 14px;
    border-radius: 18px;
    background: var(--_text);
    color: var(--_surface);
    font-size: 13px;
    box-shadow: 0 4px 14px rgb(15 23 42 / 25%);
    z-index: 1;
  }
  .notice {
    padding: 8px 16px;
    color: var(--_danger);
    font-size: 13px;
    border-block-start: 1px solid var(--_line);
  }
  .notice:empty {
    display: none;
  }
  .pending {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin: 0;
    padding: 10px 16px 0;
    list-style: none;
  }
  .pending li {
    display: flex;
    align-items: center;
    gap: 8px;
    max-inline-size: 100%;
    padding: 4px;
    padding-inline-start: 8px;
    border: 1px solid var(--_line);
    border-radius: 12px;
    font-size: 13px;
  }
  .pending img {
    inline-size: 40px;
    block-size: 40px;
    margin-inline-start: -4px;
    border-radius: 8px;
    object-fit: cover;
  }
  .pending span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .pending .icon {
    inline-size: 28px;
    block-size: 28px;
    border-radius: 8px;
  }
  .pending .icon svg {
    inline-size: 16px;
    block-size: 16px;
  }
  form {
    display: flex;
    align-items: flex-end;
    gap: 4px;
    padding: 10px 10px 12px;
    border-block-start: 1px solid var(--_line);
  }
  .pending + form {
    border-block-start: 0;
  }
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
  textarea::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  textarea:focus-visible {
    outline-offset: -1px;
  }
  form .icon {
    color: var(--_muted);
  }
  form .send {
    color: var(--_accent);
  }
  form .send[aria-disabled='true'] {
    color: var(--_muted);
    cursor: default;
  }
  :host([data-rtl]) .send svg {
    transform: scaleX(-1);
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
