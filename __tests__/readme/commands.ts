import { fencesOf, inlineCodeOf } from './markdown';

/** Programs whose name with parameters is a command: `terraform` alone is only a name. */
const PROGRAMS = new Set([
  ...['npm', 'npx', 'node', 'tsx', 'cdktf', 'terraform', 'aws', 'git', 'curl', 'wscat', 'docker', 'pip', 'java'],
  ...['bash', 'sh', 'cp', 'mv', 'cat', 'mkdir', 'export'],
]);

/** The commands of a text in Markdown, each once: the lines of `sh` blocks, those with `$` of `console` blocks, and code in running text. */
export function commandsOf(markdown: string): readonly string[] {
  const inBlocks = fencesOf(markdown).flatMap(({ language, text }) => {
    if (language === 'sh') return shellLines(text);
    if (language === 'console') return prompts(text).filter(isCommand);
    return [];
  });
  return [...new Set([...inBlocks, ...inlineCodeOf(markdown).filter(isCommand)])];
}

/** The names of npm scripts that a text runs. */
export function npmScriptsOf(markdown: string): readonly string[] {
  const run = [...markdown.matchAll(/\bnpm run (?:-\S+ )*([\w:-]+)/g)].map(([, name = '']) => name);
  const short = [...markdown.matchAll(/\bnpm (start|test)\b/g)].map(([, name = '']) => name);
  return [...new Set([...run, ...short])];
}

/** What is typed; output may begin with a dollar as well. */
function prompts(text: string): readonly string[] {
  return shellLines([...text.matchAll(/^\$ (.*)$/gm)].map(([, line = '']) => line).join('\n'));
}

function shellLines(text: string): readonly string[] {
  return text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s+)#\s.*$/, '').trim())
    .filter(Boolean);
}

function isCommand(code: string): boolean {
  const [program = '', ...parameters] = code.split(' ').filter((word) => !/^[A-Z_]+=\S*$/.test(word));
  return PROGRAMS.has(program) && parameters.length > 0;
}
