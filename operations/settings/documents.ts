import { SETTINGS, type SettingName } from '../../settings';

type Section = (typeof SETTINGS)[SettingName]['section'];
interface Row {
  readonly name: string;
  readonly section: Section;
  readonly meaning: string;
  readonly default?: string;
  readonly example?: string;
}

const ROWS: readonly Row[] = Object.entries(SETTINGS).map(([name, setting]) => ({ name, ...setting }));
const rowsOf = (section: Section) => ROWS.filter((row) => row.section === section);

const HEADINGS = {
  secret: 'Secrets: only Terraform reads them, and none is written into cdktf.out',
  required: 'Required to deploy',
  optional: 'Optional',
  local: 'For "npm start"',
} as const;

/** `.env.example.txt`: every setting that can be written into `.env`, with its default and its meaning. */
export function exampleFile(): string {
  const intro = [
    '# Copy this file to .env and fill it in. Values are in double quotes: Terraform reads the same file (--var-file=.env).',
    '# "npm start", "npm test" and "npm run synth" need none of them. Generated from settings.ts by "npm run settings".',
  ];
  const sections = (Object.keys(HEADINGS) as (keyof typeof HEADINGS)[]).flatMap((section) => [
    '',
    `# --- ${HEADINGS[section]} ${'-'.repeat(110 - HEADINGS[section].length)}`,
    ...rowsOf(section).flatMap((row) => [
      `# ${row.meaning.replaceAll('`"', '"').replaceAll('"`', '"').replaceAll('`', '')}`,
      `${row.name}="${row.example ?? row.default ?? ''}"`,
    ]),
  ]);
  return `${[...intro, ...sections].join('\n')}\n`;
}

/** The optional settings as a table of Markdown. */
export function optionalSettings(): string {
  const rows = rowsOf('optional').map(
    (row) => `| \`${row.name}\` | ${row.default === undefined ? '' : `\`${row.default}\``} | ${row.meaning} |`,
  );
  return ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n');
}
