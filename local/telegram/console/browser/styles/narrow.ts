import { css } from 'lit';

/** On a narrow screen the chats stand above the chat. */
export const narrow = css`
  @media (max-width: 720px) {
    .app {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(170px, 34%) minmax(0, 1fr);
    }
    aside {
      border-inline-end: 0;
      border-block-end: 1px solid var(--_line);
    }
    .bots {
      display: none;
    }
  }
`;
