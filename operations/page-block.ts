/**
 * Replaces the text between two markers of a Markdown page, `<!-- name:begin -->` and `<!-- name:end -->`.
 * @throws Error if the page does not have them
 */
export function replaceBlock(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page needs the lines ${begin} and ${end}.`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}
