import { css } from 'lit';

/** Where the visitor writes. */
export const composer = css`
  .notice {
    padding: 8px 16px;
    color: var(--_danger);
    font-size: 13px;
    border-block-start: 1px solid var(--_line);
    flex: none;
    max-block-size: 25%;
    overflow-y: auto;
  }
  .notice:empty {
    display: none;
  }
  .pending {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
    max-block-size: 30%;
    overflow-y: auto;
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
  form .icon {
    color: var(--_muted);
  }
  form .send {
    color: var(--_accent);
  }
  form .icon[aria-disabled='true'] {
    background: none;
    color: var(--_muted);
    cursor: default;
  }
  :host([data-rtl]) .send svg {
    transform: scaleX(-1);
  }
`;
