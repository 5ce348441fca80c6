import { css } from 'lit';

/** Where the operator writes. */
export const composer = css`
  .composer {
    background: var(--_surface);
    border-block-start: 1px solid var(--_line);
    padding: 8px max(12px, calc((100% - 860px) / 2));
  }
  .context {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 2px 8px 6px;
    font-size: 14px;
  }
  .context span {
    flex: 1;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    border-inline-start: 3px solid var(--_accent);
    padding-inline-start: 9px;
  }
  form.write {
    display: flex;
    align-items: flex-end;
    gap: 4px;
  }
  .send {
    color: var(--_accent);
  }
  .suggestions {
    display: grid;
    margin: 0 0 6px;
    padding: 0;
    list-style: none;
    max-block-size: 260px;
    overflow-y: auto;
  }
  .suggestions button {
    display: flex;
    gap: 12px;
    inline-size: 100%;
    padding: 6px 12px;
    border-radius: 9px;
    text-align: start;
  }
  .suggestions button:hover {
    background: var(--_raised);
  }
  .suggestions b {
    color: var(--_accent);
  }
  .suggestions span {
    color: var(--_muted);
  }
  .stickers {
    display: flex;
    gap: 2px;
    padding-block-end: 6px;
  }
  .stickers button {
    padding: 4px 8px;
    border-radius: 9px;
    font-size: 26px;
    line-height: 1.2;
  }
  .stickers button:hover {
    background: var(--_raised);
  }
`;
