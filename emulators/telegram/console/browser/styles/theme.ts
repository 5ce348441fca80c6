import { css } from 'lit';

/** Every text has a contrast of 4.5 or more with what is behind it (WCAG 2.2 AA), light and dark. */
export const theme = css`
  :host {
    --_accent: #1d6fb8;
    --_on-accent: #fff;
    --_page: #dfe7ee;
    --_surface: #fff;
    --_raised: #f3f6f9;
    --_selected: #dcebf8;
    --_text: #15202b;
    --_muted: #55636f;
    --_line: #d8e0e7;
    --_bubble: #fff;
    --_own: #dcf3d4;
    --_own-muted: #46603c;
    --_danger: #b3261e;
    --_radius: 20px;
    display: block;
    block-size: 100dvh;
    font:
      15px/1.45 system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      sans-serif;
    color: var(--_text);
    background: var(--_page);
    color-scheme: light dark;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --_accent: #6cb6f5;
      --_on-accent: #06243d;
      --_page: #0d141b;
      --_surface: #17212b;
      --_raised: #1f2b37;
      --_selected: #22405a;
      --_text: #e8eef4;
      --_muted: #9fb0bf;
      --_line: #2a3947;
      --_bubble: #1c2733;
      --_own: #23503f;
      --_own-muted: #b3d3c4;
      --_danger: #ffb4ab;
    }
  }
`;
