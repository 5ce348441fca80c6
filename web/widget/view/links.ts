/** A piece of a text: plain, or a link to be shown as one. */
export interface TextPiece {
  readonly text: string;
  readonly href?: string;
}

const LINK = /https?:\/\/[^\s<>"]+[^\s<>"'.,:;!?)\]}]/giu;

/** Finds web addresses in a text. Only http and https become links. */
export function piecesOf(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: match[0], href: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** The URL if a browser may open it from here, else undefined. */
export const safeUrl = (url: string | undefined): string | undefined =>
  url && /^(https?|blob):/i.test(url) ? url : undefined;
