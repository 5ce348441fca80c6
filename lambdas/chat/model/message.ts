import type { Content, Message } from './records';

/** Compares two messages of a conversation: by time of arrival, then by their tie-break (never as text). */
export function inOrder(one: Message, other: Message): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return one.order - other.order || (one.key < other.key ? -1 : 1);
}

/** A text's text, a file's caption; undefined: there is none. */
export function textOf(content: Content): string | undefined {
  switch (content.kind) {
    case 'text':
    case 'correction':
      return content.text;
    case 'file':
      return content.caption;
    case 'notice':
      return undefined;
  }
}

/** Whether an edit changes nothing. While a delivery is under way it is not known which text the other side will have. */
export function isSaid({ content, due, attemptedAt }: Message, text: string): boolean {
  return (textOf(content) ?? '') === text && !(due && attemptedAt !== undefined);
}

/** The content with another text: a text's text, a file's caption. */
export function withText(content: Content, text: string): Content {
  switch (content.kind) {
    case 'text':
    case 'correction':
      return { ...content, text };
    case 'file':
      return { ...content, caption: text };
    case 'notice':
      return content;
  }
}
