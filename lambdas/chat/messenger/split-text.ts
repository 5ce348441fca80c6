/**
 * Cuts a text into pieces of at most `limit` UTF-16 units (as Telegram counts), never refuses it: after a line or
 * else a word where one ends in the last quarter of a piece, and never inside what a reader sees as one character. The
 * pieces together are the text, but for the one line break or space at which it was cut.
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

/** The beginning of a text, with an ellipsis if that is not all of it: at most `limit` UTF-16 units and the ellipsis. */
export function shortened(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, characterEnd(text, limit))}…` : text;
}

function cut(text: string, limit: number): { readonly end: number; readonly next: number } {
  const earliest = Math.floor(limit * 0.75);
  for (const separator of ['\n', ' ']) {
    const end = text.lastIndexOf(separator, limit);
    if (end >= earliest && end > 0) return { end, next: end + 1 };
  }
  const end = characterEnd(text, limit);
  return { end, next: end };
}

/**
 * Where the last character that fits into `limit` UTF-16 units ends, in a text that is longer: an emoji of many parts, a
 * flag or a letter with its marks counts as one. Only where such a cluster fills a quarter of the room is it cut, between
 * code points: anybody can write one without end.
 */
function characterEnd(text: string, limit: number): number {
  const cluster = new Intl.Segmenter().segment(text).containing(limit)?.index ?? 0;
  if (cluster >= limit * 0.75) return cluster;
  const last = text.charCodeAt(limit - 1);
  return last >= 0xd800 && last <= 0xdbff && limit > 1 ? limit - 1 : limit;
}
