import { css } from 'lit';

/** On a narrow screen there is either the list of chats or a chat. */
export const narrow = css`
  .back {
    display: none;
  }
  @media (max-width: 720px) {
    .app {
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    }
    .at-list main,
    .at-chat aside {
      display: none;
    }
    .back {
      display: grid;
    }
    .bar {
      flex-wrap: wrap;
      gap: 0 4px;
      padding-inline: 8px;
    }
    .bar > div {
      flex-basis: calc(100% - 60px);
    }
    .toast {
      inset-inline-start: 0;
    }
  }
`;
