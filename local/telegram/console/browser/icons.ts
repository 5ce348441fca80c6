import { svg, type TemplateResult } from 'lit';

const icon = (content: TemplateResult): TemplateResult =>
  svg`<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${content}</svg>`;

export const attachIcon = icon(
  svg`<path d="m20 11.5-8.3 8.2a5.2 5.2 0 0 1-7.4-7.4l8.6-8.5a3.5 3.5 0 0 1 5 5l-8.6 8.4a1.8 1.8 0 0 1-2.5-2.5l7.7-7.6"/>`,
);
export const sendIcon = icon(svg`<path d="M4.5 12 20 4.5 15.5 20l-4-6.5z"/><path d="M11.5 13.5 20 4.5"/>`);
export const stickerIcon = icon(
  svg`<circle cx="12" cy="12" r="8.5"/><path d="M8.5 14.5a4.2 4.2 0 0 0 7 0M9 9.8h.01M15 9.8h.01"/>`,
);
export const fileIcon = icon(
  svg`<path d="M13.5 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8.5Z"/><path d="M13.5 3v5.5H19"/>`,
);
export const closeIcon = icon(svg`<path d="M6 6l12 12M18 6 6 18"/>`);
export const plusIcon = icon(svg`<path d="M12 5v14M5 12h14"/>`);
