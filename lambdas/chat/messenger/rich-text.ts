/** A stretch of a text that looks different; positions are UTF-16 units. */
export interface Mark {
  readonly kind: 'bold' | 'italic' | 'code' | 'block';
  readonly from: number;
  readonly length: number;
}

/**
 * Text as the bot writes it. Marks lie beside the text and not in it, so that no name or text that somebody typed can be
 * taken for formatting, or break it.
 */
export interface RichText {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** Text without any marks. */
export function plain(text: string): RichText {
  return { text, marks: [] };
}

export const bold = (text: string): RichText => marked('bold', text);
export const italic = (text: string): RichText => marked('italic', text);
export const code = (text: string): RichText => marked('code', text);
/** Source code on lines of its own. */
export const block = (text: string): RichText => marked('block', text);

/** Template of which every hole is text as it stands, or text with its marks. */
export function rich(pieces: TemplateStringsArray, ...holes: readonly (string | number | RichText)[]): RichText {
  return joinRich(
    pieces.flatMap((piece, i) => {
      const hole = holes[i];
      return hole === undefined
        ? [plain(piece)]
        : [plain(piece), typeof hole === 'object' ? hole : plain(String(hole))];
    }),
  );
}

/** One after the other, with a separator between them. */
export function joinRich(texts: readonly RichText[], separator = ''): RichText {
  let text = '';
  const marks: Mark[] = [];
  texts.forEach((part, i) => {
    if (i > 0) text += separator;
    marks.push(...part.marks.map((mark) => ({ ...mark, from: mark.from + text.length })));
    text += part.text;
  });
  return { text, marks };
}

function marked(kind: Mark['kind'], text: string): RichText {
  return { text, marks: text === '' ? [] : [{ kind, from: 0, length: text.length }] };
}
