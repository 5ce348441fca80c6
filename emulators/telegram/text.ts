import type { MessageEntity } from 'grammy/types';
import { badRequest } from './bot-api-error';
import { checkEntities, findEntities, parseHtml } from './entities';
import type { Parameters } from './parameters';

/** Longest text of a message; counted in UTF-16 units, which is never more lenient than Telegram. */
export const MAX_TEXT = 4096;
/** Longest caption of a file. */
export const MAX_CAPTION = 1024;

interface FormattedText {
  readonly text: string;
  readonly entities: MessageEntity[];
}

/** A bot's `text`. @throws BotApiError 400 if it is empty, too long or badly formatted */
export function readText(parameters: Parameters): { text: string; entities?: MessageEntity[] } {
  const { text, entities } = formatted(parameters, 'text', 'entities');
  if (text.trim() === '') throw badRequest('message text is empty');
  if (text.length > MAX_TEXT) throw badRequest('message is too long');
  return { text, ...(entities.length > 0 ? { entities } : {}) };
}

/** A bot's `caption`, nothing if there is none. @throws BotApiError 400 if it is too long or badly formatted */
export function readCaption(parameters: Parameters): { caption?: string; caption_entities?: MessageEntity[] } {
  const { text, entities } = formatted(parameters, 'caption', 'caption_entities');
  if (text === '') return {};
  if (text.length > MAX_CAPTION) throw badRequest('message caption is too long');
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}

function formatted(parameters: Parameters, textName: string, entitiesName: string): FormattedText {
  const raw = parameters.text(textName) ?? '';
  const mode = parameters.text('parse_mode')?.toLowerCase();
  if (mode === 'html') {
    const { text, entities } = parseHtml(raw);
    return trimmed(text, findEntities(text, entities));
  }
  if (mode) throw badRequest('unsupported parse_mode');
  return trimmed(raw, findEntities(raw, checkEntities(raw, parameters.list(entitiesName) ?? [])));
}

/** Telegram cuts white space off both ends and moves the entities along. */
function trimmed(text: string, entities: MessageEntity[]): FormattedText {
  const start = text.length - text.trimStart().length;
  const cut = text.trim();
  const moved = entities.flatMap((entity) => {
    const offset = Math.max(0, entity.offset - start);
    const length = Math.min(entity.offset + entity.length - start, cut.length) - offset;
    return length > 0 ? [{ ...entity, offset, length }] : [];
  });
  return { text: cut, entities: moved };
}
