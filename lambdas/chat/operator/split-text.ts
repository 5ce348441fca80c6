/**
 * Cuts a text into pieces of at most `limit` UTF-16 units (as Telegram counts), never refuses it (D29): after a line or
 * else a word where one ends in the last quarter of a piece, and never inside a character that takes two units. The pieces
 * together are the text, but for the one line break or space at which it was cut.
 */
export function splitText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const { end, next } = cut(rest, limit);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(next);
  }
  if (rest !== '' || pieces.length === 0) pieces.push(rest);
  return pieces;
}

function cut(text: string, limit: number): { readonly end: number; readonly next: number } {
  const earliest = Math.floor(limit * 0.75);
  for (const separator of ['\n', ' ']) {
    const end = text.lastIndexOf(separator, limit);
    if (end >= earliest && end > 0) return { end, next: end + 1 };
  }
  const last = text.charCodeAt(limit - 1);
  const end = last >= 0xd800 && last <= 0xdbff && limit > 1 ? limit - 1 : limit;
  return { end, next: end };
}
