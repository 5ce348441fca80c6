import { css } from 'lit';

/**
 * The element's place and colors. Light and dark pairs are chosen so that every text has a contrast of 4.5 or more (WCAG 2.2 AA).
 *
 * Inherited styles of the page stop here: those of its body at the host, and those of a rule for every element, which also
 * matches the host (`* { letter-spacing: 1px }`), at the root inside. `all` keeps custom properties and the direction. The
 * page can still hide the element or make it ignore the pointer.
 */
export const theme = css`
  :host,
  .root {
    all: initial;
    font: var(--kite-font, 15px / 1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
    color: var(--_text);
    -webkit-text-size-adjust: 100%;
  }
  .root {
    display: contents;
    color-scheme: inherit;
    pointer-events: inherit;
    visibility: inherit;
    user-select: text;
  }
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
`;
