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

const FENCE = /^( *)```(\w*)[ \t]*(.*)\n([\s\S]*?)^\1```[ \t]*$/gm;

/** The fenced blocks of a text in Markdown, in their order; those of lists without the list's indentation. */
export function fencesOf(markdown: string): readonly Fence[] {
  return [...markdown.matchAll(FENCE)].map((match) => {
    const [, indentation = '', language = '', info = '', text = ''] = match;
    return {
      language,
      info: info.trim(),
      text: text.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
      headings: headingsAt(runningTextOf(markdown.slice(0, match.index))),
    };
  });
}

/** The text without its fenced blocks. */
export function runningTextOf(markdown: string): string {
  return markdown.replace(FENCE, '');
}

/** What stands in backticks in running text; line ends within are spaces. */
export function inlineCodeOf(markdown: string): readonly string[] {
  return [...runningTextOf(markdown).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));
}

/** The headings that are open at the end of a text. */
function headingsAt(text: string): readonly string[] {
  const open: string[] = [];
  for (const [, signs = '', heading = ''] of text.matchAll(/^(#+) +(.*)$/gm)) {
    open.splice(signs.length - 1);
    open[signs.length - 1] = heading;
  }
  return open.filter(Boolean);
}
