import { svg, type TemplateResult } from 'lit';

/** A line drawing of 24 by 24. */
export const icon = (content: TemplateResult): TemplateResult =>
  svg`<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${content}</svg>`;

export const chatIcon = icon(
  svg`<path d="M12 3.5c5 0 9 3.4 9 7.7s-4 7.7-9 7.7c-1 0-2-.1-2.9-.4L4.2 20.5l1.1-3.7C3.9 15.4 3 13.4 3 11.2c0-4.3 4-7.7 9-7.7Z"/><path d="M8 11.3h.01M12 11.3h.01M16 11.3h.01" stroke-width="2.6"/>`,
);
export const closeIcon = icon(svg`<path d="M6 6l12 12M18 6 6 18"/>`);
export const sendIcon = icon(svg`<path d="M4.5 12 20 4.5 15.5 20l-4-6.5z"/><path d="M11.5 13.5 20 4.5"/>`);
export const attachIcon = icon(
  svg`<path d="m20 11.5-8.3 8.2a5.2 5.2 0 0 1-7.4-7.4l8.6-8.5a3.5 3.5 0 0 1 5 5l-8.6 8.4a1.8 1.8 0 0 1-2.5-2.5l7.7-7.6"/>`,
);
export const fileIcon = icon(
  svg`<path d="M13.5 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8.5Z"/><path d="M13.5 3v5.5H19"/>`,
);
export const clockIcon = icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>`);
export const checkIcon = icon(svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`);
export const warningIcon = icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.8v5M12 16.2h.01"/>`);
