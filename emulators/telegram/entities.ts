import type { MessageEntity } from 'grammy/types';
import { badRequest } from './bot-api-error';

/** What Telegram finds in plain text by itself; offsets and lengths count UTF-16 units. */
const AUTOMATIC: readonly (readonly [MessageEntity['type'] & string, RegExp])[] = [
  ['url', /https?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]]/giu],
  ['email', /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu],
  ['bot_command', /(?<![\w/<>@])\/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])/gu],
  ['hashtag', /(?<![\p{L}\p{N}_])#(?=[\p{L}\p{N}_]*[\p{L}_])[\p{L}\p{N}_]{1,256}/gu],
  ['mention', /(?<![\w@.])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)/gu],
];

/** Commands, hashtags, mentions, links and addresses that stand in a text, in order and without overlaps. */
export function findEntities(text: string, given: readonly MessageEntity[] = []): MessageEntity[] {
  const found: MessageEntity[] = [...given];
  for (const [type, pattern] of AUTOMATIC) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length } as MessageEntity;
      if (!found.some((other) => overlaps(other, entity) && !nestable(other))) found.push(entity);
    }
  }
  return found.sort((a, b) => a.offset - b.offset || b.length - a.length);
}

const overlaps = (a: MessageEntity, b: MessageEntity): boolean =>
  a.offset < b.offset + b.length && b.offset < a.offset + a.length;

const nestable = (entity: MessageEntity): boolean =>
  ['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'blockquote', 'expandable_blockquote'].includes(
    entity.type,
  );

/**
 * Entities a bot sent with its text, checked as Telegram does.
 * @throws BotApiError 400 if one is malformed or begins outside the text
 */
export function checkEntities(text: string, list: readonly unknown[]): MessageEntity[] {
  return list.flatMap((value) => {
    const entity = value as Partial<MessageEntity>;
    if (typeof entity.type !== 'string' || !Number.isInteger(entity.offset) || !Number.isInteger(entity.length)) {
      throw badRequest("can't parse MessageEntity: the fields type, offset and length are required");
    }
    const { offset = 0, length = 0 } = entity;
    if (offset < 0 || length <= 0) return [];
    if (offset > text.length) {
      throw badRequest(`entity beginning at UTF-16 offset ${offset} starts after the end of the text`);
    }
    return [{ ...entity, length: Math.min(length, text.length - offset) } as MessageEntity];
  });
}

const HTML_TAGS: Readonly<Record<string, MessageEntity['type']>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  blockquote: 'blockquote',
  'tg-spoiler': 'spoiler',
};

const HTML_ESCAPES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' };

/**
 * Text in Telegram's HTML style (https://core.telegram.org/bots/api#html-style) as plain text and entities.
 * @throws BotApiError 400 for a tag that is unknown, unclosed or closed in the wrong place
 */
export function parseHtml(html: string): { text: string; entities: MessageEntity[] } {
  const open: { tag: string; offset: number; url?: string }[] = [];
  const entities: MessageEntity[] = [];
  let text = '';
  for (const token of html.matchAll(/<(\/?)([a-z-]+)([^>]*)>|(&lt;|&gt;|&amp;|&quot;)|[^<&]+|[<&]/giu)) {
    const [whole, slash, name, attributes, escape] = token;
    const tag = name?.toLowerCase();
    if (escape !== undefined) text += HTML_ESCAPES[escape];
    else if (whole === '<')
      throw badRequest(`can't parse entities: Unsupported start tag at byte offset ${token.index}`);
    else if (tag === undefined) text += whole;
    else if (!(tag in HTML_TAGS)) {
      throw badRequest(`can't parse entities: Unsupported start tag "${tag}" at byte offset ${token.index}`);
    } else if (!slash) open.push({ tag, offset: text.length, url: /href="([^"]*)"/i.exec(attributes ?? '')?.[1] });
    else {
      const start = open.pop();
      if (start?.tag !== tag)
        throw badRequest(`can't parse entities: Unexpected end tag at byte offset ${token.index}`);
      const entity = { type: HTML_TAGS[tag], offset: start.offset, length: text.length - start.offset, url: start.url };
      if (entity.length > 0) entities.push(entity as MessageEntity);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed)
    throw badRequest(`can't parse entities: Can't find end tag corresponding to start tag "${unclosed.tag}"`);
  return { text, entities };
}
