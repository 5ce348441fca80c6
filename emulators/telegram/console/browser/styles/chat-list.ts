import { css } from 'lit';

/** The operator and their chats. */
export const chatList = css`
  aside {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    background: var(--_surface);
    border-inline-end: 1px solid var(--_line);
  }
  .me {
    display: flex;
    align-items: end;
    gap: 8px;
    padding: 14px;
    border-block-end: 1px solid var(--_line);
  }
  .me label {
    flex: 1;
    min-inline-size: 0;
    font-size: 13px;
    color: var(--_muted);
  }
  select,
  input[type='text'] {
    display: block;
    inline-size: 100%;
    margin-block-start: 3px;
    padding: 8px 10px;
    border: 1px solid color-mix(in srgb, var(--_muted) 70%, transparent);
    border-radius: 10px;
    background: var(--_surface);
    color: var(--_text);
    font-size: 15px;
  }
  .list {
    flex: 1;
    overflow-y: auto;
    padding: 8px;
  }
  .list h2 {
    display: flex;
    align-items: center;
    justify-content: space-between;
    margin: 10px 6px 4px;
    font-size: 13px;
    font-weight: 600;
    color: var(--_muted);
  }
  .list ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .row {
    display: grid;
    grid-template-columns: 42px minmax(0, 1fr) auto;
    align-items: center;
    gap: 0 12px;
    inline-size: 100%;
    padding: 8px;
    border-radius: 12px;
    text-align: start;
  }
  .row:hover {
    background: var(--_raised);
  }
  .row[aria-current='true'] {
    background: var(--_selected);
  }
  .row .name {
    font-weight: 600;
  }
  .row .name,
  .row .last {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .row .last {
    font-size: 13.5px;
    color: var(--_muted);
  }
  .row[aria-current='true'] .last {
    color: inherit;
  }
  .row.topic {
    grid-template-columns: 30px minmax(0, 1fr) auto;
    padding-inline-start: 14px;
  }
  .avatar {
    display: grid;
    place-items: center;
    inline-size: 42px;
    block-size: 42px;
    border-radius: 50%;
    background: hsl(var(--hue, 210) 45% 32%);
    color: #fff;
    font-weight: 600;
    font-size: 15px;
  }
  .avatar.small {
    inline-size: 30px;
    block-size: 30px;
    border-radius: 9px;
    font-size: 13px;
  }
  .count {
    min-inline-size: 21px;
    padding-inline: 6px;
    border-radius: 11px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 12px;
    font-weight: 600;
    line-height: 21px;
    text-align: center;
  }
  .bots {
    padding: 10px 14px;
    border-block-start: 1px solid var(--_line);
    font-size: 13px;
    color: var(--_muted);
  }
  .bots p {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .bots .error {
    color: var(--_danger);
  }
`;
