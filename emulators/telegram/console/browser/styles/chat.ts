import { css } from 'lit';

/** The head of a chat. */
export const chat = css`
  .bar {
    display: flex;
    align-items: center;
    gap: 12px;
    min-block-size: 62px;
    padding: 8px 18px;
    background: var(--_surface);
    border-block-end: 1px solid var(--_line);
  }
  .bar > div {
    flex: 1;
    min-inline-size: 0;
  }
  h1 {
    margin: 0;
    font-size: 17px;
    line-height: 1.3;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bar small {
    color: var(--_muted);
    font-size: 13px;
  }
  .switch {
    display: flex;
    align-items: center;
    gap: 8px;
    font-size: 14px;
    cursor: pointer;
  }
  .switch input {
    appearance: none;
    inline-size: 38px;
    block-size: 22px;
    margin: 0;
    border-radius: 11px;
    background: var(--_muted);
    cursor: pointer;
    position: relative;
  }
  .switch input::after {
    content: '';
    position: absolute;
    inset-block-start: 3px;
    inset-inline-start: 3px;
    inline-size: 16px;
    block-size: 16px;
    border-radius: 50%;
    background: var(--_surface);
    transition: inset-inline-start 0.15s;
  }
  .switch input:checked {
    background: var(--_accent);
  }
  .switch input:checked::after {
    inset-inline-start: 19px;
  }
  .pinned {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 6px 18px;
    background: var(--_surface);
    border-block-end: 1px solid var(--_line);
    font-size: 14px;
    text-align: start;
  }
  .pinned span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .pinned b {
    color: var(--_accent);
    white-space: nowrap;
  }
`;
