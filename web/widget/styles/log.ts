import { css } from 'lit';

/** The messages. */
export const log = css`
  .log {
    flex: 1;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 3px;
  }
  .log:focus-visible {
    outline-offset: -3px;
  }
  .log > :first-child {
    margin-block-start: auto;
  }
  .welcome {
    text-align: center;
    color: var(--_muted);
    padding: 8px 20px 20px;
  }
  .day {
    align-self: center;
    margin-block: 12px 8px;
    padding: 2px 10px;
    color: var(--_muted);
    font-size: 12px;
  }
  .message {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    max-inline-size: 84%;
    align-self: flex-start;
  }
  .message.visitor {
    align-self: flex-end;
    align-items: flex-end;
  }
  .message.first {
    margin-block-start: 10px;
  }
  .bubble {
    padding: 8px 13px;
    border-radius: 18px;
    background: var(--_bubble);
    color: var(--_text);
  }
  .text {
    white-space: pre-wrap;
  }
  .visitor .bubble {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .message .picture {
    background: var(--_bubble);
    color: var(--_text);
  }
  .failed .bubble {
    background: color-mix(in srgb, var(--_danger) 12%, var(--_surface));
    color: var(--_text);
  }
  .host.last .bubble {
    border-end-start-radius: 5px;
  }
  .visitor.last .bubble {
    border-end-end-radius: 5px;
  }
  .bubble a {
    color: inherit;
    text-underline-offset: 2px;
  }
  .visitor .bubble :focus-visible {
    outline-color: var(--_on-accent);
  }
  .picture {
    display: block;
    padding: 0;
    overflow: hidden;
  }
  .picture img {
    display: block;
    max-inline-size: 100%;
    max-block-size: 260px;
    min-inline-size: 60px;
    min-block-size: 40px;
    object-fit: cover;
  }
  .file {
    display: flex;
    align-items: center;
    gap: 10px;
    text-decoration: none;
  }
  .file span {
    display: block;
  }
  .file svg {
    flex: none;
  }
  .file small {
    font-size: 12px;
  }
  .meta {
    display: flex;
    align-items: center;
    gap: 5px;
    margin-block: 2px 4px;
    padding-inline: 4px;
    color: var(--_muted);
    font-size: 12px;
  }
  .meta svg {
    inline-size: 14px;
    block-size: 14px;
    flex: none;
    stroke-width: 2.2;
  }
  .meta.problem {
    flex-wrap: wrap;
    gap: 0 10px;
    color: var(--_danger);
  }
  .failed {
    max-inline-size: 100%;
  }
  .problem > * {
    display: flex;
    align-items: center;
    gap: 5px;
  }
  .problem > span:last-child {
    gap: 10px;
  }
  .message.visitor .meta {
    justify-content: flex-end;
  }
  .link {
    color: var(--_text);
    text-decoration: underline;
    text-underline-offset: 2px;
    border-radius: 4px;
    padding: 3px 2px;
  }
  .jump {
    align-self: center;
    margin-block-start: -46px;
    margin-block-end: 10px;
    padding: 6px 14px;
    border-radius: 18px;
    background: var(--_text);
    color: var(--_surface);
    font-size: 13px;
    box-shadow: 0 4px 14px rgb(15 23 42 / 25%);
    z-index: 1;
  }
`;
