import { svg } from 'lit';
import { icon } from '../../../../web/shared/icons';

export { attachIcon, closeIcon, fileIcon, sendIcon } from '../../../../web/shared/icons';

export const stickerIcon = icon(
  svg`<circle cx="12" cy="12" r="8.5"/><path d="M8.5 14.5a4.2 4.2 0 0 0 7 0M9 9.8h.01M15 9.8h.01"/>`,
);
export const backIcon = icon(svg`<path d="m15 5-7 7 7 7"/>`);
export const plusIcon = icon(svg`<path d="M12 5v14M5 12h14"/>`);
