import type { MessageEntity } from 'grammy/types';
import type { Mark, RichText } from '../../chat/messenger/rich-text';

const ENTITY: Record<Mark['kind'], 'bold' | 'italic' | 'code' | 'pre'> = {
  bold: 'bold',
  italic: 'italic',
  code: 'code',
  block: 'pre',
};

/** Marks as Telegram takes them: beside the text, with no parse mode that a name could break. */
export function entitiesOf({ marks }: RichText): MessageEntity[] {
  return marks.map(({ kind, from, length }) => ({ type: ENTITY[kind], offset: from, length }));
}
