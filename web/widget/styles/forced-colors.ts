import { css } from 'lit';

/** Where the system replaces all colors, edges take the place of backgrounds: https://www.w3.org/TR/css-color-adjust-1/#forced */
export const forcedColors = css`
  @media (forced-colors: active) {
    .launcher,
    .panel,
    .bubble,
    .jump {
      border: 1px solid;
    }
    .dot {
      forced-color-adjust: none;
    }
  }
`;
