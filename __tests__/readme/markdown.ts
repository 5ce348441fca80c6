import MarkdownIt, { type Token } from 'markdown-it';

/** A fenced block. */
export interface Fence {
  /** The word behind the backticks. */
  readonly language: string;
  /** The rest of that line, for example a file's path. */
  readonly info: string;
  readonly text: string;
  /** The headings above it, from the outermost. */
  readonly headings: readonly string[];
}

interface Heading {
  readonly level: number;
  readonly text: string;
  /** The line after it, from 0. */
  readonly end: number;
}

const parser = new MarkdownIt({ html: true });

/** The fenced blocks of a text in Markdown, in their order; those of lists without the list's indentation. */
export function fencesOf(markdown: string): readonly Fence[] {
  const open: string[] = [];
  const tokens = parser.parse(markdown, {});
  return tokens.flatMap((token, index) => {
    if (token.type === 'heading_open') {
      open.splice(level(token) - 1);
      open[level(token) - 1] = plain(tokens[index + 1]);
    }
    if (token.type !== 'fence') return [];
    const [language = '', ...info] = token.info.trim().split(/\s+/);
    return [{ language, info: info.join(' '), text: token.content, headings: open.filter(Boolean) }];
  });
}

/** The code in running text; line ends within are spaces. */
export function inlineCodeOf(markdown: string): readonly string[] {
  return inlineOf(markdown).flatMap(({ type, content }) => (type === 'code_inline' ? [content] : []));
}

/** Where links and pictures lead. */
export function linksOf(markdown: string): readonly string[] {
  return inlineOf(markdown).flatMap((token) => {
    const to = token.attrGet('href') ?? token.attrGet('src');
    return typeof to === 'string' ? [to] : [];
  });
}

/** The names under which GitHub links to the headings. */
export function anchorsOf(markdown: string): readonly string[] {
  const slugs = headingsOf(markdown).map(({ text }) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return slugs.map((slug, index) => {
    const before = slugs.slice(0, index).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** The headings below a heading, down to the next one of its level. @throws Error if there is no such heading */
export function headingsIn(markdown: string, heading: string): readonly string[] {
  return headingsOf(sectionOf(markdown, heading)).map(({ text }) => text);
}

/** The text below a heading, down to the next one of its level. @throws Error if there is no such heading */
export function sectionOf(markdown: string, heading: string): string {
  const headings = headingsOf(markdown);
  const from = headings.find(({ text }) => text === heading);
  if (!from) throw new Error(`There is no heading "${heading}".`);
  const to = headings.find(({ level, end }) => end > from.end && level <= from.level);
  return markdown
    .split('\n')
    .slice(from.end, to && to.end - 1)
    .join('\n');
}

/** The rows of the tables below a heading, without their heads: each cell as it is written. */
export function rowsBelow(markdown: string, heading: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const tokens = parser.parse(sectionOf(markdown, heading), {});
  tokens.forEach(({ type }, index) => {
    if (type === 'tr_open') rows.push([]);
    if (type === 'td_open') rows.at(-1)?.push(tokens[index + 1]?.content ?? '');
  });
  return rows.filter((row) => row.length > 0);
}

function headingsOf(markdown: string): readonly Heading[] {
  const tokens = parser.parse(markdown, {});
  return tokens.flatMap((token, index) =>
    token.type === 'heading_open'
      ? [{ level: level(token), text: plain(tokens[index + 1]), end: token.map?.[1] ?? 0 }]
      : [],
  );
}

function inlineOf(markdown: string): readonly Token[] {
  return parser.parse(markdown, {}).flatMap(({ children }) => children ?? []);
}

function level({ tag }: Token): number {
  return Number(tag.slice(1));
}

/** What a reader sees of an inline token. */
function plain(token: Token | undefined): string {
  return (token?.children ?? []).map(({ content }) => content).join('');
}
