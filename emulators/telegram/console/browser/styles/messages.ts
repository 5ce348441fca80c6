import { css } from 'lit';

/** The messages of a chat. */
export const messages = css`
  .log {
    flex: 1;
    overflow-y: auto;
    padding: 18px max(18px, calc((100% - 820px) / 2));
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .log > :first-child {
    margin-block-start: auto;
  }
  .log:focus-visible {
    outline-offset: -3px;
  }
  .service {
    align-self: center;
    max-inline-size: 90%;
    margin-block: 6px;
    padding: 3px 12px;
    border-radius: 14px;
    background: color-mix(in srgb, var(--_surface) 75%, transparent);
    color: var(--_text);
    font-size: 13px;
    text-align: center;
  }
  .message {
    position: relative;
    align-self: flex-start;
    max-inline-size: min(80%, 560px);
    display: flex;
    flex-direction: column;
  }
  .message.own {
    align-self: flex-end;
  }
  .message.first {
    margin-block-start: 8px;
  }
  .bubble {
    padding: 7px 12px 8px;
    border-radius: 15px;
    background: var(--_bubble);
    box-shadow: 0 1px 1px rgb(15 32 43 / 10%);
    overflow-wrap: anywhere;
  }
  .own .bubble {
    background: var(--_own);
  }
  .target .bubble {
    outline: 2px solid var(--_accent);
  }
  .from {
    font-size: 13.5px;
    font-weight: 600;
    color: hsl(var(--hue) 60% 28%);
  }
  @media (prefers-color-scheme: dark) {
    .from {
      color: hsl(var(--hue) 65% 74%);
    }
  }
  .from span {
    font-weight: 400;
    color: var(--_muted);
  }
  .body {
    white-space: pre-wrap;
  }
  .body .tag,
  .body a {
    color: var(--_accent);
  }
  .own .body .tag,
  .own .body a {
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .body code,
  .body pre {
    font:
      0.9em ui-monospace,
      Menlo,
      Consolas,
      monospace;
  }
  .body pre {
    margin: 4px 0;
    padding: 8px 10px;
    border-radius: 8px;
    background: color-mix(in srgb, var(--_text) 7%, transparent);
    white-space: pre-wrap;
  }
  .body blockquote {
    margin: 0;
    padding-inline-start: 8px;
    border-inline-start: 3px solid var(--_accent);
  }
  .quote {
    display: block;
    inline-size: 100%;
    margin-block: 2px 5px;
    padding: 3px 9px;
    border-inline-start: 3px solid var(--_accent);
    border-radius: 6px;
    background: color-mix(in srgb, var(--_accent) 10%, transparent);
    font-size: 13.5px;
    text-align: start;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .quote b {
    display: block;
  }
  .meta {
    margin-block-start: 2px;
    font-size: 12px;
    color: var(--_muted);
    text-align: end;
  }
  .own .meta {
    color: var(--_own-muted);
  }
  .photo {
    display: block;
    max-inline-size: 100%;
    max-block-size: 340px;
    min-inline-size: 80px;
    min-block-size: 40px;
    margin-block: 3px;
    border-radius: 10px;
    object-fit: contain;
    background: color-mix(in srgb, var(--_text) 6%, transparent);
  }
  .file {
    display: flex;
    align-items: center;
    gap: 10px;
    margin-block: 3px;
    color: inherit;
    text-decoration: none;
  }
  .file > span:first-child {
    display: grid;
    place-items: center;
    inline-size: 42px;
    block-size: 42px;
    border-radius: 50%;
    background: var(--_accent);
    color: var(--_on-accent);
    flex: none;
  }
  .file small {
    display: block;
    color: var(--_muted);
  }
  .own .file small {
    color: var(--_own-muted);
  }
  .sticker {
    font-size: 64px;
    line-height: 1.2;
  }
  video,
  audio {
    display: block;
    max-inline-size: 100%;
  }
  .keyboard {
    display: grid;
    gap: 4px;
    margin-block-start: 4px;
  }
  .keyboard > div {
    display: flex;
    gap: 4px;
  }
  .keyboard :is(button, a) {
    flex: 1;
    padding: 8px 12px;
    border-radius: 10px;
    background: var(--_surface);
    border: 1px solid var(--_line);
    color: var(--_accent);
    font-weight: 600;
    font-size: 14px;
    text-align: center;
    text-decoration: none;
  }
  .tools {
    position: absolute;
    inset-block-start: -14px;
    inset-inline-end: 6px;
    display: flex;
    gap: 2px;
    padding: 2px;
    border-radius: 10px;
    border: 1px solid var(--_line);
    background: var(--_surface);
    box-shadow: 0 2px 8px rgb(15 32 43 / 15%);
    opacity: 0;
    pointer-events: none;
  }
  .message:is(:hover, :focus-within) .tools {
    opacity: 1;
    pointer-events: auto;
  }
  .tools button {
    padding: 3px 8px;
    border-radius: 7px;
    font-size: 13px;
  }
  .tools button:hover {
    background: var(--_raised);
  }
`;
