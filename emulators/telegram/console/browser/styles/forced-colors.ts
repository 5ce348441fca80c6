import { css } from 'lit';

/** Where the system replaces all colors, edges say what backgrounds said: https://www.w3.org/TR/css-color-adjust-1/#forced */
export const forcedColors = css`
  @media (forced-colors: active) {
    .bubble,
    .avatar,
    .count,
    .toast,
    .primary {
      border: 1px solid;
    }
    .row[aria-current='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
    .switch input {
      appearance: auto;
    }
    .switch input::after {
      display: none;
    }
  }
`;
